"""Ingestion in the form of Zoom's closed-caption API: each caption once, in its order, and nothing else."""

import pytest
from flask.testing import FlaskClient

from app.extensions import db
from app.languages.captions import cues, keys
from app.languages.models import CaptionCue, CaptionKey, CaptionStream, CueState, TrackState
from tests.factories import make_event, make_session, make_stream


@pytest.fixture
def stream(app: object) -> CaptionStream:
    return make_stream(make_session(make_event(slug="autumn"), slug="opening"))


@pytest.fixture
def key(stream: CaptionStream) -> CaptionKey:
    made = keys.make(stream, "A captioner's tool")
    db.session.commit()
    return made


def post(client: FlaskClient, key: CaptionKey, seq: object, text: str | bytes, query: str = "&lang=en-US") -> int:
    data = text.encode() if isinstance(text, str) else text
    address = f"/captions/{key.token}?v=1&seq={seq}{query}"
    return client.post(address, data=data, content_type="text/plain").status_code


def said(stream: CaptionStream) -> list[str]:
    return [cue.text for cue in cues.spoken(stream)]


@pytest.mark.both_databases
def test_a_repeated_number_is_no_second_caption(client: FlaskClient, key: CaptionKey, stream: CaptionStream) -> None:
    answers = [post(client, key, seq, text) for seq, text in [(7, "One."), (7, "One."), (8, "Two."), (7, "One.")]]
    assert answers == [200, 200, 200, 200]
    assert said(stream) == ["One.", "Two."]
    assert key.passed_over == 0


def test_a_tool_that_counts_anew_is_noticed(client: FlaskClient, key: CaptionKey, stream: CaptionStream) -> None:
    post(client, key, 1, "One.")
    assert post(client, key, 1, "Something else.") == 200
    assert said(stream) == ["One."]
    assert key.passed_over == 1


@pytest.mark.parametrize("order", [(1, 2, 3, 4, 5), (2, 1, 3, 5, 4), (5, 4, 3, 2, 1), (3, 5, 4, 1, 2), (1, 3, 2, 5, 4)])
def test_captions_that_arrive_out_of_order_are_put_right(
    client: FlaskClient, key: CaptionKey, stream: CaptionStream, order: tuple[int, ...]
) -> None:
    for seq in order:
        post(client, key, seq, f"{seq}.")
    assert said(stream) == ["1.", "2.", "3.", "4.", "5."]


@pytest.mark.both_databases
def test_a_late_caption_stays_before_what_others_said_after_it(
    client: FlaskClient, key: CaptionKey, stream: CaptionStream
) -> None:
    post(client, key, 1, "One.")
    post(client, key, 3, "Three.")
    cues.say(stream, "By hand.")
    db.session.commit()
    post(client, key, 2, "Two.")
    assert said(stream) == ["One.", "Two.", "Three.", "By hand."]


@pytest.mark.both_databases
def test_a_late_caption_that_was_under_way_while_a_later_one_was_taken_is_known_as_late(
    client: FlaskClient, key: CaptionKey, stream: CaptionStream
) -> None:
    post(client, key, 1, "One.")
    under_way = keys.by_token(key.token)
    assert under_way is not None
    later = db.text("UPDATE caption_key SET last_seq = 3")
    db.session.execute(later)
    db.session.add(CaptionCue(stream_id=stream.id, place=2, key=key.token, seq=3, version=2, text="Three."))
    db.session.execute(db.text("UPDATE caption_stream SET version = 2, places = 2"))
    assert under_way.last_seq == 1
    cues.take(under_way, 2, "Two.")
    db.session.commit()
    assert (said(stream), under_way.last_seq) == (["One.", "Two.", "Three."], 3)


def test_the_last_number_is_told_to_a_tool_that_was_restarted(client: FlaskClient, key: CaptionKey) -> None:
    assert client.get(f"/captions/{key.token}/seq?v=1").text.strip() == "0"
    post(client, key, 41, "One.")
    post(client, key, 40, "Before.")
    assert client.get(f"/captions/{key.token}/seq?v=1").text.strip() == "41"


@pytest.mark.both_databases
def test_the_words_of_a_partial_caption_are_replaced_until_it_is_final(
    client: FlaskClient, key: CaptionKey, stream: CaptionStream
) -> None:
    post(client, key, 1, "Libra", "&partial=1")
    post(client, key, 1, "Libraries are", "&partial=1")
    assert said(stream) == []
    post(client, key, 1, "Libraries are open.")
    post(client, key, 1, "Libraries", "&partial=1")
    assert said(stream) == ["Libraries are open."]
    assert [(cue.text, cue.state, cue.version) for cue in cues.since(stream.id, 0)] == [
        ("Libraries are open.", CueState.FINAL, 3)
    ]


@pytest.mark.parametrize(
    ("query", "text", "why"),
    [
        ("?v=1", "One.", "seq"),
        ("?v=1&seq=", "One.", "seq"),
        ("?v=1&seq=-1", "One.", "seq"),
        ("?v=1&seq=0", "One.", "seq"),
        ("?v=1&seq=1.5", "One.", "seq"),
        ("?v=1&seq=٣", "One.", "seq"),
        ("?v=1&seq=99999999999999999999999", "One.", "seq"),
        ("?v=1&seq=0000000000000000000199999999999999999999", "One.", "seq"),
        ("?v=1&seq=1&lang=ro", "Unu.", "lang"),
        ("?v=1&seq=1", b"\xff\xfe", "UTF-8"),
        ("?v=1&seq=1", "x" * 2049, "2 KB"),
        ("?v=1&seq=1", "я" * 1025, "2 KB"),
        ("?v=1&seq=1", "x" + "я" * 1_000_000, "2 KB"),
    ],
)
def test_what_is_no_caption_is_refused_and_says_why(
    client: FlaskClient, key: CaptionKey, stream: CaptionStream, query: str, text: str | bytes, why: str
) -> None:
    data = text.encode() if isinstance(text, str) else text
    answer = client.post(f"/captions/{key.token}{query}", data=data, content_type="text/plain")
    assert (answer.status_code, why in answer.text) == (400, True)
    assert said(stream) == []
    assert key.last_seq == 0


def test_a_caption_of_two_kilobytes_is_taken(client: FlaskClient, key: CaptionKey, stream: CaptionStream) -> None:
    assert post(client, key, 1, "я" * 1024) == 200
    assert said(stream) == ["я" * 1024]


def test_a_revoked_key_writes_nothing_and_an_unknown_one_does_not_exist(
    client: FlaskClient, key: CaptionKey, stream: CaptionStream
) -> None:
    keys.revoke(key)
    db.session.commit()
    assert (post(client, key, 1, "One."), client.get(f"/captions/{key.token}/seq").status_code) == (403, 403)
    assert client.post("/captions/made-up?v=1&seq=1", data=b"One.").status_code == 404
    assert client.get("/captions/made-up/seq").status_code == 404
    assert client.get(f"/captions/{key.token}?v=1&seq=1").status_code in (404, 405)
    assert said(stream) == []


def test_a_key_opens_one_stream_and_nothing_else(client: FlaskClient, key: CaptionKey, stream: CaptionStream) -> None:
    other = make_stream(stream.track.session, "ro")
    post(client, key, 1, "One.", "&lang=en")
    assert post(client, key, 2, "Doi.", "&lang=ro") == 400
    assert (said(stream), said(other)) == (["One."], [])
    for address in (
        f"/en/language-team/{key.token}/",
        f"/en/registrations/{key.token}/",
        f"/calendars/{key.token}.ics",
    ):
        assert client.get(address).status_code == 404


def test_the_track_is_live_with_its_first_caption(client: FlaskClient, key: CaptionKey, stream: CaptionStream) -> None:
    post(client, key, 1, "One.")
    assert stream.track.state is TrackState.LIVE


@pytest.mark.parametrize("state", [TrackState.FAILED, TrackState.CONFIRMED])
def test_what_is_corrected_or_withdrawn_afterwards_is_no_sign_of_life(stream: CaptionStream, state: TrackState) -> None:
    one, two = cues.say(stream, "One."), cues.say(stream, "Two.")
    stream.track.state = state
    db.session.commit()
    cues.correct(one, "The one.", "Ana")
    cues.withdraw(two, "Ana")
    assert (stream.track.state, said(stream)) == (state, ["The one."])


def test_control_characters_and_blank_lines_are_no_words() -> None:
    assert cues.clean("\x00One\x07 \u2028\r\n\r\n  two\tthree \x1b[1m") == "One\ntwo three [1m"
