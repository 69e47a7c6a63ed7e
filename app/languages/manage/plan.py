"""Organisers' page of the whole plan: sessions × languages, what is missing, and one order for many sessions."""

from datetime import date

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.events.guard import acting_account, allowed, organiser
from app.events.models import Event
from app.extensions import db
from app.languages import coverage, orders
from app.languages.coverage import Row
from app.languages.filters import NOBODY, Filters
from app.languages.forms import OrderForm, offered_languages
from app.languages.manage import blueprint
from app.languages.manage.responsible import people_of, person_of
from app.languages.manage.tracks import Answer
from app.languages.models import TrackKind, TrackState
from app.languages.orders import Order, Outcome
from app.people.permissions import Action
from app.schedule.models import EventSession

MATRIX = "/events/<event>/languages/"
PAGE = 120
"""Sessions at a time; orders go to those of all pages, when asked."""


@blueprint.get(MATRIX)
@organiser(Action.SEE_EVENT)
def matrix(event: Event) -> str:
    filters = Filters.of(request.args)
    form = OrderForm(people_of(event), formdata=None, data={"language": filters.language, "kind": filters.kind})
    return _matrix(event, filters, form, request.args.get("page", 1, type=int))


@blueprint.post(MATRIX)
@organiser(Action.EDIT_PROGRAMME)
def order(event: Event) -> Answer:
    filters = Filters.of(request.args)
    form = OrderForm(people_of(event))
    sessions = _chosen(event, filters)
    if not form.validate_on_submit():
        return _matrix(event, filters, form, request.args.get("page", 1, type=int)), 422
    if not sessions:
        flash(_("Tick the sessions first, or choose all that are shown."), "error")
    else:
        outcome = orders.carry_out(_order(event, form), sessions, acting_account())
        db.session.commit()
        flash(_said_of(outcome), "warning" if outcome.kept else "message")
    return redirect(url_for(".matrix", event=event.slug, **filters.arguments), 303)


def _matrix(event: Event, filters: Filters, form: OrderForm, page: int) -> str:
    covered = coverage.of(event)
    rows = filters.rows(event, covered)
    pages = max(1, -(-len(rows) // PAGE))
    page = min(max(page, 1), pages)
    return render_template(
        "languages/matrix.html", event=event, coverage=covered, filters=filters, columns=filters.columns(covered),
        found=rows, rows=rows[(page - 1) * PAGE : page * PAGE], page=page, pages=pages, form=form,
        days=_days(event, covered.rows), kinds=list(TrackKind), states=list(TrackState), people=people_of(event),
        nobody=NOBODY, offered=offered_languages(event), edits=allowed(event, Action.EDIT_PROGRAMME),
        words={**{state: state.label for state in TrackState}, **{kind: kind.short for kind in TrackKind}},
        ticked=set(request.form.getlist("session")), lacking=sum(bool(row.gaps) for row in rows),
    )  # fmt: skip


def _days(event: Event, rows: list[Row]) -> list[date]:
    return sorted({event.day_of(row.session.starts_at) for row in rows if row.session.starts_at})


def _chosen(event: Event, filters: Filters) -> list[EventSession]:
    if "all" in request.form:
        return [row.session for row in filters.rows(event, coverage.of(event))]
    numbers = [int(each) for each in request.form.getlist("session") if each.isascii() and each.isdigit()]
    wanted = EventSession.event_id == event.id, EventSession.id.in_([each for each in numbers if each < 2**31])
    return list(db.session.scalars(sa.select(EventSession).where(*wanted).order_by(EventSession.id)))


def _order(event: Event, form: OrderForm) -> Order:
    responsible = form.responsible.data or ""
    return Order(
        language=form.language.data or "", kind=TrackKind(form.kind.data) if form.kind.data else None,
        adds=form.adds.data, state=TrackState(form.state.data) if form.state.data else None,
        assigns=bool(responsible), linguist=person_of(event, responsible) if responsible else None,
    )  # fmt: skip


def _said_of(outcome: Outcome) -> str:
    said = [
        ngettext("%(num)s track was added.", "%(num)s tracks were added.", outcome.added) if outcome.added else "",
        ngettext("%(num)s track was assigned.", "%(num)s tracks were assigned.", outcome.assigned)
        if outcome.assigned else "",
        ngettext("%(num)s track was moved.", "%(num)s tracks were moved.", outcome.moved) if outcome.moved else "",
        ngettext(
            "%(num)s track cannot go from its state to that one.",
            "%(num)s tracks cannot go from their states to that one.", outcome.kept,
        ) if outcome.kept else "",
    ]  # fmt: skip
    return " ".join(filter(None, said)) or _("The sessions had all that already.")
