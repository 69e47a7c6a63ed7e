"""A team member's own pages: what they show, to whom, and what they let a person say."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.events.models import Event
from app.extensions import db
from app.languages import glossary, team, team_letters
from app.languages.models import (
    CaptionStream,
    Grade,
    LanguageTrack,
    Linguist,
    LinkPurpose,
    Rota,
    Term,
    TrackKind,
    TrackState,
    Turn,
)
from app.lib import clock
from app.mail.models import Letter
from app.mail.outbox import write
from app.schedule.models import EventSession, SessionLink
from tests.conftest import NOON
from tests.factories import make_event, make_linguist, make_session, make_speaker, make_track, save

START = datetime(2027, 3, 10, 8, tzinfo=UTC)  # Ten in Bucharest.
HALF = timedelta(minutes=30)


@pytest.fixture
def event(client: FlaskClient) -> Event:
    return make_event(slug="autumn", title={"en": "Open libraries"})


@pytest.fixture
def ana(event: Event) -> Linguist:
    return make_linguist(event, "en:A ro:B", name="Ana", zone="America/New_York")


@pytest.fixture
def track(event: Event, ana: Linguist) -> LanguageTrack:
    """Ana and Maria take turns in an hour."""
    session = make_session(
        event, slug="talk", title={"en": "The talk"}, starts_at=START, join_url="https://meet.example.org/1",
        abstract={"en": "On union catalogues and their makers."},
    )  # fmt: skip
    make_speaker(
        event, session, name={"en": "Ion Pop", "ru": "Ион Поп"}, affiliation={"en": "City library"}, country="MD"
    )
    save(SessionLink(session=session, url="https://example.org/slides.pdf", title={"en": "Slides"}))
    made = make_track(session, url="https://voice.example.org/ro", via="fr")
    maria = make_linguist(event, name="Maria")
    for number, (speaks, beside) in enumerate([(ana, maria), (maria, ana)]):
        save(Turn(track=made, linguist=speaks, partner=beside, starts_at=START + number * HALF,
                  ends_at=START + (number + 1) * HALF))  # fmt: skip
    save(Rota(event=event, told_at=NOON))
    return made


def page(linguist: Linguist, rest: str = "") -> str:
    return f"/en/language-team/{linguist.token(LinkPurpose.PAGE)}/{rest}"


def letters(kind: str) -> list[Letter]:
    return list(db.session.scalars(sa.select(Letter).where(Letter.kind == kind)))


def words(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text))


def test_the_page_shows_turns_in_both_zones_with_the_ways_in_and_who_is_beside(
    client: FlaskClient, ana: Linguist, track: LanguageTrack
) -> None:
    answer = client.get(page(ana))
    shown = words(answer.text)
    for said in (
        "Wednesday, 10 March 2027", "03:00–04:00", "10 Mar 2027, 10:00–11:00 Bucharest", "The talk", "Romanian",
        "from French (relay)", "With Maria", "03:00–03:30 You beside: Maria", "Maria you sit beside",
    ):  # fmt: skip
        assert said in shown, said
    for address in ("https://meet.example.org/1", "https://voice.example.org/ro", "webcal://polyforum.test/calendars/"):
        assert f'href="{address}' in answer.text
    assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")


def test_no_turn_is_shown_before_the_rota_was_told(client: FlaskClient, ana: Linguist, track: LanguageTrack) -> None:
    db.session.get(Rota, track.session.event_id).told_at = None
    db.session.commit()
    assert "The talk" not in client.get(page(ana)).text
    assert "Who works when" not in client.get(page(ana, "sessions/talk/")).text


def test_a_session_is_at_hand_with_people_slides_glossary_and_turns(
    client: FlaskClient, ana: Linguist, track: LanguageTrack
) -> None:
    event = track.session.event
    glossary.add(event, {"en": "zine", "ro": "fanzin"})
    glossary.add(event, {"en": "union catalogue", "ro": "catalog colectiv"}, "of several libraries")
    db.session.commit()
    make_track(track.session, language="fr", url="https://voice.example.org/fr")
    answer = client.get(page(ana, "sessions/talk/"))
    shown = words(answer.text)
    assert '<a href="https://voice.example.org/fr" rel="noopener noreferrer">Listen to the relay: French' in answer.text
    for said in ("Ion Pop", "Ион Поп", "City library, Moldova", "On union catalogues", "catalog colectiv",
                 "Your turn: 03:00–03:30, then Maria", "Slides"):  # fmt: skip
        assert said in shown, said
    assert answer.text.index("catalog colectiv") < answer.text.index("fanzin"), "what the session speaks of comes first"
    assert 'class="mentioned"' in answer.text
    with clock.stopped_at(START + HALF):
        assert "data-countdown" not in client.get(page(ana, "sessions/talk/")).text


def test_somebody_confirms_what_they_are_responsible_for_or_says_that_they_cannot(
    client: FlaskClient, event: Event, ana: Linguist
) -> None:
    track = make_track(make_session(event, title={"en": "Debate"}), kind=TrackKind.CAPTIONS, linguist=ana)
    assert "I will do it" in client.get(page(ana)).text
    assert client.post(page(ana, f"tracks/{track.id}/confirm/")).status_code == 303
    assert track.state is TrackState.CONFIRMED

    assert "look for somebody else" in client.get(page(ana, f"tracks/{track.id}/decline/")).text
    client.post(page(ana, f"tracks/{track.id}/decline/"), data={"reason": "Ill since today"})
    assert (track.linguist, track.state) == (None, TrackState.PROMISED)
    (letter,) = letters(team_letters.DECLINED)
    told = write(letter)
    assert letter.recipient == "contact@example.org"
    assert "Ana cannot do it: Debate" in told.subject
    assert "Ill since today" in told.text
    track.linguist = make_linguist(event)
    db.session.commit()
    with pytest.raises(team_letters.Stale):
        write(letter)


def test_languages_and_hours_are_told_in_the_time_of_the_person(client: FlaskClient, ana: Linguist) -> None:
    form = {
        "language": "ru", "zone": "Asia/Tokyo", "skills-0-language": "uk", "skills-0-grade": "A",
        "availability-0-starts": "2027-03-10T03:00", "availability-0-ends": "2027-03-10T06:00",
    }  # fmt: skip
    assert client.post(page(ana, "details/"), data=form).status_code == 303
    assert (ana.language, ana.zone) == ("ru", "Asia/Tokyo")
    assert [(skill.language, skill.grade) for skill in ana.skills] == [("uk", Grade.A)]
    assert [row.starts_at for row in ana.availability] == [START]  # New York's three: the form was shown in that zone.
    assert "10 Mar 2027, 17:00–20:00" in words(client.get(page(ana)).text)
    assert client.post(page(ana, "details/"), data=form | {"zone": "Nowhere"}).status_code == 422
    assert (ana.crafts, ana.coordinates) == (list(TrackKind), False)


def test_a_new_link_ends_the_old_one_and_comes_by_letter(client: FlaskClient, ana: Linguist) -> None:
    old = page(ana)
    answer = client.post(f"{old}link/")
    assert answer.location == page(ana) != old
    gone = client.get(old)
    assert (gone.status_code, "replaced by a new one" in gone.text) == (410, True)
    (letter,) = letters(team_letters.INVITATION)
    assert page(ana) in write(letter).text


def test_only_who_may_caption_is_led_to_the_desk(client: FlaskClient, event: Event, ana: Linguist) -> None:
    track = make_track(make_session(event), kind=TrackKind.CAPTIONS, language="ro")
    reader = make_linguist(event, "fr:A")
    assert client.post(page(reader, f"tracks/{track.id}/desk/")).status_code == 404
    assert db.session.scalars(sa.select(CaptionStream)).all() == []
    assert client.post(page(ana, f"tracks/{track.id}/desk/")).status_code == 303
    stream = db.session.scalars(sa.select(CaptionStream)).one()
    assert stream.track is track
    assert f"/tracks/{track.id}/desk/" in client.get(page(ana)).text
    assert f"/tracks/{track.id}/desk/" not in client.get(page(reader)).text


def test_members_read_the_glossary_and_add_to_it(client: FlaskClient, event: Event, ana: Linguist) -> None:
    glossary.add(event, {"en": "zine"})
    glossary.add(make_event(), {"en": "foreign term"})
    db.session.commit()
    assert client.post(page(ana, "glossary/"), data={"words-en": "shelf", "words-ro": "raft"}).status_code == 303
    shown = client.get(page(ana, "glossary/?q=RAFT")).text
    assert "shelf" in shown
    assert "zine" not in shown
    assert "foreign term" not in client.get(page(ana, "glossary/")).text
    assert client.post(page(ana, "glossary/"), data={"words-en": ""}).status_code == 422
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Term)) == 3


def test_nothing_of_another_member_or_another_event_is_reached(
    client: FlaskClient, event: Event, ana: Linguist, track: LanguageTrack
) -> None:
    """Links of another person of the team, of another event's team, and of a calendar."""
    track.linguist = ana
    db.session.commit()
    colleague, stranger = make_linguist(event), make_linguist(make_event())
    for linguist in (colleague, stranger):
        for rest in (f"tracks/{track.id}/confirm/", f"tracks/{track.id}/decline/", f"tracks/{track.id}/desk/"):
            assert client.post(page(linguist, rest), data={"reason": "x"}).status_code == 404, rest
    assert client.get(page(stranger, "sessions/talk/")).status_code == 404
    assert "The talk" not in client.get(page(colleague)).text
    assert (track.linguist, track.state) == (ana, TrackState.PROMISED)
    own = ("", "details/", "link/", "calendar/", "glossary/", "sessions/talk/", f"tracks/{track.id}/confirm/")
    for token in ("x", ana.token(LinkPurpose.CALENDAR)):
        for rest in own:
            for method in ("GET", "POST"):
                status = client.open(f"/en/language-team/{token}/{rest}", method=method).status_code
                assert status in (404, 405), (rest, method)
    assert [client.put(page(ana, rest)).status_code for rest in own] == [405] * len(own)
    assert [client.get(page(ana, rest)).status_code for rest in ("link/", "calendar/")] == [405, 405]


def test_a_session_of_the_event_without_duties_is_at_hand_too(client: FlaskClient, event: Event, ana: Linguist) -> None:
    session: EventSession = make_session(event, starts_at=None)
    answer = client.get(page(ana, f"sessions/{session.slug}/"))
    assert (answer.status_code, "To be announced" in answer.text) == (200, True)


def test_who_is_out_of_the_team_has_no_page(client: FlaskClient, ana: Linguist) -> None:
    address = page(ana)
    team.remove(ana)
    db.session.commit()
    assert client.get(address).status_code == 404
