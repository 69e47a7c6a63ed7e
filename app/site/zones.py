"""The zones that the form offers. Any other of the tz database may stand in the address, too."""

from datetime import datetime
from functools import lru_cache

from app.lib import clock
from app.lib.present import city, offset, page_language
from app.lib.text import searchable

WELL_KNOWN = (
    "Pacific/Honolulu", "America/Anchorage", "America/Los_Angeles", "America/Denver", "America/Mexico_City",
    "America/Chicago", "America/New_York", "America/Bogota", "America/Santiago", "America/Sao_Paulo",
    "America/Argentina/Buenos_Aires", "America/St_Johns", "Atlantic/Azores", "UTC", "Europe/London", "Europe/Lisbon",
    "Africa/Lagos", "Africa/Casablanca", "Europe/Paris", "Europe/Berlin", "Europe/Rome", "Europe/Warsaw",
    "Europe/Bucharest", "Europe/Chisinau", "Europe/Kyiv", "Europe/Athens", "Africa/Cairo", "Africa/Johannesburg",
    "Asia/Jerusalem", "Europe/Istanbul", "Europe/Moscow", "Europe/Minsk", "Asia/Riyadh", "Africa/Nairobi",
    "Asia/Tehran", "Asia/Tbilisi", "Asia/Yerevan", "Asia/Baku", "Asia/Dubai", "Asia/Kabul", "Asia/Tashkent",
    "Asia/Almaty", "Asia/Karachi", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Dhaka", "Asia/Bangkok", "Asia/Jakarta",
    "Asia/Shanghai", "Asia/Singapore", "Asia/Tokyo", "Asia/Seoul", "Australia/Perth", "Australia/Adelaide",
    "Australia/Sydney", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Tongatapu",
)  # fmt: skip


def offered(at: datetime, *also: str) -> list[tuple[str, str]]:
    """Zones with what people call them at a moment, from west to east."""
    return _offered(at, also, page_language())


@lru_cache(maxsize=512)
def _offered(at: datetime, also: tuple[str, ...], _language: str) -> list[tuple[str, str]]:
    zones = {*WELL_KNOWN, *also}
    named = [(clock.local(at, zone).utcoffset(), "UTC" if zone == "UTC" else city(zone), zone) for zone in zones]
    named.sort(key=lambda row: (row[0], searchable(row[1])))
    return [(zone, f"{name} ({offset(zone, at)})" if zone != "UTC" else name) for _offset, name, zone in named]
