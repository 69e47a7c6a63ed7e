import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app import create_app
from app.extensions import db, single_statements
from app.lib import clock
from app.mail import outbox, rendering
from app.mail.models import Letter, LetterState, Suppression
from app.mail.outbox import sweep
from app.mail.rendering import Content, Stale
from app.mail.service import enqueue
from tests.conftest import NOON, settings
from tests.mail.server import Post, serving

pytestmark = pytest.mark.both_databases


def queue(*recipients: str, kind: str = "note", **values: Any) -> None:
    for recipient in recipients:
        enqueue(kind, recipient, recipient, **{"language": "en"} | values)
    db.session.commit()


def letter(recipient: str = "ana@example.org") -> Letter:
    db.session.expire_all()
    return db.session.scalars(sa.select(Letter).where(Letter.recipient == recipient)).one()


def test_a_letter_that_is_due_is_sent_once_and_marked(app: Flask, post: Post) -> None:
    app.config["MAIL_FROM"] = "Polyforum <post@forum.example>"
    queue("ana@example.org")

    assert sweep() == {LetterState.SENT: 1}
    assert sweep() == {}

    assert post.recipients == ["ana@example.org"]
    sent = letter()
    assert (sent.state, sent.sent_at, sent.subject, sent.attempts) == (LetterState.SENT, NOON, "A note", 1)
    assert post.messages[0]["Message-ID"] == sent.message_id
    assert sent.message_id.endswith("@forum.example>"), "the domain is the site's own, which no other site has"


def test_the_same_key_is_written_once_however_often_it_is_asked_for(app: Flask, post: Post) -> None:
    queue("ana@example.org", "ana@example.org")
    sweep()
    queue("ana@example.org")

    assert sweep() == {}
    assert len(post.messages) == 1


def test_a_letter_waits_for_its_moment(app: Flask, post: Post) -> None:
    queue("ana@example.org", not_before=NOON + timedelta(minutes=1))

    assert sweep() == {}
    with clock.stopped_at(NOON + timedelta(minutes=1)):
        assert sweep() == {LetterState.SENT: 1}


def test_a_whole_batch_takes_one_connection(app: Flask, post: Post) -> None:
    queue(*(f"p{n}@example.org" for n in range(50)))

    assert sweep() == {LetterState.SENT: 50}
    assert post.connections == 1


def test_one_recipient_refused_for_good_harms_no_other_and_is_written_to_no_more(app: Flask, post: Post) -> None:
    post.at_recipient = lambda address: "550 5.1.1 No such user" if address == "gone@example.org" else None
    queue("ana@example.org", "gone@example.org", "ion@example.org")

    assert sweep() == {LetterState.SENT: 2, LetterState.FAILED: 1}
    assert post.recipients == ["ana@example.org", "ion@example.org"]
    assert letter("gone@example.org").last_error == "550 5.1.1 No such user"
    assert db.session.scalars(sa.select(Suppression.email)).all() == ["gone@example.org"]

    enqueue("note", "another", "gone@example.org", language="en")
    db.session.commit()
    assert sweep() == {LetterState.DROPPED: 1}
    assert len(post.messages) == 2


@pytest.mark.parametrize("answer", ["550 5.7.1 Relay access denied", "552 5.2.2 Mailbox full"])
def test_a_refusal_that_is_not_about_the_address_does_not_suppress_it(app: Flask, post: Post, answer: str) -> None:
    post.at_recipient = lambda address: answer
    queue("ana@example.org")

    assert sweep() == {LetterState.FAILED: 1}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Suppression)) == 0


def test_greylisting_is_waited_out_with_the_same_message_id(app: Flask, post: Post) -> None:
    post.at_recipient = lambda address: "451 4.7.1 Greylisted, come back"
    queue("ana@example.org")

    assert sweep() == {LetterState.QUEUED: 1}
    waiting = letter()
    assert timedelta(minutes=5) <= waiting.not_before - NOON < timedelta(minutes=6)
    assert waiting.last_error == "451 4.7.1 Greylisted, come back"
    assert waiting.handed_over_at is None
    assert sweep() == {}

    post.at_recipient = lambda address: None
    with clock.stopped_at(waiting.not_before):
        assert sweep() == {LetterState.SENT: 1}
    assert post.messages[0]["Message-ID"] == waiting.message_id


def test_the_pause_doubles_up_to_an_hour_and_ends_after_two_days(app: Flask, post: Post) -> None:
    post.at_data = lambda server, envelope: "451 4.3.0 Not now"
    queue("ana@example.org")
    moment, pauses = NOON, []
    while letter().state is LetterState.QUEUED:
        with clock.stopped_at(moment):
            sweep()
        pauses.append((letter().not_before - moment).total_seconds())
        moment = letter().not_before

    least = [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert all(pause <= given <= pause * 1.125 for pause, given in zip(least, pauses, strict=False)), pauses
    assert letter().state is LetterState.FAILED
    assert letter().last_error == "Given up after 2 days: 451 4.3.0 Not now"
    assert timedelta(days=2) < moment - NOON < timedelta(days=2, hours=2)


def test_a_server_that_is_down_costs_one_try_for_a_batch_and_loses_nothing(
    app: Flask, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    up = app.config["MAIL_URL"]
    app.config["MAIL_URL"] = "smtp://127.0.0.1:1?tls=none"
    queue(*(f"p{n}@example.org" for n in range(5)))

    assert sweep() == {LetterState.QUEUED: 5}
    assert "refused" in letter("p0@example.org").last_error
    app.config["MAIL_URL"] = up
    with clock.stopped_at(NOON + timedelta(minutes=1)):
        assert sweep() == {LetterState.SENT: 5}


def test_a_slow_server_is_given_up_on_without_a_transaction_open(
    app: Flask, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.mail.transports.TIMEOUT", 1.5)
    writes_while_sending = []

    def stall(server: Any, envelope: Any) -> None:
        # A writer that needs not wait: the sweep holds no lock on the database.
        with closing(sqlite3.connect(app.config["HOME"] / "polyforum.db", timeout=0.1)) as other:
            writes_while_sending.append(other.execute("BEGIN IMMEDIATE"))
        time.sleep(3)

    post.at_data = stall
    queue("ana@example.org")

    assert sweep() == {LetterState.UNSURE: 1}
    assert len(writes_while_sending) == 1
    assert "did not confirm" in letter().last_error
    with clock.stopped_at(NOON + timedelta(days=1)):
        assert sweep() == {}


def test_a_connection_lost_before_the_letter_was_out_is_made_again(app: Flask, post: Post) -> None:
    lost = []

    def hang_up_once(address: str) -> str | None:
        if address == "p1@example.org" and not lost:
            lost.append(address)
            return "421 4.3.2 Going down"
        return None

    post.at_recipient = hang_up_once
    queue(*(f"p{n}@example.org" for n in range(4)))

    assert sweep() == {LetterState.SENT: 3, LetterState.QUEUED: 1}
    assert post.connections == 2
    with clock.stopped_at(NOON + timedelta(minutes=1)):
        assert sweep() == {LetterState.SENT: 1}
    assert post.recipients == [f"p{n}@example.org" for n in range(4)]


def test_a_connection_lost_after_the_letter_was_out_leaves_that_one_to_a_person(app: Flask, post: Post) -> None:
    def hang_up(server: Any, envelope: Any) -> str | None:
        if envelope.rcpt_tos == ["p1@example.org"]:
            server.transport.abort()
        return None

    post.at_data = hang_up
    queue(*(f"p{n}@example.org" for n in range(4)))

    assert sweep() == {LetterState.SENT: 3, LetterState.UNSURE: 1}
    assert letter("p1@example.org").state is LetterState.UNSURE

    outbox.send_again(letter("p1@example.org"))
    db.session.commit()
    post.at_data = lambda server, envelope: None
    assert sweep() == {LetterState.SENT: 1}


def test_a_letter_whose_facts_no_longer_hold_is_dropped_with_the_reason(
    app: Flask, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stale(letter: Letter) -> Content:
        raise Stale("the session has moved")

    monkeypatch.setitem(rendering._renderers, "old", stale)
    queue("ana@example.org", kind="old")

    assert sweep() == {LetterState.DROPPED: 1}
    assert letter().last_error == "the session has moved"


def test_a_letter_that_cannot_be_written_waits_and_harms_no_other(app: Flask, post: Post) -> None:
    queue("ana@example.org", kind="of a later version")
    queue("ion@example.org")

    assert sweep() == {LetterState.QUEUED: 1, LetterState.SENT: 1}
    assert "of a later version" in letter().last_error


def test_an_expired_lease_is_taken_back_only_before_the_handing_over(app: Flask, post: Post) -> None:
    queue("ana@example.org", "ion@example.org")
    outbox.claim(2)
    handed = letter("ion@example.org")
    handed.handed_over_at = NOON
    db.session.commit()

    assert sweep() == {}, "the leases still run"
    with clock.stopped_at(NOON + outbox.LEASE + timedelta(seconds=1)):
        assert sweep() == {LetterState.SENT: 1}
    assert post.recipients == ["ana@example.org"]
    assert letter("ion@example.org").state is LetterState.UNSURE


def test_a_sender_whose_lease_ended_lets_go(app: Flask, post: Post) -> None:
    queue("ana@example.org")
    late = outbox.claim(1)
    with clock.stopped_at(NOON + outbox.LEASE + timedelta(seconds=1)):
        sweep()
        with outbox.transport_of(app.config["MAIL_URL"]) as transport, single_statements().connect() as ledger:
            assert outbox.Batch(transport, ledger, late).send() == {}

    assert len(post.messages) == 1


def test_several_workers_never_send_a_letter_twice(database: str, tmp_path: Path) -> None:
    post, letters = Post(), 120
    with serving(post) as port:
        own = settings(tmp_path, SQLALCHEMY_DATABASE_URI=database, MAIL_URL=f"smtp://127.0.0.1:{port}?tls=none")
        app = create_app(own)
        with app.app_context():
            queue(*(f"p{n}@example.org" for n in range(letters)))

        def work() -> None:
            with app.app_context():
                sweep()

        workers = [threading.Thread(target=work) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        with app.app_context():
            states = db.session.execute(sa.select(Letter.state, sa.func.count()).group_by(Letter.state)).all()
            db.session.remove()
            db.engine.dispose()

    assert [tuple(row) for row in states] == [(LetterState.SENT, letters)]
    assert post.recipients == sorted(f"p{n}@example.org" for n in range(letters))
    assert post.connections > 1, "more than one worker had a part"


SENDER = """
import sys
from app import create_app
from app.mail import rendering
from app.mail.rendering import Content
from app.mail.outbox import sweep
rendering._renderers["note"] = lambda letter: Content("A note", "Hello", "<p>Hello</p>")
app = create_app({"SQLALCHEMY_DATABASE_URI": sys.argv[1], "MAIL_URL": sys.argv[2]})
with app.app_context():
    sweep()
"""


def test_a_sender_killed_between_the_handing_over_and_the_mark_leaves_one_letter_unsure(app: Flask, post: Post) -> None:
    reached = threading.Event()
    arrived: list[str] = []

    def stall_third(server: Any, envelope: Any) -> None:
        arrived.extend(envelope.rcpt_tos)
        if len(arrived) == 3:
            reached.set()
            time.sleep(1)

    post.at_data = stall_third
    present = clock.from_timestamp(time.time())  # The clock of the other process.
    queue(*(f"p{n}@example.org" for n in range(6)), not_before=present)
    address = app.config["SQLALCHEMY_DATABASE_URI"]
    sender = subprocess.Popen(
        [sys.executable, "-c", SENDER, address, app.config["MAIL_URL"]],
        env={**os.environ, "POLYFORUM_HOME": str(app.config["HOME"])},
    )
    assert reached.wait(30)
    sender.send_signal(signal.SIGKILL)
    sender.wait()

    with clock.stopped_at(present + outbox.LEASE + timedelta(minutes=2)):
        assert sweep() == {LetterState.SENT: 3}
    assert arrived == [f"p{n}@example.org" for n in range(6)], "each went out once"
    assert letter("p2@example.org").state is LetterState.UNSURE
    assert [letter(f"p{n}@example.org").state for n in (0, 1, 3, 4, 5)] == [LetterState.SENT] * 5
