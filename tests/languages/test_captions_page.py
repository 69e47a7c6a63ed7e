"""The organisers' page of live captions: addresses, who is on air, translation, relays; and who may use it."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.languages.captions import cues, desk, keys, relays, streams
from app.languages.models import CaptionKey, CaptionRelay, CaptionStream, LanguageTrack, Linguist, RelayState, TrackKind
from app.people.models import AuditEntry, Role
from app.schedule.models import EventSession
from tests.factories import (
    grant,
    make_account,
    make_event,
    make_linguist,
    make_session,
    make_stream,
    make_track,
    sign_in,
)

ZOOM = "https://wmcapi.zoom.us/closedcaption?id=1&ns=abc&expire=86400&sparams=id&signature=secret"


@pytest.fixture
def session(client: FlaskClient) -> EventSession:
    """A session whose organiser is signed in."""
    event, account = make_event(), make_account(name="Olga")
    grant(event, account)
    sign_in(client, account)
    return make_session(event, slug="opening")


@pytest.fixture
def track(session: EventSession) -> LanguageTrack:
    return make_track(session, language="en", kind=TrackKind.CAPTIONS)


def page(session: EventSession, rest: str = "") -> str:
    return f"/en/manage/events/{session.event.slug}/sessions/{session.slug}/captions/{rest}"


def made_key(client: FlaskClient, track: LanguageTrack, name: str = "StreamText") -> CaptionKey:
    answer = client.post(page(track.session, f"{track.id}/addresses/"), data={f"address-{track.id}-name": name})
    assert (answer.status_code, answer.location) == (303, page(track.session) + f"#track-{track.id}")
    return db.session.scalars(sa.select(CaptionKey)).one()


def test_looking_makes_nothing(client: FlaskClient, track: LanguageTrack) -> None:
    assert client.get(page(track.session)).status_code == 200
    assert db.session.scalar(sa.select(sa.func.count()).select_from(CaptionStream)) == 0


def test_an_address_is_made_named_used_and_revoked(client: FlaskClient, track: LanguageTrack) -> None:
    key = made_key(client, track)
    shown = client.get(page(track.session)).text
    address = re.search(r'value="(http[^"]+/captions/[^"]+)"', shown)[1]
    assert address == keys.address(key)
    assert address.endswith("?v=1")
    assert "StreamText" in shown
    assert "not used yet" in shown
    path = address.removeprefix("http://polyforum.test")
    assert client.post(f"{path}&seq=7&lang=en-US", data=b"Hello.").status_code == 200
    assert "number 7" in client.get(page(track.session)).text
    assert client.post(page(track.session, f"{track.id}/addresses/revoke/"), data={"key": key.token}).status_code == 303
    assert client.post(f"{path}&seq=8", data=b"More.").status_code == 403
    assert key.token not in client.get(page(track.session)).text
    noted = db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id))
    assert [action for action in noted if action != "track.moved"] == [
        "captions.address-made", "captions.address-revoked",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["", " ", "x" * 101])
def test_an_address_without_a_fitting_name_is_refused(client: FlaskClient, track: LanguageTrack, name: str) -> None:
    answer = client.post(page(track.session, f"{track.id}/addresses/"), data={f"address-{track.id}-name": name})
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert db.session.scalars(sa.select(CaptionKey)).all() == []


def test_the_key_of_another_track_is_not_revoked(client: FlaskClient, track: LanguageTrack) -> None:
    foreign = keys.make(make_stream(make_session(track.session.event)))
    db.session.commit()
    for key in (foreign.token, "made-up", "\0", ""):
        assert client.post(page(track.session, f"{track.id}/addresses/revoke/"), data={"key": key}).status_code == 404
    assert foreign.revoked_at is None


def test_an_organiser_opens_the_desk_and_frees_it(client: FlaskClient, track: LanguageTrack) -> None:
    opened = client.post(page(track.session, f"{track.id}/desk/"))
    assert opened.status_code == 303
    assert client.post(opened.location, data={"act": "say", "line": "1", "text": "Hello."}).status_code == 303
    shown = client.get(page(track.session)).text
    assert "<bdi>Olga</bdi>" in shown
    assert "Hello." in shown
    client.post(page(track.session, f"{track.id}/desk/free/"))
    assert streams.of(track).on_air is None
    assert client.post(page(track.session, f"{track.id}/desk/")).location == opened.location


def test_who_is_not_heard_of_is_said(client: FlaskClient, track: LanguageTrack) -> None:
    stream, ana = streams.of(track), make_linguist(track.session.event, name="Ana")
    desk.take(stream, ana)
    assert "not heard of" not in client.get(page(track.session)).text
    stream.heard_at -= 2 * desk.PATIENCE
    db.session.commit()
    assert "not heard of since" in client.get(page(track.session)).text


def source_form(track: LanguageTrack, source: str) -> dict[str, str]:
    return {f"source-{track.id}-source": source}


def test_captions_are_translated_by_people_and_back_from_the_floor(client: FlaskClient, track: LanguageTrack) -> None:
    target = make_track(track.session, language="ro", kind=TrackKind.CAPTIONS)
    where = page(track.session, f"{target.id}/source/")
    assert client.post(where, data=source_form(target, str(track.id))).status_code == 303
    assert (streams.of(target).source.track, streams.of(target).by_machine) == (track, False)
    back = client.post(page(track.session, f"{track.id}/source/"), data=source_form(track, str(target.id)))
    assert back.status_code == 422  # No circle.
    client.post(where, data=source_form(target, "floor"))
    assert streams.of(target).source is None


def test_a_machine_translates_only_where_one_is_set_up(app: Flask, client: FlaskClient, track: LanguageTrack) -> None:
    target = make_track(track.session, language="ro", kind=TrackKind.CAPTIONS)
    where, by_machine = page(track.session, f"{target.id}/source/"), source_form(target, f"{track.id} machine")
    assert "translated by a machine" not in client.get(page(track.session)).text
    assert client.post(where, data=by_machine).status_code == 422
    app.config["TRANSLATION_URL"] = "http://translation.test"
    assert "translated by a machine" in client.get(page(track.session)).text
    assert client.post(where, data=by_machine).status_code == 303
    assert streams.of(target).by_machine
    assert client.post(where, data=source_form(target, "12345")).status_code == 422


def test_captions_are_passed_on_and_the_page_says_how_it_goes(client: FlaskClient, track: LanguageTrack) -> None:
    form = {f"relay-{track.id}-platform": "zoom", f"relay-{track.id}-address": ZOOM}
    assert client.post(page(track.session, f"{track.id}/relays/"), data=form).status_code == 303
    [relay] = relays.of(streams.of(track))
    cues.say(streams.of(track), "Hello.")
    relay.state, relay.last_error, relay.failing_since = RelayState.FAILING, "403", relay.stream.changed_at
    db.session.commit()
    shown = client.get(page(track.session)).text
    assert "it has expired" in shown
    assert "<td>0</td><td>1</td>" in shown
    assert "signature" not in shown  # The address is a secret too.

    one = page(track.session, f"{track.id}/relays/{relay.id}/")
    relay.attempts = 3
    assert client.post(one, data={"act": "retry"}).status_code == 303
    assert relay.attempts == 0
    client.post(one, data={"act": "off"})
    assert relay.state is RelayState.OFF
    client.post(one, data={"act": "on"})
    assert relay.state is RelayState.WAITING
    assert client.post(one, data={"act": "dance"}).status_code == 400
    client.post(one, data={"act": "remove"})
    assert db.session.scalars(sa.select(CaptionRelay)).all() == []


@pytest.mark.parametrize("address", ["", "nonsense", "http://127.0.0.1/", "https://zoom.us.example.org/", "https://["])
def test_what_is_no_address_of_the_platform_is_refused(client: FlaskClient, track: LanguageTrack, address: str) -> None:
    form = {f"relay-{track.id}-platform": "zoom", f"relay-{track.id}-address": address}
    answer = client.post(page(track.session, f"{track.id}/relays/"), data=form)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert db.session.scalars(sa.select(CaptionRelay)).all() == []


def writes(track: LanguageTrack) -> list[str]:
    stream = streams.of(track)
    relay = CaptionRelay(stream=stream, platform="zoom", address=ZOOM)
    db.session.add(relay)
    db.session.commit()
    return [
        page(track.session, f"{track.id}/{rest}")
        for rest in ("addresses/", "addresses/revoke/", "desk/", "desk/free/", "source/", "relays/",
                     f"relays/{relay.id}/")
    ]  # fmt: skip


def test_nobody_else_writes_and_readers_see_no_address(client: FlaskClient, track: LanguageTrack) -> None:
    key, reader = keys.make(streams.of(track), "StreamText"), make_account()
    grant(track.session.event, reader, Role.READER)
    addresses = writes(track)
    for account, status in ((None, 302), (make_account(), 404), (reader, 403)):
        other = client.application.test_client()
        if account:
            sign_in(other, account)
        for address in addresses:
            assert other.post(address, data={"key": key.token, "act": "remove"}).status_code == status, address
        seen = other.get(page(track.session))
        assert seen.status_code == (200 if account is reader else status)
        assert key.token not in seen.text
    assert key.revoked_at is None
    assert db.session.scalars(sa.select(Linguist)).all() == []


def test_another_event_or_track_and_another_method_are_refused(client: FlaskClient, track: LanguageTrack) -> None:
    addresses = writes(track)
    interpretation = make_track(track.session, language="ro")
    assert client.post(page(track.session, f"{interpretation.id}/desk/")).status_code == 404
    assert client.post(page(make_session(track.session.event), f"{track.id}/desk/")).status_code == 404
    foreign = make_stream(make_session(make_event()))
    assert client.post(page(foreign.track.session, f"{foreign.track_id}/desk/")).status_code == 404
    other = make_track(track.session, language="uk", kind=TrackKind.CAPTIONS)
    relay = relays.of(streams.of(track))[0]
    assert client.post(page(track.session, f"{other.id}/relays/{relay.id}/"), data={"act": "off"}).status_code == 404
    for address in addresses:
        for method in ("GET", "PUT", "DELETE"):
            assert client.open(address, method=method).status_code == 405, address
