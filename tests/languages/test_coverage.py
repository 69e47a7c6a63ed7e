"""The plan against what registered people asked for: what is a gap, and what organisers see and order."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from lxml import html

from app.events.models import EventKind, Standing
from app.extensions import db
from app.languages import coverage, wishes
from app.languages.coverage import Gap, Reason
from app.languages.filters import Filters
from app.languages.models import LanguageTrack, SubtitleFile, TrackKind, TrackState
from app.lib import clock
from app.people.models import Role
from app.registration.models import AgendaItem, Need, NeedKind, RegistrationState
from app.schedule.models import SessionKind
from tests.factories import (
    grant,
    make_account,
    make_event,
    make_linguist,
    make_registration,
    make_session,
    make_track,
    save,
    sign_in,
)

INTERPRETATION, CAPTIONS, SUBTITLES, SIGN = TrackKind


def ask(event, kind: NeedKind, language: str = "", **values):
    registration = make_registration(event, **values)
    save(Need(registration=registration, kind=kind, language=language, note="A ramp"))
    return registration


def gaps(session, column: str) -> list[Gap]:
    rows = {row.session.id: row for row in coverage.of(session.event).rows}
    return rows[session.id].cells[column].gaps


@pytest.fixture
def event(app):
    return make_event(languages=["en"])


@pytest.mark.both_databases
def test_the_needs_of_confirmed_people_are_counted_by_language_and_way(event):
    for _ in range(2):
        ask(event, NeedKind.CAPTIONS, "ro")
    ask(event, NeedKind.SIGN)
    ask(event, NeedKind.SIGN, "ro")
    ask(event, NeedKind.OTHER)
    for state in (RegistrationState.PENDING, RegistrationState.WAITING, RegistrationState.CANCELLED):
        ask(event, NeedKind.CAPTIONS, "ro", state=state)
    ask(make_event(), NeedKind.CAPTIONS, "ro")
    found = wishes.of(event)
    assert found.of_event == {("ro", CAPTIONS): 2, ("sign", SIGN): 2}
    assert found.other == 1
    assert coverage.of(event).columns == ["en", "ro", "sign"]


@pytest.mark.both_databases
def test_those_who_chose_a_session_of_a_conference_are_counted_beside(event):
    event.kind = EventKind.CONFERENCE
    session, other = make_session(event), make_session(event)
    for chooses in (True, False):
        registration = ask(event, NeedKind.CAPTIONS, "ro")
        if chooses:
            save(AgendaItem(registration=registration, session=session))
    assert gaps(session, "ro") == [Gap(Reason.ASKED, CAPTIONS, 2, 1)]
    assert gaps(other, "ro") == [Gap(Reason.ASKED, CAPTIONS, 2, 0)]


@pytest.mark.parametrize(("asked", "language", "made", "expected"), [
    (NeedKind.CAPTIONS, "ro", {"kind": CAPTIONS}, []),
    (NeedKind.CAPTIONS, "ro", {"kind": INTERPRETATION}, [Gap(Reason.ASKED, CAPTIONS, 1)]),
    (NeedKind.CAPTIONS, "ro-MD", {"kind": CAPTIONS}, []),
    (NeedKind.SUBTITLES, "ro", None, [Gap(Reason.ASKED, SUBTITLES, 1)]),
    (NeedKind.INTERPRETATION, "ro", {"state": TrackState.FAILED}, [Gap(Reason.FAILED, INTERPRETATION)]),
    (None, "ro", {"linguist": None}, [Gap(Reason.NOBODY, INTERPRETATION)]),
    (None, "ro", {"linguist": None, "state": TrackState.DONE}, []),
    (None, "ro", {"via": "uk"}, [Gap(Reason.RELAY, INTERPRETATION)]),
])  # fmt: skip
def test_what_is_a_gap(event, asked, language, made, expected):
    session = make_session(event)
    if asked:
        ask(event, asked, language)
    if made is not None:
        make_track(session, **{"linguist": make_linguist(event)} | made)
    assert gaps(session, language) == expected


def test_who_asked_for_interpretation_is_served_by_the_floor_and_who_needs_captions_is_not(event):
    session = make_session(event, languages=["ro"])
    ask(event, NeedKind.INTERPRETATION, "ro")
    ask(event, NeedKind.CAPTIONS, "ro")
    assert gaps(session, "ro") == [Gap(Reason.ASKED, CAPTIONS, 1)]
    assert gaps(session, "en") == [Gap(Reason.PROMISED)], "the event speaks English"


def test_any_sign_language_stands_in_one_column(event):
    signed, spoken = make_session(event, languages=["rsl"]), make_session(event)
    ask(event, NeedKind.SIGN)
    assert gaps(signed, "sign") == []
    assert gaps(spoken, "sign") == [Gap(Reason.ASKED, SIGN, 1)]
    make_track(spoken, kind=SIGN, language="rms", linguist=make_linguist(event))
    assert gaps(spoken, "sign") == []


def test_subtitles_that_are_there_need_nobody(event):
    session = make_session(event)
    make_track(session, kind=SUBTITLES)
    assert gaps(session, "ro") == [Gap(Reason.NOBODY, SUBTITLES)]
    save(SubtitleFile(session=session, language="ro", webvtt="WEBVTT\n"))
    assert gaps(session, "ro") == []


def test_what_is_over_can_only_lack_subtitles_and_what_is_called_off_nothing(event):
    over, off = make_session(event), make_session(event, standing=Standing.CANCELLED)
    ask(event, NeedKind.INTERPRETATION, "uk")
    ask(event, NeedKind.SUBTITLES, "uk")
    make_track(over)
    with clock.stopped_at(over.ends_at + timedelta(hours=1)):
        assert gaps(over, "uk") == [Gap(Reason.ASKED, SUBTITLES, 1)]
        assert gaps(over, "ro") == []
    assert gaps(off, "uk") == []


@pytest.fixture
def organiser(client, event):
    account = make_account(name="Olga")
    grant(event, account)
    sign_in(client, account)
    return account


@pytest.mark.parametrize(("arguments", "expected"), [
    ({}, {"first", "second", "third"}), ({"day": "nonsense"}, {"first", "second", "third"}),
    ({"day": "2027-03-11"}, {"third"}),
    ({"kind": "captions"}, {"second"}), ({"state": "failed"}, {"first"}), ({"responsible": "nobody"}, {"first"}),
    ({"gaps": "yes"}, {"first", "third"}), ({"gaps": "yes", "language": "en"}, {"third"}),
    ({"language": "ro", "kind": "captions"}, {"second"}), ({"kind": "sign", "state": "live"}, set()),
])  # fmt: skip
def test_organisers_narrow_the_matrix_down(event, arguments, expected):
    make_track(make_session(event, slug="first"), state=TrackState.FAILED)
    make_track(make_session(event, slug="second"), kind=CAPTIONS, linguist=make_linguist(event))
    make_session(event, slug="third", starts_at=event.begins_at + timedelta(days=1, hours=9), languages=["ro"])
    rows = Filters.of(arguments).rows(event, coverage.of(event))
    assert {row.session.slug for row in rows} == expected


def address(event) -> str:
    return f"/en/manage/events/{event.slug}/languages/"


def test_the_page_shows_sessions_by_languages_with_state_and_person(client, event, organiser):
    session = make_session(event, slug="opening", title={"en": "Opening"})
    make_session(event, title={"en": "Coffee"}, kind=SessionKind.BREAK)
    make_session(event, starts_at=None, ends_at=None, languages=["uk"])
    make_track(session, linguist=make_linguist(event, name="Ana"), state=TrackState.CONFIRMED)
    ask(event, NeedKind.CAPTIONS, "ro")
    shown = html.fromstring(client.get(address(event)).text)
    assert [head.text_content() for head in shown.xpath("//table//th[@scope='col']")] == [
        "Session", "English", "Romanian", "Ukrainian",
    ]  # fmt: skip
    cell = shown.xpath("//tr[1]/td[@data-language='Romanian']")[0]
    assert " ".join(cell.text_content().split()) == "Interpretation ◐ Confirmed · Ana Captions: 1 asked"
    assert "Coffee" not in shown.text_content()
    assert "not scheduled yet" in shown.text_content()
    assert [said.text_content() for said in shown.xpath("//li[@class='unmet']")] == ["Captions: 1 asked, in no session"]


def test_one_form_changes_the_ticked_sessions(client, event, organiser):
    first, second, third = (make_session(event) for _ in range(3))
    form = {"session": [first.id, second.id], "language": "ro", "kind": "captions", "adds": "y", "responsible": "me"}
    answer = client.post(f"{address(event)}?gaps=yes", data=form)
    assert (answer.status_code, answer.location) == (303, f"{address(event)}?gaps=yes")
    found = db.session.scalars(sa.select(LanguageTrack)).all()
    assert {(track.session_id, track.linguist.account) for track in found} == {
        (first.id, organiser),
        (second.id, organiser),
    }
    client.post(address(event), data={"all": "1", "state": "confirmed"})
    client.post(f"{address(event)}?day=2001-01-01", data={"all": "1", "state": "failed"})
    assert {track.state for track in found} == {TrackState.CONFIRMED}
    assert third.id not in {track.session_id for track in found}


@pytest.mark.parametrize(("form", "said"), [
    ({}, "Choose what is to happen"), ({"adds": "y", "language": "ro"}, "Choose the language and what is to be added"),
    ({"adds": "y", "language": "klingonish", "kind": "captions"}, "no language that we know"),
    ({"state": "lost"}, "Not a valid choice"), ({"responsible": "4711"}, "Not a valid choice"),
    ({"adds": "y", "language": "ro", "kind": "sign"}, "Write which sign language"),
])  # fmt: skip
def test_an_order_without_sense_changes_nothing(client, event, organiser, form, said):
    session = make_session(event)
    answer = client.post(address(event), data={"session": [session.id]} | form)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{session.id}" checked' in answer.text, "what was ticked stays ticked"
    assert db.session.scalars(sa.select(LanguageTrack)).all() == []


def test_sessions_of_other_events_are_out_of_reach_and_readers_order_nothing(client, event, organiser):
    foreign = make_session(make_event())
    for ticked in (foreign.id, "99999999999999999999", "x"):
        form = {"session": [ticked], "language": "ro", "kind": "captions", "adds": "y"}
        assert client.post(address(event), data=form).status_code == 303
    assert db.session.scalars(sa.select(LanguageTrack)).all() == []
    make_session(event)
    reader = make_account()
    grant(event, reader, Role.READER)
    sign_in(client, reader)
    shown = client.get(address(event)).text
    assert 'type="checkbox" name="session"' not in shown
    assert client.post(address(event), data={"all": "1", "state": "failed"}).status_code == 403


@pytest.mark.both_databases
def test_a_hundred_sessions_take_as_many_statements_as_one(client, event, organiser):
    event.kind = EventKind.CONFERENCE
    ask(event, NeedKind.CAPTIONS, "ro")
    statements: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    counts = []
    for more in (1, 103):
        for _ in range(more):
            session = make_session(event)
            for tag in ("ro", "ru", "uk"):
                db.session.add(LanguageTrack(session=session, language=tag, kind=INTERPRETATION))
        db.session.commit()
        db.session.expire_all()
        statements.clear()
        assert client.get(address(event)).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] < 20
