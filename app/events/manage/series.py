"""The pages of series."""

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app.events import service
from app.events.forms import SeriesForm
from app.events.guard import acting_account, event_maker
from app.events.manage import blueprint
from app.events.manage.event import Answer
from app.extensions import db


@blueprint.route("/series/new/", methods=["GET", "POST"])
@event_maker
def create_series() -> Answer:
    form = SeriesForm(languages=_languages())
    if not form.validate_on_submit():
        return _page(form), 422 if form.is_submitted() else 200
    service.create_series(acting_account(), form.title.data, form.description.data)
    db.session.commit()
    flash(_("The series is made. Choose it in the facts of an event."))
    return redirect(url_for("events_manage.home"))


@blueprint.route("/series/<series>/", methods=["GET", "POST"])
@event_maker
def edit_series(series: str) -> Answer:
    account = acting_account()
    found = next((each for each in service.series_of(account) if each.slug == series), None)
    if found is None:
        abort(404)
    form = SeriesForm(languages=_languages(), data={"title": found.title, "description": found.description})
    if not form.validate_on_submit():
        return _page(form), 422 if form.is_submitted() else 200
    service.update_series(found, account, title=form.title.data, description=form.description.data)
    db.session.commit()
    flash(_("Saved."))
    return redirect(url_for("events_manage.home"))


def _page(form: SeriesForm) -> str:
    return render_template("events/series.html", form=form, event=None)


def _languages() -> list[str]:
    """A series is written in the languages of its organiser's events."""
    spoken = [tag for event in service.events_of(acting_account()) for tag in event.languages]
    return list(dict.fromkeys([acting_account().language, *spoken]))[:8]
