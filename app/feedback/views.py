"""The form as people see it, behind the private link of their registration."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from app.extensions import db, limiter
from app.feedback import questionnaire, replies, sections
from app.feedback.forms import ReplyForm
from app.lib.present import page_language
from app.people.limits import network
from app.registration.guard import holder
from app.registration.models import Purpose, Registration

blueprint = Blueprint("feedback", __name__, template_folder="templates")


def _link() -> str:
    return str((request.view_args or {}).get("token", ""))


# A class room sends from one network at once, and nobody needs many tries.
_from_a_network = limiter.limit("60 per minute;600 per hour", key_func=network, methods=["POST"])
_by_a_link = limiter.limit("30 per hour", key_func=_link, methods=["POST"])


@blueprint.route("/registrations/<token>/feedback/", methods=["GET", "POST"])
@holder(confirmed=True)
@_from_a_network
@_by_a_link
def form(registration: Registration) -> Any:
    if request.method == "POST":
        replies.lock(registration)
    found = replies.open_sections(registration)
    if not found:
        return _nothing(registration), 409 if request.method == "POST" else 200
    is_anonymous = questionnaire.form_of(registration.event).is_anonymous
    answered = replies.answered(registration)
    asked = ReplyForm(
        found, replies.stored(registration), is_anonymous=is_anonymous, has_answered=bool(answered)
    )  # fmt: skip
    if not asked.validate_on_submit():
        return _page(
            "form", registration, form=asked, is_anonymous=is_anonymous,
            closes_at=sections.closes_at(registration.event), answered=answered,
        ), 422 if asked.is_submitted() else 200  # fmt: skip
    replies.store(registration, asked.answers(), page_language())
    db.session.commit()
    return redirect(url_for(".thanks", token=registration.token(Purpose.PAGE)))


@blueprint.get("/registrations/<token>/feedback/thanks/")
@holder(confirmed=True)
def thanks(registration: Registration) -> str:
    left = replies.open_sections(registration)
    is_anonymous = questionnaire.form_of(registration.event).is_anonymous
    return _page("thanks", registration, left=left, is_anonymous=is_anonymous)


def _nothing(registration: Registration) -> str:
    """Why there is nothing to answer: one reason, and when there will be or was something."""
    event, asked = registration.event, sections.of(registration)
    opens_at = min((section.opens_at for section in asked if not section.is_open), default=None)
    return _page(
        "nothing", registration, asked=asked, opens_at=opens_at, is_closed=sections.is_closed(event),
        closes_at=sections.closes_at(event), answered=replies.answered(registration),
    )  # fmt: skip


def _page(template: str, registration: Registration, **context: Any) -> str:
    return render_template(
        f"feedback/{template}.html", registration=registration, event=registration.event,
        token=registration.token(Purpose.PAGE), **context,
    )  # fmt: skip
