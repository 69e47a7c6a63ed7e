"""How organisers make the form."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.events.guard import acting_account, organiser
from app.events.models import Event
from app.extensions import db
from app.feedback import questionnaire
from app.feedback.forms import QuestionForm, ReplyForm, SettingsForm
from app.feedback.manage import blueprint
from app.feedback.models import About, AnswerKind, FeedbackQuestion
from app.feedback.sections import Section
from app.lib import clock
from app.people.permissions import Action

QUESTIONS = "/manage/events/<event>/feedback/questions/"
QUESTION = f"{QUESTIONS}<asked>/"


@blueprint.get(QUESTIONS)
@organiser(Action.SEE_EVENT)
def questions(event: Event) -> str:
    return render_template(
        "feedback/questions.html", event=event, questions=questionnaire.questions_of(event), abouts=About,
        kinds=AnswerKind, fixed=questionnaire.has_replies(event), settings=questionnaire.form_of(event),
    )  # fmt: skip


@blueprint.get(f"{QUESTIONS}preview/")
@organiser(Action.SEE_EVENT)
def preview(event: Event) -> str:
    """The questions as people see them; what is written here goes nowhere."""
    asked = questionnaire.questions_of(event)
    sections = [Section(None, [row for row in asked if row.about is about], clock.now()) for about in About]
    forms = [(about, ReplyForm([section], formdata=None, prefix=about.value))
             for about, section in zip(About, sections, strict=True) if section.questions]  # fmt: skip
    return render_template("feedback/preview.html", event=event, forms=forms)


@blueprint.route(f"{QUESTIONS}new/", methods=["GET", "POST"])
@organiser(Action.EDIT_EVENT)
def add_question(event: Event) -> Any:
    about, kind = request.args.get("about", ""), request.args.get("kind", "")
    if about not in set(About) or kind not in set(AnswerKind):
        return _back(event)
    form = QuestionForm(event, AnswerKind(kind))
    if not form.validate_on_submit():
        return _form(event, AnswerKind(kind), form)
    try:
        questionnaire.add(event, acting_account(), About(about), AnswerKind(kind), form.options(), **form.facts())
    except questionnaire.Answered:
        return _refused(event)
    db.session.commit()
    flash(_("The question is in the form."))
    return _back(event)


@blueprint.route(QUESTION, methods=["GET", "POST"])
@organiser(Action.EDIT_EVENT)
def edit_question(event: Event, asked: str) -> Any:
    question = _question(event, asked)
    form = QuestionForm(event, question.kind, question, fixed=questionnaire.has_replies(event))
    if not form.validate_on_submit():
        return _form(event, question.kind, form, question)
    try:
        questionnaire.update(event, acting_account(), asked, form.options(), **form.facts())
    except questionnaire.Answered:
        return _refused(event)
    db.session.commit()
    flash(_("Saved."))
    return _back(event)


@blueprint.post(f"{QUESTION}move/")
@organiser(Action.EDIT_EVENT)
def move_question(event: Event, asked: str) -> Any:
    _question(event, asked)
    try:
        questionnaire.move(event, asked, -1 if request.form.get("to") == "up" else 1)
    except questionnaire.Answered:
        return _refused(event)
    db.session.commit()
    return _back(event)


@blueprint.post(f"{QUESTION}remove/")
@organiser(Action.EDIT_EVENT)
def remove_question(event: Event, asked: str) -> Any:
    _question(event, asked)
    try:
        questionnaire.remove(event, acting_account(), asked)
    except questionnaire.Answered:
        return _refused(event)
    db.session.commit()
    flash(_("The question is deleted."))
    return _back(event)


@blueprint.route("/manage/events/<event>/feedback/settings/", methods=["GET", "POST"])
@organiser(Action.EDIT_EVENT)
def settings(event: Event) -> Any:
    form = SettingsForm(questionnaire.form_of(event))
    if form.validate_on_submit():
        try:
            questionnaire.change_form(event, acting_account(), **form.facts())
        except questionnaire.Answered:
            db.session.rollback()
            form.is_anonymous.errors = [_("Somebody has answered already, and was told otherwise. It stays as it was.")]
        else:
            db.session.commit()
            flash(_("Saved."))
            return redirect(url_for(".settings", event=event.slug))
    page = render_template("feedback/settings.html", event=event, form=form)
    return page, 422 if form.is_submitted() else 200


def _question(event: Event, key: str) -> FeedbackQuestion:
    return questionnaire.question_of(event, key) or abort(404)


def _form(event: Event, kind: AnswerKind, form: QuestionForm, question: FeedbackQuestion | None = None) -> Any:
    page = render_template("feedback/question.html", event=event, kind=kind, form=form, question=question)
    return page, 422 if form.is_submitted() else 200


def _refused(event: Event) -> Any:
    db.session.rollback()
    flash(_("People have answered already: words can be mended, and nothing else changes any more."), "warning")
    return _back(event)


def _back(event: Event) -> Any:
    return redirect(url_for(".questions", event=event.slug))
