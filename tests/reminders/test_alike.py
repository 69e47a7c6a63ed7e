"""A letter that is written once for many is, for each of them, the letter that would be written to them alone."""

from datetime import UTC, datetime
from itertools import cycle
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from app.events.models import Event
from app.languages.models import LanguageTrack, TrackKind
from app.mail import facts, rendering
from app.mail.rendering import Content
from app.mail.stencils import is_stencil
from app.registration.models import Purpose
from app.reminders import alike, message_letters
from app.reminders.after_letters import feedback, thanks
from app.reminders.audiences import Person
from app.reminders.letters import attended
from app.reminders.models import Anchor, AudienceKind, Message, Rule
from app.reminders.occasions import beginning
from app.reminders.recipients import Recipient
from app.reminders.reminder_letters import before_event, before_sessions
from app.reminders.rule_letters import Frame
from tests.factories import make_event, make_registration, make_session, save

START = datetime(2027, 3, 10, 8, tzinfo=UTC)
COMMON = [
    "Ana Popescu",
    "Anne-Marie O’Brien",
    "St. John O'Neill",
    "Олена Шевченко",
    "अनिता",
    "李 小龍",
    "שרה כהן",
    "عمر الفاروق",
]
HOSTILE = [
    "", "<script>alert(1)</script>", 'Ana <b class="x">&amp;</b> & Co', "{event} {page}", "Ana {event} Pop", "*Ana*",
    "1", "1. Ana", "_Ana_", "# Ana", "Ana  Pop", "Ana\u2028Pop", "Ana שרה", "(Ana)", "Ana\\", "`Ana`", "](x) Ana [y",
    "&lt;Ana&gt;", "Ana 1", "Q0Q", "-",
]  # fmt: skip
WORDS = (
    "Dear **{name}** and a_{name}_b, {name}: *we* meet & begin {begins}.\n\n- {name}\n- [your page]({page})\n\n"
    "{name}. All of {event} is at {page} <b>{name}</b>"
)


@pytest.fixture
def event(app: Flask) -> Event:
    event = make_event(title={"en": "Open <libraries> & {more}", "ar": "مكتبات"}, languages=["en", "ar"])
    session = make_session(event, starts_at=START, join_url="https://meet.example.org/j/1", join_passcode="<1&2>")
    save(LanguageTrack(session=session, language="ru", kind=TrackKind.INTERPRETATION, url="https://meet.example.org/r"))
    return event


def readers(event: Event, language: str, names: list[str]) -> list[Recipient]:
    """Of the same registration; what is written to alike differs by name."""
    registration = make_registration(event, held_until=START)
    return [
        Recipient(
            event, Person("registration", registration.id, registration.email, name, language, zone), registration
        )
        for name, zone in zip(names, cycle(("Asia/Tokyo", event.zone)), strict=False)
    ]


def both_ways(frame: Any, write: Any, *about: Any) -> tuple[Content, Content]:
    return alike.written(frame, write, *about), write(frame, *about)


@pytest.mark.parametrize(
    ("language", "audience"),
    [("en", AudienceKind.ALL), ("ar", AudienceKind.ALL), ("en", AudienceKind.UNCONFIRMED)],
)
def test_reminders_are_what_they_would_be_alone(event: Event, language: str, audience: AudienceKind) -> None:
    rule = save(Rule(
        event=event, anchor=Anchor.EVENT_START, audience=audience, minutes=-1440,
        subject={"en": "{name}: {event}, *{begins}*"}, text={"en": WORDS, "ar": f"عزيزي {WORDS}"},
    ))  # fmt: skip
    people = readers(event, language, COMMON + HOSTILE)
    with force_locale("en"), facts.of_one_moment([]):
        for to in people:
            sessions = tuple(attended(to.registration))
            for write, *about in (
                (thanks, True, sessions, True), (feedback,), (before_event, beginning(event), sessions),
                (before_sessions, sessions),
            ):  # fmt: skip
                made_out, alone = both_ways(Frame(rule, to), write, *about)
                assert made_out == alone, to.person.name
                assert not is_stencil(repr(made_out))
                assert to.registration.token(Purpose.PAGE) in made_out.html
            assert to.registration.token(Purpose.JOIN) in made_out.html


@pytest.mark.parametrize("language", ["en", "ar"])
def test_messages_are_what_they_would_be_alone(event: Event, language: str) -> None:
    message = save(Message(
        event=event, audience=AudienceKind.ALL, subject={"en": "For {name}"}, text={"en": WORDS, "ar": f"عزيزي {WORDS}"}
    ))  # fmt: skip
    people = readers(event, language, COMMON + HOSTILE)
    with force_locale("en"), facts.of_one_moment([]):
        for to in people:
            made_out, alone = both_ways(message_letters.MessageFrame(message, to), message_letters.compose_message)
            assert made_out == alone, to.person.name


def test_who_reads_alike_is_written_to_at_once(event: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered: list[str] = []
    styled = rendering.styled
    monkeypatch.setattr(rendering, "styled", lambda html: rendered.append(html) or styled(html))
    rule = save(Rule(event=event, anchor=Anchor.EVENT_START, audience=AudienceKind.ALL, minutes=-1440))
    people = readers(event, "en", ["Ana Popescu", "Ion Popescu", "Олена Шевченко", "李 小龍"] * 9)
    with force_locale("en"), facts.of_one_moment([]):
        for to in people:
            alike.written(Frame(rule, to), before_event, beginning(event), tuple(attended(to.registration)))
    assert len(rendered) == 2, "one for each zone"
