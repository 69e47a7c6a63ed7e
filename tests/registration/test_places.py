"""No event is ever overbooked, whoever asks at the same time, on either database."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from app.events.models import Event
from app.extensions import db
from app.registration import places, service
from app.registration.models import Places, Registration, RegistrationState
from tests.factories import make_event
from tests.registration.test_form import GIVEN

pytestmark = pytest.mark.both_databases


def _event(app, **values) -> str:
    with app.app_context():
        return make_event(**values).slug


def _counts(app) -> tuple[int, int]:
    """The places that are counted, and the registrations that hold one."""
    with app.app_context():
        held = sa.select(sa.func.count()).where(
            Registration.state.in_([RegistrationState.PENDING, RegistrationState.CONFIRMED])
        )
        return db.session.scalar(sa.select(sa.func.sum(Places.taken))) or 0, db.session.scalar(held) or 0


def _at_once(attempt, number: int) -> list:
    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(attempt, range(number)))


def test_of_200_attempts_at_50_places_50_are_held_and_the_others_wait_in_one_order(busy_app):
    slug = _event(busy_app, capacity=50)

    def attempt(number: int) -> int:
        data = GIVEN | {"email": f"person{number}@example.org"}
        return busy_app.test_client().post(f"/en/events/{slug}/register/", data=data).status_code

    assert _at_once(attempt, 200) == [302] * 200
    assert _counts(busy_app) == (50, 50)
    with busy_app.app_context():
        numbers = db.session.scalars(
            sa.select(Registration.queue_number).where(Registration.state == RegistrationState.WAITING)
        ).all()
    assert sorted(numbers) == list(range(1, 151))


def test_the_same_address_from_16_browsers_is_one_registration(busy_app):
    slug = _event(busy_app)
    start = threading.Barrier(16)

    def attempt(_number: int) -> int:
        start.wait()
        return busy_app.test_client().post(f"/en/events/{slug}/register/", data=GIVEN).status_code

    assert _at_once(attempt, 16) == [302] * 16
    assert _counts(busy_app) == (1, 1)


def test_coming_and_going_at_once_keeps_the_count(busy_app):
    """Every second one cancels again while others register: nobody waits for ever, and the count stays right."""
    slug = _event(busy_app, capacity=10)

    def attempt(number: int) -> None:
        with busy_app.app_context():
            event = db.session.scalars(sa.select(service.Event).where(service.Event.slug == slug)).one()
            entry = service.Entry("Ana", f"person{number}@example.org", "MD", "ro", "Europe/Chisinau")
            held = service.register(event, entry).held
            db.session.commit()
            if held is None:
                return
            service.confirm(held)
            db.session.commit()
            if number % 2:
                service.cancel(held)
                db.session.commit()
                service.renew(held)
                db.session.commit()
                service.cancel(held)
                db.session.commit()

    _at_once(attempt, 80)
    counted, held = _counts(busy_app)
    assert counted == held <= 10


def take(event: Event) -> bool:
    taken = places.take(event, places.lock(event))
    db.session.flush()
    return taken


def test_less_capacity_removes_nobody_and_more_opens_again(app):
    event = make_event(capacity=3)
    assert [take(event) for _ in range(4)] == [True, True, True, False]
    event.capacity = 1
    assert not places.any_left(event)
    assert not take(event)
    assert db.session.scalar(sa.select(Places.taken)) == 3
    event.capacity = 4
    assert places.any_left(event)
    assert [take(event), take(event)] == [True, False]
    event.capacity = None
    assert take(event)


def test_an_event_of_no_places_is_full_from_the_start(app):
    event = make_event(capacity=0)
    assert not places.any_left(event)
    assert not take(event)


def test_no_more_places_are_freed_than_were_taken(app):
    event = make_event()
    take(event)
    places.free(event)
    with pytest.raises(sa.exc.IntegrityError):
        places.free(event)
    db.session.rollback()
