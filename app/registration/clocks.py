"""What organisers wrote for the form as hours of the event's clocks stays so when the rules of these clocks change."""

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from app.events.models import Event
from app.extensions import db
from app.registration.models import AccessCode, Admission
from app.schedule.signals import clocks_changed


@clocks_changed.connect
def _follow(event: Event, *, followed: Callable[[datetime], datetime]) -> None:
    if admission := db.session.get(Admission, event.id):
        admission.opens_at = admission.opens_at and followed(admission.opens_at)
        admission.closes_at = admission.closes_at and followed(admission.closes_at)
    for code in db.session.scalars(sa.select(AccessCode).where(AccessCode.event_id == event.id)):
        code.expires_at = code.expires_at and followed(code.expires_at)
