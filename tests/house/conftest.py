"""Every address of the site, found and not listed, with names of things that exist."""

import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import IntegerConverter, Rule

from app.events.models import Series
from app.extensions import db
from app.languages import glossary, subtitles
from app.languages.models import SubtitleDraft, Turn
from app.languages.rota import booths
from app.mail.models import Letter, LetterCopy
from app.mail.service import enqueue
from app.people.permissions import Action
from app.registration.acts import Act
from app.registration.models import Question, QuestionKind
from app.reminders.models import Message
from app.reminders.models import Rule as ReminderRule
from tests.factories import (
    make_account,
    make_event,
    make_linguist,
    make_organisation,
    make_registration,
    make_room,
    make_session,
    make_speaker,
    make_stream,
    make_theme,
    make_track,
    save,
)


class Address(NamedTuple):
    endpoint: str
    path: str
    methods: set[str]
    authorisation: str

    @property
    def action(self) -> Action | None:
        return Action(self.authorisation) if self.authorisation in set(Action) else None


@pytest.fixture
def values(app: Flask) -> dict[str, Any]:
    """Names of things that exist, so that an address without a guard would really do something."""
    series = save(Series(slug="seasons", title={"en": "Seasons"}))
    event = make_event(slug="autumn", series=series)
    session = make_session(event, slug="opening", recording_url="/static/demo/two-views.webm")
    subtitles.keep(session, "en", b"WEBVTT\n\n00:01.000 --> 00:02.000\nGood morning.\n", "opening.vtt")
    registration = make_registration(event)
    question = save(Question(event=event, kind=QuestionKind.FILE, label={"en": "Your letter"}))
    draft = save(SubtitleDraft(session=session, language="en"))
    track = make_track(session, booth=booths.add(event, "Blue", ["en", "ro"]))
    turn = save(Turn(track=track, linguist=make_linguist(event), starts_at=session.starts_at, ends_at=session.ends_at))
    message = save(Message(event=event, subject={"en": "News"}, text={"en": "Dear {name}"}))
    enqueue("reminders.welcome", "house", registration.email, language="en", about=f"event:{event.id}")
    letter = db.session.scalars(sa.select(Letter).where(Letter.key == "reminders.welcome:house")).one()
    letter.attempts = 1
    said = zlib.compress(b"<p>You are registered.</p>")
    save(LetterCopy(letter_id=letter.id, text=said, html=said))
    return {
        "rule": db.session.scalars(sa.select(ReminderRule.id).where(ReminderRule.event_id == event.id)).first(),
        "letter": letter.id, "message": message.id, "way": "pause", "turned": "off",
        "track": track.id, "turn": turn.id, "booth": track.booth.id, "what": "pin",
        "draft": draft.id, "stream": make_stream(session).id,
        "member": make_linguist(event, name="Ana").id, "term": glossary.add(event, {"en": "loan"}, "Not a gift").id,
        "form": "csv",
        "lang": "en", "series": series.slug, "event": event.slug, "session": session.slug,
        "speaker": make_speaker(event, session).slug,
        "theme": make_theme(event).slug, "room": make_room(event).slug, "organisation": make_organisation().slug,
        "account": make_account().id, "registration": registration.id, "language": "en", "extension": "vtt",
        "number": registration.id, "question": question.id, "asked": "useful", "act": Act.SEND_LINK.value,
        "person": "speaker-1",
    }  # fmt: skip


@pytest.fixture
def addresses(app: Flask, values: dict[str, Any]) -> list[Address]:
    found = list(_addresses(app, values))
    assert {"people_manage.invite", "people.use_link", "events_manage.overview"} <= {a.endpoint for a in found}
    return found


def _addresses(app: Flask, values: dict[str, Any]) -> Iterator[Address]:
    router = app.url_map.bind("polyforum.test")
    for rule in app.url_map.iter_rules():
        method = "POST" if "POST" in (rule.methods or ()) else "GET"
        named = {name: _value(rule, name, values) for name in rule.arguments}
        path = router.build(rule.endpoint, named, method=method)
        authorisation = getattr(app.view_functions[rule.endpoint], "authorisation", "")
        yield Address(rule.endpoint, path, set(rule.methods or ()), authorisation)


def _value(rule: Rule, name: str, values: dict[str, Any]) -> Any:
    if isinstance(rule._converters[name], IntegerConverter):
        return values.get(name) if isinstance(values.get(name), int) else 1
    return str(values.get(name, "x"))
