"""What a registered person answered in the form, and may change until the event is over."""

from typing import Any

from flask import flash
from flask_babel import gettext as _

from app.extensions import db, limiter
from app.lib import clock
from app.registration import questions, service
from app.registration.guard import holder
from app.registration.models import Registration
from app.registration.question_fields import AnswersForm
from app.site.personal import _page, _to, blueprint

CHANGES = limiter.limit("20 per minute;100 per hour", methods=["POST"])


@blueprint.route("/registrations/<token>/answers/", methods=["GET", "POST"])
@holder()
@CHANGES
def answers(registration: Registration) -> Any:
    asked = questions.of_event(registration.event)
    if not asked or not registration.is_live or registration.event.over_at <= clock.now():
        return _to(registration)
    form = AnswersForm(asked, questions.values_of(asked, [registration.id])[registration.id])
    if form.validate_on_submit():
        service.lock(registration)
        questions.store(registration, form.answers(), form.needs())
        db.session.commit()
        flash(_("Your changes are saved."))
        return _to(registration)
    return _page("answers", registration, form=form), 422 if form.errors else 200
