"""A file of unknown worth becomes a Schedule, by what it contains and not by its name."""

from flask_babel import gettext as _

from app.exchange import frab_json, frab_xml
from app.exchange.frab import Schedule, Unreadable

MOST_BYTES = 64 * 1024 * 1024
_MARKS = b"\xef\xbb\xbf\xff\xfe\0"


def check_size(size: int) -> None:
    """Raises Unreadable; to be asked before a file is read."""
    if size > MOST_BYTES:
        raise Unreadable("", _("The file has more than %(number)s MB; no schedule is that large.", number=64))


def read(data: bytes) -> Schedule:
    """Raises Unreadable."""
    check_size(len(data))
    head = bytes(byte for byte in data[:200] if byte not in _MARKS).lstrip()
    if not head:
        raise Unreadable("", _("The file is empty."))
    if head.startswith(b"<"):
        schedule = frab_xml.read(data.lstrip())
    elif head.startswith((b"{", b"[")):
        schedule = frab_json.read(data)
    else:
        raise Unreadable("", _("The file is neither XML nor JSON."))
    return schedule
