"""The ticket that is shown at the door, on the screen or on paper."""

from flask import Response

from app.lib.urls import without_language
from app.registration import qr
from app.registration.guard import holder
from app.registration.models import Purpose, Registration
from app.site.personal import _page, blueprint


@blueprint.get("/registrations/<token>/ticket/")
@holder(confirmed=True)
def ticket(registration: Registration) -> str:
    return _page("ticket", registration)


@blueprint.get("/registrations/<token>/ticket.svg")
@holder(confirmed=True)
def ticket_code(registration: Registration) -> Response:
    address = without_language("registration_manage.ticket", token=registration.token(Purpose.TICKET))
    return Response(qr.svg(address), mimetype="image/svg+xml")
