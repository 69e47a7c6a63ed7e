"""The outbox: a letter is a row first, written in the transaction of its cause."""

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.lib import clock
from app.mail.reasons import in_words


class LetterState(enum.StrEnum):
    QUEUED = "queued"
    CLAIMED = "claimed"
    SENT = "sent"
    DROPPED = "dropped"  # The facts it would have told no longer hold, or nobody wants it.
    FAILED = "failed"  # Refused for good, or given up.
    UNSURE = "unsure"  # The sender died between handing over and marking; a person decides.
    HELD = "held"  # Its message is paused; nobody claims it.
    BOUNCED = "bounced"  # The server took it, and a report came later that it could not be delivered.

    @property
    def label(self) -> str:
        return str({
            LetterState.QUEUED: _l("Waits"), LetterState.CLAIMED: _l("Being sent"), LetterState.SENT: _l("Sent"),
            LetterState.DROPPED: _l("Not sent"), LetterState.FAILED: _l("Failed"),
            LetterState.UNSURE: _l("Perhaps arrived"), LetterState.HELD: _l("Paused"),
            LetterState.BOUNCED: _l("Came back"),
        }[self])  # fmt: skip


class Priority(enum.IntEnum):
    """What is claimed first when there is more than can be sent."""

    AWAITED = 0  # Somebody sits before a screen and waits for it: confirm, sign in.
    TIMELY = 1  # Reminders and news of changes.
    BULK = 2  # Messages of organisers, thanks, certificates.


def _state_column() -> sa.Enum:
    return sa.Enum(LetterState, native_enum=False, length=10, values_callable=lambda e: [m.value for m in e])


class Letter(Model):
    """One letter to one recipient. Its kind names the renderer; its facts are read when it is sent."""

    __tablename__ = "letter"
    __table_args__ = (
        sa.Index("ix_letter_due", "state", "priority", "not_before", "id"),
        # For the record of an event: by number, and by number within a state.
        sa.Index("ix_letter_about", "about", "id"),
        sa.Index("ix_letter_about_state", "about", "state", "id"),
        # Bounces and page addresses carry the number, so SQLite must never give one out twice.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(200), unique=True)
    """Recipient, cause, kind and version: the same letter is written once, whoever asks how often."""
    kind: Mapped[str] = mapped_column(sa.String(60), index=True)
    recipient: Mapped[str] = mapped_column(sa.String(254), index=True)
    recipient_name: Mapped[str] = mapped_column(sa.String(200), default="")
    language: Mapped[str] = mapped_column(sa.String(35))
    domain: Mapped[str] = mapped_column(sa.String(253), default="")
    """Of the recipient, in ASCII and lower case; what a limit of throughput counts by."""
    payload: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    about: Mapped[str] = mapped_column(sa.String(120), default="")
    """What it belongs to, written as the audit trail does: `event:12`. Empty: the site itself."""
    cause: Mapped[str] = mapped_column(sa.String(120), default="", index=True)
    """What had it written, where that can be paused, cancelled and counted: `message:7`."""
    topic: Mapped[str] = mapped_column(sa.String(200), default="", index=True)
    """The key without its version: a newer letter on the same topic takes the place of one that still waits."""
    priority: Mapped[Priority] = mapped_column(sa.SmallInteger, default=Priority.TIMELY)
    state: Mapped[LetterState] = mapped_column(_state_column(), default=LetterState.QUEUED)
    returns_to: Mapped[LetterState] = mapped_column(_state_column(), default=LetterState.QUEUED)
    """What it becomes when a try comes to nothing; another state where it was held or withdrawn during the try."""
    created_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)
    not_before: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)
    attempts: Mapped[int] = mapped_column(default=0)
    """How often a server was asked to take it."""
    claims: Mapped[int] = mapped_column(default=0)
    """How often it was claimed: the number is known to the sender who has it, and to no other."""
    lease_until: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    handed_over_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    """Set and committed just before the transport is called: with it, a dead sender leaves UNSURE, not a repeat."""
    sent_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    bounced_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    message_id: Mapped[str] = mapped_column(sa.String(200), index=True)
    subject: Mapped[str] = mapped_column(sa.String(500), default="")
    last_error: Mapped[str] = mapped_column(sa.String(500), default="")

    @property
    def why(self) -> str:
        """What came in its way, for a reader."""
        return in_words(self.last_error)


class LetterCopy(Model):
    """What a letter said when it was handed over: the record of it, for some months.

    Private links are masked, since whoever may read the record may not act for its readers.
    """

    __tablename__ = "letter_copy"

    letter_id: Mapped[int] = mapped_column(sa.ForeignKey("letter.id", ondelete="CASCADE"), primary_key=True)
    text: Mapped[bytes] = mapped_column(sa.LargeBinary)
    """Plain text and HTML in UTF-8, each compressed by zlib."""
    html: Mapped[bytes] = mapped_column(sa.LargeBinary)
    written_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now, index=True)


class Scope(enum.StrEnum):
    ALL = "all"
    BULK = "bulk"  # Only what nobody asked for at this moment: reminders and messages, but no confirmations.

    @property
    def label(self) -> str:
        return str({Scope.ALL: _l("All letters"), Scope.BULK: _l("Letters that they did not just ask for")}[self])


class Grounds(enum.StrEnum):
    """Why nothing more is sent to an address."""

    REFUSED = "refused"  # A server refused it at once.
    BOUNCED = "bounced"  # A report came back (RFC 3464).
    COMPLAINT = "complaint"  # Its owner called a letter spam (RFC 5965).
    BY_HAND = "by-hand"

    @property
    def label(self) -> str:
        return str({
            Grounds.REFUSED: _l("A server refused it"), Grounds.BOUNCED: _l("Letters came back"),
            Grounds.COMPLAINT: _l("Called unwanted by its owner"), Grounds.BY_HAND: _l("Added by hand"),
        }[self])  # fmt: skip


class Suppression(Model):
    """An address that nothing more is sent to, and why."""

    __tablename__ = "suppression"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    scope: Mapped[Scope] = mapped_column(
        sa.Enum(Scope, native_enum=False, length=10, values_callable=lambda e: [m.value for m in e]),
        default=Scope.ALL,
    )
    grounds: Mapped[Grounds] = mapped_column(
        sa.Enum(Grounds, native_enum=False, length=20, values_callable=lambda e: [m.value for m in e]),
        default=Grounds.REFUSED,
    )
    reason: Mapped[str] = mapped_column(sa.String(500))
    letter_id: Mapped[int | None] = mapped_column(sa.ForeignKey("letter.id", ondelete="SET NULL"))
    """The letter that met the refusal, the bounce or the complaint."""
    created_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)

    @property
    def why(self) -> str:
        return in_words(self.reason)


class Pace(Model):
    """How many letters went to a domain within the present minute; `""` is the whole server."""

    __tablename__ = "pace"

    domain: Mapped[str] = mapped_column(sa.String(253), primary_key=True)
    minute: Mapped[int] = mapped_column(default=0)
    """Since the epoch."""
    used: Mapped[int] = mapped_column(default=0)
    rests_until: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    """The domain asked us to slow down (RFC 3463 X.7.x, 421): nothing is claimed for it until then."""


class Arrival(enum.StrEnum):
    """What a message in the mailbox turned out to be."""

    BOUNCE = "bounce"
    DELAY = "delay"
    COMPLAINT = "complaint"
    REPLY = "reply"  # An answer to an invitation (RFC 5546).
    AUTOMATIC = "automatic"  # Holidays and receipts (RFC 3834); nobody needs to read it.
    OTHER = "other"  # For people; left where it is.
    UNREADABLE = "unreadable"

    @property
    def label(self) -> str:
        return str({
            Arrival.BOUNCE: _l("A letter came back"), Arrival.DELAY: _l("A letter is late"),
            Arrival.COMPLAINT: _l("Complaint"), Arrival.REPLY: _l("Answer to an invitation"),
            Arrival.AUTOMATIC: _l("Automatic answer"), Arrival.OTHER: _l("For people to read"),
            Arrival.UNREADABLE: _l("Unreadable"),
        }[self])  # fmt: skip


class Received(Model):
    """A message that was read from the mailbox, each once."""

    __tablename__ = "received"

    id: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(sa.String(200), unique=True)
    """Names it in its mailbox: UIDVALIDITY and UID, or the file of a maildir."""
    arrival: Mapped[Arrival] = mapped_column(
        sa.Enum(Arrival, native_enum=False, length=20, values_callable=lambda e: [m.value for m in e]),
    )
    letter_id: Mapped[int | None] = mapped_column(sa.ForeignKey("letter.id", ondelete="SET NULL"), index=True)
    status: Mapped[str] = mapped_column(sa.String(11), default="")
    """Of what a report tells: an enhanced status code (RFC 3463)."""
    detail: Mapped[str] = mapped_column(sa.String(500), default="")
    received_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now, index=True)

    @property
    def why(self) -> str:
        return in_words(self.detail)
