"""Messages to a group of people: write, look at, send, follow, pause and cancel."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.events.guard import acting_account, organiser
from app.events.models import Event
from app.extensions import db, limiter, lock_row
from app.lib.http import framed_letter, with_letter_frames
from app.lib.urls import interface_language
from app.mail.rendering import Content
from app.people.permissions import Action
from app.reminders import audiences, choosing, messages
from app.reminders.manage import blueprint, previewing
from app.reminders.manage.message_forms import MessageForm, SendForm
from app.reminders.message_letters import made_up, written
from app.reminders.messages import audience_of
from app.reminders.models import Message, MessageState
from app.reminders.readers import readers_of, written_in
from app.reminders.words import WORDS

Answer = str | Response | tuple[str, int]
WAYS = {
    "take-back": messages.take_back, "pause": messages.pause, "resume": messages.resume, "cancel": messages.cancel,
}  # fmt: skip
TESTS = limiter.limit("20 per minute", methods=["POST"])


@blueprint.get("/manage/events/<event>/letters/messages/")
@organiser(Action.EDIT_EVENT)
def all_messages(event: Event) -> str:
    found = messages.of_event(event)
    return render_template(
        "reminders/messages.html", event=event, messages=found,
        audiences={message.id: choosing.said(event, audience_of(message)) for message in found},
        progress={message.id: messages.progress_of(message) for message in found if message.started_at},
    )  # fmt: skip


@blueprint.route("/manage/events/<event>/letters/messages/new/", methods=["GET", "POST"])
@organiser(Action.EDIT_EVENT)
def add_message(event: Event) -> Answer:
    form = MessageForm(event, previewing.languages(event))
    if form.validate_on_submit():
        added = messages.add(event, acting_account(), **form.facts)
        db.session.commit()
        return _to(added)
    return _form(event, form)


@blueprint.route("/manage/events/<event>/letters/messages/<int:message>/edit/", methods=["GET", "POST"])
@organiser(Action.EDIT_EVENT)
def edit_message(event: Event, message: int) -> Answer:
    found = _found(event, message)
    if request.method == "POST":
        lock_row(found)
    if found.state is not MessageState.DRAFT:
        flash(_("It can be changed no more, since it is not a draft."), "error")
        return _to(found)
    form = MessageForm(event, previewing.languages(event), found)
    if form.validate_on_submit():
        messages.update(found, acting_account(), **form.facts)
        db.session.commit()
        flash(_("Saved."))
        return _to(found)
    return _form(event, form, found)


@blueprint.get("/manage/events/<event>/letters/messages/<int:message>/")
@organiser(Action.EDIT_EVENT)
def message(event: Event, message: int) -> Response:
    """What it says to whom; once it has started, how far it is."""
    found = _found(event, message)
    language, zone = previewing.reader(event)
    content = _preview(found, language, zone)
    return with_letter_frames(render_template(
        "reminders/message.html", event=event, message=found, audience=choosing.said(event, audience_of(found)),
        progress=messages.progress_of(found) if found.started_at else None, by=acting_account(), content=content,
        language=language, zone=zone, languages=previewing.languages(event), zones=previewing.zones(event),
        **_readers(found),
    ))  # fmt: skip


@blueprint.get("/manage/events/<event>/letters/messages/<int:message>/rendered.html")
@organiser(Action.EDIT_EVENT)
def message_rendered(event: Event, message: int) -> Response:
    return framed_letter(_preview(_found(event, message), *previewing.reader(event)).html)


@blueprint.post("/manage/events/<event>/letters/messages/<int:message>/test/")
@organiser(Action.EDIT_EVENT)
@TESTS
def test_message(event: Event, message: int) -> Response:
    found, account = _found(event, message), acting_account()
    language, zone = previewing.reader(event)
    messages.send_test(found, account, language, zone)
    db.session.commit()
    flash(_("A test goes to %(address)s.", address=account.email))
    return redirect(url_for(".message", event=event.slug, message=found.id, language=language, zone=zone), 303)


@blueprint.route("/manage/events/<event>/letters/messages/<int:message>/send/", methods=["GET", "POST"])
@organiser(Action.EDIT_EVENT)
def send_message(event: Event, message: int) -> Answer:
    """To how many, in which languages, and when; then it is meant."""
    found, form, account = _found(event, message), SendForm(), acting_account()
    if found.state is not MessageState.DRAFT:
        return _to(found)
    number = audiences.count(event, audience_of(found))
    if form.validate_on_submit() and form.is_meant(event, number):
        if messages.schedule(found, account, form.moment(event)):
            db.session.commit()
        return _to(found)
    form.number.data = str(number)
    page = render_template(
        "reminders/message_send.html", event=event, message=found, form=form, number=number, by=account,
        audience=choosing.said(event, audience_of(found)), **_readers(found),
    )  # fmt: skip
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/manage/events/<event>/letters/messages/<int:message>/delete/")
@organiser(Action.EDIT_EVENT)
def delete_message(event: Event, message: int) -> Response:
    if messages.delete(_found(event, message), acting_account()):
        db.session.commit()
        flash(_("The draft is deleted."))
    return redirect(url_for(".all_messages", event=event.slug), 303)


@blueprint.post(
    "/manage/events/<event>/letters/messages/<int:message>/<any('take-back', 'pause', 'resume', 'cancel'):way>/"
)
@organiser(Action.EDIT_EVENT)
def turn_message(event: Event, message: int, way: str) -> Response:
    found = _found(event, message)
    if WAYS[way](found, acting_account()):
        db.session.commit()
    else:
        flash(_("That is not possible any more: see how it stands now."), "error")
    return _to(found)


def _found(event: Event, number: int) -> Message:
    return messages.of_number(event, number) or abort(404)


def _preview(message: Message, language: str, zone: str) -> Content:
    with force_locale(interface_language(language).replace("-", "_")):
        return written(message, made_up(message, acting_account().name or _("Ana Example"), language, zone))


def _readers(message: Message) -> dict[str, Any]:
    languages = written_in(message.subject, message.text)
    return {"written": languages, "readers": readers_of(message.event, audience_of(message), languages)}


def _form(event: Event, form: MessageForm, message: Message | None = None) -> Answer:
    page = render_template("reminders/message_form.html", event=event, form=form, message=message, words=WORDS)
    return page, 422 if form.is_submitted() else 200


def _to(message: Message) -> Response:
    return redirect(url_for(".message", event=message.event.slug, message=message.id), 303)
