"""What an import repairs, keeps, updates and refuses."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from app.events.models import Event, EventState, Standing
from app.events.signals import Change
from app.exchange import exporting, reading, service
from app.exchange.frab import Unreadable
from app.exchange.importing import Outcome
from app.extensions import db
from app.languages.models import LanguageTrack, TrackState
from app.schedule.models import EventSession, Part, SessionKind
from app.schedule.signals import session_changed
from app.speakers.models import Speaker
from tests.factories import make_event, make_session

ONE = "11111111-1111-4111-8111-111111111111"
TWO = "22222222-2222-4222-8222-222222222222"


def entry(**values: Any) -> dict[str, Any]:
    return {
        "id": 1, "guid": ONE, "date": "2027-03-27T10:00:00+02:00", "start": "10:00", "duration": "01:00",
        "room": "Hall", "title": "A talk", "language": "en", "type": "lecture", "track": "Access",
        "persons": [{"id": 7, "public_name": "Ana"}], "links": [], "abstract": "Why.",
    } | values  # fmt: skip


def schedule(*entries: dict[str, Any], zone: str = "Europe/Bucharest", **conference: Any) -> bytes:
    days = [
        {"index": 1, "date": "2027-03-27", "day_start": "2027-03-27T08:00:00+02:00",
         "day_end": "2027-03-28T02:00:00+02:00", "rooms": {"Hall": list(entries)}},
        {"index": 2, "date": "2027-03-28", "day_start": "2027-03-28T08:00:00+03:00",
         "day_end": "2027-03-28T20:00:00+03:00", "rooms": {}},
    ]  # fmt: skip
    said = {"acronym": "lib27", "title": "Libraries 2027", "time_zone_name": zone, "days": days} | conference
    return json.dumps({"schedule": {"version": "1", "conference": said}}).encode()


def take_in(data: bytes, **options: Any) -> Outcome:
    try:
        outcome = service.take_in(reading.read(data), **options)
    except Unreadable:
        db.session.rollback()
        raise
    db.session.commit()
    return outcome


def the_session(guid: str = ONE) -> EventSession:
    return db.session.query(EventSession).filter_by(guid=guid).one()


def nothing_is_left() -> bool:
    return not any(db.session.query(model).count() for model in (Event, EventSession, Speaker))


# Refused


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The file is empty."),
        (b" \n\t", "The file is empty."),
        (b"\x89PNG\r\n\x1a\n\0\0", "The file is neither XML nor JSON."),
        (b"just words", "The file is neither XML nor JSON."),
        (b"<schedule><conference><title>T</title>", "line 1, column 39: no element found"),
        (b"<schedule>\n <a></b>\n</schedule>", "line 2, column 7: mismatched tag"),
        (b"<html><body/></html>", "line 1: The root is <html>, not <schedule>."),
        (b"<schedule/>", "line 1: There is no <conference> in the schedule."),
        (b'<?xml version="1.0" encoding="klingon"?><schedule/>', "The file's character encoding is not known."),
        (b'{"schedule": {"conference": ', "line 1, column 29: Expecting value"),
        (b'{"schedule": {"conference": []}}', "schedule.conference: [] is not an object."),
        (b'{"schedule": {}}', "schedule: “conference” is missing."),
        (b'{"title": "\xff"}', "byte 11: The text is not UTF-8."),
        (b"[" * 100_000, "The file is nested too deeply."),
        (b"[]", "This JSON is no schedule: it has no object “schedule” at its top."),
        (schedule(), None),
        (schedule(entry(date="yesterday", start="")),
         "schedule.conference.days[0].rooms.Hall[0]: This is no date: yesterday"),
        (schedule(entry(date="2027-03-27T99:00:00Z")),
         "schedule.conference.days[0].rooms.Hall[0]: “date” is no date and time: 2027-03-27T99:00:00Z"),
        (schedule(entry(date=None, start="25:00")),
         "schedule.conference.days[0].rooms.Hall[0]: “start” is no time of day: 25:00"),
        (schedule(entry(duration="-1:00")),
         "schedule.conference.days[0].rooms.Hall[0]: “duration” is no length of time: -1:00"),
        (schedule(entry(end="2027-03-27T09:00:00+02:00")),
         "schedule.conference.days[0].rooms.Hall[0]: The session ends before it begins."),
        (schedule(entry(persons=["Ana"])),
         "schedule.conference.days[0].rooms.Hall[0].persons[0]: This is not an object."),
        (schedule(entry(id=True)), "schedule.conference.days[0].rooms.Hall[0].id: true is not a whole number."),
        (schedule(zone="Mars/Phobos"),
         "schedule.conference: “Mars/Phobos” is no zone of the tz database; name the right one with the import."),
        (schedule(title="", acronym=""), "schedule.conference: The conference has no title."),
        (schedule(days=[]), "schedule.conference: The schedule has no days."),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_taken_is_refused_in_one_line(app: Flask, data: bytes, said: str | None) -> None:
    if said is None:
        assert take_in(data).sessions == 0
        return
    with pytest.raises(Unreadable) as refused:
        take_in(data)
    assert str(refused.value) == said
    assert nothing_is_left()


@pytest.mark.parametrize(
    "prologue",
    [
        '<!DOCTYPE s [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE s [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE s [<!ENTITY % a SYSTEM "http://localhost/a.dtd"> %a;]>',
    ],
)
def test_entities_are_refused_before_they_are_expanded(app: Flask, prologue: str) -> None:
    data = f"{prologue}<schedule><conference><title>x</title></conference></schedule>".encode()
    with pytest.raises(Unreadable, match="entities"):
        reading.read(data)


def test_a_fault_at_the_end_leaves_nothing_of_the_beginning(app: Flask) -> None:
    with pytest.raises(Unreadable):
        take_in(schedule(entry(), entry(guid=TWO, id=2, duration="long")))
    assert nothing_is_left()


# Zones and times


def test_the_zone_is_the_files_else_the_options_else_the_events_else_utc(app: Flask) -> None:
    assert take_in(schedule(entry()), slug="a", zone="Asia/Tokyo").event.zone == "Europe/Bucharest"
    assert take_in(schedule(entry(), zone=""), slug="b", zone="Asia/Tokyo").event.zone == "Asia/Tokyo"
    assert take_in(schedule(entry(), zone=""), event=make_event(zone="Europe/Kyiv")).event.zone == "Europe/Kyiv"
    last = take_in(schedule(entry(), zone=""), slug="d")
    assert last.event.zone == "UTC"
    assert last.report.notes["Neither the file nor the import names a zone: UTC is taken"] == ["schedule.conference"]


def test_a_zone_with_stray_blanks_is_repaired_and_an_unknown_one_gives_way(app: Flask) -> None:
    repaired = take_in(schedule(entry(), zone="US / Pacific"), slug="a")
    assert repaired.event.zone == "US/Pacific"
    assert repaired.report.notes["The name of the zone was repaired"]
    other = take_in(schedule(entry(), zone="Mars/Phobos"), slug="b", zone="Asia/Tokyo")
    assert other.event.zone == "Asia/Tokyo"
    assert other.report.notes["The file's zone is unknown; another one counts"]
    with pytest.raises(Unreadable, match="no zone of the tz database"):
        take_in(schedule(entry()), slug="c", zone="Bucharest")


def test_the_offset_in_date_counts_and_a_start_that_disagrees_is_listed(app: Flask) -> None:
    outcome = take_in(schedule(entry(date="2027-03-27T10:00:00+05:30", start="11:15")))
    assert the_session().starts_at == datetime(2027, 3, 27, 4, 30, tzinfo=UTC)
    place = "schedule.conference.days[0].rooms.Hall[0]"
    assert outcome.report.notes["“start” disagrees with “date”; “date” with its offset counts"] == [
        f"{place}: 11:15 / 2027-03-27T10:00:00+05:30"
    ]
    assert outcome.report.notes["The offset of “date” is not that of the zone; the offset counts"]


def test_duration_is_elapsed_time_over_midnight_and_the_change_of_the_clock(app: Flask) -> None:
    """In Bucharest 28 March 2027 has no hour between 03:00 and 04:00."""
    take_in(
        schedule(
            entry(date="2027-03-27T23:30:00+02:00", start="23:30", duration="06:00"),
            entry(guid=TWO, id=2, date=None, start="01:30", duration="PT45M"),
        )
    )
    long = the_session()
    assert (long.starts_at, long.ends_at) == (
        datetime(2027, 3, 27, 21, 30, tzinfo=UTC), datetime(2027, 3, 28, 3, 30, tzinfo=UTC)
    )  # fmt: skip
    # The day ends at 02:00, so half past one belongs to the night that follows it.
    assert the_session(TWO).starts_at == datetime(2027, 3, 27, 23, 30, tzinfo=UTC)
    assert the_session(TWO).event.day_of(the_session(TWO).starts_at).isoformat() == "2027-03-27"


def test_a_time_that_the_clock_skips_is_listed(app: Flask) -> None:
    outcome = take_in(schedule(entry(date="2027-03-28", start="03:30")))
    assert the_session().starts_at == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert outcome.report.notes["The clock skips this time; the moment after the change was taken"]


def test_a_session_outside_the_days_is_kept_and_listed(app: Flask) -> None:
    outcome = take_in(schedule(entry(date="2027-04-20T10:00:00+03:00")))
    assert outcome.sessions == 1
    assert [day.isoformat() for day in outcome.event.days] == ["2027-03-27", "2027-03-28"]
    assert outcome.report.notes["Outside the days of the event"] == [
        "schedule.conference.days[0].rooms.Hall[0]: 2027-04-20"
    ]
    assert b"2027-04-20T10:00:00+03:00" in exporting.json(outcome.event)


def test_a_session_without_a_length_gets_a_time_slot(app: Flask) -> None:
    outcome = take_in(schedule(entry(duration="00:00"), timeslot_duration="00:15"))
    assert (the_session().ends_at - the_session().starts_at).total_seconds() == 900
    assert outcome.report.notes["Without a duration: one time slot was taken"]


# Values


def test_languages_kinds_links_and_what_has_no_column(app: Flask) -> None:
    outcome = take_in(schedule(
        entry(language="de, EN", type="Podiumsdiskussion", do_not_record=True, recording_license="CC BY 4.0",
              logo="https://example.org/a.png", feedback_url="https://example.org/f", answers=[{"answer": 42}],
              links=[{"url": "https://example.org/paper", "title": "Paper"}, {"url": "javascript:alert(1)"},
                     {"url": "www.example.org"}],
              attachments=[{"url": "/files/a.pdf", "title": "Slides", "type": "slides"}]),
        entry(guid=TWO, id=2, language="xx-klingon"), base_url="https://base.example/2027/",
    ))  # fmt: skip
    row = the_session()
    assert (row.languages, row.kind, row.recorded, row.recording_licence) == (
        ["de", "en"], SessionKind.PANEL, False, "CC BY 4.0"
    )  # fmt: skip
    assert row.title == {"de": "A talk"}
    assert [(link.kind, link.url) for link in row.links] == [
        ("related", "https://example.org/paper"), ("related", "http://www.example.org"),
        ("slides", "https://base.example/files/a.pdf"),
    ]  # fmt: skip
    assert row.source["answers"] == [{"answer": 42}]
    assert row.source["feedback_url"] == "https://example.org/f"
    assert "javascript:alert(1)" in outcome.report.notes["Not kept: a link that no browser can follow"][0]
    assert "klingon" in outcome.report.notes["Not a known language"][0]
    assert (the_session(TWO).languages, the_session(TWO).source["language"]) == ([], "xx-klingon")


def test_control_characters_and_half_surrogates_do_not_reach_the_database(app: Flask) -> None:
    take_in(schedule(entry(title="A\0B\u0007\ud83d", abstract="a\r\nb")))
    assert the_session().title == {"en": "AB"}
    assert the_session().abstract == {"en": "a\nb"}


def test_a_repeated_entry_is_left_out_and_a_second_showing_is_a_session_of_its_own(app: Flask) -> None:
    again = entry(date="2027-03-28T10:00:00+03:00")
    outcome = take_in(schedule(entry(), entry(), again))
    assert outcome.sessions == 2
    assert len(outcome.report.notes["Left out: the same entry once more"]) == 1
    assert len(outcome.report.notes["A second session of the same guid or id: it got a guid of its own"]) == 1
    assert take_in(schedule(entry(), entry(), again)).changed == 0


def test_one_id_for_two_people_makes_two_and_a_guid_made_from_an_address_goes_no_further(app: Flask) -> None:
    made_from_an_address = "9b1c1e0f-0b0f-5c3c-8a5a-0123456789ab"
    outcome = take_in(schedule(entry(persons=[
        {"id": 7, "name": "Ana"}, {"id": 7, "name": "Ivan"}, {"guid": made_from_an_address, "name": "Olga"},
        {"guid": TWO, "name": "Petr", "role": "MODERATOR"}, {"id": 9, "name": ""},
    ])))  # fmt: skip
    assert outcome.persons == 4
    assert [(a.speaker.name["en"], a.part) for a in the_session().appearances][3] == ("Petr", Part.MODERATOR)
    guids = {speaker.name["en"]: speaker.guid for speaker in db.session.query(Speaker)}
    assert guids["Petr"] == TWO
    assert made_from_an_address not in guids.values()
    assert made_from_an_address.encode() not in exporting.json(outcome.event)
    assert len(outcome.report.notes["One id stands for several people; each was kept"]) == 1
    assert len(outcome.report.notes["Not kept: a person without a name"]) == 1


# Again


def test_a_changed_file_updates_moves_and_cancels_and_tells_of_it(app: Flask) -> None:
    event = take_in(schedule(entry(), entry(guid=TWO, id=2)), publish=True).event
    assert event.state is EventState.PUBLISHED
    told: list[tuple[str, Change, datetime | None]] = []

    def listen(session: EventSession, change: Change, previous_start: datetime | None = None, **_more: Any) -> None:
        told.append((session.guid, change, previous_start))

    with session_changed.connected_to(listen):
        moved = entry(date="2027-03-27T12:00:00+02:00", start="12:00", title="Renamed")
        outcome = take_in(schedule(moved))
        assert (outcome.made, outcome.changed, outcome.cancelled) == (0, 1, 1)
        assert told == [
            (ONE, Change.MOVED, datetime(2027, 3, 27, 8, tzinfo=UTC)), (TWO, Change.CANCELLED, None)
        ]  # fmt: skip
        assert the_session().title == {"en": "Renamed"}
        assert the_session().sequence == 1
        assert the_session(TWO).standing is Standing.CANCELLED
        told.clear()
        take_in(schedule(moved, entry(guid=TWO, id=2)))
    assert told == [(TWO, Change.RESTORED, None)]
    assert the_session(TWO).standing is Standing.CONFIRMED


def test_sessions_that_no_file_had_and_the_organisers_own_words_stay(app: Flask) -> None:
    event = take_in(schedule(entry())).event
    own = make_session(event)
    the_session().title = {"en": "A talk", "ro": "O prelegere"}
    the_session().standing = Standing.CANCELLED
    the_session().appearances[0].part = Part.MODERATOR
    db.session.commit()
    outcome = take_in(schedule(entry(title="The talk")))
    assert own.standing is Standing.CONFIRMED
    assert the_session().title == {"en": "The talk", "ro": "O prelegere"}
    assert the_session().appearances[0].part is Part.MODERATOR
    assert the_session().standing is Standing.CANCELLED
    assert outcome.report.notes["Cancelled or postponed here, though the file has it"]


def test_a_file_without_guids_is_known_again_by_its_ids(app: Flask) -> None:
    take_in(schedule(entry(guid=None)))
    outcome = take_in(schedule(entry(guid=None, title="Renamed")))
    assert (outcome.made, outcome.changed) == (0, 1)


def test_a_new_file_does_not_fall_upon_an_event_that_only_has_its_name(app: Flask) -> None:
    make_event(slug="lib27")
    with pytest.raises(Unreadable, match="exists already"):
        take_in(schedule(entry()))
    assert take_in(schedule(entry()), slug="lib27").sessions == 1


def test_language_tracks_of_our_own_export_come_in_without_their_addresses(app: Flask) -> None:
    own = {"polyforum": {"language_tracks": {ONE: ["ru/interpretation", "xx/what"]}}}
    for _time in range(2):
        take_in(schedule(entry(), meta=own))
    track = db.session.query(LanguageTrack).one()
    assert (track.language, track.kind, track.url) == ("ru", "interpretation", "")


def test_a_language_that_fell_through_here_is_not_brought_back_by_a_file(app: Flask) -> None:
    own = {"polyforum": {"language_tracks": {ONE: ["ru/interpretation", "rsl/sign"]}}}
    take_in(schedule(entry(), meta=own))
    fallen, signed = db.session.query(LanguageTrack).order_by(LanguageTrack.id)
    fallen.state = TrackState.FAILED
    db.session.commit()
    take_in(schedule(entry(), meta=own))
    assert db.session.query(LanguageTrack).all() == [fallen, signed]
    assert (fallen.state, signed.kind, signed.state) == (TrackState.FAILED, "sign", TrackState.PROMISED)
    assert b"ru/interpretation" not in exporting.json(signed.session.event)
    assert b"rsl/sign" in exporting.json(signed.session.event)
