"""What an event asks people afterwards, and what they answered.

Where feedback is anonymous, a reply and the receipt that its writer has answered have nothing in common: no number,
no time. Both tables are kept in the order of their keys, since SQLite would else number rows as they come. What no
table can hide is what a database server notes of its own: whoever reads the files, the log or the system columns of
PostgreSQL can see which rows came together.
"""

import enum
from typing import Any, TypedDict

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.events.models import Event, enum_column
from app.extensions import Model
from app.lib.text import Translated, TranslatedText
from app.lib.tokens import new_token
from app.registration.models import Registration
from app.schedule.models import EventSession

IN_ORDER_OF_KEYS = {"sqlite_with_rowid": False}


class About(enum.StrEnum):
    """What a question is asked about."""

    EVENT = "event"
    SESSION = "session"  # Once for each session.

    @property
    def label(self) -> str:
        return str({About.EVENT: _l("About the event"), About.SESSION: _l("About each session")}[self])


class AnswerKind(enum.StrEnum):
    RATING = "rating"
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes-no"
    TEXT = "text"

    @property
    def label(self) -> str:
        return str({
            AnswerKind.RATING: _l("A rating from 1 to 5"), AnswerKind.CHOICE: _l("One of several answers"),
            AnswerKind.CHOICES: _l("Any of several answers"), AnswerKind.YES_NO: _l("Yes or no"),
            AnswerKind.TEXT: _l("Text"),
        }[self])  # fmt: skip

    @property
    def has_options(self) -> bool:
        return self in (AnswerKind.CHOICE, AnswerKind.CHOICES)


class Option(TypedDict):
    """An answer to choose. Replies hold its key, so that its words can be mended."""

    key: str
    label: Translated


class FeedbackForm(Model):
    """An event without such a row asks what `defaults` say."""

    __tablename__ = "feedback_form"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    is_on: Mapped[bool] = mapped_column(default=True)
    is_anonymous: Mapped[bool] = mapped_column(default=True)
    asks_sessions: Mapped[bool] = mapped_column(default=True)
    days: Mapped[int] = mapped_column(default=30)
    """How long after the event's end people may answer."""

    event: Mapped[Event] = relationship()


class FeedbackQuestion(Model):
    __tablename__ = "feedback_question"
    __table_args__ = (sa.UniqueConstraint("event_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(sa.String(32), default=lambda: new_token()[:12])
    """Names it in addresses and in the form, also before it is stored."""
    about: Mapped[About] = mapped_column(enum_column(About))
    kind: Mapped[AnswerKind] = mapped_column(enum_column(AnswerKind))
    label: Mapped[Translated] = mapped_column(TranslatedText)
    options: Mapped[list[Option]] = mapped_column(sa.JSON, default=list)
    lowest: Mapped[Translated] = mapped_column(TranslatedText, default=dict)
    highest: Mapped[Translated] = mapped_column(TranslatedText, default=dict)
    """What 1 and 5 of a rating mean."""
    required: Mapped[bool] = mapped_column(default=False)
    """Whoever answers about the event, or about a session, must answer this too."""
    position: Mapped[int] = mapped_column(default=0)


class FeedbackReply(Model):
    """What one person says about the event, or about one session of it."""

    __tablename__ = "feedback_reply"
    __table_args__ = (
        sa.Index("ix_feedback_reply_subject", "event_id", "session_id"),
        sa.Index("ix_feedback_reply_registration", "registration_id"),
        IN_ORDER_OF_KEYS,
    )

    id: Mapped[str] = mapped_column(sa.String(64), primary_key=True, default=new_token)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    session_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event_session.id", ondelete="CASCADE"), index=True)
    registration_id: Mapped[int | None] = mapped_column(sa.ForeignKey("registration.id", ondelete="CASCADE"))
    """None where feedback is anonymous."""
    language: Mapped[str] = mapped_column(sa.String(35))
    """Of the page that they answered on."""

    registration: Mapped[Registration | None] = relationship()
    session: Mapped[EventSession | None] = relationship()
    answers: Mapped[list["FeedbackAnswer"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, back_populates="reply"
    )


class FeedbackAnswer(Model):
    __tablename__ = "feedback_answer"
    __table_args__ = IN_ORDER_OF_KEYS

    reply_id: Mapped[str] = mapped_column(sa.ForeignKey("feedback_reply.id", ondelete="CASCADE"), primary_key=True)
    question_id: Mapped[int] = mapped_column(
        sa.ForeignKey("feedback_question.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    value: Mapped[Any] = mapped_column(sa.JSON)
    """1 to 5; the key of an option, or a list of them; true or false; text."""

    reply: Mapped[FeedbackReply] = relationship(back_populates="answers")
    question: Mapped[FeedbackQuestion] = relationship()


class FeedbackReceipt(Model):
    """Somebody has answered, so nobody answers twice; not when, and not what."""

    __tablename__ = "feedback_receipt"
    __table_args__ = IN_ORDER_OF_KEYS

    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    about: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    """`event`, or `session:81`."""
