"""What organisers do for registered people: for one, or for many at once."""

import enum
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.events.models import Event
from app.extensions import db
from app.jobs.kinds import Progress, does
from app.jobs.models import Job
from app.people import audit
from app.people.models import Account
from app.registration import letters, listing, service
from app.registration.admission import LIVE
from app.registration.listing import Filters
from app.registration.models import Registration, RegistrationState

BULK = "registration.acts"


class Act(enum.StrEnum):
    APPROVE = "approve"
    DECLINE = "decline"
    CANCEL = "cancel"
    SEND_LINK = "send-link"

    @property
    def label(self) -> str:
        return str({
            Act.APPROVE: _l("Approve"), Act.DECLINE: _l("Decline"), Act.CANCEL: _l("Cancel"),
            Act.SEND_LINK: _l("Send the letter with their link again"),
        }[self])  # fmt: skip

    @property
    def states(self) -> tuple[RegistrationState, ...]:
        """For whom it means anything."""
        return (RegistrationState.REQUESTED,) if self in (Act.APPROVE, Act.DECLINE) else LIVE


class Chosen(NamedTuple):
    """Whom an act is for: those who were ticked, or all that match."""

    numbers: tuple[int, ...] | None
    filters: Filters


def is_possible(act: Act, registration: Registration) -> bool:
    return registration.state in act.states and (act is not Act.SEND_LINK or bool(registration.email))


def possible(registration: Registration) -> list[Act]:
    return [act for act in Act if is_possible(act, registration)]


def do(act: Act, registration: Registration, by: Account | None) -> bool:
    """Does it and notes who did.

    False when it means nothing for this registration any more, or when it got too many letters lately.
    """
    db.session.refresh(registration)
    if not is_possible(act, registration):
        return False
    if act is Act.APPROVE:
        service.approve(registration)
    elif act is Act.DECLINE:
        service.decline(registration)
    elif act is Act.CANCEL:
        service.cancel(registration, by_organiser=True)
    elif not letters.write_again(registration):
        return False
    deed = {
        Act.APPROVE: "registration.approved", Act.DECLINE: "registration.declined",
        Act.CANCEL: "registration.cancelled", Act.SEND_LINK: "registration.link-sent",
    }[act]  # fmt: skip
    audit.record(by, deed, f"event:{registration.event_id}/registration:{registration.id}")
    return True


def concerned(event: Event, act: Act, chosen: Chosen) -> Sequence[int]:
    """The numbers of those for whom it means anything, who registered first in front: it is their turn first."""
    found = listing.query(event, chosen.filters).with_only_columns(Registration.id)
    if chosen.numbers is not None:
        found = sa.select(Registration.id).where(Registration.event_id == event.id, Registration.id.in_(chosen.numbers))
    found = found.where(Registration.state.in_(act.states))
    if act is Act.SEND_LINK:
        found = found.where(Registration.email != "")
    return db.session.scalars(found.order_by(None).order_by(Registration.created_at, Registration.id)).all()


@does(BULK, names_people=True)
def _do_all(job: Job, progress: Progress) -> Iterator[None]:
    """A transaction for each person."""
    act, numbers = Act(job.payload["act"]), job.payload["numbers"]
    by = db.session.get(Account, job.account_id) if job.account_id else None
    begun = done = job.done
    for place, number in enumerate(numbers[begun:], start=begun + 1):
        registration = db.session.get(Registration, number)
        if registration is not None and registration.event_id == job.payload["event"]:
            done += do(act, registration, by)
        progress(place, len(numbers))
        yield
    job.message = told(act, done)


def title(act: Act, number: int) -> str:
    """What is going to be done."""
    return str({
        Act.APPROVE: ngettext("Approve %(num)s registration", "Approve %(num)s registrations", number),
        Act.DECLINE: ngettext("Decline %(num)s registration", "Decline %(num)s registrations", number),
        Act.CANCEL: ngettext("Cancel %(num)s registration", "Cancel %(num)s registrations", number),
        Act.SEND_LINK: ngettext("Send %(num)s letter again", "Send %(num)s letters again", number),
    }[act])  # fmt: skip


def told(act: Act, number: int) -> str:
    """What was done for how many."""
    return str({
        Act.APPROVE: ngettext("%(num)s registration was approved.", "%(num)s registrations were approved.", number),
        Act.DECLINE: ngettext("%(num)s registration was declined.", "%(num)s registrations were declined.", number),
        Act.CANCEL: ngettext("%(num)s registration was cancelled.", "%(num)s registrations were cancelled.", number),
        Act.SEND_LINK: ngettext("%(num)s letter is on its way.", "%(num)s letters are on their way.", number),
    }[act])  # fmt: skip
