"""The page of the workbench, the terms that it marks and the file that it hands out, and who is refused them."""

import json
import re

import pytest
from flask.testing import FlaskClient

from app.events.models import Event
from app.extensions import db
from app.languages import glossary
from app.languages.models import Linguist, LinkPurpose, SubtitleDraft, TrackKind
from app.languages.workbench import beginning
from tests.factories import make_event, make_linguist, make_session

VTT = b"""WEBVTT

00:01.000 --> 00:02.500
The librarians &amp; the \xf0\x9f\x93\x9a libraries

00:03.000 --> 00:04.000
Nothing here
"""


@pytest.fixture
def event() -> Event:
    return make_event(languages=["en", "ar"])


@pytest.fixture
def draft(event: Event) -> SubtitleDraft:
    session = make_session(event, slug="talk", recording_url="https://example.org/talk.webm")
    made = beginning.from_file(session, "en", VTT, "Ana")
    db.session.commit()
    return made


def path(linguist: Linguist, draft: SubtitleDraft, page: str = "") -> str:
    return f"/en/language-team/{linguist.token(LinkPurpose.PAGE)}/subtitles/{draft.id}/{page}"


def test_the_page_carries_what_its_script_needs_and_may_play_own_files(
    client: FlaskClient, event: Event, draft: SubtitleDraft
) -> None:
    answer = client.get(path(make_linguist(event, "en:A"), draft))
    facts = json.loads(re.search(r'id="workbench-facts">(.*?)</script>', answer.text)[1])
    assert facts["rules"]["limits"]["line_length"] == 42
    assert (facts["original"], facts["terms"]) == (None, None)
    assert client.get(facts["cues"]).json["cues"][1]["text"] == "Nothing here"
    assert 'src="https://example.org/talk.webm"' in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "media-src 'self' https: blob:" in policy
    assert "script-src 'self';" in policy


def test_terms_are_told_by_their_places_in_the_plain_text_of_the_original(
    client: FlaskClient, event: Event, draft: SubtitleDraft
) -> None:
    term = glossary.add(event, {"en": "library", "ar": "المكتبة"}, "the house")
    translated = beginning.translation(draft, "ar", "Ana")
    db.session.commit()
    linguist = make_linguist(event, "ar:A en:C")
    told = client.get(path(linguist, translated, "terms/")).json
    text = "The librarians & the 📚 libraries"
    [[start, end, number]] = told["cues"][str(min(map(int, told["cues"])))]
    assert (text[start:end], number) == ("libraries", term.id)
    assert told["terms"] == {str(term.id): {"word": "library", "rendering": "المكتبة", "note": "the house"}}
    assert client.get(path(linguist, draft, "terms/")).json == {"terms": {}, "cues": {}}


def test_the_draft_is_handed_out_in_three_forms(client: FlaskClient, event: Event, draft: SubtitleDraft) -> None:
    linguist = make_linguist(event, "en:A")
    vtt, srt, txt = (client.get(path(linguist, draft, f"draft.{form}")) for form in ("vtt", "srt", "txt"))
    assert vtt.text.splitlines()[2:4] == ["00:00:01.000 --> 00:00:02.500", "The librarians &amp; the 📚 libraries"]
    assert "00:00:03,000 --> 00:00:04,000\nNothing here" in srt.text
    assert txt.text == "The librarians & the 📚 libraries Nothing here\n"
    assert srt.headers["Content-Disposition"] == "attachment; filename=talk.en.srt"


@pytest.mark.parametrize("page", ["", "terms/", "draft.vtt"])
def test_strangers_other_languages_and_other_events_see_nothing(
    client: FlaskClient, event: Event, draft: SubtitleDraft, page: str
) -> None:
    member = make_linguist(event, "en:A")
    assert client.get(path(member, draft, page)).status_code == 200
    assert client.post(path(member, draft, page)).status_code == 405
    assert client.get(path(make_linguist(event, "ar:A"), draft, page)).status_code == 403
    assert client.get(path(make_linguist(event, "en:A", crafts=[TrackKind.CAPTIONS]), draft, page)).status_code == 403
    assert client.get(path(make_linguist(make_event(), coordinates=True), draft, page)).status_code == 404
    assert client.get(f"/en/language-team/made-up/subtitles/{draft.id}/{page}").status_code == 404
