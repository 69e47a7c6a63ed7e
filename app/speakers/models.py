"""The people who speak at an event, as they present themselves there."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.events.models import Event, Shown, new_guid
from app.extensions import Model
from app.lib.text import Translated, TranslatedText
from app.people.models import Account


class Speaker(Shown, Model):
    __tablename__ = "speaker"
    __table_args__ = (sa.UniqueConstraint("event_id", "slug"), sa.UniqueConstraint("event_id", "guid"))

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"), index=True)
    slug: Mapped[str] = mapped_column(sa.String(80))
    guid: Mapped[str] = mapped_column(sa.String(64), default=new_guid)
    """Random and stable, never made from the address: one made from it would let anyone confirm an address."""
    name: Mapped[Translated] = mapped_column(TranslatedText)
    affiliation: Mapped[Translated] = mapped_column(TranslatedText, default=dict)
    biography: Mapped[Translated] = mapped_column(TranslatedText, default=dict)
    country: Mapped[str] = mapped_column(sa.String(2), default="")
    zone: Mapped[str] = mapped_column(sa.String(64), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    photo: Mapped[str] = mapped_column(sa.String(200), default="")
    """Key of the picture in the storage; empty when there is none."""
    source: Mapped[dict[str, object]] = mapped_column(sa.JSON, default=dict)
    """What an imported schedule said that has no column here (`id`, `code`); exported again."""

    event: Mapped[Event] = relationship()
    account: Mapped[Account | None] = relationship()

    def shown_in(self) -> Event:
        return self.event
