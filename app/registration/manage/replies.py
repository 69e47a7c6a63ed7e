"""What people's calendars answered to invitations, session by session."""

from flask import render_template

from app.events.guard import organiser
from app.events.models import Event
from app.people.permissions import Action
from app.registration import replies
from app.registration.manage import blueprint
from app.registration.models import Answering


@blueprint.get("/manage/events/<event>/registrations/replies/")
@organiser(Action.SEE_REGISTRATIONS)
def answered(event: Event) -> str:
    return render_template(
        "registration/replies.html", event=event, sessions=replies.by_session(event), answers=Answering
    )
