"""The demonstration keeps the rules that the site keeps."""

import pytest
import sqlalchemy as sa

from app.cli import demo
from app.extensions import db
from app.mail import outbox
from app.mail.models import Letter, LetterState
from app.registration.models import Booking, Places, Registration, RegistrationState

pytestmark = pytest.mark.usefixtures("app")


def test_its_people_are_in_every_state_counted_rightly_and_nobody_writes_to_them() -> None:
    demo.load()
    states = set(db.session.scalars(sa.select(Registration.state)))
    assert states == set(RegistrationState)
    for line in db.session.scalars(sa.select(Places)):
        rows: list[Registration] | list[Booking]
        if line.event_id is not None:
            rows = list(db.session.scalars(sa.select(Registration).where(Registration.event_id == line.event_id)))
        else:
            rows = list(db.session.scalars(sa.select(Booking).where(Booking.session_id == line.session_id)))
        assert line.taken == sum(row.holds_place for row in rows)
    outbox.sweep()
    assert set(db.session.scalars(sa.select(Letter.state))) == {LetterState.DROPPED}


def test_loading_it_again_changes_nothing() -> None:
    demo.load()
    before = db.session.scalar(sa.select(sa.func.count()).select_from(Registration))
    demo.load()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Registration)) == before
