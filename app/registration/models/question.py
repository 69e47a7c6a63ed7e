"""What organisers ask in the form, and what people answered."""

import enum
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.events.models import Event, Shown, enum_column
from app.extensions import Model
from app.lib.text import Translated, TranslatedText
from app.registration.models.registration import Registration


class QuestionKind(enum.StrEnum):
    TEXT = "text"
    LONG_TEXT = "long-text"
    NUMBER = "number"
    CHOICE = "choice"
    CHOICES = "choices"
    DATE = "date"
    FILE = "file"
    CONSENT = "consent"
    NEEDS = "needs"  # Which language or other access a person needs; the answers are rows of `Need`.

    @property
    def label(self) -> str:
        return str({
            QuestionKind.TEXT: _l("A line of text"), QuestionKind.LONG_TEXT: _l("Longer text"),
            QuestionKind.NUMBER: _l("A number"), QuestionKind.CHOICE: _l("One of several answers"),
            QuestionKind.CHOICES: _l("Any of several answers"), QuestionKind.DATE: _l("A date"),
            QuestionKind.FILE: _l("A file"), QuestionKind.CONSENT: _l("A consent"),
            QuestionKind.NEEDS: _l("Language and access needs"),
        }[self])  # fmt: skip

    @property
    def has_options(self) -> bool:
        return self in (QuestionKind.CHOICE, QuestionKind.CHOICES)


class Question(Shown, Model):
    """Asked of everyone, or of those alone who gave a certain answer to an earlier question."""

    __tablename__ = "question"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    kind: Mapped[QuestionKind] = mapped_column(enum_column(QuestionKind))
    label: Mapped[Translated] = mapped_column(TranslatedText)
    help: Mapped[Translated] = mapped_column(TranslatedText, default=dict)
    required: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    """Its place among those that are asked under the same condition."""
    least: Mapped[float | None]
    most: Mapped[float | None]
    """The bounds of a number, both included."""
    depends_on_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("question_option.id", ondelete="SET NULL", use_alter=True)
    )
    """The option of an earlier choice, or choices, that brings this question up."""

    event: Mapped[Event] = relationship()
    depends_on: Mapped["QuestionOption | None"] = relationship(foreign_keys=depends_on_id, post_update=True)
    options: Mapped[list["QuestionOption"]] = relationship(
        order_by="QuestionOption.position", cascade="all, delete-orphan", back_populates="question",
        foreign_keys="QuestionOption.question_id",
    )  # fmt: skip

    def shown_in(self) -> Event:
        return self.event


class QuestionOption(Shown, Model):
    """An answer to choose; kept in answers by its id, so that its words can be mended."""

    __tablename__ = "question_option"
    # An answer may outlive the option that it names, which must never come to mean another.
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id", ondelete="CASCADE"), index=True)
    label: Mapped[Translated] = mapped_column(TranslatedText)
    position: Mapped[int] = mapped_column(default=0)

    question: Mapped[Question] = relationship(back_populates="options", foreign_keys=question_id)

    def shown_in(self) -> Event | None:
        question: Question | None = self.parent("question")
        return question.event if question else None


class Answer(Model):
    __tablename__ = "answer"

    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    question_id: Mapped[int] = mapped_column(
        sa.ForeignKey("question.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    value: Mapped[Any] = mapped_column(sa.JSON)
    """Text; number; ISO 8601 date; id of an option, or a list of them; true; for a file its `key` and `name`."""

    registration: Mapped[Registration] = relationship(back_populates="answers")
    question: Mapped[Question] = relationship()


class NeedKind(enum.StrEnum):
    INTERPRETATION = "interpretation"
    CAPTIONS = "captions"
    SUBTITLES = "subtitles"
    SIGN = "sign"
    OTHER = "other"

    @property
    def label(self) -> str:
        return str({
            NeedKind.INTERPRETATION: _l("Interpretation"), NeedKind.CAPTIONS: _l("Live captions"),
            NeedKind.SUBTITLES: _l("Subtitles"), NeedKind.SIGN: _l("Sign language"), NeedKind.OTHER: _l("Other needs"),
        }[self])  # fmt: skip


class Need(Model):
    """What a registered person needs to follow, in which language; what the language plan is made for."""

    __tablename__ = "need"
    __table_args__ = (sa.UniqueConstraint("registration_id", "kind", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registration.id", ondelete="CASCADE"))
    kind: Mapped[NeedKind] = mapped_column(enum_column(NeedKind))
    language: Mapped[str] = mapped_column(sa.String(35), default="")
    """BCP 47; for sign language the language of the country's, or empty."""
    note: Mapped[str] = mapped_column(sa.String(500), default="")

    registration: Mapped[Registration] = relationship(back_populates="needs")
