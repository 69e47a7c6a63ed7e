"""The programme as a table for a spreadsheet (RFC 4180, UTF-8)."""

import csv
import io

from app.events.models import Event
from app.exchange.exporting import page_language_of, sessions_of
from app.lib import text
from app.lib.text import Translated
from app.lib.urls import absolute
from app.schedule.models import Part

COLUMNS = (
    "guid", "date", "start", "end", "zone", "room", "theme", "kind", "title", "subtitle", "speakers", "moderators",
    "languages", "standing", "abstract", "url",
)  # fmt: skip


def csv_of(event: Event, language: str = "") -> bytes:
    """One line a session, in local time; cancelled and postponed ones too, with their standing."""

    def say(value: Translated | None, spoken: list[str]) -> str:
        return text.pick(value or {}, [*([language] if language else spoken[:1]), event.language]).text

    pages = page_language_of(event, language)
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for row in sessions_of(event):
        assert row.starts_at is not None  # noqa: S101 - only sessions with times are asked for
        assert row.ends_at is not None  # noqa: S101 - and both or none
        begins, ends = (moment.astimezone(event.tzinfo) for moment in (row.starts_at, row.ends_at))
        people = {part: "; ".join(say(each.name, []) for each in row.people(part)) for part in Part}
        writer.writerow([harmless(value) for value in (
            row.guid, begins.date().isoformat(), begins.strftime("%H:%M"), ends.strftime("%H:%M"), event.zone,
            say(row.room.name if row.room else {}, []), say(row.theme.name if row.theme else {}, []), row.kind.value,
            say(row.title, row.languages), say(row.subtitle, row.languages), people[Part.SPEAKER],
            people[Part.MODERATOR], ", ".join(row.languages), row.standing.value,
            text.plain(say(row.abstract, row.languages)),
            absolute("site.session", event=event.slug, session=row.slug, lang=pages),
        )])  # fmt: skip
    return file.getvalue().encode()


def harmless(value: str) -> str:
    """A text that a spreadsheet would take for a formula gets an apostrophe, which it shows to nobody."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else value
