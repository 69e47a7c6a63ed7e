"""How stretches of time are told."""

from datetime import datetime

from app.lib import clock
from app.lib.present import hour, moment


def stretch(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    """10 Mar 2027, 09:00–13:00, with the second day where it ends on another."""
    same_day = clock.local(starts_at, zone).date() == clock.local(ends_at, zone).date()
    return f"{moment(starts_at, zone)}–{hour(ends_at, zone) if same_day else moment(ends_at, zone)}"
