"""What people had on their agenda and is not in the programme any more."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Model
from app.schedule.models import FormerSession


class FormerAgendaItem(Model):
    """Somebody meant to attend a session that left the programme: their own calendar says what became of it."""

    __tablename__ = "former_agenda_item"

    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    former_id: Mapped[int] = mapped_column(
        sa.ForeignKey("former_session.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    was_booked: Mapped[bool] = mapped_column(default=False)
    """They had one of its few places, and not merely starred it."""

    former: Mapped[FormerSession] = relationship()
