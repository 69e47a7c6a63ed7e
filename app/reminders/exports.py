"""The record of letters as a table, as long work."""

import csv
import io
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext

from app.events.models import Event
from app.extensions import db
from app.jobs.kinds import Progress, Refused, does
from app.jobs.models import Job
from app.lib import storage
from app.mail.models import Letter
from app.registration.sheets import guarded
from app.reminders import record
from app.reminders.kinds import kind_in_words
from app.reminders.record import Filters

EXPORT = "reminders.letters-export"
BATCH = 1000


@does(EXPORT, writes=False, names_people=True)
def export(job: Job, progress: Progress) -> None:
    event = db.session.get(Event, job.payload["event"])
    if event is None:
        raise Refused(_("The event is gone."))
    with tempfile.TemporaryFile() as file:
        text = io.TextIOWrapper(file, "utf-8-sig", newline="")
        numbers = db.session.scalars(record.numbers(event, Filters.of(job.payload["filters"]))).all()
        writer = csv.writer(text)
        for done, cells in enumerate(_rows(numbers)):
            writer.writerow(map(guarded, cells))
            progress(done, len(numbers))
        text.flush()
        file.seek(0)
        job.file_key = storage.keep_apart(file, "csv")
    job.file_name = f"{event.slug}-letters.csv"
    job.message = ngettext("%(num)s letter is in the table.", "%(num)s letters are in the table.", len(numbers))


def _rows(numbers: Sequence[int]) -> Iterator[list[str]]:
    """The headings, then a letter a row, as the list has them."""
    yield [
        _("Address"), _("Name"), _("Subject"), _("Kind"), _("State"), _("Language"), _("Written"), _("Handed over"),
        _("Sent"), _("Came back"), _("Attempts"), _("What was said"), "Message-ID",
    ]  # fmt: skip
    for start in range(0, len(numbers), BATCH):
        batch = numbers[start : start + BATCH]
        found = {row.id: row for row in db.session.scalars(sa.select(Letter).where(Letter.id.in_(batch)))}
        for letter in (found[number] for number in batch if number in found):
            yield [
                letter.recipient, letter.recipient_name, letter.subject, kind_in_words(letter.kind),
                letter.state.label, letter.language, _moment(letter.created_at), _moment(letter.handed_over_at),
                _moment(letter.sent_at), _moment(letter.bounced_at), str(letter.attempts), letter.why,
                letter.message_id,
            ]  # fmt: skip
        db.session.expunge_all()


def _moment(value: datetime | None) -> str:
    return value.strftime("%Y-%m-%d %H:%M:%SZ") if value else ""
