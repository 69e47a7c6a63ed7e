"""Themes and rooms: what the programme is divided by."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.events import service, strands
from app.events.forms import RoomForm, ThemeForm
from app.events.guard import acting_account, organiser
from app.events.manage import blueprint
from app.events.manage.event import Answer
from app.events.models import Event, Room, Theme
from app.extensions import db
from app.people.permissions import Action


@blueprint.get("/events/<event>/themes/")
@organiser(Action.SEE_EVENT)
def themes(event: Event) -> str:
    return render_template("events/strands.html", event=event)


@blueprint.route("/events/<event>/themes/new/", methods=["GET", "POST"])
@organiser(Action.EDIT_EVENT)
def add_theme(event: Event) -> Answer:
    return _add(event, Theme, ThemeForm(languages=event.languages))


@blueprint.route("/events/<event>/themes/<theme>/", methods=["GET", "POST"])
@organiser(Action.EDIT_EVENT)
def edit_theme(event: Event, theme: str) -> Answer:
    row = _found(event.themes, theme)
    stored = {"name": row.name, "description": row.description, "colour": row.colour}
    return _edit(event, row, ThemeForm(languages=event.languages, data=stored))


@blueprint.post("/events/<event>/themes/<theme>/delete/")
@organiser(Action.EDIT_EVENT)
def delete_theme(event: Event, theme: str) -> Answer:
    return _delete(event, _found(event.themes, theme))


@blueprint.post("/events/<event>/themes/<theme>/move/")
@organiser(Action.EDIT_EVENT)
def move_theme(event: Event, theme: str) -> Answer:
    return _move(event, event.themes, _found(event.themes, theme))


@blueprint.route("/events/<event>/rooms/new/", methods=["GET", "POST"])
@organiser(Action.EDIT_EVENT)
def add_room(event: Event) -> Answer:
    return _add(event, Room, RoomForm(languages=event.languages))


@blueprint.route("/events/<event>/rooms/<room>/", methods=["GET", "POST"])
@organiser(Action.EDIT_EVENT)
def edit_room(event: Event, room: str) -> Answer:
    row = _found(event.rooms, room)
    return _edit(event, row, RoomForm(languages=event.languages, data={"name": row.name}))


@blueprint.post("/events/<event>/rooms/<room>/delete/")
@organiser(Action.EDIT_EVENT)
def delete_room(event: Event, room: str) -> Answer:
    return _delete(event, _found(event.rooms, room))


@blueprint.post("/events/<event>/rooms/<room>/move/")
@organiser(Action.EDIT_EVENT)
def move_room(event: Event, room: str) -> Answer:
    return _move(event, event.rooms, _found(event.rooms, room))


def _found(rows: list[Any], slug: str) -> Any:
    return next((row for row in rows if row.slug == slug), None) or abort(404)


def _add(event: Event, kind: type[Theme] | type[Room], form: ThemeForm | RoomForm) -> Answer:
    if not form.validate_on_submit():
        return _form(event, kind.__tablename__, form)
    strands.add(event, kind, acting_account(), **_read(form))
    db.session.commit()
    flash(_("Added."))
    return _back(event)


def _edit(event: Event, row: Theme | Room, form: ThemeForm | RoomForm) -> Answer:
    if not form.validate_on_submit():
        return _form(event, row.__tablename__, form, row)
    strands.update(row, acting_account(), **_read(form))
    db.session.commit()
    flash(_("Saved."))
    return _back(event)


def _delete(event: Event, row: Theme | Room) -> Answer:
    strands.delete(event, row, acting_account())
    db.session.commit()
    flash(_("Deleted. Its sessions stay."))
    return _back(event)


def _move(event: Event, rows: Any, row: Theme | Room) -> Answer:
    service.move(rows, row, -1 if request.form.get("to") == "up" else 1)
    db.session.commit()
    return _back(event)


def _read(form: ThemeForm | RoomForm) -> dict[str, Any]:
    return {field.name: field.data for field in form if field.name not in ("csrf_token", "version")}


def _form(event: Event, kind: str, form: Any, row: Theme | Room | None = None) -> Answer:
    page = render_template("events/strand.html", event=event, kind=kind, form=form, row=row)
    return page, 422 if form.is_submitted() else 200


def _back(event: Event) -> Answer:
    return redirect(url_for("events_manage.themes", event=event.slug))
