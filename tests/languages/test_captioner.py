"""The desk's page: a plain form, what its script sends and reads, and who may use it."""

import re

import pytest
from flask.testing import FlaskClient

from app.events.models import Event, EventState
from app.extensions import db
from app.languages import team
from app.languages.captions import cues, desk
from app.languages.models import CaptionStream, Linguist, LinkPurpose, Term, TrackKind
from tests.factories import make_event, make_linguist, make_session, make_speaker, make_stream, save

HTML = "<b onclick='x()'>bold</b>"


@pytest.fixture
def event(client: FlaskClient) -> Event:
    return make_event()


@pytest.fixture
def stream(event: Event) -> CaptionStream:
    return make_stream(make_session(event))


@pytest.fixture
def ana(event: Event) -> Linguist:
    return make_linguist(event, name="Ana")


@pytest.fixture
def boris(event: Event) -> Linguist:
    return make_linguist(event, name="Boris")


def page(linguist: Linguist, stream: CaptionStream, rest: str = "") -> str:
    return f"/en/language-team/{linguist.token(LinkPurpose.PAGE)}/captions/{stream.id}/{rest}"


def sent(client: FlaskClient, linguist: Linguist, stream: CaptionStream, *acts, after: int = 0, source_after: int = 0):
    given = {"after": after, "source_after": source_after, "acts": list(acts)}
    return client.post(page(linguist, stream, "lines/"), json=given).json


def lines(stream: CaptionStream) -> list[str]:
    return [cue.text for cue in cues.spoken(stream)]


def the_name(html: str) -> str:
    """That the page gave to the line which its form sends."""
    return re.search(r'id="type".*?name="line" value="([^"]+)"', html, re.DOTALL)[1]


def test_a_line_is_sent_by_the_plain_form_and_sent_twice_stands_once(client, stream, ana) -> None:
    form = {"act": "say", "line": the_name(client.get(page(ana, stream)).text), "text": "Good morning."}
    answer = client.post(page(ana, stream), data=form)
    assert (answer.status_code, answer.location) == (303, page(ana, stream) + "#type")
    client.post(page(ana, stream), data=form)
    assert lines(stream) == ["Good morning."]
    shown = client.get(page(ana, stream)).text
    assert "Good morning.</textarea>" in shown
    assert "You are on air." in shown
    assert the_name(shown) != form["line"]


def test_a_line_is_corrected_and_withdrawn_by_the_plain_form(client, stream, ana, boris) -> None:
    cue = desk.write(stream, ana, "a1", "Good mourning.")
    db.session.commit()
    form = {"cue": cue.id, "was": "Good mourning.", "text": "Good morning."}
    assert client.post(page(boris, stream), data=form | {"act": "correct"}).status_code == 303
    assert lines(stream) == ["Good morning."]
    assert "corrected by <bdi>Boris</bdi>" in client.get(page(ana, stream)).text
    refused = client.post(page(ana, stream), data=form | {"act": "correct", "text": "Good evening."})
    assert refused.status_code == 422
    assert "Boris changed this line meanwhile" in refused.text
    assert "Good evening.</textarea>" in refused.text  # What was typed is kept.
    withdrawn = client.post(page(ana, stream), data=form | {"act": "withdraw"}, follow_redirects=True)
    assert "Withdrawn: “Good morning.”" in withdrawn.text
    assert lines(stream) == []


def test_what_is_refused_is_said_once_and_keeps_what_was_typed(client, stream, ana, boris) -> None:
    desk.take(stream, ana)
    db.session.commit()
    answer = client.post(page(boris, stream), data={"act": "say", "line": "b1", "text": "Hello."})
    assert answer.status_code == 422
    assert answer.text.count("Ana is on air. Ask them to hand over to you.") == 1
    assert "Hello.</textarea>" in answer.text
    assert client.post(page(ana, stream), data={"act": "say", "line": "a1", "text": "  "}).status_code == 422
    assert "at most 2 KB" in client.post(page(ana, stream), data={"act": "say", "line": "a", "text": "я" * 1025}).text
    for bad in (
        {}, {"act": "dance"}, {"act": "say"}, {"act": "say", "line": "x" * 65, "text": "a"},
        {"act": "correct", "cue": "9999999999", "text": "a"}, {"act": "correct", "cue": "7", "text": "a"},
        {"act": "say", "line": "l", "text": "a", "source": "²"}, {"act": "offer", "colleague": "777"},
    ):  # fmt: skip
        assert client.post(page(ana, stream), data=bad).status_code == 422, bad
    assert lines(stream) == []


def test_the_desk_changes_hands_by_the_plain_form(client, stream, ana, boris) -> None:
    client.post(page(ana, stream), data={"act": "take"})
    assert f'<option value="{boris.id}">Boris</option>' in client.get(page(ana, stream)).text
    client.post(page(ana, stream), data={"act": "offer", "colleague": boris.id})
    assert "You are on air until Boris takes over." in client.get(page(ana, stream)).text
    assert "Ana hands over to you." in client.get(page(boris, stream)).text
    client.post(page(boris, stream), data={"act": "take"})
    assert "Boris is on air." in client.get(page(ana, stream)).text
    client.post(page(boris, stream), data={"act": "leave"})
    assert "Nobody is on air." in client.get(page(ana, stream)).text


def test_only_who_may_caption_is_offered_the_desk(client, event, stream, ana) -> None:
    interpreter = make_linguist(event, crafts=[TrackKind.INTERPRETATION], name="Only Interprets")
    desk.take(stream, ana)
    db.session.commit()
    assert "Only Interprets" not in client.get(page(ana, stream)).text
    refused = client.post(page(ana, stream), data={"act": "offer", "colleague": interpreter.id})
    assert "Choose a colleague who may caption this." in refused.text


def test_the_script_sends_acts_in_order_and_hears_what_became_of_each(client, stream, ana, boris) -> None:
    first = sent(
        client, ana, stream,
        {"act": "say", "line": "a1", "text": "Good mourning."},
        {"act": "correct", "line": "a1", "text": "Good morning.", "was": "Good mourning."},
        {"act": "say", "line": "a2", "text": "And wel", "partial": True},
        "no act",
    )  # fmt: skip
    assert [list(result) for result in first["results"]] == [["cue", "version"], ["cue", "version"],
                                                             ["cue", "version"], ["refused"]]  # fmt: skip
    assert [(line["text"], line["state"], line["line"]) for line in first["lines"]] == [
        ("Good morning.", "final", "a1"), ("And wel", "partial", "a2"),
    ]  # fmt: skip
    assert (first["desk"]["own"], first["version"]) == (True, stream.version)
    again = sent(client, ana, stream, {"act": "say", "line": "a1", "text": "Good morning."}, after=first["version"])
    assert (again["results"][0]["cue"], again["lines"]) == (first["results"][0]["cue"], [])

    theirs = client.get(page(boris, stream, f"lines/?after={first['version'] - 1}")).json
    assert [(line["text"], line["by"], line["line"]) for line in theirs["lines"]] == [("And wel", "Ana", None)]
    assert (theirs["desk"]["own"], theirs["desk"]["on_air"]) == (False, "Ana")
    assert "Ana is on air." in theirs["panel"]
    assert sent(client, boris, stream, {"act": "say", "line": "b", "text": "Me!"})["results"] == [
        {"refused": "Ana is on air. Ask them to hand over to you."}
    ]


def test_what_is_no_list_of_acts_is_refused_whole(client, stream, ana) -> None:
    for bad in (b"", b"[]", b'{"acts": 1}', b'{"acts": [%s{}]}' % (b"{}," * 200)):
        assert client.post(page(ana, stream, "lines/"), data=bad, content_type="application/json").status_code == 400
    assert sent(client, ana, stream, after=-1, source_after="x")["lines"] == []


@pytest.mark.both_databases
def test_half_a_character_is_left_out(client, stream, ana) -> None:
    sent(client, ana, stream, {"act": "say", "line": "a1\ud83d", "text": "Good\ud83d morning."})
    assert [cue.text for cue in cues.spoken(stream)] == ["Good morning."]


def test_text_is_never_markup(client, event, stream, ana) -> None:
    make_speaker(event, stream.track.session, name={"en": HTML})
    target = make_stream(make_session(event), "ro", source=stream)
    sent(client, ana, stream, {"act": "say", "line": "a1", "text": HTML})
    assert "<b onclick" not in client.get(page(ana, stream)).text
    assert "<b onclick" not in client.get(page(ana, target)).text
    [said] = client.get(page(ana, target, "lines/")).json["source"]
    assert said["html"] == "&lt;b onclick=&#39;x()&#39;&gt;bold&lt;/b&gt;"


@pytest.fixture
def target(event: Event, stream: CaptionStream, ana: Linguist) -> CaptionStream:
    """A translation of two lines."""
    desk.write(stream, ana, "a1", "The library card, please.")
    desk.write(stream, ana, "a2", "Thank you.")
    return make_stream(stream.track.session, "ro", source=stream)


def test_a_translator_sees_the_source_beside_with_terms_of_the_glossary(client, event, target, ana) -> None:
    save(Term(event=event, words={"en": "library card", "ro": "permis de bibliotecă"}))
    shown = client.get(page(ana, target)).text
    assert "The <mark>library card</mark>, please." in shown
    assert "permis de bibliotecă" in shown
    said = client.get(page(ana, target, "lines/")).json["source"]
    assert [(each["html"], each["terms"]) for each in said] == [
        ("The <mark>library card</mark>, please.", [["library card", "permis de bibliotecă"]]), ("Thank you.", []),
    ]  # fmt: skip


def test_a_translation_names_its_source_and_is_flagged_when_that_is_corrected(client, stream, target, ana) -> None:
    first, second = cues.spoken(stream)
    form = {"act": "say", "line": "t1", "text": "Mulțumesc.", "source": second.id, "source_version": second.version}
    assert client.post(page(ana, target), data=form).status_code == 303
    [done] = cues.spoken(target)
    assert (done.source_id, done.source_version) == (second.id, second.version)
    overtaken = 'class="desk-pair overtaken"'
    assert overtaken not in client.get(page(ana, target)).text
    client.post(page(ana, stream), data={"act": "correct", "cue": second.id, "text": "Thanks a lot."})
    assert overtaken in client.get(page(ana, target)).text
    seen = {"source_version": second.version, "was": "Mulțumesc.", "text": "Mulțumesc mult."}
    client.post(page(ana, target), data=seen | {"act": "correct", "cue": done.id})
    assert overtaken not in client.get(page(ana, target)).text
    answer = sent(client, ana, target, {"act": "say", "line": "t0", "text": "Permisul.", "source": first.id})
    assert answer["results"][0]["cue"]
    assert lines(target) == ["Permisul.", "Mulțumesc mult."]


def test_a_line_of_another_stream_is_neither_corrected_nor_translated(client, event, stream, target, ana) -> None:
    foreign = desk.write(make_stream(make_session(event)), ana, "f1", "Elsewhere.")
    db.session.commit()
    answer = sent(
        client, ana, target,
        {"act": "correct", "cue": foreign.id, "text": "Changed."}, {"act": "withdraw", "cue": foreign.id},
        {"act": "say", "line": "t", "text": "Altundeva.", "source": foreign.id},
    )  # fmt: skip
    assert [list(result) for result in answer["results"]] == [["refused"]] * 3
    assert foreign.text == "Elsewhere."


def test_a_withdrawn_source_stays_beside_as_long_as_its_translation_stands(client, stream, target, ana) -> None:
    first, second = cues.spoken(stream)
    done = desk.write(target, ana, "t1", "Permisul.", source=first)
    desk.withdraw(first, ana)
    desk.withdraw(second, ana)
    db.session.commit()
    shown = client.get(page(ana, target)).text
    assert "The library card" in shown
    assert "Thank you." not in shown
    client.post(page(ana, target), data={"act": "withdraw", "cue": done.id})
    assert "The library card" not in client.get(page(ana, target)).text


def strangers(event: Event) -> dict[str, tuple[Linguist, int]]:
    return {
        "a member of another event": (make_linguist(make_event(), coordinates=True), 404),
        "a member without the craft": (make_linguist(event, crafts=[TrackKind.INTERPRETATION]), 403),
        "a member without the language": (make_linguist(event, "ro:A uk:B"), 403),
    }


def test_nobody_else_reads_or_writes(client, event, stream) -> None:
    for who, (linguist, status) in strangers(event).items():
        for path in (page(linguist, stream), page(linguist, stream, "lines/")):
            assert client.get(path).status_code == status, who
            assert client.post(path, data={"act": "take"}).status_code == status, who
    for path in (
        f"/en/language-team/made-up/captions/{stream.id}/",
        f"/en/language-team/x/captions/{stream.id}/lines/",
    ):
        assert client.get(path).status_code == client.post(path, data={"act": "take"}).status_code == 404
    assert (stream.on_air_id, stream.version) == (None, 0)


def test_a_revoked_link_and_one_for_the_calendar_open_nothing(client, stream, ana) -> None:
    old = page(ana, stream)
    team.replace_link(ana, LinkPurpose.PAGE)
    db.session.commit()
    assert client.get(old).status_code == 410
    assert client.post(old, data={"act": "take"}).status_code == 410
    assert client.post(old + "lines/", json={"acts": [{"act": "take"}]}).status_code == 410
    calendar = f"/en/language-team/{ana.token(LinkPurpose.CALENDAR)}/captions/{stream.id}/"
    assert client.post(calendar, data={"act": "take"}).status_code == 404
    assert stream.on_air_id is None


def test_another_method_is_refused(client, stream, ana) -> None:
    for method in ("PUT", "PATCH", "DELETE"):
        assert client.open(page(ana, stream), method=method).status_code == 405
        assert client.open(page(ana, stream, "lines/"), method=method).status_code == 405


def test_a_rehearsal_before_the_event_is_published_works_without_the_public_stream(client) -> None:
    event = make_event(state=EventState.DRAFT)
    stream, ana = make_stream(make_session(event)), make_linguist(event)
    shown = client.get(page(ana, stream))
    assert shown.status_code == 200
    assert "data-stream" not in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert sent(client, ana, stream, {"act": "say", "line": "1", "text": "Testing."})["results"][0]["cue"]


def test_the_page_shows_the_last_lines_and_all_of_them_on_demand(client, stream, ana) -> None:
    for n in range(45):
        desk.write(stream, ana, f"l{n}", f"Line {n}.")
    db.session.commit()
    shown = client.get(page(ana, stream)).text
    assert "Line 44." in shown
    assert "Line 4.</textarea>" not in shown
    assert "Line 4.</textarea>" in client.get(page(ana, stream, "?all=1")).text
