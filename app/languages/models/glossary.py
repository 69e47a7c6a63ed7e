"""Words that an event wants to be rendered the same way everywhere."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.events.models import Event
from app.extensions import Model
from app.lib.tags import base_language
from app.lib.text import Picked, Translated, TranslatedText, pick


class Term(Model):
    """One notion in several languages."""

    __tablename__ = "term"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    words: Mapped[Translated] = mapped_column(TranslatedText)
    note: Mapped[str] = mapped_column(sa.String(500), default="")

    event: Mapped[Event] = relationship()

    def word(self, language: str) -> Picked:
        """The term in a language; `pt` serves for `pt-BR` and the other way round. Empty where there is none."""
        found = pick(self.words, (language,))
        return found if base_language(found.language) == base_language(language) else Picked("", "")
