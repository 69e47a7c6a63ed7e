"""The organisers' pages of languages: who may use them, what they take and what they refuse."""

from io import BytesIO

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from lxml import html

from app.events.models import Event, EventState
from app.extensions import db
from app.languages import plan, service, subtitles
from app.languages.models import LanguageTrack, SubtitleFile, TrackKind, TrackState
from app.people.models import AuditEntry, Role
from app.schedule.models import EventSession
from tests.factories import grant, make_account, make_event, make_linguist, make_session, make_track, sign_in

VTT = b"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nHello\n"
PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00"
HTML = "<script>alert('1')</script>"


@pytest.fixture
def session(client: FlaskClient) -> EventSession:
    """A session of a draft whose organiser is signed in."""
    event = make_event(state=EventState.DRAFT)
    account = make_account()
    grant(event, account)
    sign_in(client, account)
    return make_session(event, slug="opening", title={"en": "Opening"})


def page(session: EventSession, rest: str = "languages/") -> str:
    return f"/en/manage/events/{session.event.slug}/sessions/{session.slug}/{rest}"


def upload(client: FlaskClient, session: EventSession, data: bytes, name: str = "a.vtt", language: str = "ro"):
    form = {"subtitles-language": language, "subtitles-file": (BytesIO(data), name)}
    return client.post(page(session, "subtitles/"), data=form)


def tracks() -> list[tuple[str, str, str]]:
    return [(t.language, t.kind.value, t.url) for t in db.session.scalars(sa.select(LanguageTrack))]


def test_a_track_is_added_changed_and_removed(client: FlaskClient, session: EventSession) -> None:
    form = {"language": "PT-br", "kind": "interpretation", "url": "https://voice.example.org/pt?a=1&b=2"}
    answer = client.post(page(session), data=form)
    assert (answer.status_code, answer.location) == (303, page(session))
    assert tracks() == [("pt-BR", "interpretation", "https://voice.example.org/pt?a=1&b=2")]
    shown = client.get(page(session)).text
    assert "Portuguese (Brazil)" in shown
    assert "https://voice.example.org/pt?a=1&amp;b=2" in shown

    track = db.session.scalars(sa.select(LanguageTrack)).one()
    assert 'value="pt-BR"' in client.get(page(session, f"languages/{track.id}/")).text
    form = {"language": "ro", "kind": "captions", "url": ""}
    changed = client.post(page(session, f"languages/{track.id}/"), data=form)
    assert changed.status_code == 303
    assert tracks() == [("ro", "captions", "")]

    assert client.post(page(session, f"languages/{track.id}/remove/")).status_code == 303
    assert tracks() == []
    assert list(db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id))) == [
        "track.added", "track.changed", "track.removed",
    ]  # fmt: skip


@pytest.mark.parametrize(("values", "said"), [
    ({"language": ""}, "Choose a language."),
    ({"language": "klingonish"}, "This is no language that we know."),
    ({"language": "ro, en"}, "This is no language that we know."),
    ({"language": "'; DROP TABLE language_track; --"}, "This is no language that we know."),
    ({"language": HTML}, "This is no language that we know."),
    ({"language": "ro" + "-x" * 40}, "This is no language that we know."),
    ({"kind": "dance"}, "Not a valid choice"),
    ({"url": "javascript:alert(1)"}, "begins with https://"),
    ({"url": "ftp://example.org/"}, "begins with https://"),
    ({"url": "https://"}, "begins with https://"),
    ({"url": "https://example.org/" + "x" * 1000}, "1000"),
])  # fmt: skip
def test_a_faulty_track_is_refused_beside_its_field(client: FlaskClient, session: EventSession, values, said) -> None:
    form = {"language": "ro", "kind": "interpretation", "url": "https://voice.example.org/"} | values
    answer = client.post(page(session), data=form)
    assert answer.status_code == 422
    assert said in answer.text
    assert HTML not in answer.text
    assert tracks() == []


def test_the_same_track_twice_is_refused(client: FlaskClient, session: EventSession) -> None:
    form = {"language": "ro", "kind": "captions"}
    client.post(page(session), data=form)
    client.post(page(session), data=form | {"kind": "interpretation"})
    again = client.post(page(session), data=form)
    assert again.status_code == 422
    assert "has this already" in again.text
    second = service.tracks_of(session)[1]
    assert client.post(page(session, f"languages/{second.id}/"), data=form).status_code == 422
    assert sorted(tracks()) == [("ro", "captions", ""), ("ro", "interpretation", "")]


def test_subtitles_are_kept_and_replaced(client: FlaskClient, session: EventSession) -> None:
    answer = upload(client, session, VTT, f"../../{HTML}.vtt")
    assert (answer.status_code, answer.location) == (303, page(session, "subtitles/ro/"))
    shown = client.get(answer.location).text
    assert "Hello" in shown
    assert HTML not in shown
    upload(client, session, VTT.replace(b"Hello", b"<b>Salut &amp; pa"), "b.vtt")
    file = db.session.scalars(sa.select(SubtitleFile)).one()
    assert (file.language, file.file_name, "Salut" in file.webvtt) == ("ro", "b.vtt", True)
    assert "Salut &amp; pa" in client.get(answer.location).text
    assert client.post(page(session, "subtitles/ro/remove/")).status_code == 303
    assert db.session.scalars(sa.select(SubtitleFile)).all() == []


def test_repairs_are_told_line_by_line(client: FlaskClient, session: EventSession) -> None:
    data = "1\n00:00:01.0 --> 00:00:02,000\nПривет\n2\n00:00:05,000 --> 00:00:04,000\nмир\n".encode("cp1251")
    answer = upload(client, session, data, "a.srt", "ru")
    text = client.get(answer.location).text
    assert "Привет" in text
    assert "Line 2: The times were not written as the format asks" in text
    assert "Line 4: There was no blank line" in text
    assert "Line 5: The cue had no end after its beginning" in text
    assert "cp1251" in text
    assert "read as another encoding" in text


@pytest.mark.parametrize(("data", "said"), [
    (PICTURE, "This is not a subtitle file"),
    (b"", "The file is empty."),
    (b"WEBVTT\n\nlost\n", "Line 3: Text without times"),
    (b"WEBVTT\n\n00:00:01.000 --> never\nHello\n", "Line 3: The times of this cue cannot be read"),
    (VTT + b"x" * 3_000_000, "larger than subtitles of any recording"),
])  # fmt: skip
def test_what_cannot_be_understood_is_refused(client: FlaskClient, session: EventSession, data, said) -> None:
    upload(client, session, VTT)
    answer = upload(client, session, data)
    assert answer.status_code == 422
    assert said in answer.text
    assert b"Hello" in db.session.scalars(sa.select(SubtitleFile)).one().webvtt.encode(), "the earlier file stays"


def test_seventeen_megabytes_are_too_much(client: FlaskClient, session: EventSession) -> None:
    answer = upload(client, session, b"WEBVTT\n\n" + b"x" * 17 * 1024 * 1024)
    assert answer.status_code == 413
    assert "too large" in answer.text


def test_an_upload_needs_a_file_and_a_language(client: FlaskClient, session: EventSession) -> None:
    answer = client.post(page(session, "subtitles/"), data={})
    assert answer.status_code == 422
    assert "Choose a file." in answer.text
    assert "Choose a language." in answer.text
    assert upload(client, session, VTT, language="<b>").status_code == 422


def test_the_page_of_a_track_shows_its_state_and_its_history(client: FlaskClient, session: EventSession) -> None:
    ana = make_linguist(session.event, name="Ana")
    track = make_track(session, language="ro")
    address = page(session, f"languages/{track.id}/")
    form = {"language": "ro", "kind": "interpretation", "responsible": str(ana.id), "url": ""}
    assert client.post(address, data=form).status_code == 303
    assert client.post(f"{address}move/", data={"state": "confirmed"}).location == address
    assert (track.linguist, track.state) == (ana, TrackState.CONFIRMED)
    shown = html.fromstring(client.get(address).text)
    history = [" ".join(said.text_content().split()) for said in shown.xpath("//ul[contains(@class, 'history')]//p[1]")]
    assert history == [
        "State of a language track changed: Promised → Confirmed",
        "Somebody made responsible for a language track: Ana", "Language track changed",
    ]  # fmt: skip
    buttons = shown.xpath("//button[@name='state']/@value")
    assert buttons == ["promised", "live", "done", "failed"]


def test_a_state_that_does_not_follow_is_refused_in_a_sentence(client: FlaskClient, session: EventSession) -> None:
    track = make_track(session, kind=TrackKind.SUBTITLES)
    address = page(session, f"languages/{track.id}/")
    client.post(f"{address}move/", data={"state": "live"})
    assert "What is “Promised” cannot become “Live”." in client.get(address).text
    assert client.post(f"{address}move/", data={"state": "lost"}).status_code == 400
    assert client.post(f"{address}move/").status_code == 400
    assert track.state is TrackState.PROMISED


def test_a_relay_works_from_a_channel_of_the_same_session(client: FlaskClient, session: EventSession) -> None:
    pivot = make_track(session, language="ru")
    form = {"language": "hy", "kind": "interpretation", "via": "ru"}
    assert client.post(page(session), data=form).status_code == 303
    again = client.post(page(session), data=form | {"language": "uk", "via": "ro"})
    assert again.status_code == 422
    shown = client.get(page(session, f"languages/{pivot.id}/")).text
    assert "should it fall through, they have nothing to work from" in shown
    plan.move(pivot, TrackState.FAILED)
    db.session.commit()
    assert "has nothing to work from" in client.get(page(session)).text
    circle = client.post(
        page(session, f"languages/{pivot.id}/"), data={"language": "ru", "via": "hy", "kind": "interpretation"}
    )
    assert circle.status_code == 422
    assert "no channel in that language" in circle.text


@pytest.mark.parametrize(("language", "kind", "status"), [
    ("American Sign Language", "sign", 303), ("rsl", "sign", 303), ("ro", "sign", 422), ("ase", "captions", 422),
])  # fmt: skip
def test_signs_are_of_a_sign_language_and_nothing_else_is(client, session, language, kind, status) -> None:
    assert client.post(page(session), data={"language": language, "kind": kind}).status_code == status


def test_an_event_without_sessions_has_a_matrix_that_says_so(client: FlaskClient, session: EventSession) -> None:
    db.session.delete(session)
    db.session.commit()
    assert "There are no sessions yet" in client.get(f"/en/manage/events/{session.event.slug}/languages/").text


def addresses(session: EventSession, event: Event) -> list[tuple[str, str]]:
    track = service.add_track(session, "ro", TrackKind.CAPTIONS)
    subtitles.keep(session, "ro", VTT, "a.vtt")
    db.session.commit()
    base = f"/en/manage/events/{event.slug}/sessions/{session.slug}"
    return [
        ("GET", f"{base}/languages/"), ("POST", f"{base}/languages/"),
        ("GET", f"{base}/languages/{track.id}/"), ("POST", f"{base}/languages/{track.id}/"),
        ("POST", f"{base}/languages/{track.id}/remove/"), ("POST", f"{base}/languages/{track.id}/move/"),
        ("POST", f"/en/manage/events/{event.slug}/languages/"), ("POST", f"{base}/subtitles/"),
        ("GET", f"{base}/subtitles/ro/"), ("POST", f"{base}/subtitles/ro/remove/"),
    ]  # fmt: skip


def test_strangers_and_wrong_roles_change_nothing(client: FlaskClient) -> None:
    event = make_event()
    session = make_session(event)
    protected = addresses(session, event)
    for method, address in protected:
        assert "/sign-in/" in client.open(address, method=method).location
    reader, outsider = make_account(), make_account()
    grant(event, reader, Role.READER)
    grant(make_event(), outsider)
    for account, status in ((reader, 403), (outsider, 404)):
        sign_in(client, account)
        for method, address in protected:
            assert client.open(address, method=method).status_code == status, address
    assert len(tracks()) == 1
    assert len(db.session.scalars(sa.select(SubtitleFile)).all()) == 1
    sign_in(client, reader)
    matrix = client.get(f"/en/manage/events/{event.slug}/languages/")
    assert matrix.status_code == 200
    assert f"sessions/{session.slug}/languages/" not in matrix.text


def test_wrong_methods_and_things_of_another_event_are_refused(client: FlaskClient, session: EventSession) -> None:
    foreign = make_session(make_event())
    track = service.add_track(foreign, "ro", TrackKind.CAPTIONS)
    db.session.commit()
    assert client.get(page(session, f"languages/{track.id}/remove/")).status_code == 405
    assert client.get(page(session, f"languages/{track.id}/move/")).status_code == 405
    assert client.get(page(session, "subtitles/")).status_code == 405
    assert client.get(page(session, "subtitles/ro/remove/")).status_code == 405
    for rest in (
        f"languages/{track.id}/remove/",
        f"languages/{track.id}/move/",
        f"languages/{track.id}/",
        "subtitles/ro/remove/",
    ):
        assert client.post(page(session, rest)).status_code == 404
    crossed = f"/en/manage/events/{session.event.slug}/sessions/{foreign.slug}/languages/"
    assert client.post(crossed, data={"language": "ro", "kind": "captions"}).status_code == 404
    assert len(tracks()) == 1
