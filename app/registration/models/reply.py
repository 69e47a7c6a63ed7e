"""Calendar entries that went to people by letter, and what they answered (RFC 5546)."""

import enum
from datetime import datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.events.models import enum_column
from app.extensions import Model
from app.lib import clock
from app.registration.models.registration import Registration
from app.schedule.models import EventSession


class MailedEntry(Model):
    """A session that came into somebody's calendar by letter, and whether it was called off there since."""

    __tablename__ = "mailed_entry"

    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    session_id: Mapped[int] = mapped_column(
        sa.ForeignKey("event_session.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    mailed_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)
    """The last time."""
    called_off_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    """When the session left their agenda. The letter may be dropped, if it soon comes back."""


class Answering(enum.StrEnum):
    """The PARTSTAT of an answer."""

    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"

    @property
    def label(self) -> str:
        return str({
            Answering.ACCEPTED: _l("Coming"), Answering.TENTATIVE: _l("Perhaps"), Answering.DECLINED: _l("Not coming"),
        }[self])  # fmt: skip


class Reply(Model):
    """What somebody's calendar answered to the invitation to a session. It books and frees nothing."""

    __tablename__ = "reply"
    __table_args__ = (sa.UniqueConstraint("registration_id", "session_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registration.id", ondelete="CASCADE"))
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("event_session.id", ondelete="CASCADE"), index=True)
    partstat: Mapped[Answering] = mapped_column(enum_column(Answering))
    sequence: Mapped[int]
    """Of the entry that they answered."""
    stamped_at: Mapped[datetime] = mapped_column(clock.UtcDateTime)
    """DTSTAMP: when they answered, by their own clock but never later than it came."""
    starts_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    """When the session began in the entry that they answered, if the answer says so."""
    comment: Mapped[str] = mapped_column(sa.String(500), default="")

    registration: Mapped[Registration] = relationship()
    session: Mapped[EventSession] = relationship()

    @property
    def is_outdated(self) -> bool:
        """They answered an earlier version of the entry, at another time or at one that the answer does not say."""
        return self.sequence < self.session.sequence and self.starts_at != self.session.starts_at
