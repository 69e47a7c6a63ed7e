"""Organisers' page of an event's letters: what was sent, what waits, what needs a decision."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.events.guard import organiser
from app.events.models import Event
from app.extensions import db
from app.mail.models import LetterState
from app.mail.outbox import send_again
from app.people.permissions import Action
from app.reminders import service
from app.reminders.manage import blueprint


@blueprint.get("/manage/events/<event>/letters/")
@organiser(Action.SEE_REGISTRATIONS)
def letters(event: Event) -> str:
    asked = request.args.get("state", "")
    state = LetterState(asked) if asked in set(LetterState) else None
    return render_template(
        "reminders/letters.html", event=event, state=state, names=_names(), counts=service.counts_of(event),
        letters=service.letters_of(event, state),
    )  # fmt: skip


@blueprint.post("/manage/events/<event>/letters/<int:number>/send/")
@organiser(Action.SEE_REGISTRATIONS)
def send(event: Event, number: int) -> Response:
    letter = service.letter_of(event, number)
    if letter is None:
        abort(404)
    if send_again(letter):
        flash(_("The letter is sent once more."))
    else:
        flash(_("This letter needs no second sending."))
    db.session.commit()
    return redirect(url_for("reminders_manage.letters", event=event.slug), 303)


def _names() -> dict[LetterState, str]:
    return {
        LetterState.QUEUED: _("Waits"), LetterState.CLAIMED: _("Being sent"), LetterState.SENT: _("Sent"),
        LetterState.DROPPED: _("Not needed any more"), LetterState.FAILED: _("Failed"),
        LetterState.UNSURE: _("Perhaps arrived"),
    }  # fmt: skip
