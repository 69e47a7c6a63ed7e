"""The questions that an event's form asks, and the files that came with the answers."""

import io
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.events.guard import acting_account, organiser
from app.events.models import Event
from app.extensions import db
from app.people.permissions import Action
from app.registration import questionnaire, questions, uploads
from app.registration.guard import keep_private
from app.registration.manage import blueprint
from app.registration.manage.question_form import QuestionForm
from app.registration.models import Question, QuestionKind, Registration
from app.registration.question_fields import AnswersForm

QUESTIONS = "/manage/events/<event>/questions/"
QUESTION = f"{QUESTIONS}<int:question>/"


@blueprint.get(QUESTIONS)
@organiser(Action.SEE_EVENT)
def asked(event: Event) -> str:
    found = questions.of_event(event)
    kinds = [kind for kind in QuestionKind if kind is not QuestionKind.NEEDS or not _asks_needs(event)]
    return render_template(
        "registration/questions.html", event=event, under=questions.by_condition(found), kinds=kinds
    )  # fmt: skip


@blueprint.get(f"{QUESTIONS}preview/")
@organiser(Action.SEE_EVENT)
def preview_form(event: Event) -> str:
    """The questions as people see them; what is written here goes nowhere."""
    form = AnswersForm(questions.of_event(event), formdata=None)
    return render_template("registration/questions_preview.html", event=event, form=form)


@blueprint.route(f"{QUESTIONS}new/", methods=["GET", "POST"])
@organiser(Action.EDIT_EVENT)
def add_question(event: Event) -> Any:
    wanted = request.args.get("kind", "")
    if wanted not in set(QuestionKind) or (wanted == QuestionKind.NEEDS and _asks_needs(event)):
        return _back(event)
    kind = QuestionKind(wanted)
    form = QuestionForm(event, kind)
    if not form.validate_on_submit():
        return _form(event, kind, form)
    question = questionnaire.add(event, acting_account(), kind, form.options(), **form.facts())
    db.session.commit()
    flash(_("The question is in the form."))
    return _on(event, question)


@blueprint.route(QUESTION, methods=["GET", "POST"])
@organiser(Action.EDIT_EVENT)
def edit_question(event: Event, question: int) -> Any:
    row = _question(event, question)
    form = QuestionForm(event, row.kind, row)
    if not form.validate_on_submit():
        return _form(event, row.kind, form, row)
    questionnaire.update(row, acting_account(), form.options() if row.kind.has_options else None, **form.facts())
    db.session.commit()
    flash(_("Saved."))
    return _on(event, row)


@blueprint.post(f"{QUESTION}move/")
@organiser(Action.EDIT_EVENT)
def move_question(event: Event, question: int) -> Any:
    questionnaire.move(_question(event, question), -1 if request.form.get("to") == "up" else 1)
    db.session.commit()
    return _back(event)


@blueprint.route(f"{QUESTION}remove/", methods=["GET", "POST"])
@organiser(Action.EDIT_EVENT)
def remove_question(event: Event, question: int) -> Any:
    """Asks first, and says what goes with it."""
    row = _question(event, question)
    gone = questionnaire.with_dependants(row)
    if request.method != "POST":
        counts = [(each, questions.number_of_answers(each)) for each in gone]
        return render_template("registration/question_remove.html", event=event, question=row, counts=counts)
    questionnaire.remove(row, acting_account())
    db.session.commit()
    flash(ngettext("The question is gone.", "%(num)s questions are gone.", len(gone)))
    return _back(event)


@blueprint.get("/manage/events/<event>/registrations/<int:number>/files/<int:question>/")
@organiser(Action.SEE_REGISTRATIONS)
def answered_file(event: Event, number: int, question: int) -> Any:
    """To be saved, never to be shown: a browser must not take it for a page of ours."""
    answer = questions.answer_of(_registration(event, number), _question(event, question).id)
    content = uploads.read(answer.value) if answer and isinstance(answer.value, dict) else None
    if answer is None or content is None:
        abort(404)
    name = answer.value["name"]
    octets = "application/octet-stream"
    return keep_private(send_file(io.BytesIO(content), octets, as_attachment=True, download_name=name))


def _question(event: Event, number: int) -> Question:
    return questionnaire.of_number(event, number) or abort(404)


def _registration(event: Event, number: int) -> Registration:
    wanted = sa.select(Registration).where(Registration.event_id == event.id, Registration.id == number)
    return db.session.scalar(wanted) or abort(404)


def _asks_needs(event: Event) -> bool:
    return any(question.kind is QuestionKind.NEEDS for question in questions.of_event(event))


def _form(event: Event, kind: QuestionKind, form: QuestionForm, row: Question | None = None) -> Any:
    page = render_template("registration/question.html", event=event, kind=kind, form=form, question=row)
    return page, 422 if form.is_submitted() else 200


def _on(event: Event, question: Question) -> Any:
    """Back to the list, or to more room for answers."""
    if "more" in request.form:
        return redirect(url_for(".edit_question", event=event.slug, question=question.id))
    return _back(event)


def _back(event: Event) -> Any:
    return redirect(url_for(".asked", event=event.slug))
