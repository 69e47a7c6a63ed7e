"""Limits of throughput, rests, pauses by what a server said, and which letters go first."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from app.lib import clock
from app.mail import pace
from app.mail.answers import Answer, pause_after
from app.mail.models import Grounds, Letter, LetterState, Pace, Priority, Scope, Suppression
from app.mail.outbox import sweep
from app.mail.service import enqueue
from app.mail.suppression import suppress
from tests.conftest import NOON
from tests.mail.server import Post

MINUTE = timedelta(minutes=1)


def queue(*recipients: str) -> None:
    for recipient in recipients:
        enqueue("note", recipient, recipient, language="en")
    db.session.commit()


def domains(post: Post) -> list[str]:
    return sorted(address.partition("@")[2] for address in post.recipients)


@pytest.mark.both_databases
def test_the_whole_server_sends_no_more_in_a_minute_than_it_may(app: Flask, post: Post) -> None:
    app.config["MAIL_RATE"] = 3
    queue(*(f"p{n}@example.org" for n in range(8)))

    assert sweep() == {LetterState.SENT: 3}
    assert sweep() == {}
    with clock.stopped_at(NOON + MINUTE):
        assert sweep() == {LetterState.SENT: 3}
    with clock.stopped_at(NOON + 2 * MINUTE):
        assert sweep() == {LetterState.SENT: 2}


@pytest.mark.both_databases
def test_a_domain_that_has_had_its_share_keeps_no_other_waiting(app: Flask, post: Post) -> None:
    app.config["MAIL_DOMAIN_RATE"] = "2, slow.example=1"
    queue(*(f"p{n}@slow.example" for n in range(30)), *(f"p{n}@bücher.example" for n in range(3)), "p@other.example")

    assert sweep() == {LetterState.SENT: 4}
    assert domains(post) == ["other.example", "slow.example", "xn--bcher-kva.example", "xn--bcher-kva.example"]
    with clock.stopped_at(NOON + MINUTE):
        assert sweep() == {LetterState.SENT: 2}


@pytest.mark.both_databases
@pytest.mark.parametrize("answer", ["421 4.7.0 Too many letters", "451 4.7.28 Unusual rate", "421 Slow down"])
def test_a_domain_that_asks_for_it_is_left_alone_while_others_get_theirs(app: Flask, post: Post, answer: str) -> None:
    asked = []

    def at_recipient(address: str) -> str | None:
        asked.append(address)
        return answer if address.endswith("busy.example") else None

    post.at_recipient = at_recipient
    queue("a@busy.example", "b@busy.example", "a@other.example", "c@busy.example")

    assert sweep() == {LetterState.QUEUED: 1, LetterState.SENT: 1}
    assert asked == ["a@busy.example", "a@other.example"]
    post.at_recipient = lambda address: None
    assert sweep() == {}
    with clock.stopped_at(NOON + pace.REST + MINUTE):
        assert sweep() == {LetterState.SENT: 3}


def test_greylisting_makes_no_other_letter_wait(app: Flask, post: Post) -> None:
    post.at_recipient = lambda address: "451 4.7.1 Greylisted" if address.startswith("a@") else None
    queue("a@busy.example", "b@busy.example")

    assert sweep() == {LetterState.QUEUED: 1, LetterState.SENT: 1}


def test_without_a_limit_nothing_is_counted(app: Flask, post: Post) -> None:
    queue("ana@example.org")

    assert sweep() == {LetterState.SENT: 1}
    assert db.session.scalars(sa.select(Pace)).all() == []


@pytest.mark.parametrize("rate", ["many", "100,gmail.com", "gmail.com=", "=5", "-1", "gmail.com=1.5", "5,=,"])
def test_a_bad_rate_is_named(rate: str) -> None:
    with pytest.raises(ValueError, match="MAIL_DOMAIN_RATE"):
        pace.limits(0, rate)


def test_rates_are_read() -> None:
    limits = pace.limits(100, "50, Gmail.com=60 ,mail.ru=0")

    assert [limits.of(domain) for domain in ("example.org", "gmail.com", "mail.ru")] == [50, 60, 0]
    assert not pace.limits(0, "")
    assert not pace.limits(0, "0,gmail.com=0")


def test_who_waits_before_a_screen_is_served_first(app: Flask, post: Post) -> None:
    queue("bulk@example.org", "timely@example.org", "awaited@example.org")
    for name, priority in (("bulk", Priority.BULK), ("awaited", Priority.AWAITED)):
        db.session.execute(sa.update(Letter).where(Letter.recipient == f"{name}@example.org").values(priority=priority))
    db.session.commit()

    sweep()

    assert [message["To"] for message in post.messages] == [
        "awaited@example.org", "timely@example.org", "bulk@example.org",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "first", "fifth"),
    [
        ("452 4.2.2 Mailbox full", timedelta(hours=1), timedelta(hours=8)),
        ("451 4.7.1 Come back", timedelta(minutes=5), timedelta(hours=1)),
        ("450 4.2.0 Greylisted", timedelta(minutes=5), timedelta(hours=1)),
        ("451 4.3.0 Not now", timedelta(seconds=30), timedelta(minutes=8)),
    ],
)
def test_the_pause_goes_by_what_was_said(said: str, first: timedelta, fifth: timedelta) -> None:
    code, _, text = said.partition(" ")
    answer = Answer.of(int(code), text)

    for attempt, least in ((1, first), (5, fifth)):
        pauses = {pause_after(answer, attempt, f"<{n}@polyforum>") for n in range(50)}
        assert least <= min(pauses)
        assert max(pauses) <= least * 1.125
        assert len(pauses) > 3, "not all come back at once"
        assert pause_after(answer, attempt, "<1@polyforum>") in pauses


@pytest.mark.parametrize(
    ("said", "is_bad"),
    [("550 5.1.1 No such user", True), ("550 No such user", True), ("553 5.1.3 Bad address", True),
     ("550 5.2.1 Disabled", True), ("550 5.7.1 Denied", False), ("552 5.2.2 Full", False), ("554 Spam", False),
     ("550 5.1.8 Bad sender", False), ("550 5.4.1 No route", False)],
)  # fmt: skip
def test_an_address_is_suppressed_only_for_what_is_its_own_fault(said: str, is_bad: bool) -> None:
    code, _, text = said.partition(" ")

    assert Answer.of(int(code), text).names_bad_address is is_bad


def test_a_refused_address_is_suppressed_with_its_grounds_and_its_letter(app: Flask, post: Post) -> None:
    post.at_recipient = lambda address: "550 5.1.1 No such user"
    queue("gone@example.org")
    sweep()

    found = db.session.scalars(sa.select(Suppression)).one()
    assert (found.grounds, found.scope, found.reason) == (Grounds.REFUSED, Scope.ALL, "550 5.1.1 No such user")
    assert found.letter_id == db.session.scalar(sa.select(Letter.id))


def test_who_wants_no_bulk_still_gets_what_they_asked_for(app: Flask, post: Post) -> None:
    suppress("ana@example.org", "A complaint", grounds=Grounds.COMPLAINT, scope=Scope.BULK)
    queue("ana@example.org")
    enqueue("note", "asked for", "ana@example.org", language="en")
    db.session.execute(sa.update(Letter).where(Letter.key == "note:asked for").values(priority=Priority.AWAITED))
    db.session.commit()

    assert sweep() == {LetterState.DROPPED: 1, LetterState.SENT: 1}
