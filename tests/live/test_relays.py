"""Captions passed on: each once and in order, with numbers of their own, whatever the platform does."""

from datetime import timedelta

import pytest
from flask import Flask

from app.extensions import db
from app.languages.captions import cues, keys, relays, targets
from app.languages.models import CaptionRelay, CaptionStream, Platform, RelayedCue, RelayState
from app.lib import clock
from tests.factories import make_event, make_session, make_stream
from tests.live.platforms import Platform as Fake


@pytest.fixture
def stream(app: Flask) -> CaptionStream:
    return make_stream(make_session(make_event(slug="autumn"), slug="opening"))


def relay_to(app: Flask, stream: CaptionStream, fake: Fake, platform: Platform = Platform.ZOOM) -> CaptionRelay:
    app.config["CAPTION_HOSTS"] = frozenset({*app.config["CAPTION_HOSTS"], fake.host})
    relay = relays.add(stream, platform, f"http://{fake.host}/closedcaption?id=1&ns=2")
    db.session.commit()
    return relay


def say(stream: CaptionStream, *texts: str) -> None:
    for text in texts:
        cues.say(stream, text)
    db.session.commit()


def sweep() -> None:
    """As the worker does: with nothing begun before."""
    db.session.rollback()
    relays.sweep()


def pass_later(app: Flask) -> None:
    """Sends what is due, as if every wait were over."""
    for relay in db.session.scalars(db.select(CaptionRelay)):
        relay.retry_at = None
    db.session.commit()
    sweep()
    db.session.expire_all()


@pytest.mark.both_databases
def test_captions_are_passed_on_once_in_order_with_numbers_of_their_own(app: Flask, stream: CaptionStream) -> None:
    say(stream, "Before it was switched on.")
    with Fake() as fake:
        relay = relay_to(app, stream, fake)
        say(stream, "One.", "Two, ‘quoted’.")
        sweep()
        say(stream, "Three.")
        sweep()
        sweep()
        db.session.expire_all()
        assert [(came.seq, came.text) for came in fake.requests] == [(1, "One."), (2, "Two, ‘quoted’."), (3, "Three.")]
        first = fake.requests[0]
        assert (first.query["id"], first.query["lang"], first.content_type) == (
            "1",
            "en-US",
            "text/plain; charset=utf-8",
        )
    assert (relay.state, relays.standing(relay)) == (RelayState.OK, (3, 0))


def test_youtube_gets_the_moment_and_no_markup(app: Flask, stream: CaptionStream) -> None:
    with Fake() as fake:
        relay_to(app, stream, fake, Platform.YOUTUBE)
        say(stream, "One <b>line</b>\nand another.")
        sweep()
        moment, words = fake.requests[0].text.splitlines()
    assert words == "One ‹b›line‹/b›<br>and another."
    assert (len(moment), moment[10], moment[19]) == (len("2012-12-24T00:00:06.873"), "T", ".")


@pytest.mark.parametrize("keeps_failed", [True, False])
def test_a_platform_that_fails_gets_the_same_number_again(
    app: Flask, stream: CaptionStream, keeps_failed: bool
) -> None:
    with Fake(lambda number: 500 if number % 3 == 0 else 200) as fake:
        fake.keeps_failed = keeps_failed
        relay_to(app, stream, fake)
        say(stream, *(f"{n}." for n in range(1, 11)))
        for _ in range(8):
            pass_later(app)
        assert fake.texts == [f"{n}." for n in range(1, 11)]
        assert (sorted(fake.captions), fake.repeated_otherwise) == (list(range(1, 11)), 0)


@pytest.mark.both_databases
def test_a_sender_that_died_after_sending_sends_the_same_again_and_no_other(app: Flask, stream: CaptionStream) -> None:
    with Fake() as fake:
        relay = relay_to(app, stream, fake)
        say(stream, "One.", "Two.")
        one = cues.spoken(stream)[0]
        # It gave the number, sent, and died before it could note that: its lease runs out.
        relay.last_seq, relay.lease_until = 1, clock.now() + relays.LEASE
        db.session.add(RelayedCue(relay_id=relay.id, cue_id=one.id, seq=1))
        db.session.commit()
        sweep()
        assert fake.requests == []
        relay.lease_until = clock.now() - timedelta(seconds=1)
        db.session.commit()
        sweep()
        assert [(came.seq, came.text) for came in fake.requests] == [(1, "One."), (2, "Two.")]


def test_a_failure_is_shown_and_waits_longer_each_time(app: Flask, stream: CaptionStream) -> None:
    with Fake(lambda _number: 403) as fake:
        relay = relay_to(app, stream, fake)
        say(stream, "One.")
        waits = []
        for _ in range(7):
            pass_later(app)
            waits.append(relay.retry_at - clock.now())
        assert (relay.state, relay.last_error, relays.standing(relay)) == (RelayState.FAILING, "403", (0, 1))
        assert [round(wait.total_seconds()) for wait in waits] == [1, 2, 4, 8, 15, 30, 30]
        assert "expired" in str(targets.explained(relay.last_error))
        asked = len(fake.requests)
        sweep()
        assert len(fake.requests) == asked
        relays.retry(relay)
        db.session.commit()
        sweep()
        assert len(fake.requests) == asked + 1


def test_one_platform_that_is_away_holds_up_no_other(app: Flask, stream: CaptionStream) -> None:
    with Fake() as gone:
        away = relay_to(app, stream, gone)
    with Fake() as fake:
        relay_to(app, stream, fake)
        say(stream, "One.")
        sweep()
        db.session.expire_all()
        assert fake.texts == ["One."]
    assert (away.state, away.last_error) == (RelayState.FAILING, "connection")


def test_what_one_platform_has_another_still_gets(app: Flask, stream: CaptionStream) -> None:
    with Fake() as fake, Fake(lambda number: 503 if number == 1 else 200) as failing:
        relay_to(app, stream, fake)
        relay_to(app, stream, failing)
        say(stream, "One.", "Two.")
        pass_later(app)
        pass_later(app)
        assert (fake.texts, failing.texts) == (["One.", "Two."], ["One.", "Two."])


@pytest.mark.both_databases
def test_a_cue_waits_a_moment_for_the_one_numbered_before_it(app: Flask, stream: CaptionStream) -> None:
    key = keys.make(stream)
    with Fake() as fake:
        relay_to(app, stream, fake)
        for seq in (1, 3):
            cues.take(key, seq, f"{seq}.")
        db.session.commit()
        sweep()
        assert fake.texts == ["1."]
        cues.take(key, 2, "2.")
        db.session.commit()
        sweep()
        assert fake.texts == ["1.", "2.", "3."]


def test_one_that_never_comes_is_not_waited_for_for_ever(app: Flask, stream: CaptionStream) -> None:
    key = keys.make(stream)
    with Fake() as fake:
        relay_to(app, stream, fake)
        for seq in (1, 3):
            cues.take(key, seq, f"{seq}.")
        for cue in cues.spoken(stream):
            cue.ended_at -= 2 * relays.GAP
        db.session.commit()
        sweep()
        assert fake.texts == ["1.", "3."]


def test_switched_off_it_sends_nothing_and_on_again_only_what_is_said_then(app: Flask, stream: CaptionStream) -> None:
    with Fake() as fake:
        relay = relay_to(app, stream, fake)
        relays.switch(relay, on=False)
        say(stream, "Unheard.")
        sweep()
        relays.switch(relay, on=True)
        say(stream, "Heard.")
        sweep()
        assert fake.texts == ["Heard."]


def test_switched_off_and_on_while_it_fails_it_goes_on_with_what_is_said_then(
    app: Flask, stream: CaptionStream
) -> None:
    with Fake(lambda number: 503 if number == 1 else 200) as fake:
        relay = relay_to(app, stream, fake)
        say(stream, "Lost.")
        sweep()
        db.session.expire_all()
        relays.switch(relay, on=False)
        relays.switch(relay, on=True)
        say(stream, "Heard.")
        sweep()
        assert fake.texts == ["Heard."]


@pytest.mark.both_databases
@pytest.mark.parametrize("is_removed", [True, False])
def test_what_organisers_do_while_a_platform_is_asked_counts(
    app: Flask, stream: CaptionStream, monkeypatch: pytest.MonkeyPatch, is_removed: bool
) -> None:
    change = "DELETE FROM caption_relay" if is_removed else "UPDATE caption_relay SET state = 'off'"
    send = targets.send

    def slowly(*asked: object) -> None:
        with db.engine.begin() as other:
            other.execute(db.text(change))
        send(*asked)  # type: ignore[arg-type]

    with Fake() as fake:
        relay_to(app, stream, fake)
        say(stream, "One.", "Two.")
        monkeypatch.setattr(targets, "send", slowly)
        sweep()
        db.session.expire_all()
        assert fake.texts == ["One."]
        left = db.session.scalars(db.select(CaptionRelay.state)).all()
        assert left == ([] if is_removed else [RelayState.OFF])


@pytest.mark.parametrize(
    ("platform", "address", "taken"),
    [
        (Platform.ZOOM, "https://wmcc.zoom.us/closedcaption?id=1&signature=x", True),
        (Platform.ZOOM, "https://zoom.us.evil.example/closedcaption?id=1", False),
        (Platform.ZOOM, "http://wmcc.zoom.us/closedcaption?id=1", False),
        (Platform.ZOOM, "https://wmcc.zoom.us:8443/closedcaption", False),
        (Platform.ZOOM, "https://user@wmcc.zoom.us/closedcaption", False),
        (Platform.ZOOM, "http://127.0.0.1:6379/", False),
        (Platform.ZOOM, "http://169.254.169.254/latest/meta-data", False),
        (Platform.ZOOM, "file:///etc/passwd", False),
        (Platform.ZOOM, "https://[::1", False),
        (Platform.ZOOM, "https://wmcc.zoom.us:99999/closedcaption", False),
        (Platform.ZOOM, "https://169.254.169.254\\.zoom.us/closedcaption", False),
        (Platform.YOUTUBE, "http://127.0.0.1\\.upload.youtube.com/closedcaption?cid=x", False),
        (Platform.YOUTUBE, "http://upload.youtube.com/closedcaption?cid=x", True),
        (Platform.YOUTUBE, "https://wmcc.zoom.us/closedcaption?id=1", False),
    ],
)
def test_the_server_writes_to_platforms_alone(app: Flask, platform: Platform, address: str, taken: bool) -> None:
    assert targets.accepts(platform, address) is taken
