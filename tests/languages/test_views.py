"""Subtitles at their public addresses, and the parts of a session's page."""

import pytest
from flask import Flask, render_template
from flask.testing import FlaskClient

from app.events.models import EventState
from app.extensions import db
from app.languages import recording, service, subtitles
from app.languages.models import TrackKind
from app.schedule.models import EventSession
from tests.factories import make_event, make_session

VTT = """WEBVTT

one
00:00:01.000 --> 00:00:02.000 align:start
<v Ada>Hello &amp; <script>alert(1)</script> &lt;b&gt;

01:00:05.500 --> 01:00:06.000
السلام عليكم
"""


@pytest.fixture
def session(app: Flask) -> EventSession:
    session = make_session(make_event(slug="occupy"), slug="opening", title={"en": "Opening"})
    subtitles.keep(session, "ar", VTT.encode(), "a.vtt")
    db.session.commit()
    return session


def address(rest: str) -> str:
    return f"/events/occupy/sessions/opening/{rest}"


def test_subtitles_are_handed_out_in_three_forms(client: FlaskClient, session: EventSession) -> None:
    vtt = client.get(address("subtitles/ar.vtt"))
    assert (vtt.text, vtt.content_type) == (VTT, "text/vtt; charset=utf-8")
    srt = client.get(address("subtitles/ar.srt"))
    assert srt.content_type == "application/x-subrip; charset=utf-8"
    assert srt.text == (
        "1\n00:00:01,000 --> 00:00:02,000\nHello & alert(1) <b>\n\n2\n01:00:05,500 --> 01:00:06,000\nالسلام عليكم\n"
    )
    txt = client.get(address("subtitles/ar.txt"))
    assert txt.content_type == "text/plain; charset=utf-8"
    assert txt.text == "Ada: Hello & alert(1) <b>\n\nالسلام عليكم\n"


@pytest.mark.parametrize("rest", [
    "subtitles/ro.vtt", "subtitles/ar.ass", "subtitles/ar", "subtitles/.vtt", "subtitles/'%22.vtt",
])  # fmt: skip
def test_other_languages_and_forms_are_not_there(client: FlaskClient, session: EventSession, rest: str) -> None:
    assert client.get(address(rest)).status_code == 404
    assert client.post(address("subtitles/ar.vtt")).status_code == 405


def test_a_stranger_sees_no_subtitles_of_a_draft(client: FlaskClient, session: EventSession) -> None:
    session.event.state = EventState.DRAFT
    db.session.commit()
    assert client.get(address("subtitles/ar.vtt")).status_code == 404


def test_unchanged_subtitles_are_not_sent_twice(client: FlaskClient, session: EventSession) -> None:
    url = address("subtitles/ar.vtt")
    tag = client.get(url).headers["ETag"]
    assert client.get(url, headers={"If-None-Match": tag}).status_code == 304
    subtitles.keep(session, "ar", VTT.replace("Hello", "Bye").encode(), "b.vtt")
    db.session.commit()
    fresh = client.get(url, headers={"If-None-Match": tag})
    assert fresh.status_code == 200
    assert "Bye" in fresh.text


def recording_of(app: Flask, session: EventSession, path: str = "/en/") -> str:
    with app.test_request_context(path):
        app.preprocess_request()
        return render_template(
            "languages/_recording.html",
            event=session.event,
            event_session=session,
            subtitles=service.subtitles_of(session),
        )


def test_a_media_file_plays_with_a_track_for_each_language(app: Flask, session: EventSession) -> None:
    subtitles.keep(session, "ro", VTT.encode(), "a.vtt")
    session.recording_url = "https://media.example.org/opening.webm?x=<1>"
    text = recording_of(app, session)
    assert 'src="https://media.example.org/opening.webm?x=&lt;1&gt;"' in text
    assert text.count("<track") == 2
    assert 'srclang="ro" label="română"' in text
    assert " default>" not in text, "no subtitles in the language of the page"


def test_the_track_in_the_language_of_the_page_is_the_default(app: Flask, session: EventSession) -> None:
    subtitles.keep(session, "ro", VTT.encode(), "a.vtt")
    session.recording_url = "/static/demo/two-views.webm"
    text = recording_of(app, session, "/ro/")
    assert 'label="română" default>' in text
    assert text.count(" default>") == 1


def test_other_recordings_are_linked_to_and_scripts_are_not(app: Flask, session: EventSession) -> None:
    session.recording_url = "https://video.example.org/watch?v=1"
    text = recording_of(app, session)
    assert "<video" not in text
    assert 'href="https://video.example.org/watch?v=1"' in text
    session.recording_url = "javascript:alert(1)//.webm"
    assert "javascript:" not in recording_of(app, session)


def test_nothing_stands_where_there_is_no_recording(app: Flask) -> None:
    assert recording_of(app, make_session(make_event())).strip() == ""


@pytest.mark.parametrize(("url", "plays"), [
    ("https://a.example/b.mp4", True), ("https://a.example/b.M3U8?token=1", True), ("/static/demo/a.webm", True),
    ("http://polyforum.test/static/a.ogv", True), ("http://a.example/b.mp4", False), ("//a.example/b.mp4", False),
    ("https://a.example/watch?file=b.mp4", False), ("data:video/mp4,b.mp4", False), ("", False),
])  # fmt: skip
def test_only_what_the_page_may_load_is_played(url: str, plays: bool) -> None:
    assert recording.plays(url, "http://polyforum.test") is plays


def test_the_languages_of_a_session_are_listed_without_links_of_channels(app: Flask, session: EventSession) -> None:
    service.add_track(session, "ro", TrackKind.INTERPRETATION, "https://voice.example.org/secret")
    service.add_track(session, "ar", TrackKind.SUBTITLES)
    with app.test_request_context("/en/"):
        app.preprocess_request()
        text = render_template(
            "languages/_tracks.html",
            event_session=session,
            tracks=service.tracks_of(session),
            subtitles=service.subtitles_of(session),
        )
    assert text.count("Arabic") == 1, "promised and there is one language"
    assert "Romanian" in text
    assert "English" in text
    assert "Live captions" not in text
    assert "secret" not in text
