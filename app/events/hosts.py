"""The organisations that take part in an event."""

from app.events.models import Event, EventOrganisation, Involvement
from app.events.service import subject
from app.extensions import db
from app.lib.text import Translated
from app.people import audit
from app.people.models import Account, Organisation
from app.people.organisations import add


def involve(
    event: Event, by: Account, part: Involvement, organisation: Organisation | None = None,
    *, name: Translated | None = None, url: str = "",
) -> EventOrganisation:  # fmt: skip
    """Lets an organisation take part, a new one under `name` if none is given. Twice in the same part is once."""
    organisation = organisation or add(by, name or {}, url=url)
    for row in event.involved:
        if row.organisation is organisation and row.involvement is part:
            return row
    position = 1 + max((row.position for row in event.involved), default=0)
    row = EventOrganisation(organisation=organisation, involvement=part, position=position)
    event.involved.append(row)
    audit.record(by, "organisation.involved", subject(event), name=dict(organisation.name), part=part.value)
    db.session.flush()
    return row


def release(event: Event, row: EventOrganisation, by: Account) -> None:
    audit.record(
        by, "organisation.released", subject(event), name=dict(row.organisation.name), part=row.involvement.value
    )
    event.involved.remove(row)
    db.session.flush()
