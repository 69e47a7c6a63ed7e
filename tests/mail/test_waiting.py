"""What happens to letters before they are sent: superseded, held, released, withdrawn; and the copies of those sent."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.extensions import db, signer, single_statements
from app.lib import clock
from app.lib.tokens import new_token
from app.mail import copies, outbox, rendering
from app.mail.batch import Batch
from app.mail.models import Letter, LetterCopy, LetterState
from app.mail.outbox import sweep
from app.mail.reasons import SUPERSEDED
from app.mail.rendering import Content
from app.mail.service import enqueue
from app.mail.transports import transport_of
from tests.conftest import NOON
from tests.mail.server import Post

QUEUED, HELD, SENT, DROPPED = LetterState.QUEUED, LetterState.HELD, LetterState.SENT, LetterState.DROPPED


def queue(key: str, recipient: str = "ana@example.org", **values: Any) -> None:
    enqueue("note", key, recipient, **{"language": "en"} | values)
    db.session.commit()


def states() -> dict[str, LetterState]:
    db.session.expire_all()
    return {letter.key.removeprefix("note:"): letter.state for letter in db.session.scalars(sa.select(Letter))}


@pytest.mark.both_databases
def test_a_newer_letter_takes_the_place_of_one_that_waits_for_the_same_person(app: Flask, post: Post) -> None:
    queue("1:a", topic="1")
    queue("1:other", "ion@example.org", topic="1")
    queue("2:a", topic="2")
    queue("1:b", topic="1")
    queue("1:a", topic="1")  # Written long ago; says nothing new.

    assert states() == {"1:a": DROPPED, "1:other": QUEUED, "2:a": QUEUED, "1:b": QUEUED}
    assert db.session.scalar(sa.select(Letter.last_error).where(Letter.key == "note:1:a")) == SUPERSEDED


def test_a_letter_that_was_superseded_while_it_was_tried_is_not_tried_again(app: Flask, post: Post) -> None:
    queue("1:a", topic="1")
    claims = outbox.claim(1)
    queue("1:b", topic="1", not_before=NOON + timedelta(days=1))
    with transport_of(app.config["MAIL_URL"]) as transport, single_statements().connect() as ledger:
        assert Batch(transport, ledger, claims).send() == {DROPPED: 1}
    assert states() == {"1:a": DROPPED, "1:b": QUEUED}


@pytest.mark.both_databases
def test_what_is_held_waits_until_it_is_released(app: Flask, post: Post) -> None:
    queue("a", cause="message:7")
    queue("b", "ion@example.org", cause="message:7")
    queue("c", "eva@example.org", cause="message:8")
    outbox.hold("message:7")
    db.session.commit()

    assert sweep() == {SENT: 1}
    assert outbox.fates("message:7") == {HELD: 2}
    outbox.release("message:7")
    db.session.commit()
    assert sweep() == {SENT: 2}


@pytest.mark.both_databases
def test_what_is_withdrawn_says_why_and_what_was_sent_stays_sent(app: Flask, post: Post) -> None:
    queue("a", cause="message:7")
    sweep()
    queue("b", cause="message:7")
    queue("c", cause="message:7")
    outbox.hold("message:7")
    outbox.withdraw("message:7", "The organisers took it back.")
    db.session.commit()

    assert sweep() == {}
    assert states() == {"a": SENT, "b": DROPPED, "c": DROPPED}
    said = db.session.scalars(sa.select(Letter.last_error).where(Letter.state == DROPPED)).all()
    assert set(said) == {"The organisers took it back."}


@pytest.mark.both_databases
@pytest.mark.parametrize(("act", "state"), [("hold", HELD), ("withdraw", DROPPED)])
def test_letters_that_a_sender_has_already_claimed_stop_too(
    app: Flask, post: Post, act: str, state: LetterState
) -> None:
    queue("a", cause="message:7")
    claims = outbox.claim(5)
    outbox.hold("message:7") if act == "hold" else outbox.withdraw("message:7", "No")
    db.session.commit()

    with transport_of(app.config["MAIL_URL"]) as transport, single_statements().connect() as ledger:
        assert Batch(transport, ledger, claims).send() == {}
    assert states() == {"a": state}
    assert post.messages == []


def test_a_letter_that_is_being_handed_over_is_held_when_it_comes_back(app: Flask, post: Post) -> None:
    queue("a", cause="message:7")
    outbox.claim(1)
    db.session.execute(sa.update(Letter).values(handed_over_at=NOON))
    outbox.hold("message:7")
    row = db.session.scalars(sa.select(Letter)).one()
    assert (row.state, row.returns_to) == (LetterState.CLAIMED, HELD)

    outbox.release("message:7")
    db.session.commit()
    assert db.session.scalars(sa.select(Letter.returns_to)).one() is QUEUED


def test_a_copy_is_kept_of_what_was_said_without_its_private_links(
    app: Flask, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, signed = new_token(), signer.sign("sign-in", [1, 2])
    text = (
        f"Your page: http://polyforum.test/en/registrations/{token}/ and http://polyforum.test/calendars/{token}.ics "
        f"or /sign-in/{signed}?to=/en/ or ?key={token}. The event: http://polyforum.test/en/events/a-conference/"
    )
    monkeypatch.setitem(rendering._renderers, "note", lambda letter: Content("A note", text, f"<a href='{text}'>x</a>"))
    queue("a")
    assert copies.of(db.session.scalars(sa.select(Letter)).one()) is None
    sweep()

    kept = copies.of(db.session.scalars(sa.select(Letter), execution_options={"populate_existing": True}).one())
    assert kept is not None
    assert token not in kept.text + kept.html
    assert signed not in kept.text + kept.html
    assert "registrations/…/ and http://polyforum.test/calendars/….ics or /sign-in/…?to=/en/" in kept.text
    assert "http://polyforum.test/en/events/a-conference/" in kept.text
    assert token in post.messages[0].get_body(("plain",)).get_content()


def test_copies_are_forgotten_after_half_a_year_and_none_is_kept_of_a_link_to_sign_in(
    app: Flask, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.people import links
    from tests.factories import make_account

    links.send(make_account().email, links.Purpose.SIGN_IN, "en")
    queue("a")
    assert sweep() == {SENT: 2}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LetterCopy)) == 1

    with clock.stopped_at(NOON + copies.KEPT + timedelta(days=1)):
        copies.forget_old()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LetterCopy)) == 0
