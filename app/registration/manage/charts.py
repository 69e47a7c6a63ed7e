"""Registrations as curves and bars, on a page of their own: the list must stay quick."""

from itertools import accumulate

from flask import render_template

from app.events.guard import organiser
from app.events.models import Event
from app.people.permissions import Action
from app.registration import curve, figures, service
from app.registration.manage import blueprint
from app.registration.models import Registration, RegistrationState


@blueprint.get("/manage/events/<event>/registrations/charts/")
@organiser(Action.SEE_REGISTRATIONS)
def charts(event: Event) -> str:
    days = figures.per_day(event)
    sums = accumulate(number for _day, number in days)
    return render_template(
        "registration/charts.html", event=event, drawing=curve.drawing(days), size=(curve.WIDTH, curve.HEIGHT),
        days=[(day, number, total) for (day, number), total in zip(days, sums, strict=True)],
        funnel=figures.funnel(event), countries=figures.by_column(event, Registration.country),
        languages=figures.by_column(event, Registration.language), themes=figures.by_theme(event),
        answers=figures.by_answer(event), counts=service.counts_by_state(event), states=RegistrationState,
    )  # fmt: skip
