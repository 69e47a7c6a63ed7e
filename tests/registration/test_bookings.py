"""Places in sessions: booked from the private page, waited for, offered, and refused to whoever may not."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.events.models import EventKind
from app.extensions import db
from app.lib import clock
from app.mail import outbox
from app.mail.models import Letter, LetterState
from app.registration import bookings, service, waitlist
from app.registration.models import AgendaItem, Booking, Claim, Places, Purpose, Registration, RegistrationState
from app.registration.service import Entry
from app.schedule import service as schedule
from tests.conftest import NOON
from tests.factories import make_account, make_event, make_registration, make_session
from tests.registration.test_waitlist import written

pytestmark = pytest.mark.both_databases

BOOKED, OFFERED, WAITING = Claim.BOOKED, Claim.OFFERED, Claim.WAITING


@pytest.fixture
def event(app):
    return make_event(kind=EventKind.CONFERENCE)


def press(client, registration, session, act, purpose=Purpose.PAGE):
    token = registration.token(purpose)
    slug = session if isinstance(session, str) else session.slug
    return client.post(f"/en/registrations/{token}/bookings/{slug}/", data={"act": act})


def claims(session) -> dict[str, Claim]:
    rows = db.session.execute(
        sa.select(Registration.name, Booking.claim).join(Registration).where(Booking.session_id == session.id)
    )
    return {row.name: row.claim for row in rows}


def people(event, *names: str) -> list[Registration]:
    return [make_registration(event, name=name) for name in names]


def taken(session) -> int:
    return db.session.scalar(sa.select(Places.taken).where(Places.session_id == session.id)) or 0


def letters(kind: str) -> list[Letter]:
    return list(db.session.scalars(sa.select(Letter).where(Letter.kind == kind).order_by(Letter.id)))


def test_a_place_is_booked_and_on_the_agenda_and_whoever_comes_later_waits(client, event):
    session = make_session(event, capacity=1)
    ana, ion = people(event, "Ana", "Ion")
    for person in (ana, ion, ana):
        assert press(client, person, session, "book").status_code == 302
    assert claims(session) == {"Ana": BOOKED, "Ion": WAITING}
    assert taken(session) == 1
    assert db.session.scalars(sa.select(AgendaItem.registration_id)).all() == [ana.id]
    assert bookings.may_join(ana, session)
    assert not bookings.may_join(ion, session)


def test_a_place_that_is_given_up_is_offered_and_taken(client, event):
    session = make_session(event, capacity=1)
    ana, ion = people(event, "Ana", "Ion")
    for person in (ana, ion):
        press(client, person, session, "book")
    press(client, ana, session, "give-up")
    assert claims(session) == {"Ion": OFFERED}
    assert db.session.scalars(sa.select(AgendaItem.id)).all() == []
    assert [letter.recipient for letter in letters("registration.booking-offer")] == [ion.email]
    press(client, ion, session, "take")
    assert claims(session) == {"Ion": BOOKED}
    assert db.session.scalars(sa.select(AgendaItem.registration_id)).all() == [ion.id]
    press(client, ion, session, "give-up")
    press(client, ion, session, "give-up")
    assert (claims(session), taken(session)) == ({}, 0)


def test_an_offer_that_ran_out_goes_to_the_next_and_is_not_taken_any_more(client, event):
    session = make_session(event, capacity=1)
    ana, ion, olga = people(event, "Ana", "Ion", "Olga")
    for person in (ana, ion, olga):
        press(client, person, session, "book")
    press(client, ana, session, "give-up")
    with clock.stopped_at(NOON + timedelta(hours=24)):
        assert bookings.due() == [session]
        bookings.serve(session)
        db.session.commit()
        assert claims(session) == {"Olga": OFFERED}
        assert [letter.recipient for letter in letters("registration.booking-passed-on")] == [ion.email]
        answer = client.post(
            f"/en/registrations/{ion.token(Purpose.PAGE)}/bookings/{session.slug}/", data={"act": "take"},
            follow_redirects=True,
        )  # fmt: skip
        assert "The place has gone to the next person" in answer.text
    assert claims(session) == {"Olga": OFFERED}


def test_who_cancels_leaves_the_sessions_too_and_others_are_offered_their_places(client, event):
    first, second = make_session(event, capacity=1), make_session(event, capacity=1)
    ana, ion = people(event, "Ana", "Ion")
    for person in (ana, ion):
        for session in (first, second):
            press(client, person, session, "book")
    service.cancel(ana)
    assert claims(first) == claims(second) == {"Ion": OFFERED}
    assert [taken(first), taken(second)] == [1, 1]


def test_of_two_who_lapse_together_neither_is_offered_what_the_other_leaves(app, event):
    """Each of the letters would be stale when it is written."""
    event.capacity = 2
    session = make_session(event, capacity=1)
    for name in ("ana", "ion"):
        service.register(event, Entry(name, f"{name}@example.org", "MD", "en", "Europe/Chisinau", sessions=(session,)))
    assert sorted(claims(session).values()) == [BOOKED, WAITING]
    with clock.stopped_at(NOON + timedelta(days=2)):
        waitlist.serve(event)
    assert claims(session) == {}
    assert letters("registration.booking-offer") == []


def test_who_holds_no_place_in_the_event_books_none(client, event):
    session = make_session(event, capacity=1)
    for state in (RegistrationState.PENDING, RegistrationState.WAITING, RegistrationState.CANCELLED):
        person = make_registration(event, state=state, confirmed_at=None)
        assert press(client, person, session, "book").status_code == 302
    assert claims(session) == {}


def test_strangers_and_nonsense_are_refused(client, event):
    session, open_to_all = make_session(event, capacity=1), make_session(event)
    elsewhere = make_session(make_event(), capacity=1)
    (ana,) = people(event, "Ana")
    address = f"/en/registrations/{ana.token(Purpose.PAGE)}/bookings/{session.slug}/"
    assert client.get(address).status_code == 405
    assert press(client, ana, session, "book", Purpose.CALENDAR).status_code == 404
    assert client.post(f"/en/registrations/guessed/bookings/{session.slug}/", data={"act": "book"}).status_code == 404
    for wrong in ("none", "%00", "../x", elsewhere, open_to_all):
        assert press(client, ana, wrong, "book").status_code == 404
    assert press(client, ana, session, "steal").status_code == 404
    assert client.post(address).status_code == 404
    assert claims(session) == claims(open_to_all) == claims(elsewhere) == {}


def test_a_session_that_has_begun_is_booked_no_more(client, event):
    session = make_session(event, capacity=1)
    (ana,) = people(event, "Ana")
    with clock.stopped_at(session.starts_at):
        answer = press(client, ana, session, "book")
        assert answer.status_code == 302
        assert "cannot be booked any more" in client.get(answer.location).text
    assert claims(session) == {}


def test_a_place_is_given_up_and_taken_also_where_places_are_not_counted_any_more(client, event):
    session = make_session(event, capacity=1)
    ana, ion = people(event, "Ana", "Ion")
    for person in (ana, ion):
        press(client, person, session, "book")
    schedule.update_session(session, make_account(), capacity=None)
    db.session.commit()
    assert claims(session) == {"Ana": BOOKED, "Ion": OFFERED}
    assert "Take the place" in client.get(f"/en/registrations/{ion.token(Purpose.PAGE)}/").text
    assert press(client, ion, session, "take").status_code == 302
    assert press(client, ana, session, "give-up").status_code == 302
    assert claims(session) == {"Ion": BOOKED}


def test_a_larger_room_is_offered_at_once(app, event):
    session = make_session(event, capacity=1)
    for person in people(event, "Ana", "Ion", "Olga"):
        bookings.book(person, session)
    schedule.update_session(session, make_account(), capacity=2)
    assert claims(session) == {"Ana": BOOKED, "Ion": OFFERED, "Olga": WAITING}
    schedule.update_session(session, make_account(), capacity=1)
    assert claims(session) == {"Ana": BOOKED, "Ion": OFFERED, "Olga": WAITING}


def test_what_overlaps_is_pointed_out(app, event):
    first = make_session(event, capacity=1)
    half = first.starts_at + timedelta(minutes=30)
    second = make_session(event, capacity=1, starts_at=half)
    third = make_session(event, capacity=1, starts_at=first.ends_at)
    (ana,) = people(event, "Ana")
    bookings.book(ana, first)
    assert bookings.overlapping(ana, second) == [first]
    assert bookings.overlapping(ana, third) == []
    assert bookings.overlapping(ana, first) == []


def test_the_offer_names_its_end_and_a_stale_one_is_not_sent(app, event):
    session = make_session(event, capacity=1, title={"en": "Restoring books"})
    ana, ion, olga = people(event, "Ana", "Ion", "Olga")
    for person in (ana, ion, olga):
        bookings.book(person, session)
    bookings.give_up(ana, session)
    bookings.give_up(ion, session)
    db.session.commit()
    outbox.sweep()
    assert [letter.state for letter in letters("registration.booking-offer")] == [LetterState.DROPPED, LetterState.SENT]
    text = written(app)
    assert "Restoring books" in text
    assert "We keep it for you until 4 Mar 2027" in text


def test_booking_and_leaving_at_once_wait_for_nobody_for_ever(busy_app):
    """The same people book, give up, cancel and come back at the same time; nobody is left with half of it."""
    with busy_app.app_context():
        event = make_event(kind=EventKind.CONFERENCE, capacity=8)
        sessions = [make_session(event, capacity=2).id for _ in range(3)]
        numbers = [person.id for person in people(event, *"abcdefgh")]

    def attempt(place: int) -> None:
        with busy_app.app_context():
            person = db.session.get_one(Registration, numbers[place % 8])
            session = db.session.get_one(schedule.EventSession, sessions[place % 3])
            if place % 7 == 0:
                service.cancel(person)
            elif place % 7 == 1:
                service.renew(person)
            else:
                service.lock(person)
                if person.is_confirmed:
                    (bookings.give_up if place % 7 == 2 else bookings.book)(person, session)
            db.session.commit()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(attempt, range(160)))
    with busy_app.app_context():
        for number in sessions:
            session = db.session.get_one(schedule.EventSession, number)
            held = [claim for claim in claims(session).values() if claim is not WAITING]
            assert taken(session) == len(held) <= 2
        booked = sa.select(Booking.registration_id, Booking.session_id).where(Booking.claim == BOOKED)
        on_agenda = sa.select(AgendaItem.registration_id, AgendaItem.session_id)
        assert set(db.session.execute(booked)) == set(db.session.execute(on_agenda))
        stray = sa.select(Booking.id).join(Registration).where(Registration.state == RegistrationState.CANCELLED)
        assert db.session.scalars(stray).all() == []
