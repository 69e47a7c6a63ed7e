"""A registered person's own pages: what the private link shows, changes and refuses."""

from contextlib import ExitStack
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.events.models import EventKind, Standing
from app.extensions import db
from app.languages.models import LanguageTrack, TrackKind
from app.lib import clock
from app.mail.models import Letter
from app.registration import agenda, links
from app.registration.models import Places, Purpose, Registration, RegistrationState
from app.registration.signals import address_changed, registration_cancelled, registration_confirmed
from tests.conftest import NOON
from tests.factories import make_event, make_registration, make_room, make_session, save

pytestmark = pytest.mark.both_databases

JOIN = {"join_url": "https://meet.example.org/r/1", "join_phone": "+40 21 555 01", "join_passcode": "8-15"}


@pytest.fixture
def heard():
    """The signals that were sent, in order."""
    sent: list[tuple[str, Registration, dict[str, str]]] = []
    with ExitStack() as connections:
        for signal in (registration_confirmed, registration_cancelled, address_changed):

            def receive(sender, _name=signal.name, **values):
                sent.append((_name, sender, values))

            connections.enter_context(signal.connected_to(receive))
        yield sent


def waiting(event, **values) -> Registration:
    return make_registration(event, **{
        "state": RegistrationState.PENDING, "confirmed_at": None, "held_until": clock.now() + timedelta(days=2),
    } | values)  # fmt: skip


def page(registration, path="", language="en") -> str:
    return f"/{language}/registrations/{registration.token(Purpose.PAGE)}/{path}"


def taken(event) -> int | None:
    return db.session.scalar(sa.select(Places.taken).where(Places.event_id == event.id))


def letters(kind) -> list[Letter]:
    return list(db.session.scalars(sa.select(Letter).where(Letter.kind == kind)))


def test_only_the_button_confirms(client, heard):
    registration = waiting(make_event())
    assert client.get(page(registration, "confirm/")).status_code == 200
    assert client.head(page(registration, "confirm/")).status_code == 200
    db.session.refresh(registration)
    assert registration.state is RegistrationState.PENDING
    answer = client.post(page(registration, "confirm/"))
    assert answer.location == page(registration)
    db.session.refresh(registration)
    assert (registration.state, registration.confirmed_at, registration.held_until) == (
        RegistrationState.CONFIRMED,
        NOON,
        None,
    )
    assert [(name, sender) for name, sender, _ in heard] == [("registration-confirmed", registration)]
    assert "Thank you, you are registered." in client.get(answer.location).text


def test_a_used_link_confirms_nothing_twice(client, heard):
    registration = waiting(make_event())
    for _ in range(3):
        assert client.post(page(registration, "confirm/")).location == page(registration)
    assert client.get(page(registration, "confirm/")).location == page(registration)
    assert len(heard) == 1


@pytest.mark.parametrize("state", [RegistrationState.LAPSED, RegistrationState.CANCELLED])
def test_an_old_letter_does_not_bring_back_what_ended(client, heard, state):
    registration = make_registration(make_event(), state=state)
    assert client.post(page(registration, "confirm/")).location == page(registration)
    db.session.refresh(registration)
    assert registration.state is state
    assert heard == []


def test_a_hold_that_nobody_swept_yet_can_still_be_confirmed(client):
    event = make_event()
    registration = waiting(event)
    with clock.stopped_at(NOON + timedelta(days=5)):
        client.post(page(registration, "confirm/"))
    db.session.refresh(registration)
    assert registration.is_confirmed
    assert taken(event) == 1


@pytest.mark.parametrize("path", ["", "confirm/", "agenda/", "details/", "address/", "new-address/", "cancel/"])
def test_forged_revoked_and_misused_links_open_nothing(client, path):
    event = make_event()
    registration = make_registration(event)
    calendar, unsubscribe = registration.token(Purpose.CALENDAR), registration.token(Purpose.UNSUBSCRIBE)
    for token in ("x", "0" * 32, calendar, unsubscribe, registration.token(Purpose.PAGE)[:-1] + "%00"):
        assert client.get(f"/en/registrations/{token}/{path}").status_code == 404
        assert client.post(f"/en/registrations/{token}/{path}").status_code in (404, 405)
    if path != "new-address/":
        old = page(registration, path)
        links.replace_links(registration, Purpose.PAGE)
        db.session.commit()
        answer = client.get(old)
        assert answer.status_code == 410
        assert "replaced by a new one" in answer.text


def test_a_private_page_is_kept_nowhere_and_tells_nobody_its_address(client):
    answer = client.get(page(make_registration(make_event())))
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"] == "noindex"


def test_a_form_on_a_private_page_works_over_https_without_a_referer(app):
    app.config["WTF_CSRF_ENABLED"] = True
    client = app.test_client()
    registration = waiting(make_event())
    shown = client.get(page(registration, "confirm/"), base_url="https://polyforum.test").text
    token = shown.split('name="csrf_token" value="')[1].split('"')[0]
    refused = client.post(page(registration, "confirm/"), base_url="https://polyforum.test")
    assert refused.status_code == 400
    done = client.post(page(registration, "confirm/"), base_url="https://polyforum.test", data={"csrf_token": token})
    assert done.status_code == 302


def test_the_page_shows_both_zones_and_the_links_of_each_session_to_the_confirmed_alone(client):
    event = make_event()
    session = make_session(event, **JOIN, room=make_room(event, name={"en": "Blue room"}))
    save(
        LanguageTrack(session=session, language="uk", kind=TrackKind.INTERPRETATION, url="https://hear.example.org/uk")
    )
    registration = make_registration(event, zone="Asia/Tokyo")
    own = f"/en/join/{registration.token(Purpose.JOIN)}/{session.slug}/"
    secrets = (own, f"{own}#uk", JOIN["join_phone"], JOIN["join_passcode"], "/calendars/")
    shown = client.get(page(registration)).text
    for secret in secrets:
        assert secret in shown
    assert "Blue room" in shown
    assert "10:00" in shown  # Bucharest
    assert "17:00" in shown or "5:00" in shown  # Tokyo
    unconfirmed = client.get(page(waiting(event))).text
    cancelled = client.get(page(make_registration(event, state=RegistrationState.CANCELLED))).text
    for secret in secrets:
        assert secret not in unconfirmed
        assert secret not in cancelled
    assert "waits for you" in unconfirmed


def test_the_join_button_opens_shortly_before_the_start_and_closes_at_the_end(client):
    event = make_event(join_opens_minutes=10)
    session = make_session(event, **JOIN)
    registration = make_registration(event)

    def joins_at(moment):
        with clock.stopped_at(moment):
            return "Join now" in client.get(page(registration)).text

    assert not joins_at(session.starts_at - timedelta(minutes=10, seconds=1))
    assert joins_at(session.starts_at - timedelta(minutes=10))
    assert joins_at(session.ends_at - timedelta(seconds=1))
    assert not joins_at(session.ends_at)
    session.standing = Standing.CANCELLED
    db.session.commit()
    assert not joins_at(session.starts_at)


def test_a_join_link_that_is_no_web_address_is_not_shown(client):
    event = make_event()
    make_session(event, join_url="javascript:alert(1)")
    assert "javascript:alert" not in client.get(page(make_registration(event))).text


def test_all_of_a_webinar_is_on_the_agenda_and_of_a_conference_what_was_chosen(client):
    webinar, conference = make_event(), make_event(kind=EventKind.CONFERENCE)
    both = [make_session(webinar), make_session(webinar, starts_at=webinar.begins_at + timedelta(hours=5))]
    make_session(webinar, starts_at=None, ends_at=None)
    assert agenda.agenda_sessions(make_registration(webinar)) == [both[1], both[0]]
    chosen, _other = make_session(conference), make_session(conference)
    registration = make_registration(conference)
    assert agenda.agenda_sessions(registration) == []
    with clock.stopped_at(NOON + timedelta(hours=1)):
        answer = client.post(page(registration, "agenda/"), data={"add": chosen.slug})
        client.post(page(registration, "agenda/"), data={"add": chosen.slug})
    assert answer.location.endswith(f"agenda/?day=2027-03-10#{chosen.slug}")
    db.session.refresh(registration)
    assert agenda.agenda_sessions(registration) == [chosen]
    assert registration.agenda_changed_at == NOON + timedelta(hours=1)
    client.post(page(registration, "agenda/"), data={"remove": chosen.slug})
    db.session.refresh(registration)
    assert agenda.agenda_sessions(registration) == []


def test_another_events_session_and_nonsense_cannot_be_put_on_the_agenda(client):
    registration = make_registration(make_event(kind=EventKind.CONFERENCE))
    elsewhere = make_session(make_event())
    for slug in (elsewhere.slug, "", "'; DROP TABLE agenda_item; --", "x" * 5000):
        assert client.post(page(registration, "agenda/"), data={"add": slug}).status_code == 404
    db.session.refresh(registration)
    assert registration.agenda == []


def test_the_agenda_shows_one_day_and_ignores_a_day_that_is_not(client):
    event = make_event(kind=EventKind.CONFERENCE)
    first = make_session(event)
    second = make_session(event, starts_at=event.begins_at + timedelta(days=1, hours=9))
    registration = make_registration(event)
    for day in ("", "2027-03-10", "1999-01-01", "<script>"):
        shown = client.get(page(registration, "agenda/"), query_string={"day": day}).text
        assert f'value="{first.slug}"' in shown
        assert f'value="{second.slug}"' not in shown
    assert f'value="{second.slug}"' in client.get(page(registration, "agenda/?day=2027-03-11")).text


@pytest.mark.parametrize("path", ["agenda/", "calendar/", "reminders/", "address/"])
def test_what_is_for_the_confirmed_leads_the_waiting_back(client, path):
    registration = waiting(make_event(kind=EventKind.CONFERENCE))
    before = registration.token(Purpose.CALENDAR)
    answer = client.post(page(registration, path), data={"email": "new@example.org"})
    assert answer.location == page(registration)
    db.session.refresh(registration)
    assert (registration.new_email, registration.token(Purpose.CALENDAR)) == ("", before)


def test_a_new_calendar_address_ends_the_old_one_and_no_other_link(client):
    registration = make_registration(make_event())
    old = {purpose: registration.token(purpose) for purpose in (Purpose.PAGE, Purpose.CALENDAR, Purpose.UNSUBSCRIBE)}
    client.post(page(registration, "calendar/"))
    assert links.by_token(old[Purpose.CALENDAR], Purpose.CALENDAR) is None
    assert links.by_token(old[Purpose.PAGE], Purpose.PAGE) == registration
    assert links.by_token(old[Purpose.UNSUBSCRIBE], Purpose.UNSUBSCRIBE) == registration
    assert links.by_token(registration.token(Purpose.CALENDAR), Purpose.CALENDAR) == registration


def test_name_country_language_and_zone_can_be_changed(client):
    registration = make_registration(make_event(), language="uk")
    assert '<option selected value="uk">' in client.get(page(registration, "details/")).text
    given = {"name": "Нове Ім’я", "country": "MD", "language": "ro", "zone": "Europe/Chisinau", "email": "x@y.example"}
    assert client.post(page(registration, "details/"), data=given).location == page(registration)
    email = registration.email
    db.session.refresh(registration)
    assert (registration.name, registration.country, registration.language, registration.zone, registration.email) == (
        "Нове Ім’я",
        "MD",
        "ro",
        "Europe/Chisinau",
        email,
    )
    assert client.post(page(registration, "details/"), data=given | {"zone": "Nowhere"}).status_code == 422


def test_an_address_changes_when_its_owner_says_so(client, heard):
    event = make_event()
    registration = make_registration(event, email="old@example.org")
    old_page = page(registration)
    client.post(page(registration, "address/"), data={"email": "New@Example.org"})
    db.session.refresh(registration)
    assert (registration.email, registration.new_email) == ("old@example.org", "new@example.org")
    (letter,) = letters("registration.new-address")
    assert letter.recipient == "new@example.org"
    proof = registration.token(Purpose.NEW_ADDRESS)
    assert proof not in client.get(old_page).text

    assert client.get(f"/en/registrations/{proof}/new-address/").status_code == 200
    assert registration.email == "old@example.org"
    answer = client.post(f"/en/registrations/{proof}/new-address/")
    db.session.refresh(registration)
    assert (registration.email, registration.new_email) == ("new@example.org", "")
    assert answer.location == page(registration)
    assert client.get(old_page).status_code == 410
    assert client.post(f"/en/registrations/{proof}/new-address/").status_code == 410
    assert [(name, values) for name, _, values in heard] == [("address-changed", {"previous": "old@example.org"})]


def test_a_second_wish_ends_the_first_and_one_can_stay(client):
    registration = make_registration(make_event(), email="old@example.org")
    client.post(page(registration, "address/"), data={"email": "first@example.org"})
    first = registration.token(Purpose.NEW_ADDRESS)
    client.post(page(registration, "address/"), data={"email": "second@example.org"})
    assert client.post(f"/en/registrations/{first}/new-address/").status_code == 410
    second = registration.token(Purpose.NEW_ADDRESS)
    client.post(page(registration, "address/"), data={"withdraw": "yes"})
    assert client.post(f"/en/registrations/{second}/new-address/").status_code == 410
    db.session.refresh(registration)
    assert (registration.email, registration.new_email) == ("old@example.org", "")


def test_asking_for_an_address_that_is_registered_tells_its_owner_alone(client):
    event = make_event()
    registration, other = make_registration(event), make_registration(event, email="other@example.org")
    answer = client.post(page(registration, "address/"), data={"email": "other@example.org"})
    assert answer.location == page(registration)
    assert letters("registration.new-address") == []
    assert [letter.recipient for letter in letters("registration.known")] == ["other@example.org"]
    db.session.refresh(other)
    assert other.is_confirmed


def test_an_address_that_was_registered_meanwhile_is_not_taken_over(client, heard):
    event = make_event()
    registration = make_registration(event, email="old@example.org")
    client.post(page(registration, "address/"), data={"email": "new@example.org"})
    make_registration(event, email="new@example.org")
    answer = client.post(f"/en/registrations/{registration.token(Purpose.NEW_ADDRESS)}/new-address/")
    assert answer.status_code == 409
    assert "registration of its own" in answer.text
    db.session.refresh(registration)
    assert registration.email == "old@example.org"
    assert heard == []


def test_an_ended_registration_of_the_new_address_makes_way(client):
    event = make_event()
    make_registration(event, email="new@example.org", state=RegistrationState.CANCELLED)
    registration = make_registration(event, email="old@example.org")
    client.post(page(registration, "address/"), data={"email": "new@example.org"})
    client.post(f"/en/registrations/{registration.token(Purpose.NEW_ADDRESS)}/new-address/")
    rows = db.session.execute(sa.select(Registration.id, Registration.email, Registration.state)).all()
    assert [tuple(row) for row in rows] == [(registration.id, "new@example.org", RegistrationState.CONFIRMED)]
    assert taken(event) == 1
    assert make_registration(event).id > registration.id  # No number is given out twice.


def test_cancelling_asks_once_more_and_gives_the_place_back(client, heard):
    event = make_event(capacity=1)
    registration = make_registration(event)
    assert "Cancel my registration?" in client.get(page(registration, "cancel/")).text
    db.session.refresh(registration)
    assert registration.is_confirmed
    for _ in range(2):
        assert client.post(page(registration, "cancel/")).location == page(registration)
    db.session.refresh(registration)
    assert (registration.state, registration.cancelled_at, taken(event)) == (RegistrationState.CANCELLED, NOON, 0)
    assert [name for name, _, _ in heard] == ["registration-cancelled"]
    assert "is cancelled" in client.get(page(registration)).text


def test_one_can_come_back_after_cancelling_at_once_or_by_the_waiting_list(client, heard):
    event = make_event(capacity=1)
    registration = make_registration(event)
    client.post(page(registration, "cancel/"))
    other = waiting(event)
    answer = client.post(page(registration, "again/"), follow_redirects=True)
    assert "You are number 1." in answer.text
    client.post(page(other, "cancel/"))
    client.post(page(registration, "again/"))
    client.post(page(registration, "again/"))
    db.session.refresh(registration)
    assert (registration.state, registration.attempt, taken(event)) == (RegistrationState.CONFIRMED, 2, 1)
    assert [name for name, _, _ in heard] == ["registration-cancelled", "registration-confirmed"]


def test_nobody_comes_back_to_an_event_that_is_over(client):
    event = make_event()
    registration = make_registration(event)
    client.post(page(registration, "cancel/"))
    with clock.stopped_at(event.over_at):
        client.post(page(registration, "again/"))
        assert "Register again" not in client.get(page(registration)).text
    db.session.refresh(registration)
    assert registration.state is RegistrationState.CANCELLED


@pytest.mark.parametrize("path", ["confirm/", "cancel/", "new-address/"])
def test_asking_for_the_head_of_a_page_changes_nothing(client, heard, path):
    make = waiting if path == "confirm/" else make_registration
    registration = make(make_event(), email="old@example.org")
    client.post(page(registration, "address/"), data={"email": "new@example.org"})
    token = registration.token(Purpose.NEW_ADDRESS if path == "new-address/" else Purpose.PAGE)
    state, email = registration.state, registration.email
    client.head(f"/en/registrations/{token}/{path}")
    db.session.refresh(registration)
    assert (registration.state, registration.email) == (state, email)
    assert heard == []


@pytest.mark.parametrize("path", ["calendar/", "again/", "reminders/"])
def test_what_changes_something_is_no_link(client, path):
    assert client.get(page(make_registration(make_event()), path)).status_code == 405


def test_reminders_are_ended_and_resumed_on_the_page(client):
    registration = make_registration(make_event())
    client.post(page(registration, "reminders/"), data={"wanted": "no"})
    db.session.refresh(registration)
    assert registration.unsubscribed_at == NOON
    client.post(page(registration, "reminders/"), data={"wanted": "yes"})
    db.session.refresh(registration)
    assert registration.unsubscribed_at is None


def test_a_mail_program_unsubscribes_with_one_request(app):
    app.config["WTF_CSRF_ENABLED"] = True
    registration = make_registration(make_event())
    address = f"/unsubscribe/{registration.token(Purpose.UNSUBSCRIBE)}"
    client = app.test_client()
    assert client.get(address).status_code == 200
    db.session.refresh(registration)
    assert registration.unsubscribed_at is None
    answer = client.post(address, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    db.session.refresh(registration)
    assert registration.unsubscribed_at == NOON
    assert registration.is_confirmed


def test_the_page_to_unsubscribe_is_in_the_language_of_the_registration(client):
    registration = make_registration(make_event(), language="ro")
    address = f"/unsubscribe/{registration.token(Purpose.UNSUBSCRIBE)}"
    assert '<html lang="ro"' in client.get(address, headers={"Accept-Language": "ru"}).text
    assert '<html lang="ru"' in client.get(f"{address}?lang=ru").text


def test_only_its_own_link_unsubscribes(client):
    registration = make_registration(make_event())
    for token in (registration.token(Purpose.PAGE), registration.token(Purpose.CALENDAR), "forged"):
        assert client.post(f"/unsubscribe/{token}").status_code == 404
    assert client.put(f"/unsubscribe/{registration.token(Purpose.UNSUBSCRIBE)}").status_code == 405
    db.session.refresh(registration)
    assert registration.unsubscribed_at is None
