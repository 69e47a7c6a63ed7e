"""The stage page and the growing file: what was said, in its order, never as markup, and nothing of a draft."""

import re
from datetime import timedelta
from itertools import pairwise

import pytest
from flask.testing import FlaskClient

from app.events.models import EventState
from app.extensions import db
from app.languages.captions import cues, streams, writing
from app.languages.formats import webvtt
from app.languages.models import CaptionCue, CaptionStream, LanguageTrack, TrackState
from app.lib import clock
from tests.conftest import NOON
from tests.factories import make_event, make_session, make_stream

CAPTIONS = "/events/autumn/sessions/opening/captions/en"


@pytest.fixture
def stream(app: object) -> CaptionStream:
    event = make_event(slug="autumn", starts_on=NOON.date(), ends_on=NOON.date())
    begins = clock.now() - timedelta(minutes=10)
    session = make_session(event, slug="opening", starts_at=begins, ends_at=begins + timedelta(hours=1))
    return make_stream(session)


def say(stream: CaptionStream, *texts: str) -> None:
    for text in texts:
        cues.say(stream, text)
    db.session.commit()


def test_the_page_shows_what_was_said_without_javascript(client: FlaskClient, stream: CaptionStream) -> None:
    say(stream, "Welcome.", "This is the first keynote.")
    page = client.get("/en/events/autumn/live/opening/").text
    assert re.findall(r"<p data-cue[^>]*>([^<]*)</p>", page) == ["Welcome.", "This is the first keynote."]
    assert '<meta http-equiv="refresh"' in page


def test_a_new_caption_is_a_new_page_and_none_is_a_304(client: FlaskClient, stream: CaptionStream) -> None:
    say(stream, "Welcome.")
    first = client.get("/en/events/autumn/live/opening/")
    tag = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/en/events/autumn/live/opening/", headers=tag).status_code == 304
    say(stream, "More.")
    assert client.get("/en/events/autumn/live/opening/", headers=tag).status_code == 200
    again = client.get("/en/events/autumn/live/opening/")
    stream.track.session.event.title = {"en": "Another title"}
    db.session.commit()
    later = client.get("/en/events/autumn/live/opening/", headers={"If-None-Match": again.headers["ETag"]})
    assert (later.status_code, "Another title" in later.text) == (200, True)


def test_a_stream_that_comes_to_be_later_is_followed_from_then_on(client: FlaskClient, stream: CaptionStream) -> None:
    """Also where the organisers said that captions are live before anybody had opened the desk."""
    track = stream.track
    track.state = TrackState.LIVE
    db.session.delete(stream)
    db.session.commit()
    page = "/en/events/autumn/live/opening/"
    assert "data-captions=" not in client.get(page).text
    cues.say(streams.of(track), "Welcome.")
    db.session.commit()
    shown = client.get(page).text
    assert ("data-captions=" in shown, "Welcome." in shown) == (True, True)


def test_what_is_said_while_the_page_is_written_is_on_the_next_one(
    client: FlaskClient, stream: CaptionStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(stream, "One.")
    number, find = stream.id, streams.find

    def found_and_overtaken(track: LanguageTrack) -> CaptionStream | None:
        found = find(track)
        monkeypatch.setattr(streams, "find", find)
        with db.engine.begin() as other:
            other.execute(db.text("UPDATE caption_stream SET version = 2, places = 2"))
            values = {"stream_id": number, "place": 2, "seq": 0, "version": 2, "state": "final", "text": "Two."}
            moments = {"began_at": clock.now(), "ended_at": clock.now(), "is_machine": False, "corrected_by": ""}
            other.execute(db.insert(CaptionCue).values(values | moments))
        return found

    monkeypatch.setattr(streams, "find", found_and_overtaken)
    db.session.rollback()
    tag = {"If-None-Match": client.get("/en/events/autumn/live/opening/").headers["ETag"]}
    db.session.rollback()
    later = client.get("/en/events/autumn/live/opening/", headers=tag)
    assert (later.status_code, "Two." in later.text) == (200, True)


def test_words_are_never_markup(client: FlaskClient, stream: CaptionStream) -> None:
    evil = '<script>alert(1)</script> & "quoted" -->'
    say(stream, evil, "00:00:01.000 --> 00:00:02.000")
    page = client.get("/en/events/autumn/live/opening/").text
    assert "<script>alert" not in page
    read = webvtt.parse(webvtt.lines_of(client.get(f"{CAPTIONS}.vtt").text))
    assert [cue.text for cue in read.cues] == [writing.escaped(evil), "00:00:01.000 --&gt; 00:00:02.000"]
    assert read.faults == []


def test_the_growing_file_is_kept_for_a_second_and_grows(client: FlaskClient, stream: CaptionStream) -> None:
    say(stream, "Welcome.")
    first = client.get(f"{CAPTIONS}.vtt")
    assert (first.headers["Cache-Control"], first.mimetype) == ("public, max-age=1", "text/vtt")
    tag = {"If-None-Match": first.headers["ETag"]}
    assert client.get(f"{CAPTIONS}.vtt", headers=tag).status_code == 304
    say(stream, "More.")
    grown = client.get(f"{CAPTIONS}.vtt", headers=tag)
    assert (grown.status_code, grown.text.count("-->")) == (200, 2)


def test_times_are_counted_from_the_start_and_never_overlap(client: FlaskClient, stream: CaptionStream) -> None:
    say(stream, *("Words " * 30 for _ in range(5)))
    found = writing.document(stream).cues
    assert all(cue.start_ms < cue.end_ms for cue in found)
    assert all(one.end_ms <= max(two.start_ms, one.start_ms + 1) for one, two in pairwise(found))
    assert found[0].start_ms >= 10 * 60 * 1000


def test_a_corrected_caption_keeps_its_place_and_a_withdrawn_one_goes(
    client: FlaskClient, stream: CaptionStream
) -> None:
    say(stream, "One.", "Tow.", "Three.")
    one, two, three = cues.spoken(stream)
    cues.correct(two, "Two.", "Ana")
    cues.withdraw(three, "Ana")
    db.session.commit()
    assert [cue.text for cue in cues.spoken(stream)] == ["One.", "Two."]
    assert [(cue.text, cue.version) for cue in cues.since(stream.id, 3)] == [("Two.", 4), ("Three.", 5)]
    assert (one.corrected_by, two.corrected_by) == ("", "Ana")


def test_nothing_is_shown_of_a_draft(client: FlaskClient, stream: CaptionStream) -> None:
    say(stream, "Welcome.")
    stream.track.session.event.state = EventState.DRAFT
    db.session.commit()
    for address in ("/en/events/autumn/live/opening/", f"{CAPTIONS}.vtt", f"{CAPTIONS}/stream"):
        assert client.get(address).status_code == 404


def test_a_language_without_captions_has_none(client: FlaskClient, stream: CaptionStream) -> None:
    assert client.get("/events/autumn/sessions/opening/captions/ro.vtt").status_code == 404
    page = client.get("/en/events/autumn/live/opening/?language=ro")
    assert (page.status_code, 'data-captions="' in page.text) == (200, True)


def test_a_server_that_gives_no_connection_away_writes_the_stream_itself(
    client: FlaskClient, stream: CaptionStream
) -> None:
    say(stream, "Welcome.", "More.")
    answer = client.get(f"{CAPTIONS}/stream", headers={"Last-Event-ID": "1"})
    pieces = iter(answer.response)
    assert next(pieces) == b"retry: 2000\n\n"
    event = next(pieces).decode()
    answer.close()
    assert event.startswith("id: 2\nevent: cue\ndata: {")
    assert '"text": "More."' in event
