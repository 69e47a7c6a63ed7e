"""The pages and the JSON of drafts: who may open them, what they take, and what everybody else never sees."""

import gzip
import json
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.extensions import db
from app.languages import subtitles
from app.languages.models import DraftState, Linguist, LinkPurpose, Presence, SubtitleDraft
from app.languages.workbench import beginning, contents, drafts, revisions
from app.people.models import AuditEntry, Role
from app.schedule.models import EventSession
from tests.conftest import settings_of
from tests.factories import grant, make_account, make_event, make_linguist, make_session, sign_in

VTT = b"WEBVTT\n\n00:01.000 --> 00:03.000\nGood morning\n\n00:04.000 --> 00:06.000\nSecond\n"


@pytest.fixture
def session(app: Flask) -> EventSession:
    return make_session(make_event(), slug="opening")


@pytest.fixture
def draft(session: EventSession) -> SubtitleDraft:
    made = beginning.from_file(session, "en", VTT, "Ana")
    db.session.commit()
    return made


@pytest.fixture
def ana(session: EventSession) -> Linguist:
    return make_linguist(session.event, "en:A", name="Ana")


def page(linguist: Linguist, rest: str = "") -> str:
    return f"/en/language-team/{linguist.token(LinkPurpose.PAGE)}/subtitles/{rest}"


def cues(linguist: Linguist, draft: SubtitleDraft) -> str:
    return page(linguist, f"{draft.id}/cues/")


def stand(draft: SubtitleDraft, state: DraftState) -> None:
    draft.state = state
    db.session.commit()


# JSON.


def test_an_editor_hears_of_the_cues_and_changes_them(client: FlaskClient, draft: SubtitleDraft, ana: Linguist) -> None:
    heard = client.get(cues(ana, draft)).json
    cue = heard["cues"][0]
    assert {name: cue[name] for name in ("start", "end", "text", "gone", "block")} == {
        "start": 1000, "end": 3000, "text": "Good morning", "gone": False, "block": False,
    }  # fmt: skip
    wanted = {"key": "a", "id": cue["id"], "version": cue["version"], "was": cue, "text": "Hello </script>"}
    answer = client.post(cues(ana, draft), json={"at": cue["id"], "changes": [wanted]})
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.json["saved"][0]["version"] == answer.json["version"] == heard["version"] + 1
    news = client.get(f"{cues(ana, draft)}?since={heard['version']}").json
    assert [each["text"] for each in news["cues"]] == ["Hello </script>"]
    ion = make_linguist(draft.session.event, "en:A", name="Ion")
    assert client.get(cues(ion, draft)).json["people"] == [{"name": "Ana", "cue": cue["id"]}]


def test_a_long_draft_comes_compressed(client: FlaskClient, session: EventSession, ana: Linguist) -> None:
    lines = b"".join(b"00:%02d.000 --> 00:%02d.500\nWords\n\n" % (n, n) for n in range(60))
    draft = beginning.from_file(session, "en", b"WEBVTT\n\n" + lines, "Ana")
    db.session.commit()
    plain = client.get(cues(ana, draft))
    answer = client.get(cues(ana, draft), headers={"Accept-Encoding": "gzip"})
    assert json.loads(gzip.decompress(answer.data)) == plain.json
    assert len(answer.data) * 5 < len(plain.data)


def test_being_there_changes_nothing(client: FlaskClient, draft: SubtitleDraft, ana: Linguist) -> None:
    answer = client.post(cues(ana, draft), json={"at": None, "changes": []})
    assert answer.json == {"version": 1, "saved": [], "conflicts": []}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Presence)) == 1


@pytest.mark.parametrize("data", [
    b"", b"{", b"[]", b'{"changes": [{"id": 1, "start": NaN}]}', b'{"changes": [{"id": 99999, "text": "x"}]}',
    b'{"changes": "x"}', b'{"at": []}', b"\xff", b"[" * 99_999,
])  # fmt: skip
def test_a_bad_call_is_answered_with_what_is_wrong(
    client: FlaskClient, draft: SubtitleDraft, ana: Linguist, data: bytes
) -> None:
    answer = client.post(cues(ana, draft), data=data, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json["faults"][0]["message"]
    assert [cue.text for cue in drafts.document(draft).cues] == ["Good morning", "Second"]


def test_ten_megabytes_are_too_much(client: FlaskClient, draft: SubtitleDraft, ana: Linguist) -> None:
    answer = client.post(cues(ana, draft), data=b" " * 10_000_000, content_type="application/json")
    assert (answer.status_code, bool(answer.json["faults"])) == (413, True)


@pytest.mark.parametrize("since", ["x", "-1", "1.5", "9" * 30, "NaN"])
def test_since_is_a_version(client: FlaskClient, draft: SubtitleDraft, ana: Linguist, since: str) -> None:
    assert client.get(f"{cues(ana, draft)}?since={since}").status_code == 422


def test_what_is_approved_is_answered_with_a_conflict(client: FlaskClient, draft: SubtitleDraft, ana: Linguist) -> None:
    stand(draft, DraftState.APPROVED)
    number = contents.rows_of(draft)[0].id
    answer = client.post(cues(ana, draft), json={"changes": [{"id": number, "version": 1, "text": "x"}]})
    assert answer.status_code == 409
    assert client.get(cues(ana, draft)).json["state"] == "approved"


def test_a_call_needs_the_token_of_its_page(app: Flask, draft: SubtitleDraft, ana: Linguist) -> None:
    guarded = create_app(settings_of(app, WTF_CSRF_ENABLED=True)).test_client()
    assert guarded.post(cues(ana, draft), json={"changes": []}).status_code == 400


# Who may.

WRITES = ["cues/", "state/", "file/", "revisions/save/", "revisions/1/restore/"]
READS = ["cues/", "file/", "revisions/", "revisions/1/"]


def test_a_stranger_sees_no_draft(client: FlaskClient, draft: SubtitleDraft) -> None:
    other = make_linguist(make_event(), coordinates=True)
    for token in ("made-up", other.token(LinkPurpose.CALENDAR)):
        for rest in READS:
            assert client.get(f"/en/language-team/{token}/subtitles/{draft.id}/{rest}").status_code == 404
    for rest in READS:
        assert client.get(page(other, f"{draft.id}/{rest}")).status_code == 404
    for rest in WRITES:
        assert client.post(page(other, f"{draft.id}/{rest}"), json={}).status_code == 404
    address = f"/events/{draft.session.event.slug}/sessions/{draft.session.slug}/subtitles/en.vtt"
    assert client.get(address).status_code == 404
    assert "Good morning" not in client.get(f"/en/events/{draft.session.event.slug}/sessions/opening/").text


def test_a_colleague_with_other_languages_reads_and_does_not_write(client: FlaskClient, draft: SubtitleDraft) -> None:
    maria = make_linguist(draft.session.event, "ro:A")
    assert client.get(cues(maria, draft)).status_code == 200
    for rest in WRITES:
        assert client.post(page(maria, f"{draft.id}/{rest}"), json={}).status_code == 403
    for rest in READS[1:]:
        assert client.get(page(maria, f"{draft.id}/{rest}")).status_code == 403


def test_what_changes_something_is_a_post(client: FlaskClient, draft: SubtitleDraft, ana: Linguist) -> None:
    for rest in ("state/", "revisions/save/", "revisions/1/restore/"):
        assert client.get(page(ana, f"{draft.id}/{rest}")).status_code == 405


# Pages of the team.


def begin(client: FlaskClient, ana: Linguist, **form: Any) -> Any:
    return client.post(page(ana, "begin/opening/"), data={"language": "en", "way": "empty"} | form)


def test_a_member_begins_a_draft_in_their_language(client: FlaskClient, session: EventSession, ana: Linguist) -> None:
    assert "Nothing yet" in client.get(page(ana, "begin/opening/")).text
    answer = begin(client, ana, way="file", file=(BytesIO(VTT), "a.vtt"))
    draft = drafts.of(session)[0]
    assert (answer.status_code, answer.location) == (303, page(ana, f"{draft.id}/"))
    assert [cue.text for cue in drafts.document(draft).cues] == ["Good morning", "Second"]
    assert session.title["en"] in client.get(page(ana)).text
    assert db.session.scalars(sa.select(AuditEntry.action)).all() == ["draft.begun"]


@pytest.mark.parametrize(("form", "said"), [
    ({"language": "ro"}, "You do not make subtitles in this language."), ({"language": ""}, "Choose a language."),
    ({"way": "dance"}, "Not a valid choice"), ({"way": "file"}, "The file is empty."),
    ({"way": "text", "text": " "}, "The file is empty."), ({"way": "translation", "source": "1"}, "Not a valid choice"),
    ({"way": "published"}, "Not a valid choice"),
])  # fmt: skip
def test_what_cannot_begin_is_said_beside_the_field(
    client: FlaskClient, session: EventSession, ana: Linguist, form: dict[str, str], said: str
) -> None:
    answer = begin(client, ana, **form)
    assert answer.status_code == 422
    assert said in answer.text
    assert drafts.of(session) == []


def test_a_translation_is_begun_from_another_draft_and_only_once(client: FlaskClient, draft: SubtitleDraft) -> None:
    ana = make_linguist(draft.session.event, "ro:A")
    assert begin(client, ana, language="ro", way="translation", source=str(draft.id)).status_code == 303
    made = drafts.find(draft.session, "ro")
    assert (made.source, len(drafts.document(made).cues)) == (draft, 2)
    again = begin(client, ana, language="ro", way="translation", source=str(draft.id))
    assert (again.status_code, "work on that one" in again.text) == (422, True)
    assert begin(client, ana, language="ro", way="translation", source="999").status_code == 422


def test_a_file_is_taken_in_and_its_remarks_are_shown(client: FlaskClient, draft: SubtitleDraft, ana: Linguist) -> None:
    data = b"WEBVTT\n\n0:01,0 --> 0:03,0\nNew <b>words</b> </script>\n"
    answer = client.post(page(ana, f"{draft.id}/file/"), data={"file": (BytesIO(data), "a.vtt")}, follow_redirects=True)
    assert "Line 3" in answer.text
    assert "&lt;b&gt;words&lt;/b&gt; &lt;/script&gt;" in answer.text
    bad = client.post(page(ana, f"{draft.id}/file/"), data={"file": (BytesIO(b"\x89PNG\r\n\x1a\n\0"), "a.png")})
    assert (bad.status_code, "not a subtitle file" in bad.text) == (422, True)
    assert client.post(page(ana, f"{draft.id}/file/")).status_code == 422


def test_revisions_are_compared_and_restored(client: FlaskClient, draft: SubtitleDraft, ana: Linguist) -> None:
    cue = client.get(cues(ana, draft)).json["cues"][0]
    client.post(cues(ana, draft), json={"changes": [{"id": cue["id"], "version": 1, "text": "Good evening"}]})
    assert client.post(page(ana, f"{draft.id}/revisions/save/")).location == page(ana, f"{draft.id}/revisions/")
    shown = client.get(page(ana, f"{draft.id}/revisions/2/")).text
    assert "Good <del>morning</del><ins>evening</ins>" in shown
    assert "Second" not in shown
    assert "<ins>evening</ins>" in client.get(page(ana, f"{draft.id}/revisions/1/?to=now")).text
    assert "both are the same" in client.get(page(ana, f"{draft.id}/revisions/2/?to=now")).text
    assert client.post(page(ana, f"{draft.id}/revisions/1/restore/")).status_code == 303
    assert drafts.document(draft).cues[0].text == "Good morning"
    assert client.get(page(ana, f"{draft.id}/revisions/9/")).status_code == 404
    assert client.post(page(ana, f"{draft.id}/revisions/9/restore/")).status_code == 404
    listed = client.get(page(ana, f"{draft.id}/revisions/")).text
    assert all(said in listed for said in ("File taken in", "Saved by hand", "An earlier revision restored"))


def test_a_draft_goes_its_way_until_everybody_reads_it(
    client: FlaskClient, draft: SubtitleDraft, ana: Linguist
) -> None:
    stand(draft, DraftState.TIMING)
    for state in ("in-review", "approved", "published"):
        assert client.post(page(ana, f"{draft.id}/state/"), data={"state": state}).status_code == 303
    event = draft.session.event
    public = client.get(f"/events/{event.slug}/sessions/opening/subtitles/en.vtt").text
    assert "Good morning" in public
    assert db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "draft.published")).one().detail == {
        "language": "en", "name": "Ana", "warnings": 0,
    }  # fmt: skip
    wrong = client.post(page(ana, f"{draft.id}/state/"), data={"state": "timing"}, follow_redirects=True)
    assert "Nothing was changed" in wrong.text
    assert client.post(page(ana, f"{draft.id}/state/"), data={"state": "x"}).status_code == 404
    client.post(page(ana, f"{draft.id}/state/"), data={"state": "in-review"})
    number = contents.rows_of(draft)[0].id
    client.post(cues(ana, draft), json={"changes": [{"id": number, "version": 99, "text": "Not yet public"}]})
    assert client.get(f"/events/{event.slug}/sessions/opening/subtitles/en.vtt").text == public


# Organisers' pages.


@pytest.fixture
def organiser(client: FlaskClient, session: EventSession) -> str:
    """The address of a session's drafts, for an organiser who is signed in."""
    account = make_account(name="Olga")
    grant(session.event, account)
    sign_in(client, account)
    return f"/en/manage/events/{session.event.slug}/sessions/{session.slug}/drafts/"


def test_organisers_begin_open_fill_and_delete_drafts(
    client: FlaskClient, session: EventSession, organiser: str
) -> None:
    answer = client.post(organiser, data={"language": "en", "way": "text", "text": "Good morning.\nWelcome."})
    assert (answer.status_code, answer.location) == (303, organiser)
    draft = drafts.of(session)[0]
    shown = client.get(organiser).text
    assert all(said in shown for said in ("English", "Timing", "2 of 2", "Open the workbench"))
    opened = client.post(f"{organiser}{draft.id}/open/")
    olga = db.session.scalars(sa.select(Linguist)).one()
    assert (opened.location, olga.name, olga.coordinates) == (page(olga, f"{draft.id}/"), "Olga", True)
    assert client.get(opened.location).status_code == 200
    taken = {"file": (BytesIO(VTT), "a.vtt")}
    assert client.post(f"{organiser}{draft.id}/file/", data=taken).status_code == 303
    assert [cue.text for cue in drafts.document(draft).cues] == ["Good morning", "Second"]
    assert client.get(f"{organiser}{draft.id}/file/").status_code == 200
    assert client.post(f"{organiser}{draft.id}/file/").status_code == 422
    stand(draft, DraftState.APPROVED)
    client.post(page(olga, f"{draft.id}/state/"), data={"state": "published"})
    assert "Published by Olga" in client.get(organiser).text
    assert client.post(f"{organiser}{draft.id}/delete/").status_code == 303
    assert (drafts.of(session), subtitles.of(session, "en") is None) == ([], False)


def test_published_subtitles_are_corrected_in_a_draft(
    client: FlaskClient, session: EventSession, organiser: str
) -> None:
    subtitles.keep(session, "en", VTT, "a.vtt")
    db.session.commit()
    assert client.post(organiser, data={"language": "ro", "way": "published"}).status_code == 422
    assert client.post(organiser, data={"language": "en", "way": "published"}).status_code == 303
    assert revisions.of(drafts.of(session)[0])[0].state is DraftState.IN_REVIEW


def test_drafts_are_for_who_runs_the_event(client: FlaskClient, draft: SubtitleDraft, organiser: str) -> None:
    paths = [organiser, *(f"{organiser}{draft.id}/{act}/" for act in ("open", "file", "delete"))]
    account = make_account()
    for role, status in ((None, 404), (Role.READER, 403), (Role.DOOR, 403)):
        if role:
            grant(draft.session.event, account := make_account(), role)
        sign_in(client, account)
        assert {client.post(path).status_code for path in paths} == {status}
    elsewhere = make_session(make_event())
    grant(elsewhere.event, account := make_account())
    sign_in(client, account)
    other = f"/en/manage/events/{elsewhere.event.slug}/sessions/{elsewhere.slug}/drafts/{draft.id}/delete/"
    assert client.post(other).status_code == 404
    assert drafts.find(draft.session, "en") is draft
