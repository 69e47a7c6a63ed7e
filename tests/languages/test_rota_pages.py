"""The organisers' pages of the rota: who may use them, what they show, take and refuse."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.events.models import Event
from app.extensions import db
from app.jobs.models import Job
from app.jobs.sweep import sweep
from app.languages.models import Booth, LanguageTrack, Linguist, Rota, TrackKind, Turn
from app.languages.rota import booths, turns
from app.mail.models import Letter
from app.people.models import AuditEntry, Role
from tests.factories import grant, make_account, make_event, make_linguist, make_session, make_track, sign_in


@pytest.fixture
def event(client: FlaskClient) -> Event:
    """With an organiser, who is signed in."""
    event, account = make_event(), make_account()
    grant(event, account)
    sign_in(client, account)
    return event


@pytest.fixture
def track(event: Event) -> LanguageTrack:
    """An hour from ten, into Romanian."""
    return make_track(make_session(event, title={"en": "Opening"}))


@pytest.fixture
def team(event: Event) -> list[Linguist]:
    return [make_linguist(event, name=name) for name in ("Ana", "Ion")]


def page(event: Event, rest: str = "") -> str:
    return f"/en/manage/events/{event.slug}/rota/{rest}"


def said(track: LanguageTrack) -> list[tuple[str, str, int, int]]:
    """Who speaks, who sits beside, from which minute to which."""
    begins = track.session.starts_at
    assert begins is not None
    minute = timedelta(minutes=1)
    return [
        (turn.linguist.name, turn.partner.name if turn.partner else "", (turn.starts_at - begins) // minute,
         (turn.ends_at - begins) // minute)
        for turn in turns.of_track(track)
    ]  # fmt: skip


def turn_form(linguist: Linguist, partner: Linguist | None, start: str, end: str) -> dict[str, str]:
    return {"linguist": str(linguist.id), "partner": str(partner.id) if partner else "", "start": start, "end": end}


def test_an_empty_rota_says_what_to_do(client: FlaskClient, event: Event) -> None:
    assert "interpretation in its plan" in client.get(page(event)).text
    make_track(make_session(event))
    assert "Interpreters work in pairs" in client.get(page(event)).text
    assert "no booth" in client.get(page(event)).text


def test_a_rota_is_proposed_looked_at_taken_over_and_told(
    client: FlaskClient, event: Event, track: LanguageTrack, team: list[Linguist]
) -> None:
    asked = client.post(page(event, "propose/"))
    job = db.session.scalars(sa.select(Job)).one()
    assert asked.location == f"/en/manage/jobs/{job.id}/"
    assert client.get(page(event, f"proposals/{job.id}/")).location == asked.location
    assert client.post(page(event, f"proposals/{job.id}/")).status_code == 409
    sweep()
    proposal = page(event, f"proposals/{job.id}/")
    shown = client.get(proposal).text
    assert "Everything is covered. No better one exists." in shown
    assert shown.count("<b>New</b>") == 2
    assert said(track) == []
    assert client.post(proposal).location == page(event)
    assert [row[2:] for row in said(track)] == [(0, 30), (30, 60)]
    assert {row[0] for row in said(track)} == {"Ana", "Ion"}

    assert "This is a draft" in client.get(page(event)).text
    client.post(page(event, "tell/"))
    assert sorted(db.session.scalars(sa.select(Letter.recipient))) == sorted(person.email for person in team)
    assert "Nothing has changed since." in client.get(page(event)).text
    # What it was made from is not as it was.
    assert "Have it proposed again" in client.get(client.get(proposal).location).text
    assert client.post(proposal).location == page(event)
    assert len(said(track)) == 2
    actions = set(db.session.scalars(sa.select(AuditEntry.action)))
    assert {"rota.proposed", "rota.told"} <= actions


def test_a_turn_is_added_changed_split_joined_pinned_and_removed(
    client: FlaskClient, event: Event, track: LanguageTrack, team: list[Linguist]
) -> None:
    ana, ion = team
    address = page(event, f"tracks/{track.id}/")
    assert 'value="10:00"' in client.get(address).text
    assert client.post(address, data=turn_form(ana, ion, "10:00", "10:30")).status_code == 303
    assert 'value="10:30"' in client.get(address).text
    assert client.post(address, data=turn_form(ion, ana, "10:30", "11:00")).status_code == 303
    turn = turns.of_event(event)[0]
    own = page(event, f"turns/{turn.id}/")
    assert client.post(own, data=turn_form(ana, None, "10:00", "10:20")).status_code == 303
    assert said(track) == [("Ana", "", 0, 20), ("Ion", "Ana", 20, 60)]
    shown = client.get(page(event)).text
    assert "Ana is alone from 10:00 to 10:20" in shown
    assert "Ion speaks more than 30 min" in shown

    client.post(f"{own}split/")
    assert said(track)[:2] == [("Ana", "", 0, 10), ("Ana", "", 10, 20)]
    client.post(f"{own}join/")
    client.post(f"{own}unpin/")
    assert not turns.of_event(event)[0].is_pinned
    client.post(f"{own}pin/")
    assert turns.of_event(event)[0].is_pinned
    client.post(f"{own}remove/")
    assert said(track) == [("Ion", "Ana", 20, 60)]
    shown = client.get(page(event)).text
    assert "Nobody interprets into Romanian from 10:00 to 10:20" in shown
    assert client.get(own).status_code == 404


def test_a_turn_that_cannot_be_is_refused_beside_the_field(
    client: FlaskClient, event: Event, track: LanguageTrack, team: list[Linguist]
) -> None:
    ana, ion = team
    address = page(event, f"tracks/{track.id}/")
    client.post(address, data=turn_form(ana, ion, "10:00", "10:30"))
    for form, sentence in (
        (turn_form(ana, ana, "10:30", "11:00"), "Choose somebody else."),
        (turn_form(ana, ion, "09:30", "11:00"), "The session lasts from 10:00 to 11:00."),
        (turn_form(ana, ion, "10:50", "10:40"), "It would end before it begins."),
        (turn_form(ana, ion, "10:20", "10:40"), "Ana speaks from 10:00 to 10:30. Change that turn first."),
        (turn_form(ana, ion, "", "x"), "Write a time."),
        ({"linguist": "7777", "start": "10:30", "end": "11:00"}, "There is a problem"),
    ):
        answer = client.post(address, data=form)
        assert (answer.status_code, sentence in answer.text) == (422, True), sentence
    assert len(said(track)) == 1


def test_a_session_past_midnight_takes_turns_of_the_next_day(
    client: FlaskClient, event: Event, team: list[Linguist]
) -> None:
    begins = event.begins_at + timedelta(hours=23, minutes=30)
    track = make_track(make_session(event, starts_at=begins))
    form = turn_form(*team, "00:00", "00:30")
    assert client.post(page(event, f"tracks/{track.id}/"), data=form).status_code == 303
    assert [row[2:] for row in said(track)] == [(30, 60)]


def test_booths_are_added_changed_chosen_and_removed(client: FlaskClient, event: Event, track: LanguageTrack) -> None:
    address = page(event, "booths/")
    assert client.post(address, data={"name": "Blue", "first": "English", "second": "ro"}).status_code == 303
    booth = db.session.scalars(sa.select(Booth)).one()
    assert booth.languages == ["en", "ro"]
    assert client.post(address, data={"name": "blue", "first": "en", "second": "ru"}).status_code == 422
    assert client.post(address, data={"name": "Red", "first": "en", "second": "en-GB"}).status_code == 422
    own = page(event, f"booths/{booth.id}/")
    assert client.post(own, data={"name": "Green", "first": "en", "second": "ro"}).status_code == 303
    assert "Green" in client.get(page(event)).text
    choose = page(event, f"tracks/{track.id}/booth/")
    assert client.post(choose, data={"booth": "999"}).status_code == 422
    assert client.post(choose, data={"booth": str(booth.id)}).status_code == 303
    assert track.booth is booth
    client.post(f"{own}remove/")
    assert booths.of_event(event) == []
    client.post(page(event, "booths/make/"))
    assert [booth.name for booth in booths.of_event(event)] == ["English – Romanian"]


def test_the_hours_of_a_day_are_set(client: FlaskClient, event: Event, track: LanguageTrack) -> None:
    assert track.kind is TrackKind.INTERPRETATION
    assert client.post(page(event, "hours/"), data={"hours": "4"}).status_code == 303
    assert db.session.get_one(Rota, event.id).most_minutes == 240
    assert client.post(page(event, "hours/"), data={"hours": "0"}).status_code == 422


def test_the_picture_has_a_place_for_every_session(client: FlaskClient, event: Event, track: LanguageTrack) -> None:
    make_track(track.session, language="ru")
    sheet = client.get(f"/en/manage/events/{event.slug}/rota.css?day=2027-03-10")
    assert sheet.mimetype == "text/css"
    assert ".c2{grid-column:3}" in sheet.text


WRITES = (
    "propose/", "tell/", "hours/", "booths/", "booths/make/", "booths/{booth}/", "booths/{booth}/remove/",
    "tracks/{track}/", "tracks/{track}/booth/", "turns/{turn}/", "turns/{turn}/split/", "turns/{turn}/remove/",
    "proposals/{job}/",
)  # fmt: skip


@pytest.fixture
def writes(event: Event, track: LanguageTrack, team: list[Linguist]) -> list[str]:
    session = track.session
    booth = booths.add(event, "Blue", ["en", "ro"])
    turn = turns.add(track, *team, session.starts_at, session.ends_at)  # type: ignore[misc, arg-type]
    job = Job(kind="languages.rota", payload={"event": event.id})
    db.session.add(job)
    db.session.commit()
    numbers = {"booth": booth.id, "track": track.id, "turn": turn.id, "job": job.id}
    return [page(event, rest.format(**numbers)) for rest in WRITES]


def test_strangers_and_readers_write_nothing(client: FlaskClient, event: Event, writes: list[str]) -> None:
    before = [(turn.id, turn.ends_at) for turn in turns.of_event(event)]
    reader, stranger = make_account(), make_account()
    grant(event, reader, Role.READER)
    for account, status in ((None, 302), (stranger, 404), (reader, 403)):
        other = client.application.test_client()
        if account:
            sign_in(other, account)
        assert {other.post(address).status_code for address in writes} == {status}
    shown = other.get(page(event)).text
    assert "Ana" in shown
    assert "Propose" not in shown
    assert [(turn.id, turn.ends_at) for turn in turns.of_event(event)] == before
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Letter)) == 0


def test_other_methods_and_things_of_other_events_are_refused(
    client: FlaskClient, event: Event, writes: list[str]
) -> None:
    assert {client.put(address).status_code for address in writes} == {405}
    only_posts = [address for address in writes if address.endswith(("propose/", "tell/", "split/", "remove/"))]
    assert {client.get(address).status_code for address in only_posts} == {405}
    other, account = make_event(), make_account()
    grant(other, account)
    sign_in(client, account)
    elsewhere = [address.replace(f"/{event.slug}/", f"/{other.slug}/") for address in writes]
    numbered = [address for address in elsewhere if any(sign.isdigit() for sign in address.split("/rota/")[1])]
    assert {client.post(address).status_code for address in numbered} == {404}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Turn)) == 1
