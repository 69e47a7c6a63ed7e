"""Reading letters as their receivers do."""

from email.message import EmailMessage

from icalendar import Calendar


def text(message: EmailMessage) -> str:
    return message.get_body(("plain",)).get_content()


def html(message: EmailMessage) -> str:
    return message.get_body(("html",)).get_content()


def recipients(messages: list[EmailMessage]) -> list[str]:
    return [message["To"].addresses[0].addr_spec for message in messages]


def entries(message: EmailMessage) -> list[tuple[str, object]]:
    """Method and event of each attached invitation."""
    calendars = [Calendar.from_ical(file.get_content()) for file in message.iter_attachments()]
    return [(str(calendar["METHOD"]), calendar.walk("VEVENT")[0]) for calendar in calendars]
