"""Where organisers begin, and the overview of one event."""

from flask import render_template

from app.events import service
from app.events.guard import organiser
from app.events.manage import blueprint
from app.events.models import Event
from app.people.guard import current_account, signed_in
from app.people.permissions import Action


@blueprint.get("/")
@signed_in
def home() -> str:
    account = current_account()
    assert account is not None  # noqa: S101 - the guard has seen to it
    return render_template("events/home.html", events=service.events_of(account), event=None)


@blueprint.get("/events/<event>/")
@organiser(Action.SEE_EVENT)
def overview(event: Event) -> str:
    return render_template("events/overview.html", event=event)
