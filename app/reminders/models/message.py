"""What organisers write to a group of people."""

import enum
from datetime import datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.events.models import Event, enum_column
from app.extensions import Model
from app.lib import clock
from app.lib.text import Translated, TranslatedText
from app.people.models import Account
from app.reminders.models.audience import AudienceKind


class MessageState(enum.StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"  # Its letters are written when `send_at` has come.
    SENDING = "sending"  # Its letters are in the outbox.
    PAUSED = "paused"
    SENT = "sent"  # None of its letters waits any more.
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return str({
            MessageState.DRAFT: _l("Draft"), MessageState.SCHEDULED: _l("Scheduled"),
            MessageState.SENDING: _l("Being sent"), MessageState.PAUSED: _l("Paused"),
            MessageState.SENT: _l("Sent"), MessageState.CANCELLED: _l("Cancelled"),
        }[self])  # fmt: skip


class Message(Model):
    __tablename__ = "message"
    # Letters are keyed by its number, so SQLite must never give one out twice.
    __table_args__ = (sa.Index("ix_message_due", "state", "send_at"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    audience: Mapped[AudienceKind] = mapped_column(enum_column(AudienceKind), default=AudienceKind.ALL)
    audience_value: Mapped[str] = mapped_column(sa.String(80), default="")
    subject: Mapped[Translated] = mapped_column(TranslatedText, default=dict)
    text: Mapped[Translated] = mapped_column(TranslatedText, default=dict)
    """Markdown."""
    state: Mapped[MessageState] = mapped_column(enum_column(MessageState), default=MessageState.DRAFT)
    send_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    recipients: Mapped[int] = mapped_column(default=0)
    """How many people it was for when it started."""
    ended_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    written_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)

    event: Mapped[Event] = relationship()
    written_by: Mapped[Account | None] = relationship()

    @property
    def cause(self) -> str:
        """As the outbox names it."""
        return f"message:{self.id}"

    @property
    def is_under_way(self) -> bool:
        return self.state in (MessageState.SENDING, MessageState.PAUSED)


class Addressee(Model):
    """Who belonged to the audience when the message started and whose letter is still to be written; then it goes."""

    __tablename__ = "message_addressee"

    message_id: Mapped[int] = mapped_column(sa.ForeignKey("message.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """As the audience numbers its people. Nothing else is kept of them here, nothing that could outlive them."""
