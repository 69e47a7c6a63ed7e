"""What there is of a session in which language, and how far it has come."""

import enum
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.events.models import Event, enum_column
from app.extensions import Model
from app.lib import clock
from app.schedule.models import EventSession
from app.schedule.sequence import OnCalendar

if TYPE_CHECKING:
    from app.languages.models.rota import Booth
    from app.languages.models.team import Linguist


class TrackKind(enum.StrEnum):
    INTERPRETATION = "interpretation"
    CAPTIONS = "captions"
    SUBTITLES = "subtitles"
    SIGN = "sign"

    @property
    def label(self) -> str:
        return str({
            TrackKind.INTERPRETATION: _l("Interpretation"), TrackKind.CAPTIONS: _l("Live captions"),
            TrackKind.SUBTITLES: _l("Subtitles of the recording"), TrackKind.SIGN: _l("Sign language"),
        }[self])  # fmt: skip

    @property
    def short(self) -> str:
        """For narrow places."""
        return str({
            TrackKind.INTERPRETATION: _l("Interpretation"), TrackKind.CAPTIONS: _l("Captions"),
            TrackKind.SUBTITLES: _l("Subtitles"), TrackKind.SIGN: _l("Sign language"),
        }[self])  # fmt: skip

    @property
    def has_channel(self) -> bool:
        """Whether it is heard or seen on a channel of its own, that people switch to."""
        return self in (TrackKind.INTERPRETATION, TrackKind.SIGN)


class TrackState(enum.StrEnum):
    """From the promise to the end; FAILED is one too, and can be taken back."""

    PROMISED = "promised"
    CONFIRMED = "confirmed"
    LIVE = "live"
    DONE = "done"
    FAILED = "failed"

    @property
    def label(self) -> str:
        return str({
            TrackState.PROMISED: _l("Promised"), TrackState.CONFIRMED: _l("Confirmed"), TrackState.LIVE: _l("Live"),
            TrackState.DONE: _l("Done"), TrackState.FAILED: _l("Fell through"),
        }[self])  # fmt: skip


class LanguageTrack(OnCalendar, Model):
    """Interpretation, live captions, subtitles or sign language of one session in one language."""

    __tablename__ = "language_track"
    __table_args__ = (sa.UniqueConstraint("session_id", "language", "kind"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("event_session.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(sa.String(35))
    """BCP 47; of sign languages too (`ase`, `rsl`)."""
    kind: Mapped[TrackKind] = mapped_column(enum_column(TrackKind))
    state: Mapped[TrackState] = mapped_column(enum_column(TrackState), default=TrackState.PROMISED)
    linguist_id: Mapped[int | None] = mapped_column(sa.ForeignKey("linguist.id", ondelete="SET NULL"), index=True)
    """Who is responsible for it."""
    url: Mapped[str] = mapped_column(sa.String(1000), default="")
    """Where the interpretation channel is heard or seen; shown where the join link is, to registered people alone."""
    via: Mapped[str] = mapped_column(sa.String(35), default="")
    """Relay: the language of the channel that is interpreted or captioned; empty: the floor."""
    booth_id: Mapped[int | None] = mapped_column(sa.ForeignKey("booth.id", ondelete="SET NULL"), index=True)
    turns_version: Mapped[int] = mapped_column(default=0)
    """Up by one with each change of its turns and of who is in them; see `languages/sequence.py`."""
    turns_changed_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)

    session: Mapped[EventSession] = relationship()
    linguist: Mapped["Linguist | None"] = relationship()
    booth: Mapped["Booth | None"] = relationship()

    @property
    def is_offered(self) -> bool:
        """People can count on it, as far as we know."""
        return self.state is not TrackState.FAILED

    def shown_in(self) -> Event:
        return self.session.event

    def calendar_session(self) -> EventSession:
        return self.session

    def stands_in_entry(self) -> bool:
        return self.is_offered

    def moves_entry(self) -> bool:
        """Of all that can change, an entry shows what there is, in which language and where."""
        was = sa.inspect(self).attrs
        offered = [state is not TrackState.FAILED for state in was.state.history.deleted or ()]
        fell_or_came_back = any(before != self.is_offered for before in offered)
        shown = any(was[name].history.has_changes() for name in ("language", "kind"))
        # Entries lead to the channel by a page of the reader's own, so one address is as good as another.
        channel = was["url"].history
        opened_or_closed = [bool(url) for url in channel.added or ()] != [bool(url) for url in channel.deleted or ()]
        return fell_or_came_back or (self.is_offered and (shown or opened_or_closed))
