"""What an event sends by itself: the rules, what each letter looks like, and quiet hours."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.events.guard import acting_account, organiser
from app.events.models import Event
from app.extensions import db, limiter, lock_row
from app.lib.http import framed_letter, with_letter_frames
from app.lib.urls import interface_language
from app.mail.rendering import Content
from app.people.permissions import Action
from app.reminders import previews, quiet, rules
from app.reminders.manage import blueprint, previewing
from app.reminders.manage.rule_forms import QuietForm, RuleForm
from app.reminders.models import Rule
from app.reminders.saying import said
from app.reminders.words import WORDS

Answer = str | Response | tuple[str, int]
RULES = "/manage/events/<event>/reminders/"
RULE = f"{RULES}<int:rule>/"
TESTS = limiter.limit("20 per minute", methods=["POST"])


@blueprint.get(RULES)
@organiser(Action.SEE_EVENT)
def all_rules(event: Event) -> str:
    found = [said(event, rule) for rule in rules.of_event(event)]
    found.sort(key=lambda each: (each.rule.minutes, each.rule.id))
    return render_template("reminders/rules.html", event=event, rules=found, quiet=_quiet_hours(event))


@blueprint.route(f"{RULES}new/", methods=["GET", "POST"])
@organiser(Action.EDIT_EVENT)
def add_rule(event: Event) -> Answer:
    form = RuleForm(event, previewing.languages(event))
    if form.validate_on_submit():
        added = rules.add(event, acting_account(), **form.facts)
        db.session.commit()
        flash(_("The letter will go out by itself."))
        return _to(added)
    return _form(event, form)


@blueprint.get(RULE)
@organiser(Action.SEE_EVENT)
def rule(event: Event, rule: int) -> Response:
    """What it says, to a reader of a language in a zone."""
    found = _found(event, rule)
    language, zone = previewing.reader(event)
    return with_letter_frames(render_template(
        "reminders/rule.html", event=event, said=said(event, found), rule=found, by=acting_account(),
        content=_preview(found, language, zone), language=language, zone=zone, languages=previewing.languages(event),
        zones=previewing.zones(event),
    ))  # fmt: skip


@blueprint.get(f"{RULE}rendered.html")
@organiser(Action.SEE_EVENT)
def rule_rendered(event: Event, rule: int) -> Response:
    content = _preview(_found(event, rule), *previewing.reader(event)) or abort(404)
    return framed_letter(content.html)


@blueprint.route(f"{RULE}edit/", methods=["GET", "POST"])
@organiser(Action.EDIT_EVENT)
def edit_rule(event: Event, rule: int) -> Answer:
    found = _found(event, rule)
    if request.method == "POST":
        lock_row(found)
    form = RuleForm(event, previewing.languages(event), found)
    if form.validate_on_submit():
        rules.change(found, acting_account(), **form.facts)
        db.session.commit()
        flash(_("Saved."))
        return _to(found)
    return _form(event, form, found)


@blueprint.post(f"{RULE}<any('on', 'off'):turned>/")
@organiser(Action.EDIT_EVENT)
def switch_rule(event: Event, rule: int, turned: str) -> Response:
    rules.switch(_found(event, rule), acting_account(), turned == "on")
    db.session.commit()
    return _back(event)


@blueprint.post(f"{RULE}delete/")
@organiser(Action.EDIT_EVENT)
def delete_rule(event: Event, rule: int) -> Response:
    rules.delete(_found(event, rule), acting_account())
    db.session.commit()
    flash(_("The reminder is deleted."))
    return _back(event)


@blueprint.post(f"{RULES}restore/")
@organiser(Action.EDIT_EVENT)
def restore_rules(event: Event) -> Response:
    number = rules.restore_usual(event, acting_account())
    db.session.commit()
    back = ngettext("%(num)s usual letter is back.", "%(num)s usual letters are back.", number)
    flash(back if number else _("The usual ones are all here."))
    return _back(event)


@blueprint.post(f"{RULE}test/")
@organiser(Action.EDIT_EVENT)
@TESTS
def test_rule(event: Event, rule: int) -> Response:
    found, account = _found(event, rule), acting_account()
    language, zone = previewing.reader(event)
    previews.send_test(found, account, language, zone)
    db.session.commit()
    flash(_("A test goes to %(address)s.", address=account.email))
    return redirect(url_for(".rule", event=event.slug, rule=found.id, language=language, zone=zone), 303)


@blueprint.route(f"{RULES}quiet-hours/", methods=["GET", "POST"])
@organiser(Action.EDIT_EVENT)
def quiet_hours(event: Event) -> Answer:
    form = QuietForm(quiet.of(event))
    if form.validate_on_submit():
        rules.set_quiet_hours(event, acting_account(), *form.minutes)
        db.session.commit()
        flash(_("Saved."))
        return _back(event)
    page = render_template("reminders/quiet_hours.html", event=event, form=form)
    return page, 422 if form.is_submitted() else 200


def _found(event: Event, number: int) -> Rule:
    return rules.of_number(event, number) or abort(404)


def _quiet_hours(event: Event) -> tuple[str, str] | None:
    hours = quiet.of(event)
    if hours.begins == hours.ends:
        return None
    begins, ends = (f"{minutes // 60:02}:{minutes % 60:02}" for minutes in (hours.begins, hours.ends))
    return begins, ends


def _preview(rule: Rule, language: str, zone: str) -> Content | None:
    with force_locale(interface_language(language).replace("-", "_")):
        return previews.preview(rule, acting_account().name or _("Ana Example"), language, zone)


def _form(event: Event, form: RuleForm, rule: Rule | None = None) -> Answer:
    page = render_template("reminders/rule_form.html", event=event, form=form, rule=rule, words=WORDS)
    return page, 422 if form.is_submitted() else 200


def _to(rule: Rule) -> Response:
    return redirect(url_for(".rule", event=rule.event.slug, rule=rule.id), 303)


def _back(event: Event) -> Response:
    return redirect(url_for(".all_rules", event=event.slug), 303)
