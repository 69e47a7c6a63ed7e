"""Who interprets when: booths, and the turns in them."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.events.models import Event
from app.extensions import Model
from app.languages.models.team import Linguist
from app.languages.models.track import LanguageTrack
from app.lib import clock

MOST_MINUTES = 6 * 60
"""Of a day that anybody spends in booths, speaking or beside, unless the organisers set it otherwise."""


class Booth(Model):
    """A pair of languages: it works into whichever of them is not spoken."""

    __tablename__ = "booth"
    __table_args__ = (sa.UniqueConstraint("event_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(sa.String(100))
    languages: Mapped[list[str]] = mapped_column(sa.JSON)
    """Two BCP 47 tags."""
    position: Mapped[int] = mapped_column(default=0)

    event: Mapped[Event] = relationship()


class Turn(Model):
    """A stretch of 20 to 30 minutes in which one of a pair interprets, with the other beside."""

    __tablename__ = "turn"
    __table_args__ = (sa.CheckConstraint("ends_at > starts_at", name="ends_after_start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    track_id: Mapped[int] = mapped_column(sa.ForeignKey("language_track.id", ondelete="CASCADE"), index=True)
    linguist_id: Mapped[int] = mapped_column(sa.ForeignKey("linguist.id", ondelete="CASCADE"), index=True)
    """Who speaks."""
    partner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("linguist.id", ondelete="SET NULL"), index=True)
    """Who sits beside, and takes over next."""
    starts_at: Mapped[datetime] = mapped_column(clock.UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(clock.UtcDateTime)
    is_pinned: Mapped[bool] = mapped_column(default=False)
    """Set by hand: a new proposal leaves it."""

    track: Mapped[LanguageTrack] = relationship()
    linguist: Mapped[Linguist] = relationship(foreign_keys=linguist_id)
    partner: Mapped[Linguist | None] = relationship(foreign_keys=partner_id)


class Rota(Model):
    """The rota of an event as a whole: since when interpreters may rely on it."""

    __tablename__ = "rota"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    told_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    """When interpreters were last told their turns; None: it is a draft that only organisers see."""
    changed_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)
    most_minutes: Mapped[int] = mapped_column(default=MOST_MINUTES)
    told: Mapped[dict[str, str]] = mapped_column(sa.JSON, default=dict)
    """Fingerprint of the turns that each was told last, by the number of the person."""

    event: Mapped[Event] = relationship()
