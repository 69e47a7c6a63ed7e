"""The waiting list of an event: in order, offered for a time, and promoted at once when there is more room."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
import sqlalchemy as sa

from app.events.models import EventState, Standing
from app.extensions import db
from app.lib import clock
from app.mail import outbox
from app.mail.models import Letter, LetterState
from app.people.models import Role
from app.registration import places, service, waitlist
from app.registration.models import Admission, Origin, Places, Purpose, Registration, RegistrationState
from app.registration.service import Entry
from tests.conftest import NOON
from tests.events.test_manage import facts
from tests.factories import grant, make_account, make_event, make_registration, save, sign_in
from tests.reminders.reading import text

pytestmark = pytest.mark.both_databases

WAITING, PENDING = RegistrationState.WAITING, RegistrationState.PENDING


def come(event, *names: str) -> list[Registration]:
    found = [
        service.register(event, Entry(name, f"{name}@example.org", "MD", "en", "Europe/Chisinau")).held
        for name in names
    ]
    db.session.commit()
    return found


def states(*registrations) -> list[RegistrationState]:
    return [registration.state for registration in registrations]


def letters(kind: str) -> list[Letter]:
    return list(db.session.scalars(sa.select(Letter).where(Letter.kind == kind).order_by(Letter.id)))


def written(app) -> str:
    """The plain text of the one letter that went out."""
    (path,) = (app.config["HOME"] / "mail" / "new").iterdir()
    letter = message_from_bytes(path.read_bytes(), policy=default)
    return text(letter)


def page(registration, path="") -> str:
    return f"/en/registrations/{registration.token(Purpose.PAGE)}/{path}"


def test_who_leaves_makes_way_for_who_waits_longest(app):
    event = make_event(capacity=1)
    ana, ion, olga = come(event, "ana", "ion", "olga")
    assert states(ana, ion, olga) == [PENDING, WAITING, WAITING]
    assert [waitlist.position(ion), waitlist.position(olga)] == [1, 2]
    service.cancel(ana)
    assert states(ana, ion, olga) == [RegistrationState.CANCELLED, PENDING, WAITING]
    assert ion.is_offered
    assert ion.held_until == NOON + timedelta(hours=24)
    assert waitlist.position(olga) == 1
    assert [letter.recipient for letter in letters("registration.offer")] == ["ion@example.org"]


def test_what_is_not_taken_goes_to_the_next_and_both_are_told(app):
    event = make_event(capacity=1)
    ana, ion, olga = come(event, "ana", "ion", "olga")
    service.cancel(ana)
    with clock.stopped_at(ion.held_until):
        assert waitlist.due() == [event]
        waitlist.serve(event)
    assert states(ion, olga) == [RegistrationState.LAPSED, PENDING]
    assert [letter.recipient for letter in letters("registration.passed-on")] == ["ion@example.org"]
    assert [letter.recipient for letter in letters("registration.offer")] == ["ion@example.org", "olga@example.org"]
    assert db.session.scalar(sa.select(Places.taken)) == 1


def test_who_has_no_address_gets_the_free_place_at_once_since_nobody_can_be_asked(app):
    event = make_event(capacity=1)
    (ana,) = come(event, "ana")
    ion = service.enter(event, Entry("Ion", "", "MD", "en", "Europe/Chisinau"), Origin.ORGANISER)
    assert ion.state is WAITING
    service.cancel(ana)
    assert (ion.state, ion.queue_number) == (RegistrationState.CONFIRMED, None)
    assert letters("registration.offer") == []


def test_a_list_of_an_event_that_is_over_is_not_looked_at(app):
    event = make_event(capacity=1)
    (ana, _ion) = come(event, "ana", "ion")
    service.confirm(ana)
    assert waitlist.due() == [event]
    with clock.stopped_at(event.over_at + timedelta(days=3)):
        assert waitlist.due() == []


def test_who_let_a_place_pass_comes_back_at_the_end_of_the_list(app):
    event = make_event(capacity=1)
    ana, ion, olga = come(event, "ana", "ion", "olga")
    service.cancel(ana)
    with clock.stopped_at(ion.held_until):
        waitlist.serve(event)
        assert not service.renew(ion)
    assert ion.state is WAITING
    assert ion.queue_number > olga.queue_number
    assert [letter.recipient for letter in letters("registration.waiting")][-1] == "ion@example.org"


def test_nobody_who_comes_passes_those_who_wait(app):
    """Room that came unnoticed (a capacity set past the form) is for the list first."""
    event = make_event(capacity=1)
    _ana, ion = come(event, "ana", "ion")
    event.capacity = 2
    db.session.commit()
    assert not places.any_left(event)
    (olga,) = come(event, "olga")
    assert states(ion, olga) == [PENDING, WAITING]


def test_leaving_the_list_offers_nothing_to_anybody(app):
    event = make_event(capacity=1)
    ana, ion, olga = come(event, "ana", "ion", "olga")
    service.cancel(ion)
    assert states(ana, olga) == [PENDING, WAITING]
    assert letters("registration.offer") == []
    assert waitlist.position(olga) == 1


@pytest.mark.parametrize(
    ("before", "hours"),
    [(timedelta(days=6), 24), (timedelta(days=2), 12), (timedelta(hours=4), 1), (timedelta(minutes=30), 0.5)],
)
def test_an_offer_is_shorter_the_nearer_the_event(app, before, hours):
    event = make_event(capacity=1)
    _ana, ion = come(event, "ana", "ion")
    with clock.stopped_at(event.begins_at - before):
        event.capacity = 2
        waitlist.serve(event)
        assert ion.held_until == clock.now() + timedelta(hours=hours)


def test_organisers_say_how_long_an_offer_holds(app):
    event = make_event(capacity=1)
    save(Admission(event=event, offer_hours=3))
    ana, ion = come(event, "ana", "ion")
    service.cancel(ana)
    assert ion.held_until == NOON + timedelta(hours=3)


@pytest.mark.parametrize("end", ["called off", "over", "archived"])
def test_nothing_is_offered_when_there_is_nothing_to_come_to(app, end):
    event = make_event(capacity=1)
    ana, ion = come(event, "ana", "ion")
    moment = NOON
    if end == "called off":
        event.standing = Standing.CANCELLED
    elif end == "archived":
        event.state = EventState.ARCHIVED
    else:
        moment = event.over_at
    with clock.stopped_at(moment):
        service.cancel(ana)
    assert ion.state is WAITING
    assert letters("registration.offer") == []


def test_what_comes_back_serves_its_list_with_the_next_sweep(app):
    event = make_event(capacity=1, standing=Standing.CANCELLED)
    event.standing = Standing.CONFIRMED
    ana, ion = come(event, "ana", "ion")
    event.standing = Standing.CANCELLED
    service.cancel(ana)
    event.standing = Standing.CONFIRMED
    db.session.commit()
    assert waitlist.due() == [event]
    waitlist.serve(event)
    assert ion.is_offered


def test_more_places_in_the_form_are_offered_at_once_and_fewer_take_none_away(client):
    event, account = make_event(capacity=1), make_account()
    grant(event, account, Role.OWNER)
    sign_in(client, account)
    ana, ion, olga = come(event, "ana", "ion", "olga")
    assert client.post(f"/en/manage/events/{event.slug}/facts/", data=facts(capacity="2")).status_code == 302
    assert states(ana, ion, olga) == [PENDING, PENDING, WAITING]
    assert client.post(f"/en/manage/events/{event.slug}/facts/", data=facts(capacity="1")).status_code == 302
    assert states(ana, ion, olga) == [PENDING, PENDING, WAITING]
    service.cancel(ion)
    assert olga.state is WAITING
    assert client.post(f"/en/manage/events/{event.slug}/facts/", data=facts(capacity="")).status_code == 302
    assert olga.state is PENDING


def test_the_page_of_who_waits_shows_the_position_and_that_of_who_is_offered_the_deadline(client):
    event = make_event(capacity=1)
    ana, ion, olga = come(event, "ana", "ion", "olga")
    assert "You are number 2." in client.get(page(olga)).text
    assert client.post(page(ana, "cancel/")).status_code == 302
    assert "You are number 1." in client.get(page(olga)).text
    offered = client.get(page(ion)).text
    assert "A place is free for you" in offered
    assert "Take it until 4 Mar 2027, " in offered
    assert client.post(page(ion, "confirm/")).status_code == 302
    assert ion.is_confirmed


def test_the_offer_names_its_end_and_a_stale_one_is_not_sent(app):
    event = make_event(capacity=1)
    ana, ion, olga = come(event, "ana", "ion", "olga")
    service.cancel(ana)
    service.cancel(ion)
    db.session.commit()
    outbox.sweep()
    first, second = letters("registration.offer")
    assert [first.state, second.state] == [LetterState.DROPPED, LetterState.SENT]
    assert "A place is free for you" in second.subject
    assert "We keep it for you until 4 Mar 2027" in written(app)
    assert olga.is_offered


def test_an_offer_that_ran_out_before_it_was_sent_is_dropped(app):
    event = make_event(capacity=1)
    ana, ion = come(event, "ana", "ion")
    service.cancel(ana)
    db.session.commit()
    with clock.stopped_at(ion.held_until):
        outbox.sweep()
    assert [letter.state for letter in letters("registration.offer")] == [LetterState.DROPPED]


def test_who_is_entered_by_an_organiser_has_a_place_at_once_or_waits_like_everyone(app):
    event = make_event(capacity=1)
    entered = [
        service.enter(event, Entry(name, "", "MD", "en", "Europe/Chisinau"), Origin.ORGANISER) for name in ("a", "b")
    ]
    assert states(*entered) == [RegistrationState.CONFIRMED, WAITING]
    assert [entered[1].email, entered[1].queue_number] == ["", 1]


def test_the_form_of_organisers_and_people_who_register_never_wait_for_each_other(busy_app):
    """On PostgreSQL: who registers holds the places and needs the event, who saves the form the other way round."""
    with busy_app.app_context():
        event, account = make_event(capacity=5), make_account()
        grant(event, account, Role.OWNER)
        slug = event.slug
    organiser = busy_app.test_client()
    with busy_app.app_context():
        sign_in(organiser, account)

    def attempt(number: int) -> int:
        if number % 4:
            data = {
                "name": "Ana", "email": f"person{number}@example.org", "country": "MD", "language": "en",
                "zone": "Europe/Chisinau", "consent": "y",
            }  # fmt: skip
            return busy_app.test_client().post(f"/en/events/{slug}/register/", data=data).status_code
        answer = organiser.post(f"/en/manage/events/{slug}/facts/", data=facts(capacity=str(number + 1)))
        return answer.status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(attempt, range(80))) == {302}


def test_who_leaves_and_who_lapses_at_once_wait_for_nobody_for_ever(busy_app):
    """The same people cancel and are swept by many at the same time: each place is given back once."""
    with busy_app.app_context():
        event = make_event(capacity=10)
        numbers = [make_registration(event, state=PENDING, held_until=NOON).id for _ in range(10)]
        event_id = event.id
    start = threading.Barrier(8)

    def attempt(place: int) -> None:
        start.wait()
        for number in numbers if place % 2 else reversed(numbers):
            with busy_app.app_context():
                if place % 4:
                    service.cancel(db.session.get_one(Registration, number))
                else:
                    waitlist.serve(db.session.get_one(Registration, number).event)
                db.session.commit()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(attempt, range(8)))
    with busy_app.app_context():
        assert db.session.scalar(sa.select(Places.taken).where(Places.event_id == event_id)) == 0
