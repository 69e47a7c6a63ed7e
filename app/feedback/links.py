"""Where a person is asked: a part of their own page, which nobody else can guess and a new link takes away."""

from app.feedback import questionnaire, replies, sections
from app.lib import clock
from app.lib.urls import absolute
from app.registration.models import Purpose, Registration


def address(registration: Registration, lang: str) -> str | None:
    """The address of this person's form, for letters; None when nothing is asked of them, or not any more."""
    asked = [] if sections.is_closed(registration.event) else sections.of(registration)
    if asked and questionnaire.form_of(registration.event).is_anonymous:
        done = replies.answered(registration)
        asked = [section for section in asked if section.name not in done]
    return _address(registration, lang) if asked else None


def open_address(registration: Registration, lang: str) -> str | None:
    """The same while there is something to answer at this moment, for pages."""
    is_over = registration.event.begins_at <= clock.now() and replies.open_sections(registration)
    return _address(registration, lang) if is_over else None


def _address(registration: Registration, lang: str) -> str:
    return absolute("feedback.form", token=registration.token(Purpose.PAGE), lang=lang)
