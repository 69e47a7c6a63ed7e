"""Joining through one's own link: what its page shows when, and that only a press of the button counts."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.events.models import EventKind, Standing
from app.extensions import db
from app.languages.models import LanguageTrack, TrackKind
from app.lib import clock
from app.registration.models import Attendance, Booking, Claim, Purpose, RegistrationState, Source
from app.schedule import regrouping
from tests.conftest import NOON
from tests.factories import make_event, make_registration, make_session, save

pytestmark = pytest.mark.both_databases

LINK = "https://meet.example.org/r/1"
FAR, CLOSE, DURING = NOON - timedelta(hours=3), NOON - timedelta(minutes=10), NOON + timedelta(minutes=20)
AFTER = NOON + timedelta(hours=1)


@pytest.fixture
def session(app):
    return make_session(
        make_event(), slug="talk", starts_at=NOON, join_url=LINK,
        join_phone="+40 21 555 01", join_passcode="8-15",
    )  # fmt: skip


@pytest.fixture
def registration(session):
    return make_registration(session.event, name="Ana Reader")


def path(registration, session, purpose=Purpose.JOIN):
    return f"/en/join/{registration.token(purpose)}/{session.slug}/"


def attendances():
    return list(db.session.scalars(sa.select(Attendance).execution_options(populate_existing=True)))


@pytest.mark.parametrize(
    ("at", "said"),
    [(FAR, "The way in opens at"), (CLOSE, "Join now"), (DURING, "Join now"), (AFTER, "This session is over")],
)
def test_the_page_says_when_one_can_join(client, session, registration, at, said):
    with clock.stopped_at(at):
        answer = client.get(path(registration, session))
    assert said in answer.text
    assert ("<button" in answer.text) == (said == "Join now")
    assert "Ana Reader" not in answer.text
    assert (answer.headers["Cache-Control"], answer.headers["X-Robots-Tag"]) == ("no-store", "noindex")
    assert (LINK in answer.text, "8-15" in answer.text) == (at < AFTER, at < AFTER)
    assert attendances() == []


def test_whoever_reads_is_led_to_the_captions(client, session, registration):
    for language in ("en", "ro"):
        save(LanguageTrack(session=session, language=language, kind=TrackKind.CAPTIONS))
    with clock.stopped_at(CLOSE):
        page = client.get(path(registration, session)).text
    stage = f"/en/events/{session.event.slug}/live/talk/?language="
    assert [f'href="{stage}{language}"' in page for language in ("en", "ro")] == [True, True]
    assert page.count("Join now") == 1
    with clock.stopped_at(AFTER):
        assert stage not in client.get(path(registration, session)).text


def test_a_press_counts_once_and_leads_to_the_session(client, session, registration):
    with clock.stopped_at(CLOSE):
        answer = client.post(path(registration, session), data={"on": "floor"})
        assert answer.status_code == 303
        page = client.get(answer.location)
        assert page.headers["Refresh"] == f"0; url={LINK}"
    with clock.stopped_at(DURING):
        client.post(path(registration, session), data={"on": "floor"})
    (row,) = attendances()
    assert (row.session_id, row.source, row.first_at, row.last_at) == (session.id, Source.LINK, CLOSE, DURING)
    assert row.day == session.event.day_of(NOON)


def test_nobody_is_led_on_or_counted_without_a_press(client, session, registration):
    """Programs that look through mail follow links; a made-up query of one must do nothing either."""
    with clock.stopped_at(CLOSE):
        assert "Refresh" not in client.get(path(registration, session)).headers
        assert client.head(path(registration, session)).status_code == 200
        assert "Refresh" not in client.get(path(registration, session) + "?on=https://evil.example/").headers
    assert attendances() == []


@pytest.mark.parametrize("at", [FAR, AFTER])
def test_outside_of_its_hours_a_press_neither_counts_nor_leads_on(client, session, registration, at):
    with clock.stopped_at(at):
        answer = client.post(path(registration, session), data={"on": "floor"}, follow_redirects=True)
    assert answer.status_code == 200
    assert "Refresh" not in answer.headers
    assert attendances() == []


def test_interpretation_is_joined_from_the_same_page(client, session, registration):
    save(LanguageTrack(session=session, language="ru", kind=TrackKind.INTERPRETATION, url=f"{LINK}/ru"))
    save(LanguageTrack(session=session, language="ro", kind=TrackKind.CAPTIONS, url=f"{LINK}/ro"))
    with clock.stopped_at(CLOSE):
        page = client.get(path(registration, session)).text
        assert "Join with interpretation into Russian" in page
        assert f"{LINK}/ro" not in page
        answer = client.post(path(registration, session), data={"on": "ru"})
        assert client.get(answer.location).headers["Refresh"] == f"0; url={LINK}/ru"
    assert len(attendances()) == 1


def test_only_who_booked_joins_a_session_with_few_places(client, registration):
    event = make_event(kind=EventKind.CONFERENCE)
    workshop = make_session(event, starts_at=NOON + timedelta(hours=1), capacity=1, join_url=LINK)
    booked, other = make_registration(event), make_registration(event)
    save(Booking(registration=booked, session=workshop, claim=Claim.BOOKED))
    save(Booking(registration=other, session=workshop, claim=Claim.WAITING, number=1))
    with clock.stopped_at(NOON + timedelta(hours=1)):
        client.post(path(other, workshop), data={"on": "floor"})
        page = client.get(path(other, workshop)).text
        client.post(path(booked, workshop), data={"on": "floor"})
    assert LINK not in page
    assert "few places" in page
    assert [row.registration_id for row in attendances()] == [booked.id]


@pytest.mark.parametrize("state", [each for each in RegistrationState if each is not RegistrationState.CONFIRMED])
def test_without_a_confirmed_place_the_way_in_is_closed(client, session, state):
    registration = make_registration(session.event, state=state)
    with clock.stopped_at(CLOSE):
        client.post(path(registration, session), data={"on": "floor"})
        page = client.get(path(registration, session))
    assert LINK not in page.text
    # Whoever was shown the calendar of another person gets no further than this page.
    assert registration.token(Purpose.PAGE) not in page.text
    assert attendances() == []


def test_what_does_not_take_place_is_not_joined(client, session, registration):
    session.standing = Standing.CANCELLED
    db.session.commit()
    with clock.stopped_at(CLOSE):
        client.post(path(registration, session), data={"on": "floor"})
        assert LINK not in client.get(path(registration, session)).text
    assert attendances() == []


def test_afterwards_the_page_leads_to_the_recording(client, session, registration):
    session.recording_url = "https://video.example.org/1"
    db.session.commit()
    with clock.stopped_at(AFTER):
        page = client.get(path(registration, session)).text
    assert f'href="/en/events/{session.event.slug}/sessions/talk/"' in page
    assert "To the recording" in page


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_opens_nothing_but_the_sessions_of_its_own_event(client, session, registration, method):
    elsewhere = make_registration(make_event())
    theirs = make_session(elsewhere.event, slug="theirs", starts_at=NOON)
    wrong = [
        path(elsewhere, session), path(registration, theirs), path(registration, session, Purpose.PAGE),
        path(registration, session, Purpose.CALENDAR), "/en/join/guessed/talk/",
    ]  # fmt: skip
    with clock.stopped_at(CLOSE):
        assert [getattr(client, method)(each).status_code for each in wrong] == [404] * len(wrong)
    assert attendances() == []


def test_an_address_that_is_no_web_address_is_no_way_in(client, registration, session):
    session.join_url = "javascript:alert(1)"
    db.session.commit()
    with clock.stopped_at(CLOSE):
        assert "javascript" not in client.get(path(registration, session)).text
        client.post(path(registration, session), data={"on": "floor"})
    assert attendances() == []


def test_the_link_to_a_session_that_was_merged_leads_into_the_other(client):
    event = make_event()
    session, into = make_session(event, slug="one"), make_session(event, slug="two")
    token = make_registration(event).token(Purpose.JOIN)
    regrouping.merge(session, into, None)
    db.session.commit()
    answer = client.get(f"/en/join/{token}/one/")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/en/join/{token}/two/")
    assert client.get(f"/en/join/{token}/never/").status_code == 404
