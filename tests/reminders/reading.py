"""Reading letters as their receivers do."""

import re
from email.message import EmailMessage

from icalendar import Calendar


def text(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part["Content-Type"].params["format"] == "flowed"
    return unflowed(part.get_content())


def unflowed(text: str) -> str:
    """Each paragraph on one line again, as a reader that knows RFC 3676 has it."""
    lines = [""]
    for line in text.replace("\r\n", "\n").split("\n"):
        shown = re.sub("^(>*) ", r"\1", line)
        is_continued = lines[-1].endswith(" ") and lines[-1] != "-- " and shown != "-- "
        lines[-1:] = [lines[-1] + shown.lstrip(">")] if is_continued else [lines[-1], shown]
    return "\n".join(lines[1:])


def html(message: EmailMessage) -> str:
    return message.get_body(("html",)).get_content()


def recipients(messages: list[EmailMessage]) -> list[str]:
    return [message["To"].addresses[0].addr_spec for message in messages]


def entries(message: EmailMessage) -> list[tuple[str, object]]:
    """Method and event of each attached invitation."""
    calendars = [Calendar.from_ical(file.get_content()) for file in message.iter_attachments()]
    return [(str(calendar["METHOD"]), calendar.walk("VEVENT")[0]) for calendar in calendars]
