"""Where organisers begin; the overview, the facts and the state of one event."""

from datetime import time

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.events import checks, service
from app.events.forms import CreateForm, EventForm, StandingForm
from app.events.guard import acting_account, event_maker, organiser
from app.events.manage import blueprint
from app.events.models import Event, EventKind, EventState, Standing
from app.events.slugs import unique_slug
from app.extensions import db, lock_row
from app.lib.present import chosen
from app.people.guard import signed_in
from app.people.models import Account
from app.people.permissions import Action

Answer = Response | str | tuple[str, int]


@blueprint.get("/")
@signed_in
def home() -> str:
    account = acting_account()
    return render_template(
        "events/home.html", events=service.events_of(account), series=service.series_of(account),
        may_create=service.may_create(account), speaking=service.events_spoken_at(account),
        doors=service.events_with_a_door(account), event=None,
    )  # fmt: skip


@blueprint.route("/events/new/", methods=["GET", "POST"])
@event_maker
def create() -> Answer:
    account = acting_account()
    form = CreateForm(data={"zone": account.zone, "languages": [account.language]})
    form.series.choices = series_choices(account)
    if not form.validate_on_submit():
        return render_template("events/create.html", form=form, event=None), 422 if form.is_submitted() else 200
    event = service.create(
        account, {form.languages.data[0]: form.title.data or ""}, kind=EventKind(form.kind.data), zone=form.zone.data,
        languages=form.languages.data, starts_on=form.starts_on.data, ends_on=form.ends_on.data,
        series=service.series_by_slug(form.series.data or ""),
    )  # fmt: skip
    db.session.commit()
    flash(_("The event is made. It is a draft that nobody else sees."))
    return redirect(url_for("events_manage.overview", event=event.slug))


@blueprint.get("/events/<event>/")
@organiser(Action.SEE_EVENT)
def overview(event: Event) -> Answer:
    return _overview(event)


def _overview(event: Event, status: int = 200) -> Answer:
    lacks = checks.missing(event)
    blocking = [lack for lack in lacks if lack.weight is checks.Weight.BLOCKING]
    advice = [lack for lack in lacks if lack.weight is checks.Weight.ADVICE]
    page = render_template(
        "events/overview.html", event=event, blocking=blocking, advice=advice, figures=checks.figures(event),
        refused=status == 422,
    )  # fmt: skip
    return page, status


@blueprint.route("/events/<event>/facts/", methods=["GET", "POST"])
@organiser(Action.EDIT_EVENT)
def edit(event: Event) -> Answer:
    account = acting_account()
    if request.method == "POST":
        lock_row(event)
    form = EventForm(languages=event.languages, data=_facts(event))
    form.series.choices = series_choices(account, event)
    if event.state is not EventState.DRAFT:
        del form.slug
    if form.validate_on_submit() and _slug_is_free(event, form):
        service.update(event, account, **_read(event, form))
        db.session.commit()
        flash(_("Saved."))
        return redirect(url_for("events_manage.edit", event=event.slug))
    return render_template("events/edit.html", form=form, event=event), 422 if form.is_submitted() else 200


def series_choices(account: Account, event: Event | None = None) -> list[tuple[str, str]]:
    offered = list(service.series_of(account))
    if event and event.series and event.series not in offered:
        offered.append(event.series)
    return [("", _("None")), *((series.slug, chosen(series.title)) for series in offered)]


def _facts(event: Event) -> dict[str, object]:
    """What is stored, as the form writes it."""
    names = ("title", "summary", "description", "slug", "languages", "zone", "starts_on", "ends_on", "capacity",
             "join_opens_minutes", "contact_name", "contact_email", "reply_to", "website", "privacy",
             "recording_consent")  # fmt: skip
    facts = {name: getattr(event, name) for name in names}
    changes_at = time(*divmod(event.day_change, 60))
    return facts | {
        "kind": event.kind.value, "series": event.series.slug if event.series else "", "day_change": changes_at,
    }  # fmt: skip


def _read(event: Event, form: EventForm) -> dict[str, object]:
    """What the form says, as it is stored."""
    facts = {name: form[name].data for name in _facts(event) if name in form}
    night = form.day_change.data or time(0)
    facts |= {
        "kind": EventKind(form.kind.data), "day_change": night.hour * 60 + night.minute,
        "series": service.series_by_slug(form.series.data or ""),
    }  # fmt: skip
    if "slug" in facts and not facts["slug"]:
        facts["slug"] = unique_slug(Event, form.title.data, fallback="event")
    for name in ("contact_name", "contact_email", "reply_to", "website"):
        facts[name] = facts[name] or ""
    return facts


def _slug_is_free(event: Event, form: EventForm) -> bool:
    wanted = form.slug.data if "slug" in form else None
    if not wanted or wanted == event.slug or db.session.query(Event.id).filter_by(slug=wanted).first() is None:
        return True
    form.slug.errors = [*form.slug.errors, _("Another event has this address.")]
    return False


@blueprint.post("/events/<event>/publish/")
@organiser(Action.EDIT_EVENT)
def publish(event: Event) -> Answer:
    try:
        service.publish(event, acting_account())
    except service.NotReady:
        return _overview(event, 422)
    db.session.commit()
    flash(_("The event is public."))
    return redirect(url_for("events_manage.overview", event=event.slug))


@blueprint.post("/events/<event>/archive/")
@organiser(Action.EDIT_EVENT)
def archive(event: Event) -> Answer:
    if event.state is not EventState.PUBLISHED:
        abort(409)
    service.archive(event, acting_account())
    db.session.commit()
    flash(_("The event is archived: it stays to be read, and nobody registers any more."))
    return redirect(url_for("events_manage.overview", event=event.slug))


@blueprint.route("/events/<event>/cancel/", methods=["GET", "POST"])
@organiser(Action.EDIT_PROGRAMME)
def cancel(event: Event) -> Answer:
    return _stand(event, Standing.CANCELLED)


@blueprint.route("/events/<event>/postpone/", methods=["GET", "POST"])
@organiser(Action.EDIT_PROGRAMME)
def postpone(event: Event) -> Answer:
    return _stand(event, Standing.POSTPONED)


def _stand(event: Event, standing: Standing) -> Answer:
    form = StandingForm(languages=event.languages, data={"reason": event.standing_reason})
    if not form.validate_on_submit():
        page = render_template("events/standing.html", form=form, event=event, standing=standing.value)
        return page, 422 if form.is_submitted() else 200
    is_news = service.set_standing(event, standing, form.reason.data, by=acting_account())
    db.session.commit()
    flash(said_of(is_news))
    return redirect(url_for("events_manage.overview", event=event.slug))


@blueprint.post("/events/<event>/restore/")
@organiser(Action.EDIT_PROGRAMME)
def restore(event: Event) -> Answer:
    is_news = service.set_standing(event, Standing.CONFIRMED, by=acting_account())
    db.session.commit()
    flash(said_of(is_news))
    return redirect(url_for("events_manage.overview", event=event.slug))


def said_of(is_news: bool) -> str:
    """What whoever saved something is told; letters wait a moment, so that several changes are one."""
    return str(_("Saved. Everyone concerned gets one letter in about a minute.") if is_news else _("Saved."))
