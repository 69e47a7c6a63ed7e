"""Organisers' page of who is busy when, and the same for calendar programs."""

from flask import Blueprint, Response, abort, render_template, request

from app.calendar import busy, busy_day, free_busy
from app.calendar.busy import Person
from app.events.guard import organiser
from app.events.models import Event
from app.people.permissions import Action

blueprint = Blueprint("calendar_manage", __name__, template_folder="templates")


@blueprint.get("/manage/events/<event>/busy/")
@organiser(Action.SEE_EVENT)
def who_is_busy(event: Event) -> str:
    people = busy.people(event)
    days = busy_day.days(event, people)
    asked = request.args.get("day", "")
    day = next((each for each in days if each.isoformat() == asked), days[0] if days else None)
    return render_template(
        "calendar/busy.html", event=event, people=people, days=days, day=day, marks=busy_day.Mark,
        shown=busy_day.of(event, people, day) if day else None,
    )  # fmt: skip


@blueprint.get("/manage/events/<event>/busy.ifb")
@organiser(Action.EDIT_PROGRAMME)
def download(event: Event) -> Response:
    return _file(event, busy.people(event), event.slug)


@blueprint.get("/manage/events/<event>/busy/<person>.ifb")
@organiser(Action.EDIT_PROGRAMME)
def download_one(event: Event, person: str) -> Response:
    found = [each for each in busy.people(event) if each.key == person]
    return _file(event, found or abort(404), f"{event.slug}-{person}")


def _file(event: Event, people: list[Person], name: str) -> Response:
    """With addresses of people in it, so it is for who looks after the programme."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.ifb"'}
    return Response(free_busy.published(event, people), headers=headers, content_type="text/calendar; charset=utf-8")
