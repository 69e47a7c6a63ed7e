"""Addresses that nothing is sent to: of two reasons the stricter stays, and what proves to work is let go."""

from datetime import datetime, timedelta
from itertools import combinations, product

import pytest
import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from app.lib import clock
from app.mail import outbox
from app.mail.models import Grounds, Letter, LetterState, Priority, Scope, Suppression
from app.mail.outbox import sweep
from app.mail.service import enqueue
from app.mail.suppression import allow, release, suppress, suppression_of
from tests.conftest import NOON
from tests.mail.server import Post

EMAIL = "ana@example.org"


def standing() -> tuple[Scope, Grounds] | None:
    found = suppression_of(EMAIL)
    return (found.scope, found.grounds) if found else None


@pytest.mark.both_databases
def test_of_two_reasons_the_stricter_stays_whichever_came_first(app: Flask) -> None:
    weak = [Grounds.REFUSED, Grounds.BOUNCED]
    every = list(product(Scope, [Grounds.BOUNCED, Grounds.COMPLAINT, Grounds.BY_HAND]))
    for one, other in combinations(every, 2):
        outcomes = set()
        for order in ((one, other), (other, one)):
            release(EMAIL)
            for scope, grounds in order:
                suppress(EMAIL, f"{scope} {grounds}", grounds=grounds, scope=scope)
            outcomes.add(standing())
        assert len(outcomes) == 1
        (scope, grounds) = outcomes.pop() or (None, None)
        assert scope is (Scope.ALL if Scope.ALL in (one[0], other[0]) else Scope.BULK)
        assert grounds not in weak or {one[1], other[1]} <= set(weak)


def test_what_is_no_stricter_changes_neither_reason_nor_day(app: Flask) -> None:
    suppress("Ana@Example.org", "first", grounds=Grounds.BOUNCED)
    suppress(EMAIL, "second", grounds=Grounds.REFUSED)
    suppress(EMAIL, "third", grounds=Grounds.BOUNCED, scope=Scope.BULK)
    found = suppression_of("ANA@example.org")
    assert found is not None
    assert found.reason == "first"
    assert db.session.scalar(sa.select(sa.func.count(Suppression.id))) == 1


@pytest.mark.parametrize(("scope", "grounds", "left"), [
    (Scope.ALL, Grounds.REFUSED, None),
    (Scope.ALL, Grounds.BOUNCED, None),
    (Scope.BULK, Grounds.COMPLAINT, (Scope.BULK, Grounds.COMPLAINT)),
    (Scope.ALL, Grounds.BY_HAND, (Scope.ALL, Grounds.BY_HAND)),
])  # fmt: skip
def test_an_address_that_works_is_let_go_but_not_against_its_owners_wish(
    app: Flask, scope: Scope, grounds: Grounds, left: tuple[Scope, Grounds] | None
) -> None:
    suppress(EMAIL, "why", grounds=grounds, scope=scope)
    allow(EMAIL)
    assert standing() == left
    assert release(EMAIL) is (left is not None)
    assert standing() is None


def test_a_complaint_outlives_the_bounce_that_came_after_it(app: Flask) -> None:
    suppress(EMAIL, "spam", grounds=Grounds.COMPLAINT, scope=Scope.BULK)
    suppress(EMAIL, "gone", grounds=Grounds.BOUNCED)
    assert standing() == (Scope.ALL, Grounds.COMPLAINT)
    allow(EMAIL)
    assert standing() == (Scope.BULK, Grounds.COMPLAINT)


def test_who_complained_still_gets_what_they_ask_for(app: Flask, post: Post) -> None:
    suppress(EMAIL, "spam", grounds=Grounds.COMPLAINT, scope=Scope.BULK)
    for number, priority in enumerate(Priority):
        enqueue("note", str(number), EMAIL, language="en")
        db.session.execute(sa.update(Letter).where(Letter.key == f"note:{number}").values(priority=priority))
    db.session.commit()
    assert sweep() == {LetterState.SENT: 1, LetterState.DROPPED: 2}
    states = dict(db.session.execute(sa.select(Letter.priority, Letter.state)).all())
    assert states[Priority.AWAITED] is LetterState.SENT


def test_who_asks_for_a_letter_gets_a_try_a_day_at_an_address_that_did_not_work(app: Flask, post: Post) -> None:
    def asked_for(key: str, moment: datetime, priority: Priority = Priority.AWAITED) -> LetterState:
        with clock.stopped_at(moment):
            enqueue("note", key, EMAIL, language="en")
            db.session.execute(sa.update(Letter).where(Letter.key == f"note:{key}").values(priority=priority))
            db.session.commit()
            sweep()
        return db.session.scalars(sa.select(Letter.state).where(Letter.key == f"note:{key}")).one()

    day = timedelta(days=1)
    suppress(EMAIL, "no such user", grounds=Grounds.BOUNCED)
    assert asked_for("at once", NOON) is LetterState.DROPPED
    assert asked_for("next day", NOON + day) is LetterState.SENT
    assert asked_for("news", NOON + day, Priority.TIMELY) is LetterState.DROPPED
    letter = db.session.scalars(sa.select(Letter).where(Letter.key == "note:next day")).one()
    letter.state, letter.bounced_at = LetterState.BOUNCED, NOON + day
    db.session.commit()
    assert asked_for("again", NOON + 1.5 * day) is LetterState.DROPPED
    assert asked_for("a day later", NOON + 2 * day) is LetterState.SENT
    suppress(EMAIL, "asked us to stop", grounds=Grounds.BY_HAND)
    assert asked_for("by hand", NOON + 9 * day) is LetterState.DROPPED


def test_sending_again_does_not_undo_a_complaint(app: Flask) -> None:
    suppress(EMAIL, "spam", grounds=Grounds.COMPLAINT, scope=Scope.BULK)
    enqueue("note", "1", EMAIL, language="en")
    letter = db.session.scalars(sa.select(Letter)).one()
    letter.state = LetterState.FAILED
    assert outbox.send_again(letter)
    assert standing() == (Scope.BULK, Grounds.COMPLAINT)
