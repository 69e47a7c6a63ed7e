"""Who was there and for how long; the door, its list and its devices."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from app.events.models import EventKind, Standing
from app.extensions import db
from app.lib import clock
from app.people.models import AuditEntry, Role
from app.registration import agenda, attendance, door
from app.registration.models import Attendance, Purpose, RegistrationState, Source
from app.schedule.models import SessionKind
from tests.factories import grant, make_account, make_event, make_registration, make_session, sign_in

FIRST, SECOND = date(2027, 3, 10), date(2027, 3, 11)


@pytest.fixture
def event(app):
    return make_event()


@pytest.fixture
def morning(event):
    """Ten to eleven in the event's zone on its first day, as a moment."""
    return event.begins_at + timedelta(hours=10)


def as_role(client, event, role):
    account = make_account()
    if role:
        grant(event, account, role)
    sign_in(client, account)
    return account


def rows():
    return list(db.session.scalars(sa.select(Attendance).execution_options(populate_existing=True)))


def minutes(registration):
    found = attendance.attended(registration.event, [registration.id])
    return attendance.minutes(found.get(registration.id, []))


# What is counted.


@pytest.mark.both_databases
def test_coming_back_is_one_attendance(event, morning):
    registration, session = make_registration(event), make_session(event)
    with clock.stopped_at(morning):
        assert attendance.join(registration, session)
    with clock.stopped_at(morning + timedelta(minutes=30)):
        assert not attendance.join(registration, session)
        assert attendance.check_in(registration, None, FIRST, Source.DOOR)
        assert not attendance.check_in(registration, None, FIRST, Source.DOOR, morning - timedelta(minutes=5))
        assert attendance.check_in(registration, None, SECOND, Source.ORGANISER)
    joined, first, _second = sorted(rows(), key=lambda row: row.id)
    assert (joined.first_at, joined.last_at) == (morning, morning + timedelta(minutes=30))
    # The device that checked in earlier had its network back later.
    assert (first.first_at, first.last_at) == (morning - timedelta(minutes=5), morning + timedelta(minutes=30))
    assert attendance.attended_count(event) == 1
    assert attendance.counts_by_session(event) == {session.id: 1}
    assert attendance.counts_by_day(event) == {FIRST: 1, SECOND: 1}


def test_a_clock_that_goes_wrong_is_not_believed(event, morning):
    registration = make_registration(event)
    with clock.stopped_at(morning):
        attendance.check_in(registration, None, FIRST, Source.DOOR, morning + timedelta(hours=1))
        attendance.check_in(registration, None, SECOND, Source.DOOR, morning - timedelta(days=30))
    assert {row.first_at for row in rows()} == {morning}


def test_sessions_that_overlap_count_once(event, morning):
    registration = make_registration(event)
    for begins, lasts in ((0, 60), (30, 60), (45, 15), (120, 20)):
        starts = morning + timedelta(minutes=begins)
        session = make_session(event, starts_at=starts, ends_at=starts + timedelta(minutes=lasts))
        with clock.stopped_at(starts):
            attendance.join(registration, session)
    assert minutes(registration) == 90 + 20


def test_a_day_at_a_webinar_is_all_its_sessions_of_that_day(event, morning):
    registration = make_registration(event)
    make_session(event, starts_at=morning)
    make_session(event, starts_at=morning + timedelta(hours=1), kind=SessionKind.BREAK)
    make_session(event, starts_at=morning + timedelta(hours=2), standing=Standing.CANCELLED)
    make_session(event, starts_at=morning + timedelta(days=1))
    attendance.check_in(registration, None, FIRST, Source.ORGANISER)
    assert minutes(registration) == 60


def test_a_day_at_a_conference_is_what_the_person_chose_of_it(app, morning):
    event = make_event(kind=EventKind.CONFERENCE)
    registration, other = make_registration(event), make_registration(event)
    chosen, _also_there = make_session(event), make_session(event, starts_at=morning + timedelta(hours=2))
    agenda.add(registration, chosen)
    for each in (registration, other):
        attendance.check_in(each, None, FIRST, Source.ORGANISER)
    assert (minutes(registration), minutes(other)) == (60, 0)


def test_who_came_at_two_has_not_heard_the_morning(event, morning):
    registration = make_registration(event)
    make_session(event, starts_at=morning)
    make_session(event, starts_at=morning + timedelta(hours=5))
    with clock.stopped_at(morning + timedelta(hours=4)):
        attendance.check_in(registration, None, FIRST, Source.DOOR)
    assert minutes(registration) == 60


def test_taken_back_is_as_if_it_had_never_been(event):
    registration, session = make_registration(event), make_session(event)
    attendance.check_in(registration, session, FIRST, Source.DOOR)
    assert not attendance.undo(registration, None, FIRST)
    assert attendance.undo(registration, session, FIRST)
    assert not attendance.undo(registration, session, FIRST)
    assert rows() == []


# The door.


def test_the_list_of_the_door_is_searched_and_checks_in_and_out(client, event):
    registration = make_registration(event, name="Ștefan Ionescu")
    make_registration(event, name="Other Reader")
    make_registration(event, name="Waiting", state=RegistrationState.PENDING)
    as_role(client, event, Role.DOOR)
    path = f"/en/manage/events/{event.slug}/check-in/"
    page = client.get(path, query_string={"q": "stefan"}).text
    assert "Ștefan Ionescu" in page
    assert "Other Reader" not in page
    assert "Waiting" not in client.get(path).text
    assert registration.email not in page
    for expected in ("is checked in", "was checked in before"):
        answer = client.post(
            f"{path}{registration.id}/", data={"for": "2027-03-10", "act": "in"}, follow_redirects=True
        )
        assert expected in answer.text
    assert [(row.day, row.session_id, row.source) for row in rows()] == [(FIRST, None, Source.DOOR)]
    client.post(f"{path}{registration.id}/", data={"for": "2027-03-10", "act": "undo"})
    assert rows() == []


def test_a_session_is_checked_in_to_as_well_and_kept_for_the_next_ticket(client, event):
    registration, session = make_registration(event), make_session(event)
    as_role(client, event, Role.ORGANISER)
    ticket = f"/en/check-in/{registration.token(Purpose.TICKET)}/"
    client.post(ticket, data={"for": session.slug, "act": "in"})
    assert [row.session_id for row in rows()] == [session.id]
    assert "Checked in already" in client.get(ticket).text
    following = client.get(f"/en/check-in/{make_registration(event).token(Purpose.TICKET)}/").text
    assert f'<option value="{session.slug}" selected>' in following


def test_a_ticket_says_what_is_wrong_with_it(client, event):
    waiting = make_registration(event, state=RegistrationState.WAITING)
    as_role(client, event, Role.DOOR)
    path = f"/en/check-in/{waiting.token(Purpose.TICKET)}/"
    page = client.get(path).text
    assert "no confirmed place" in page
    assert "an event that is not today" in page
    assert 'value="in"' not in page
    assert "was not checked in" in client.post(path, data={"for": "2027-03-10"}, follow_redirects=True).text
    assert rows() == []


def test_the_code_on_the_ticket_leads_to_the_page_of_the_door(client, event):
    registration = make_registration(event, name="Ana Reader")
    as_role(client, event, Role.DOOR)
    page = f"/en/registrations/{registration.token(Purpose.PAGE)}/ticket"
    assert "Ana Reader" in client.get(f"{page}/").text
    code = client.get(f"{page}.svg")
    assert code.mimetype == "image/svg+xml"
    assert code.headers["Cache-Control"] == "no-store"
    short = f"/check-in/{registration.token(Purpose.TICKET)}/"
    found = client.get(short, headers={"Accept-Language": "ro"})
    assert found.location.endswith(f"/ro{short}")


@pytest.mark.parametrize("role", [None, Role.READER, Role.SPEAKER])
def test_a_ticket_tells_nothing_to_who_does_not_stand_at_the_door(client, event, role):
    registration = make_registration(event)
    path = f"/en/check-in/{registration.token(Purpose.TICKET)}/"
    for method in ("get", "post"):
        stranger = getattr(client, method)(path, data={"for": "2027-03-10"})
        assert stranger.location.startswith("/en/sign-in/")
        assert getattr(client, method)("/en/check-in/guessed/").location.startswith("/en/sign-in/")
    as_role(client, event, role)
    elsewhere = make_registration(make_event())
    wrong = [path, "/en/check-in/guessed/", f"/en/check-in/{registration.token(Purpose.PAGE)}/",
             f"/en/check-in/{elsewhere.token(Purpose.TICKET)}/"]  # fmt: skip
    assert {client.get(each).status_code for each in wrong} == {404}
    assert {client.post(each, data={"for": "2027-03-10"}).status_code for each in wrong} == {404}
    assert client.put(path).status_code == 405
    assert rows() == []


def test_the_door_opens_nothing_else_of_the_event(client, event):
    as_role(client, event, Role.DOOR)
    assert event.title["en"] in client.get("/en/manage/").text
    base = f"/en/manage/events/{event.slug}/"
    assert client.get(f"{base}check-in/").status_code == 200
    assert [client.get(base + page).status_code for page in ("", "registrations/", "attendance/")] == [403] * 3


@pytest.mark.parametrize(("role", "status"), [(None, 404), (Role.READER, 403), (Role.SPEAKER, 403)])
def test_nobody_else_checks_in_or_marks(client, event, role, status):
    registration = make_registration(event)
    base = f"/en/manage/events/{event.slug}/"
    writes = [f"{base}check-in/{registration.id}/", f"{base}check-in/sync/", f"{base}attendance/{registration.id}/",
              f"{base}attendance/certificates/", f"{base}attendance/send/"]  # fmt: skip
    for path in writes:
        assert client.post(path, data={"for": "2027-03-10"}).location.startswith("/en/sign-in/")
    as_role(client, event, role)
    for path in writes:
        assert client.post(path, data={"for": "2027-03-10"}).status_code == status
        assert client.put(path).status_code == 405
    assert rows() == []


def test_another_events_people_and_sessions_are_unknown_here(client, event):
    elsewhere = make_registration(make_event())
    theirs, ours = make_session(elsewhere.event), make_registration(event)
    as_role(client, event, Role.ORGANISER)
    base = f"/en/manage/events/{event.slug}/"
    wrong = [(f"check-in/{elsewhere.id}/", "2027-03-10"), (f"check-in/{ours.id}/", theirs.slug),
             (f"attendance/{elsewhere.id}/", "2027-03-10"), (f"attendance/{ours.id}/", theirs.slug),
             (f"check-in/{ours.id}/", "2027-05-01")]  # fmt: skip
    for path, target in wrong:
        assert client.post(base + path, data={"for": target, "act": "in"}).status_code == 404
    assert rows() == []


# Devices that were off line.


def test_what_a_device_kept_is_entered_once_however_often_it_is_sent(client, event, morning):
    registration, session = make_registration(event), make_session(event)
    as_role(client, event, Role.DOOR)
    at = morning.isoformat()
    items = [
        {"number": registration.id, "target": "2027-03-10", "at": at, "act": "in"},
        {"number": registration.id, "target": session.slug, "at": at, "act": "in"},
        {"number": registration.id, "target": session.slug, "act": "undo"},
    ]
    path = f"/en/manage/events/{event.slug}/check-in/sync/"
    with clock.stopped_at(morning + timedelta(hours=3)):
        assert client.post(path, json={"items": items}).json == {"results": ["new", "new", "undone"]}
        assert client.post(path, json={"items": items[:1]}).json == {"results": ["known"]}
    assert [(row.first_at, row.last_at, row.session_id) for row in rows()] == [(morning, morning, None)]


def test_each_item_that_is_wrong_is_refused_by_itself(client, event):
    registration, elsewhere = make_registration(event), make_registration(make_event())
    pending = make_registration(event, state=RegistrationState.PENDING)
    as_role(client, event, Role.DOOR)
    items = [
        None, [], 7, {}, {"number": "1", "target": "2027-03-10"}, {"number": True, "target": "2027-03-10"},
        {"number": elsewhere.id, "target": "2027-03-10"}, {"number": pending.id, "target": "2027-03-10"},
        {"number": registration.id, "target": "2028-01-01"}, {"number": registration.id, "target": ["x"]},
        {"number": registration.id, "target": "2027-03-10", "at": {"a": 1}},
    ]  # fmt: skip
    path = f"/en/manage/events/{event.slug}/check-in/sync/"
    assert client.post(path, json={"items": items}).json == {"results": ["refused"] * 10 + ["new"]}
    for body in ({"items": "x"}, [], {"items": [{}] * 501}):
        assert client.post(path, json=body).status_code == 400
    assert client.post(path, data="{", content_type="application/json").status_code == 400


def test_the_kept_list_has_names_and_no_ticket_that_opens_anything(client, event):
    registration, session = make_registration(event, name="Ana"), make_session(event)
    make_registration(event, state=RegistrationState.CANCELLED)
    attendance.check_in(registration, session, FIRST, Source.DOOR)
    db.session.commit()
    as_role(client, event, Role.DOOR)
    answer = client.get(f"/en/manage/events/{event.slug}/check-in/list.json")
    token = registration.token(Purpose.TICKET)
    assert answer.json["people"] == [[registration.id, "Ana", door.digest(token)]]
    assert answer.json["came"] == {"2027-03-10": [], "2027-03-11": [], session.slug: [registration.id]}
    assert token not in answer.text
    assert registration.email not in answer.text
    worker = client.get(f"/en/manage/events/{event.slug}/check-in/worker.js")
    assert (worker.mimetype, worker.headers["Service-Worker-Allowed"]) == ("text/javascript", "/")


# The organisers' page.


def test_organisers_see_who_came_and_mark_by_hand(client, event):
    registration, session = make_registration(event, name="Ana Reader"), make_session(event, title={"en": "The talk"})
    make_registration(event)
    as_role(client, event, Role.ORGANISER)
    base = f"/en/manage/events/{event.slug}/attendance/"
    assert "Nobody has come yet" in client.get(base).text
    for _ in range(2):
        client.post(f"{base}{registration.id}/", data={"for": session.slug, "act": "in"})
    page = client.get(base, query_string={"q": "ana"}).text
    assert "1 of 2 registered people came" in page
    assert 'aria-label="The talk">1</meter>' in page
    assert "1 hr" in page
    assert "counted" in client.get(f"{base}{registration.id}/").text
    client.post(f"{base}{registration.id}/", data={"for": session.slug, "act": "undo"})
    assert rows() == []
    deeds = db.session.scalars(sa.select(AuditEntry.action).where(AuditEntry.action.startswith("attendance."))).all()
    assert deeds == ["attendance.marked", "attendance.unmarked"]
