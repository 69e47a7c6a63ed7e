"""When an event writes to whom by itself."""

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.events.models import Event, enum_column
from app.extensions import Model
from app.lib import clock
from app.lib.text import Translated, TranslatedText
from app.reminders.models.audience import AudienceKind


class Anchor(enum.StrEnum):
    """What the time of a rule is counted from."""

    EVENT_START = "event-start"
    EVENT_END = "event-end"
    SESSION_START = "session-start"
    SESSION_END = "session-end"

    @property
    def label(self) -> str:
        return str({
            Anchor.EVENT_START: _l("the event begins"), Anchor.EVENT_END: _l("the event ends"),
            Anchor.SESSION_START: _l("a session begins"), Anchor.SESSION_END: _l("a session ends"),
        }[self])  # fmt: skip


class RuleKind(enum.StrEnum):
    """What the letter is made of, beside the organisers' own words."""

    REMINDER = "reminder"  # When, where, how to join.
    THANKS = "thanks"  # With the feedback form, the recordings there are, and the certificate if one is due.
    RECORDING = "recording"  # Sent when recordings have come, gathered over a day.
    FEEDBACK = "feedback"  # The form alone.

    @property
    def label(self) -> str:
        return str({
            RuleKind.REMINDER: _l("Reminder"), RuleKind.THANKS: _l("Thanks"),
            RuleKind.RECORDING: _l("Recordings are there"), RuleKind.FEEDBACK: _l("Request for feedback"),
        }[self])  # fmt: skip


class Rule(Model):
    """One letter of an event that goes out by itself. Every event begins with the usual ones."""

    __tablename__ = "reminder_rule"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    kind: Mapped[RuleKind] = mapped_column(enum_column(RuleKind), default=RuleKind.REMINDER)
    anchor: Mapped[Anchor] = mapped_column(enum_column(Anchor))
    minutes: Mapped[int]
    """From the anchor: before it when negative."""
    audience: Mapped[AudienceKind] = mapped_column(enum_column(AudienceKind), default=AudienceKind.ALL)
    audience_value: Mapped[str] = mapped_column(sa.String(80), default="")
    subject: Mapped[Translated] = mapped_column(TranslatedText, default=dict)
    """Organisers' own words; empty: ours."""
    text: Mapped[Translated] = mapped_column(TranslatedText, default=dict)
    """Markdown above the facts; may be empty."""
    is_on: Mapped[bool] = mapped_column(default=True)
    since: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)
    """When it was made, switched on, or given another moment; what was due before that it does not bring up."""

    event: Mapped[Event] = relationship()

    @property
    def ahead(self) -> int:
        """Minutes before the anchor; after it when negative."""
        return -self.minutes

    @property
    def payload(self) -> dict[str, Any]:
        """As its letters name it, with the moment by which they know whether it is still what it was."""
        return {"rule": self.id, "since": int(self.since.timestamp())}


class Reminding(Model):
    """What holds for all letters that an event sends by itself; an event without such a row has the defaults."""

    __tablename__ = "reminding"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    quiet_from: Mapped[int] = mapped_column(default=22 * 60)
    """Minutes after midnight at the recipient's home at which quiet hours begin; equal to `quiet_to`: none."""
    quiet_to: Mapped[int] = mapped_column(default=7 * 60)

    event: Mapped[Event] = relationship()
