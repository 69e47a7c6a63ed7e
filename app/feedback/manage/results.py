"""What people said: as bars and texts, and as a table to take away."""

from typing import Any

from flask import Response, abort, render_template, request
from flask_babel import format_decimal

from app.events.guard import acting_account, organiser
from app.events.models import Event
from app.feedback import exporting, own, questionnaire, sections
from app.feedback.manage import blueprint
from app.feedback.results import FEWEST, Results, number_asked
from app.people.permissions import Action
from app.schedule.service import session_by_slug
from app.speakers.service import speaker_of_account

RESULTS = "/manage/events/<event>/feedback/"


@blueprint.get(RESULTS)
@organiser(Action.SEE_EVENT)
def results(event: Event) -> str:
    found = _results(event)
    return _page(
        "results", event, found, figures=found.figures(), lines=found.lines(), number_asked=number_asked(event),
        settings=questionnaire.form_of(event), closes_at=sections.closes_at(event),
        is_closed=sections.is_closed(event),
    )  # fmt: skip


@blueprint.get(f"{RESULTS}sessions/<session>/")
@organiser(Action.SEE_EVENT)
def session_results(event: Event, session: str) -> str:
    row = session_by_slug(event, session) or abort(404)
    found = _results(event)
    return _page("session_results", event, found, session=row, figures=found.figures(row))


@blueprint.get("/manage/events/<event>/profile/feedback/")
@organiser(Action.EDIT_OWN_PROFILE)
def own_results(event: Event) -> str:
    """Of a speaker's own sessions."""
    speaker = speaker_of_account(event, acting_account()) or abort(404)
    return render_template(
        "feedback/own.html", event=None, of=event, found=own.of_speaker(speaker), enough=own.ENOUGH,
        format_decimal=format_decimal,
    )  # fmt: skip


@blueprint.get(f"{RESULTS}replies.csv")
@organiser(Action.SEE_REGISTRATIONS)
def export(event: Event) -> Response:
    response = Response(exporting.csv_of(event), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=f"{event.slug}-feedback.csv")
    return response


def _results(event: Event) -> Results:
    """In the language that is asked for, if organisers may see that one apart."""
    found = Results(event)
    language = request.args.get("language", "")
    return Results(event, language) if language in found.languages else found


def _page(template: str, event: Event, found: Results, **context: Any) -> str:
    return render_template(
        f"feedback/{template}.html", event=event, results=found, fewest=FEWEST, format_decimal=format_decimal, **context
    )
