"""Import and export as long work: what the worker does with the files that organisers bring and fetch."""

import tempfile
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app.events.models import Event
from app.extensions import db, reading_only
from app.jobs.kinds import Progress, Refused, does
from app.jobs.models import Job
from app.lib import storage
from app.people import audit
from app.people.models import Account
from app.registration import arrivals, exporting, importing
from app.registration.importing import Defaults, Report
from app.registration.listing import Filters
from app.registration.models import Origin
from app.registration.sheets import Unreadable

CHECK, IMPORT, EXPORT = "registration.check", "registration.import", "registration.export"


@does(CHECK, writes=False, names_people=True)
def check(job: Job, progress: Progress) -> None:
    """Reads a table and says what would come of it; its file stays until the job goes."""
    report = _checked(job, _event(job), progress)
    job.result = importing.told(report, job.language)


@does(IMPORT, names_people=True)
def take_in(job: Job, progress: Progress) -> None:
    # Others may write while it is read once more: since it was checked, people may have registered.
    reading_only()
    report = _checked(job, _event(job), progress)
    db.session.rollback()
    if report.number_of_faults:
        raise Refused(_("Nothing was imported: %(fault)s", fault=str(report.faults[0])))
    event = _event(job)
    by = db.session.get(Account, job.account_id) if job.account_id else None
    arrived = enter(event, report, by, tell=job.payload["tell"], progress=progress)
    job.message = in_words(report, arrived)


def enter(event: Event, report: Report, by: Account | None, *, tell: bool, progress: Progress) -> arrivals.Arrived:
    """Everyone whom a report without faults lets in; the trail says who did it."""
    arrived = arrivals.enter_all(
        event, report.entries, Origin.IMPORT, tell=tell, by=by.id if by else None, progress=progress
    )  # fmt: skip
    audit.record(by, "registrations.imported", f"event:{event.id}", **arrived._asdict())
    return arrived


def in_words(report: Report, arrived: arrivals.Arrived) -> str:
    said = [
        ngettext("%(num)s person is registered.", "%(num)s people are registered.", arrived.confirmed),
        ngettext("%(num)s is on the waiting list.", "%(num)s are on the waiting list.", arrived.waiting),
        ngettext("%(num)s was registered before.", "%(num)s were registered before.", report.known),
        ngettext("%(num)s was left out, since the registration had ended.",
                 "%(num)s were left out, since their registrations had ended.", report.ended),
    ]  # fmt: skip
    numbers = (1, arrived.waiting, report.known, report.ended)
    return " ".join(sentence for sentence, number in zip(said, numbers, strict=True) if number)


def _checked(job: Job, event: Event, progress: Progress) -> Report:
    said: dict[str, Any] = job.payload
    path = storage.path_of(said["key"])
    if path is None:
        raise Refused(_("The file is not kept any more. Upload it again."))
    try:
        return importing.check(event, path, said["encoding"], Defaults(**said["defaults"]), progress)
    except Unreadable as fault:
        raise Refused(str(fault)) from None


@does(EXPORT, writes=False, names_people=True)
def export(job: Job, progress: Progress) -> None:
    event, kind = _event(job), job.payload["format"]
    with tempfile.TemporaryFile() as file:
        number = exporting.write(event, file, kind, job.language, Filters.of(job.payload["filters"]), progress)
        file.seek(0)
        job.file_key, job.file_name = storage.keep_apart(file, kind), f"{event.slug}-registrations.{kind}"
    job.message = ngettext("%(num)s registration was exported.", "%(num)s registrations were exported.", number)


def _event(job: Job) -> Event:
    event = db.session.get(Event, job.payload["event"])
    if event is None:
        raise Refused(_("The event was deleted."))
    return event
