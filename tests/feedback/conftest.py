"""An evening after the event, and people who answer."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.events.models import Event, EventKind
from app.feedback import questionnaire
from app.lib import clock
from app.registration.models import Purpose, Registration
from app.schedule.models import EventSession
from tests.factories import make_event, make_registration, make_session

Answering = Callable[..., Any]


@pytest.fixture
def event(app: Flask) -> Iterator[Event]:
    """A webinar of two sessions that was over an hour ago."""
    event = make_event(kind=EventKind.WEBINAR)
    with clock.stopped_at(event.begins_at + timedelta(hours=14)):
        yield event


@pytest.fixture
def sessions(event: Event) -> list[EventSession]:
    begins = event.begins_at
    return [
        make_session(event, slug=slug, title={"en": slug.title()}, starts_at=begins + timedelta(hours=hour))
        for slug, hour in (("opening", 10), ("closing", 12))
    ]


@pytest.fixture
def answer(client: FlaskClient, event: Event, sessions: list[EventSession]) -> Answering:
    """Somebody sends the form; values of a session stand under `opening_rating` and the like."""

    def send(registration: Registration | None = None, lang: str = "en", **values: Any) -> Any:
        person = registration or make_registration(event)
        promise = "anonymous" if questionnaire.form_of(event).is_anonymous else "named"
        sent = {_field(sessions, name): each for name, each in values.items()}
        return client.post(form_of(person, lang), data={"promise": promise} | sent)

    return send


def form_of(registration: Registration, lang: str = "en") -> str:
    return f"/{lang}/registrations/{registration.token(Purpose.PAGE)}/feedback/"


def _field(sessions: list[EventSession], name: str) -> str:
    of_session = {session.slug: session.id for session in sessions}
    first, _between, key = name.partition("_")
    if name == "promise":
        return name
    return f"session-{of_session[first]}-{key}" if first in of_session else f"event-{name}"
