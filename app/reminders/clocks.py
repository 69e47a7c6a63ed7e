"""Messages go out at the hour that organisers wrote, also when the rules of the event's clocks change before it."""

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from app.events.models import Event
from app.extensions import db
from app.reminders.models import Message, MessageState
from app.schedule.signals import clocks_changed


@clocks_changed.connect
def _follow(event: Event, *, followed: Callable[[datetime], datetime]) -> None:
    waits = Message.event_id == event.id, Message.state == MessageState.SCHEDULED
    for message in db.session.scalars(sa.select(Message).where(*waits)):
        message.send_at = message.send_at and followed(message.send_at)
