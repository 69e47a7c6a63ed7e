"""One act for many registrations: first how many and what happens, then the work, as a job."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.events.guard import acting_account, organiser
from app.events.models import Event
from app.extensions import db, limiter
from app.jobs import service as jobs
from app.lib.present import page_language
from app.people.permissions import Action
from app.registration import acts
from app.registration.acts import Act, Chosen
from app.registration.listing import PAGE, Filters
from app.registration.manage import blueprint

Answer = str | Response | tuple[str, int]
BULK = limiter.limit("30 per minute", methods=["POST"])


@blueprint.get("/manage/events/<event>/registrations/act/")
@organiser(Action.SEE_REGISTRATIONS)
def ask_act(event: Event) -> Answer:
    """Where the list's form leads: whom and what, all in the address, so that nothing happens yet."""
    filters, act = Filters.of(request.args), _act(request.args.get("act", ""))
    is_all = "all" in request.args
    ticked = () if is_all else _numbers(request.args.getlist("number"))
    back = url_for("registration_manage.registrations", event=event.slug, **filters.arguments)
    if not ticked and not is_all:
        flash(_("Tick the people first, or choose all that match."), "error")
        return redirect(back)
    number = len(acts.concerned(event, act, Chosen(None if is_all else ticked, filters)))
    return render_template(
        "registration/act.html", event=event, chosen=act, filters=filters, ticked=ticked, is_all=is_all,
        number=number, title=acts.title(act, number), skipped=max(len(ticked) - number, 0), back=back,
    )  # fmt: skip


@blueprint.post("/manage/events/<event>/registrations/act/")
@organiser(Action.SEE_REGISTRATIONS)
@BULK
def do_act(event: Event) -> Answer:
    filters, act = Filters.of(request.form), _act(request.form.get("act", ""))
    ticked = None if "all" in request.form else _numbers(request.form.getlist("number"))
    numbers = list(acts.concerned(event, act, Chosen(ticked, filters)))
    back = url_for("registration_manage.registrations", event=event.slug, **filters.arguments)
    if not numbers:
        flash(_("There is nobody left for whom this means anything."), "error")
        return redirect(back)
    job = jobs.start(
        acts.BULK, acting_account().id, title=acts.title(act, len(numbers)), subject=f"event:{event.id}",
        language=page_language(), came_from=back, event=event.id, act=act.value, numbers=numbers,
    )  # fmt: skip
    db.session.commit()
    return redirect(url_for("people_manage.job", job=job.id))


def _act(value: str) -> Act:
    try:
        return Act(value)
    except ValueError:
        abort(400)


def _numbers(values: list[str]) -> tuple[int, ...]:
    """Of a page at most."""
    return tuple(int(value) for value in values[:PAGE] if value.isascii() and value.isdigit() and len(value) < 10)
