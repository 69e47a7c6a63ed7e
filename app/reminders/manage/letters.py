"""Organisers' pages of an event's letters: what was sent, what waits, what needs a decision."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.events.guard import acting_account, organiser
from app.events.models import Event
from app.extensions import db, limiter, lock_row
from app.jobs import service as jobs
from app.lib.http import framed_letter, with_letter_frames
from app.lib.present import page_language
from app.mail import copies
from app.mail.models import Letter, LetterState
from app.mail.outbox import send_again
from app.mail.suppression import SAID_BY_SERVERS, allow, suppression_of
from app.people import audit
from app.people.permissions import Action
from app.reminders import exports, messages, record
from app.reminders.kinds import KINDS, kind_in_words
from app.reminders.manage import blueprint
from app.reminders.record import PAGE, Filters

SENDING = limiter.limit("60 per minute", methods=["POST"])
RELEASABLE = SAID_BY_SERVERS
"""Organisers may know better; what an address's owner wants is not theirs to undo."""


@blueprint.get("/manage/events/<event>/letters/")
@organiser(Action.SEE_REGISTRATIONS)
def letters(event: Event) -> str:
    filters, counts = Filters.of(request.args), record.counts_of(event)
    found = record.page_of(event, filters, request.args.get("page", 1, type=int), counts)
    unsure = counts.get(LetterState.UNSURE, 0)
    return render_template(
        "reminders/letters.html", event=event, filters=filters, found=found, counts=counts, kinds=KINDS,
        in_words=kind_in_words, messages=messages.of_event(event), number_undecided=unsure,
        undecided=record.undecided(event) if unsure and not filters.narrow else [],
    )  # fmt: skip


@blueprint.get("/manage/events/<event>/letters/<int:letter>/")
@organiser(Action.SEE_REGISTRATIONS)
def letter(event: Event, letter: int) -> Response:
    found = _found(event, letter)
    suppression = suppression_of(found.recipient) if found.recipient else None
    return with_letter_frames(render_template(
        "reminders/letter.html", event=event, letter=found, copy=copies.of(found), kind=kind_in_words(found.kind),
        suppression=suppression, is_releasable=suppression is not None and suppression.grounds in RELEASABLE,
    ))  # fmt: skip


@blueprint.get("/manage/events/<event>/letters/<int:letter>/rendered.html")
@organiser(Action.SEE_REGISTRATIONS)
def letter_rendered(event: Event, letter: int) -> Response:
    copy = copies.of(_found(event, letter))
    return framed_letter(copy.html) if copy else abort(404)


@blueprint.post("/manage/events/<event>/letters/<int:letter>/send/")
@organiser(Action.SEE_REGISTRATIONS)
@SENDING
def send(event: Event, letter: int) -> Response:
    found = _found(event, letter)
    lock_row(found)
    if send_again(found):
        _note("letter.sent-again", found)
        flash(_("The letter is sent once more."))
    else:
        flash(_("This letter needs no second sending."))
    db.session.commit()
    return _to(found, event)


@blueprint.post("/manage/events/<event>/letters/<int:letter>/release/")
@organiser(Action.SEE_REGISTRATIONS)
@SENDING
def release(event: Event, letter: int) -> Response:
    """Lets letters go to its address again."""
    found = _found(event, letter)
    suppression = suppression_of(found.recipient)
    if suppression is not None and suppression.grounds in RELEASABLE:
        allow(found.recipient)
        _note("letter.address-released", found)
        db.session.commit()
        flash(_("Letters go to this address again."))
    else:
        flash(_("Nothing holds letters back that you could release."), "error")
    return _to(found, event)


@blueprint.post("/manage/events/<event>/letters/decide/")
@organiser(Action.SEE_REGISTRATIONS)
@SENDING
def decide(event: Event) -> Response:
    """What becomes of letters of which nobody knows whether they arrived: those ticked, or all."""
    act = request.form.get("act", "")
    if act not in ("again", "leave"):
        abort(400)
    ticked = None if "all" in request.form else _numbers(request.form.getlist("letter"))
    decided = record.decide(event, ticked, again=act == "again")
    for each in decided:
        _note("letter.sent-again" if act == "again" else "letter.left", each)
    db.session.commit()
    number = len(decided)
    if not number:
        flash(_("Tick the letters first, or choose all."), "error")
    elif act == "again":
        flash(ngettext("%(num)s letter is sent once more.", "%(num)s letters are sent once more.", number))
    else:
        flash(ngettext("%(num)s letter is left as it is.", "%(num)s letters are left as they are.", number))
    return redirect(url_for(".letters", event=event.slug), 303)


@blueprint.post("/manage/events/<event>/letters/export/")
@organiser(Action.SEE_REGISTRATIONS)
@SENDING
def export_letters(event: Event) -> Response:
    filters = Filters.of(request.form)
    job = jobs.start(
        exports.EXPORT, acting_account().id, title=_("Export of the letters"), subject=f"event:{event.id}",
        language=page_language(), came_from=url_for(".letters", event=event.slug, **filters.arguments),
        event=event.id, filters=filters.arguments,
    )  # fmt: skip
    audit.record(acting_account(), "letters.exported", f"event:{event.id}", state=filters.state, kind=filters.kind)
    db.session.commit()
    return redirect(url_for("people_manage.job", job=job.id), 303)


def _found(event: Event, number: int) -> Letter:
    return record.of_number(event, number) or abort(404)


def _note(deed: str, letter: Letter) -> None:
    """Without the address, which is deleted when its owner wishes it."""
    audit.record(acting_account(), deed, f"{letter.about}/letter:{letter.id}", kind=kind_in_words(letter.kind))


def _numbers(values: list[str]) -> list[int]:
    """Of a page at most."""
    return [int(value) for value in values[:PAGE] if value.isascii() and value.isdigit() and len(value) < 10]


def _to(letter: Letter, event: Event) -> Response:
    return redirect(url_for(".letter", event=event.slug, letter=letter.id), 303)
