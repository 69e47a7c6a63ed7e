from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from app.calendar import writing
from app.events.models import EventKind, EventState, Series, Standing
from app.extensions import db
from app.languages import plan
from app.languages.models import LanguageTrack, TrackKind, TrackState
from app.lib import clock
from app.registration import links as private_links
from app.registration import service as registrations
from app.registration.models import AgendaItem, Purpose, RegistrationState
from app.schedule.models import SessionKind
from tests.calendar.reading import entry, parse, read, titles, told
from tests.conftest import NOON
from tests.factories import (
    make_event,
    make_registration,
    make_room,
    make_session,
    make_speaker,
    make_theme,
    make_track,
    save,
)  # fmt: skip

AFTER_THE_EVENT = datetime(2027, 3, 12, tzinfo=UTC)


def personal(registration: object) -> str:
    return f"/calendars/{registration.token(Purpose.CALENDAR)}.ics"  # type: ignore[attr-defined]


def test_an_entry_says_what_is_known_of_the_session(client: FlaskClient) -> None:
    event = make_event(slug="readers")
    session = make_session(
        event, slug="opening", theme=make_theme(event, name={"en": "Access, for all"}),
        room=make_room(event, name={"en": "Main stage"}), title={"en": "Opening; and more"},
        abstract={"en": "A *long* day.\n\nSee <b>you</b>."}, join_url="https://secret.example/join",
    )  # fmt: skip
    make_speaker(event, session, name={"en": "Ana Pop"})
    save(LanguageTrack(session=session, language="ru", kind=TrackKind.INTERPRETATION, url="https://secret.example/ru"))
    with clock.stopped_at(datetime(2027, 3, 4, 9, tzinfo=UTC)):
        session.title = {"en": "Opening; and more, now"}
        db.session.commit()
    db.session.refresh(session)

    body = client.get("/events/readers/calendar.ics").data
    calendar = parse(body)
    found = calendar.walk("VEVENT")[0]

    assert found["UID"] == session.guid
    assert found["SEQUENCE"] == session.sequence
    assert found["DTSTAMP"].dt == found["LAST-MODIFIED"].dt == datetime(2027, 3, 4, 9, tzinfo=UTC)
    assert found["DTSTART"].params["TZID"] == found["DTEND"].params["TZID"] == "Europe/Bucharest"
    assert (found["DTSTART"].dt, found["DTEND"].dt) == (session.starts_at, session.ends_at)
    assert told(found, "SUMMARY") == ("Opening; and more, now", {"LANGUAGE": "en"})
    assert found["STATUS"] == "CONFIRMED"
    assert found["TRANSP"] == "OPAQUE"
    assert found["LOCATION"] == "Main stage, Online"
    assert found["CATEGORIES"].cats == ["Access, for all"]
    assert found["URL"] == "http://polyforum.test/en/events/readers/sessions/opening/"
    said = str(found["DESCRIPTION"])
    assert said.startswith("A long day.\nSee you.")
    assert said.endswith(found["URL"])
    for part in ("With Ana Pop", "Languages: English", "Interpretation: Russian"):
        assert part in said
    assert b"secret.example" not in body.replace(b"\r\n ", b"")
    assert "ORGANIZER" not in found
    assert "METHOD" not in calendar


def test_a_calendar_says_what_it_is(client: FlaskClient) -> None:
    event = make_event(slug="readers", title={"en": "Readers", "ro": "Cititori"}, summary={"en": "Two days, free"})
    theme = make_theme(event, slug="access", name={"en": "Access"})
    make_session(event, theme=theme)
    calendar = read(client, "/events/readers/calendar.ics?theme=access&language=en&lang=ro")
    assert told(calendar, "NAME") == ("Cititori – Access – engleză", {"LANGUAGE": "ro"})
    assert calendar["X-WR-CALNAME"] == calendar["NAME"]
    assert calendar["X-WR-TIMEZONE"] == "Europe/Bucharest"
    assert calendar["SOURCE"] == "http://polyforum.test/events/readers/calendar.ics?theme=access&language=en&lang=ro"
    assert calendar["URL"] == "http://polyforum.test/ro/events/readers/schedule/?theme=access&language=en"
    assert calendar["DESCRIPTION"] == "Two days, free"
    assert calendar["REFRESH-INTERVAL"].dt == timedelta(hours=1)
    assert calendar["X-PUBLISHED-TTL"] == "PT1H"
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Europe/Bucharest"]


def test_an_entry_has_the_same_uid_and_sequence_everywhere(client: FlaskClient) -> None:
    series = save(Series(slug="occupy", title={"en": "Occupy Library"}))
    event = make_event(slug="readers", series=series)
    session = make_session(event, slug="opening")
    make_speaker(event, session, slug="ana")
    registration = make_registration(event)
    db.session.refresh(session)
    for path in (
        "/calendar.ics",
        "/series/occupy/calendar.ics",
        "/events/readers/calendar.ics",
        "/events/readers/sessions/opening.ics",
        "/events/readers/speakers/ana.ics",
        personal(registration),
    ):
        found = entry(client, path)
        assert (found["UID"], found["SEQUENCE"]) == (session.guid, session.sequence), path


def test_drafts_and_unscheduled_sessions_never_appear(client: FlaskClient) -> None:
    draft = make_event(slug="draft", state=EventState.DRAFT)
    session = make_session(draft, slug="hidden")
    speaker = make_speaker(draft, session)
    registration = make_registration(draft)
    make_session(make_event(slug="readers"), slug="unscheduled", starts_at=None, ends_at=None)
    for path in (
        "/calendar.ics",
        "/events/readers/calendar.ics",
        "/events/readers/sessions/unscheduled.ics",
        personal(registration),
    ):
        assert titles(client, path) == [], path
    for path in ("calendar", "sessions/hidden", f"speakers/{speaker.slug}"):
        assert client.get(f"/events/draft/{path}.ics").status_code == 404


@pytest.mark.parametrize("path", [
    "/events/none/calendar.ics", "/events/readers/sessions/none.ics", "/events/readers/speakers/none.ics",
    "/series/none/calendar.ics", "/calendars/none.ics", "/calendars/' OR 1=1 --.ics", "/calendars/%00%0a.ics",
    "/events/readers/calendar.ics?theme=none", "/events/readers/calendar.ics?theme=%27%20OR%201=1",
    "/events/readers/calendar.ics?language=klingonese", "/events/readers/calendar.ics?language=%3Cb%3E",
    "/events/readers/calendar.ics?alarm=-5", "/events/readers/calendar.ics?alarm=soon",
    "/events/readers/calendar.ics?alarm=99999999999999999999", "/events/readers/calendar.ics?alarm=%D9%A1",
])  # fmt: skip
def test_what_is_not_there_is_not_found(client: FlaskClient, path: str) -> None:
    make_session(make_event(slug="readers"))
    assert client.get(path).status_code == 404


def test_a_feed_is_not_changed_by_what_a_client_sends_or_by_unknown_parameters(client: FlaskClient) -> None:
    event = make_event(slug="readers", languages=["ro", "en"])
    make_session(event, title={"en": "Opening", "ro": "Deschidere"})
    path = "/events/readers/calendar.ics"
    plain = client.get(path)
    assert titles(client, path) == ["Deschidere"]
    for same in (client.get(path, headers={"Accept-Language": "en"}), client.get(f"{path}?utm=1&lang=xx")):
        assert same.data == plain.data
        assert same.headers["ETag"] == plain.headers["ETag"]
    assert titles(client, f"{path}?lang=en") == ["Opening"]
    assert titles(client, f"{path}?lang=ru") == ["Opening"]  # The original: there is none in Russian.
    assert "/ru/events/" in read(client, f"{path}?lang=ru").walk("VEVENT")[0]["URL"]


def test_the_site_keeps_each_event_in_its_own_language_and_zone(client: FlaskClient) -> None:
    for zone, languages in (("Asia/Kolkata", ["en"]), ("America/New_York", ["ro"]), ("UTC", ["ru"])):
        make_session(make_event(zone=zone, languages=languages), title={"en": "Talk", "ro": "Discurs", "ru": "Доклад"})
    calendar = read(client, "/calendar.ics")
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["America/New_York", "Asia/Kolkata"]
    assert [(str(e["SUMMARY"]), str(e["DTSTART"].dt)) for e in calendar.walk("VEVENT")] == [
        ("Talk", "2027-03-10 10:00:00+05:30"), ("Доклад", "2027-03-10 10:00:00+00:00"),
        ("Discurs", "2027-03-10 10:00:00-05:00"),
    ]  # fmt: skip
    assert "X-WR-TIMEZONE" not in calendar


def test_filters_are_those_of_the_schedule(client: FlaskClient) -> None:
    event = make_event(slug="readers")
    access, rights = make_theme(event, slug="access"), make_theme(event, slug="rights")
    make_session(event, title={"en": "One"}, theme=access, languages=["en"])
    two = make_session(event, title={"en": "Two"}, theme=rights, languages=["en"])
    make_session(event, title={"en": "Three"}, theme=rights, languages=["ro-MD"])
    save(LanguageTrack(session=two, language="ro", kind=TrackKind.CAPTIONS))
    path = "/events/readers/calendar.ics"
    assert titles(client, f"{path}?theme=rights") == ["Two", "Three"]
    assert titles(client, f"{path}?language=ro") == ["Two", "Three"]
    assert titles(client, f"{path}?language=en&theme=access") == ["One"]
    assert titles(client, f"{path}?language=fr") == []


def test_a_language_that_fell_through_leaves_the_entry_and_raises_its_sequence_once(client: FlaskClient) -> None:
    session = make_session(make_event(slug="readers"))
    track = make_track(session, language="rms", kind=TrackKind.SIGN)
    path = "/events/readers/calendar.ics"

    def facts() -> tuple[int, bool]:
        found = read(client, path).walk("VEVENT")[0]
        return found["SEQUENCE"], "Sign language: Romanian Sign Language" in found["DESCRIPTION"]

    first, is_told = facts()
    assert is_told
    for state, expected in (
        (TrackState.CONFIRMED, (first, True)), (TrackState.LIVE, (first, True)),
        (TrackState.FAILED, (first + 1, False)), (TrackState.CONFIRMED, (first + 2, True)),
    ):  # fmt: skip
        plan.move(track, state)
        db.session.commit()
        assert facts() == expected, state
    assert titles(client, f"{path}?language=rms") == [session.title["en"]]
    plan.move(track, TrackState.FAILED)
    db.session.commit()
    assert titles(client, f"{path}?language=rms") == []


def test_a_speaker_has_their_own_sessions(client: FlaskClient) -> None:
    event = make_event(slug="readers")
    mine, _other = make_session(event, title={"en": "Mine"}), make_session(event)
    make_speaker(event, mine, slug="ana", name={"en": "Ana Pop"})
    calendar = read(client, "/events/readers/speakers/ana.ics")
    assert [str(each["SUMMARY"]) for each in calendar.walk("VEVENT")] == ["Mine"]
    assert calendar["NAME"].startswith("Ana Pop – ")


def test_a_cancelled_session_is_marked_while_the_event_lasts_and_then_gone(client: FlaskClient) -> None:
    event = make_event(slug="readers")
    session = make_session(event, title={"en": "Opening"}, slug="opening")
    session.standing, session.standing_reason = Standing.CANCELLED, {"en": "The speaker is ill."}
    db.session.commit()
    found = entry(client, "/events/readers/calendar.ics")
    assert (found["STATUS"], found["SUMMARY"]) == ("CANCELLED", "Cancelled: Opening")
    assert found["TRANSP"] == "TRANSPARENT"
    assert "The speaker is ill." in found["DESCRIPTION"]
    with clock.stopped_at(AFTER_THE_EVENT):
        for path in ("/events/readers/calendar.ics", "/calendar.ics", "/events/readers/sessions/opening.ics"):
            assert titles(client, path) == []


def test_a_cancelled_session_after_the_days_of_its_event_is_marked_until_it_would_be_over(client: FlaskClient) -> None:
    event = make_event(slug="readers")
    late = AFTER_THE_EVENT + timedelta(days=3)
    make_session(event, title={"en": "Epilogue"}, starts_at=late, standing=Standing.CANCELLED)
    with clock.stopped_at(AFTER_THE_EVENT):
        assert titles(client, "/events/readers/calendar.ics") == ["Cancelled: Epilogue"]
    with clock.stopped_at(late + timedelta(hours=1)):
        assert titles(client, "/events/readers/calendar.ics") == []


def test_a_postponed_session_is_tentative(client: FlaskClient) -> None:
    make_session(make_event(slug="readers"), title={"en": "Opening"}, standing=Standing.POSTPONED)
    found = entry(client, "/events/readers/calendar.ics?alarm=10")
    assert (found["STATUS"], found["SUMMARY"]) == ("TENTATIVE", "Postponed: Opening")
    assert found.walk("VALARM") == []


def test_an_event_that_is_cancelled_marks_all_its_sessions(client: FlaskClient) -> None:
    event = make_event(slug="readers")
    make_session(event, title={"en": "One"}), make_session(event, title={"en": "Two"}, standing=Standing.POSTPONED)
    client.get("/events/readers/calendar.ics")
    event.standing, event.standing_reason = Standing.CANCELLED, {"en": "No room."}
    db.session.commit()
    found = read(client, "/events/readers/calendar.ics").walk("VEVENT")
    assert [(each["STATUS"], str(each["SUMMARY"])) for each in found] == [
        ("CANCELLED", "Cancelled: One"), ("CANCELLED", "Cancelled: Two"),
    ]  # fmt: skip
    assert all("No room." in each["DESCRIPTION"] for each in found)


def test_breaks_do_not_keep_people_busy(client: FlaskClient) -> None:
    make_session(make_event(slug="readers"), kind=SessionKind.BREAK)
    assert entry(client, "/events/readers/calendar.ics")["TRANSP"] == "TRANSPARENT"


def test_alarms_come_only_to_those_who_ask(client: FlaskClient) -> None:
    make_session(make_event(slug="readers"))
    assert entry(client, "/events/readers/calendar.ics").walk("VALARM") == []
    (alarm,) = entry(client, "/events/readers/calendar.ics?alarm=15").walk("VALARM")
    assert (alarm["TRIGGER"].dt, alarm["ACTION"]) == (timedelta(minutes=-15), "DISPLAY")


def test_an_event_leaves_the_calendar_of_the_site_a_month_after_it(client: FlaskClient) -> None:
    make_session(make_event(slug="readers"), title={"en": "Opening"})
    past = make_event(slug="past", starts_on=date(2027, 1, 5), ends_on=date(2027, 1, 5))
    make_session(past, title={"en": "Past"})
    with clock.stopped_at(NOON + timedelta(seconds=1)):
        first = client.get("/calendar.ics")
    assert titles(client, "/calendar.ics") == ["Opening"]
    assert titles(client, "/events/past/calendar.ics") == ["Past"]
    condition = {"If-Modified-Since": first.headers["Last-Modified"]}
    with clock.stopped_at(datetime(2027, 4, 10, 23, 59, tzinfo=UTC)):
        assert client.get("/calendar.ics", headers=condition).status_code == 304
        assert titles(client, "/calendar.ics") == ["Opening"]
    with clock.stopped_at(datetime(2027, 4, 11, tzinfo=UTC)):
        assert client.get("/calendar.ics", headers=condition).status_code == 200
        assert client.get("/calendar.ics", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200
        assert titles(client, "/calendar.ics") == []


def test_the_personal_feed_of_a_webinar_has_every_session_and_how_to_join(client: FlaskClient) -> None:
    event = make_event(title={"en": "Readers", "ro": "Cititori"})
    session = make_session(
        event, join_url="https://meet.example/j?a=1,2;b", join_phone="+373 (22) 12-34-56", join_passcode="77,88"
    )
    make_session(event)
    save(LanguageTrack(session=session, language="ru", kind=TrackKind.INTERPRETATION, url="https://meet.example/ru"))
    registration = make_registration(event, language="ro", zone="Asia/Tokyo")
    calendar = read(client, personal(registration))
    first, _second = calendar.walk("VEVENT")
    own = f"http://polyforum.test/ro/join/{registration.token(Purpose.JOIN)}/{session.slug}/"
    assert [(str(each), each.params["FEATURE"]) for each in first["CONFERENCE"]] == [
        (own, ["AUDIO", "VIDEO"]), ("tel:+37322123456", "PHONE"), (f"{own}#ru", "AUDIO"),
    ]  # fmt: skip
    assert first["CONFERENCE"][2].params["LANGUAGE"] == "ru"
    for part in (own, "+373 (22) 12-34-56", "77,88", f"{own}#ru"):
        assert part in first["DESCRIPTION"]
    assert "meet.example" not in calendar.to_ical().decode().replace("\r\n ", "")
    assert "Cititori" in calendar["NAME"]
    assert calendar["X-WR-TIMEZONE"] == "Asia/Tokyo"
    assert "/ro/" in first["URL"]


def test_each_personal_feed_leads_its_own_reader_in_though_entries_are_written_once(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    event, written = make_event(), []
    for number in range(12):
        # Titles of each length move the address, and with it the fold, by one place.
        make_session(event, slug="s" * (number + 1), join_url="https://meet.example/1")
    publish = writing._published
    monkeypatch.setattr(writing, "_published", lambda *args: written.append(args) or publish(*args))
    people = [make_registration(event) for _ in range(3)]
    for registration in people:
        raw = client.get(personal(registration)).data
        assert max(map(len, raw.split(b"\r\n"))) <= 75
        text = raw.decode().replace("\r\n ", "")
        tokens = {each.split("/")[0] for each in text.split("/en/join/")[1:]}
        assert tokens == {registration.token(Purpose.JOIN)}
        assert text.count("/en/join/") == 24
    assert len(written) == 12


def test_the_personal_feed_of_a_conference_has_the_agenda(client: FlaskClient) -> None:
    event = make_event(kind=EventKind.CONFERENCE)
    chosen, _other = make_session(event, title={"en": "Chosen"}), make_session(event)
    registration = make_registration(event)
    assert titles(client, personal(registration)) == []
    save(AgendaItem(registration=registration, session=chosen))
    with clock.stopped_at(clock.now() + timedelta(minutes=1)):
        registrations.touch(registration)
        db.session.commit()
    assert titles(client, personal(registration)) == ["Chosen"]


@pytest.mark.parametrize("state", [RegistrationState.PENDING, RegistrationState.LAPSED])
def test_without_a_confirmed_place_the_personal_feed_is_empty(client: FlaskClient, state: RegistrationState) -> None:
    event = make_event()
    make_session(event)
    assert titles(client, personal(make_registration(event, state=state))) == []


def test_a_cancelled_registration_has_an_empty_calendar_that_stays_valid(client: FlaskClient) -> None:
    event = make_event()
    make_session(event)
    registration = make_registration(event)
    before = client.get(personal(registration))
    registrations.cancel(registration)
    db.session.commit()
    after = client.get(personal(registration), headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert parse(after.data).walk("VEVENT") == []


def test_a_revoked_link_is_gone_and_other_links_are_no_calendars(client: FlaskClient) -> None:
    registration = make_registration(make_event())
    for purpose in (Purpose.PAGE, Purpose.UNSUBSCRIBE):
        assert client.get(f"/calendars/{registration.token(purpose)}.ics").status_code == 404
    path = personal(registration)
    tag = client.get(path).headers["ETag"]
    private_links.revoke(registration, Purpose.CALENDAR)
    db.session.commit()
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 410


def test_feeds_are_only_read(client: FlaskClient) -> None:
    event = make_event(slug="readers")
    for path in ("/calendar.ics", "/events/readers/calendar.ics", personal(make_registration(event))):
        for call in (client.post, client.put, client.delete):
            assert call(path).status_code == 405


def test_names_from_outside_stay_text(client: FlaskClient) -> None:
    event = make_event(slug="readers", title={"en": "Robert'); DROP TABLE event;--\x07\r\nEND:VCALENDAR"})
    title = "<script>alert(1)</script>\x1b\r\nBEGIN:VALARM\r\n, ; \\ \u2028 &amp; {{ 7*7 }} %(title)s %s"
    make_session(
        event,
        title={"en": title},
        abstract={"en": "длинно, 長い; " * 900},
        slug="odd",
        room=make_room(event, name={"en": "a\nb"}),
        theme=make_theme(event, name={"en": "x,y;z\n"}),
    )
    found = entry(client, "/events/readers/calendar.ics")
    assert str(found["SUMMARY"]) == "<script>alert(1)</script>\nBEGIN:VALARM\n, ; \\ \n &amp; {{ 7*7 }} %(title)s %s"
    assert found.subcomponents == []
    assert str(found["DESCRIPTION"]).count("длинно, 長い;") == 900
    response = client.get("/events/readers/sessions/odd.ics")
    assert response.headers["Content-Disposition"] == 'attachment; filename="odd.ics"'
