"""The mailbox is read: what came back changes letters and addresses, once, and only for whom it may."""

import mailbox
import tracemalloc
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask, current_app

from app import create_app
from app.cli import main
from app.extensions import db
from app.lib import clock
from app.mail import inbox, mailboxes, outbox, returns
from app.mail.mailboxes import Away
from app.mail.models import Arrival, Grounds, Letter, LetterState, Received, Scope
from app.mail.returns import Purpose
from app.mail.service import enqueue
from app.mail.suppression import suppression_of
from app.registration import erasure
from tests.conftest import NOON, settings
from tests.factories import make_event, make_registration
from tests.mail.imap import Folder, serving_imap
from tests.mail.server import Post

Box = mailbox.Maildir


@pytest.fixture
def box(app: Flask, tmp_path: Path) -> Box:
    app.config["INBOX_URL"] = f"maildir:{tmp_path / 'post'}"
    app.config["MAIL_FROM"] = "The Forum <forum@library.example>"
    return mailbox.Maildir(tmp_path / "post", create=True)


def sent(recipient: str = "ana@example.org", **values: Any) -> Letter:
    number = db.session.scalar(sa.select(sa.func.count(Letter.id)))
    enqueue("note", str(number), recipient, language="en")
    letter = db.session.scalars(sa.select(Letter).order_by(Letter.id.desc())).first()
    assert letter is not None
    for name, value in ({"state": LetterState.SENT, "handed_over_at": NOON, "sent_at": NOON} | values).items():
        setattr(letter, name, value)
    db.session.commit()
    return letter


def bounce(to: str, status: str = "5.1.1", action: str = "failed", recipient: str = "ana@example.org",
           message_id: str = "<unknown@polyforum>", said: str = "No such user") -> bytes:  # fmt: skip
    return f"""Return-Path: <>
Delivered-To: {to}
From: Mail Delivery System <MAILER-DAEMON@mx.example.org>
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} {said}

--b
Content-Type: text/rfc822-headers

From: The Forum <forum@library.example>
Message-ID: {message_id}
Subject: A note

--b--
""".encode()


def complaint(to: str, returned_to: str, kind: str = "abuse") -> bytes:
    return f"""From: <feedback@provider.example>
To: {to}
Subject: FW: A note
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

This is an email abuse report.

--b
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <{returned_to}>

--b
Content-Type: message/rfc822

Return-Path: <{returned_to}>
From: The Forum <forum@library.example>
Subject: A note

Hello

--b--
""".encode()


def plain(to: str, text: str, **headers: str) -> bytes:
    lines = {"From": "Ana <ana@example.org>", "To": to, "Subject": "A word"} | headers
    return (
        "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in lines.items()).encode() + f"\n{text}".encode()
    )


def received() -> list[tuple[Arrival, int | None]]:
    return [(row.arrival, row.letter_id) for row in db.session.scalars(sa.select(Received).order_by(Received.id))]


@pytest.mark.both_databases
def test_a_bounce_marks_the_letter_and_ends_sending_to_the_address(box: Box) -> None:
    letter, other = sent(), sent("ion@example.org")
    box.add(bounce(returns.return_address(letter)))

    assert inbox.sweep() == {Arrival.BOUNCE: 1}
    assert inbox.sweep() == {}

    db.session.expire_all()
    assert (letter.state, letter.bounced_at) == (LetterState.BOUNCED, NOON)
    assert letter.last_error == "5.1.1 550 5.1.1 No such user"
    suppression = suppression_of("ana@example.org")
    assert suppression is not None
    assert (suppression.scope, suppression.grounds, suppression.letter_id) == (Scope.ALL, Grounds.BOUNCED, letter.id)
    assert other.state is LetterState.SENT
    assert suppression_of("ion@example.org") is None
    assert received() == [(Arrival.BOUNCE, letter.id)]


def test_what_was_dealt_with_is_marked_as_seen_and_what_people_must_read_is_left(box: Box) -> None:
    dealt = box.add(bounce(returns.return_address(sent())))
    left = box.add(plain("forum@library.example", "When does it begin?"))

    assert inbox.sweep() == {Arrival.BOUNCE: 1, Arrival.OTHER: 1}

    assert (box.get_message(dealt).get_subdir(), box.get_message(dealt).get_flags()) == ("cur", "S")
    assert (box.get_message(left).get_subdir(), box.get_message(left).get_flags()) == ("new", "")
    assert inbox.sweep() == {}


@pytest.mark.parametrize("status", ["5.2.2", "4.4.7", "5.3.0", "5.0.0"])
def test_the_third_letter_in_thirty_days_that_came_back_for_a_passing_reason_ends_it(box: Box, status: str) -> None:
    with clock.stopped_at(NOON - timedelta(days=31)):
        box.add(bounce(returns.return_address(sent()), status, said="Sorry"))
        inbox.sweep()
    for _ in range(2):
        box.add(bounce(returns.return_address(sent()), status, said="Sorry"))
        inbox.sweep()
    assert suppression_of("ana@example.org") is None

    last = sent()
    box.add(bounce(returns.return_address(last), status, said="Sorry"))
    inbox.sweep()

    suppression = suppression_of("ana@example.org")
    assert suppression is not None
    assert suppression.reason.startswith(f"Several letters to it came back within a month; the last: {status}")


def test_three_reports_of_one_letter_are_one(box: Box) -> None:
    letter = sent()
    for _ in range(3):
        box.add(bounce(returns.return_address(letter), "5.2.2"))
    assert inbox.sweep() == {Arrival.BOUNCE: 3}
    assert suppression_of("ana@example.org") is None


@pytest.mark.parametrize("status", ["5.7.1", "5.6.0", "5.5.0", "5.3.4", "5.1.8"])
def test_what_is_our_own_fault_is_no_reason_to_give_an_address_up(box: Box, status: str) -> None:
    for _ in range(4):
        box.add(bounce(returns.return_address(sent()), status, said="Sorry"))
    assert inbox.sweep() == {Arrival.BOUNCE: 4}
    assert suppression_of("ana@example.org") is None


def test_a_delay_is_noted_and_changes_nothing(box: Box) -> None:
    letter = sent()
    box.add(bounce(returns.return_address(letter), "4.4.1", action="delayed"))
    box.add(bounce(returns.return_address(letter), "2.0.0", action="delivered"))
    assert inbox.sweep() == {Arrival.DELAY: 1, Arrival.AUTOMATIC: 1}
    assert letter.state is LetterState.SENT
    assert suppression_of("ana@example.org") is None


def test_a_bounce_settles_what_was_unsure_and_leaves_what_was_never_sent(box: Box) -> None:
    unsure, dropped = sent(state=LetterState.UNSURE), sent(state=LetterState.DROPPED, handed_over_at=None)
    for letter in (unsure, dropped):
        box.add(bounce(returns.return_address(letter)))
    inbox.sweep()
    db.session.expire_all()
    assert (unsure.state, dropped.state) == (LetterState.BOUNCED, LetterState.DROPPED)


def test_a_forged_report_does_nothing(box: Box) -> None:
    letter = sent()
    local, _, domain = returns.return_address(letter).partition("@")
    guessed = local[:-1] + ("a" if local[-1] != "a" else "b")
    for to in (
        "forum@library.example", f"forum+b{letter.id}@{domain}", f"{guessed}@{domain}",
        returns.address_for(Purpose.INVITATION, letter.id),
    ):  # fmt: skip
        box.add(bounce(to))
        box.add(complaint(to, to))
        box.add(plain(to, "550 5.1.1 No such user ana@example.org", From="MAILER-DAEMON@example.org"))
    # The sender's own word, and a Message-ID that belongs to another recipient.
    box.add(bounce("forum@library.example", recipient="ion@example.org", message_id=letter.message_id))
    inbox.sweep()

    db.session.expire_all()
    assert letter.state is LetterState.SENT
    assert suppression_of("ana@example.org") is None
    assert suppression_of("ion@example.org") is None
    assert {arrival for arrival, _ in received()} <= {Arrival.OTHER, Arrival.AUTOMATIC}


def test_a_report_to_the_plain_address_is_known_by_the_letter_that_it_brings_back(box: Box) -> None:
    letter = sent()
    box.add(bounce("forum@library.example", message_id=letter.message_id))
    assert inbox.sweep() == {Arrival.BOUNCE: 1}
    db.session.expire_all()
    assert letter.state is LetterState.BOUNCED


def test_the_address_in_the_envelope_is_where_a_bounce_comes_back_to(box: Box, post: Post) -> None:
    senders: list[str] = []
    post.at_data = lambda _server, envelope: senders.append(envelope.mail_from)
    letter = sent(state=LetterState.QUEUED, handed_over_at=None, sent_at=None)
    outbox.sweep()
    assert senders == [returns.return_address(letter)]
    assert post.messages[0]["From"].addresses[0].addr_spec == "forum@library.example"
    box.add(bounce(senders[0]))
    inbox.sweep()
    db.session.expire_all()
    assert letter.state is LetterState.BOUNCED


def test_a_report_that_a_relay_passes_on_is_known_by_the_return_path_in_it(box: Box) -> None:
    letter = sent()
    returned = f"Return-Path: <{returns.return_address(letter)}>\nMessage-ID:"
    box.add(bounce("forum@library.example").replace(b"Message-ID:", returned.encode()))
    assert inbox.sweep() == {Arrival.BOUNCE: 1}


def test_who_forwards_a_letter_makes_no_report(box: Box) -> None:
    path = returns.return_address(sent())
    box.add(plain(
        "forum@library.example",
        f"\n--b\n\nIs this user unknown?\n--b\nContent-Type: message/rfc822\n\nReturn-Path: <{path}>\n\n5.1.1\n--b--\n",
        MIME_Version="1.0", Content_Type='multipart/mixed; boundary="b"',
    ))  # fmt: skip
    assert inbox.sweep() == {Arrival.OTHER: 1}


@pytest.mark.parametrize(("text", "status"), [
    ("Remote host said: 550 5.2.1 mailbox disabled", "5.2.1"),
    ("Sorry, no mailbox here by that name.", "5.1.1"),
    ("Delivery failed.", "5.0.0"),
])  # fmt: skip
def test_a_server_that_writes_as_it_likes_is_understood_at_a_letters_address(box: Box, text: str, status: str) -> None:
    letter = sent()
    box.add(plain(returns.return_address(letter), text, From="<MAILER-DAEMON@example.org>"))
    assert inbox.sweep() == {Arrival.BOUNCE: 1}
    assert db.session.scalar(sa.select(Received.status)) == status
    db.session.expire_all()
    assert letter.state is LetterState.BOUNCED


@pytest.mark.parametrize("headers", [
    {"Auto_Submitted": "auto-replied"}, {"Precedence": "auto_reply"}, {"X_Autoreply": "yes"}, {"Return_Path": "<>"},
])  # fmt: skip
def test_holidays_are_nobodys_business(box: Box, headers: dict[str, str]) -> None:
    letter = sent()
    box.add(plain(returns.return_address(letter), "I am away. My mailbox is full of user unknown.", **headers))
    assert inbox.sweep() == {Arrival.AUTOMATIC: 1}
    db.session.expire_all()
    assert letter.state is LetterState.SENT


def test_a_complaint_ends_what_nobody_asked_for(box: Box) -> None:
    letter = sent()
    box.add(complaint("fbl@library.example", returns.return_address(letter)))
    box.add(complaint("fbl@library.example", returns.return_address(sent("ion@example.org")), "not-spam"))
    assert inbox.sweep() == {Arrival.COMPLAINT: 1, Arrival.AUTOMATIC: 1}
    suppression = suppression_of("ana@example.org")
    assert suppression is not None
    assert (suppression.scope, suppression.grounds) == (Scope.BULK, Grounds.COMPLAINT)
    assert suppression_of("ion@example.org") is None


def test_an_answer_to_an_invitation_goes_to_whoever_takes_it(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[inbox.CalendarMessage] = []

    def take(message: inbox.CalendarMessage) -> str | None:
        taken.append(message)
        if message.registration is None:
            return None
        if b"BROKEN" in message.calendar:
            raise inbox.Unreadable("no UID in it")
        return "Ana comes"

    monkeypatch.setitem(inbox._takers, "REPLY", take)
    answer = "Content-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR\nMETHOD:REPLY\n{}\nEND:VCALENDAR\n"
    for to, text in ((returns.address_for(Purpose.INVITATION, 7), ""), ("forum@library.example", ""),
                     (returns.address_for(Purpose.INVITATION, 7), "BROKEN")):  # fmt: skip
        box.add(f"From: ana@example.org\nTo: {to}\n{answer.format(text)}".encode())
    assert inbox.sweep() == {Arrival.REPLY: 1, Arrival.OTHER: 1, Arrival.UNREADABLE: 1}
    assert sorted(message.registration or 0 for message in taken) == [0, 7, 7]
    details = {row.arrival: row.detail for row in db.session.scalars(sa.select(Received))}
    assert (details[Arrival.REPLY], details[Arrival.UNREADABLE]) == ("Ana comes", "no UID in it")


def test_a_broken_message_stops_nothing(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_message: inbox.CalendarMessage) -> str:
        enqueue("note", "never", "ion@example.org", language="en")
        raise RuntimeError("no\x00\nsense")

    monkeypatch.setitem(inbox._takers, "REPLY", fail)
    letter = sent()
    for raw in (
        b"", b"\0\0\0", b"\xff" * 1000, b"Content-Type: multipart/report; boundary=x\n\n--x\n--x\n",
        b"Content-Type: text/calendar; method=REPLY\n\nMETHOD:REPLY\n",
        b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(3000)),
        b"From: " + b"a@b, " * 100_000, b"Subject: =?utf-8?b?/////?=\nTo: <<<>>,;@,\n\nx",
        b"Content-Type: multipart/report\n\n\n",
        b"Content-Type: text/plain; charset=nonsense\nFrom: postmaster@x\n\n5.1.1",
        b"Content-Type: message/delivery-status\n\nAction\nStatus: 9.9\n\n: \n\nFinal-Recipient: ;;;\n",
    ):  # fmt: skip
        box.add(raw)
    box.add(bounce(returns.return_address(letter)))

    found = inbox.sweep()

    assert found.total() == 12
    seen = list(Path(box._path, "cur").iterdir())  # type: ignore[attr-defined]
    assert len(seen) == found.total() - found[Arrival.OTHER] - found[Arrival.UNREADABLE]
    assert found[Arrival.BOUNCE] == 1
    assert found[Arrival.UNREADABLE] >= 1
    assert inbox.sweep() == {}
    assert "RuntimeError: no sense" in set(db.session.scalars(sa.select(Received.detail)))
    assert db.session.scalar(sa.select(sa.func.count(Letter.id))) == 1


def test_a_bounce_of_five_megabytes_is_read_by_its_beginning(box: Box) -> None:
    letter = sent()
    whole = bounce(returns.return_address(letter)).replace(b"--b--", b"--b\nContent-Type: message/rfc822\n\n")
    box.add(whole + b"x" * 70 + b"\n" + (b"y" * 75 + b"\n") * 70_000)
    tracemalloc.start()
    try:
        assert inbox.sweep() == {Arrival.BOUNCE: 1}
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
    db.session.expire_all()
    assert letter.state is LetterState.BOUNCED


def test_what_two_read_at_once_counts_once(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    box.add(bounce(returns.return_address(sent())))
    messages = list(mailboxes.inbox_of(current_app.config["INBOX_URL"]).arrived())
    monkeypatch.setattr(mailboxes.Maildir, "arrived", lambda _self: iter(messages))
    monkeypatch.setattr(mailboxes.Maildir, "notice", lambda _self, _message: None)
    assert inbox.sweep() == {Arrival.BOUNCE: 1}
    assert inbox.sweep() == {}
    assert len(received()) == 1


def test_people_may_read_the_maildir_too(box: Box) -> None:
    read = mailbox.MaildirMessage(bounce(returns.return_address(sent())))
    read.set_subdir("cur")
    read.set_flags("RS")
    noticed = mailbox.MaildirMessage(bounce(returns.return_address(sent())))
    noticed.set_subdir("cur")
    noticed.set_flags("F")
    box.add(read)
    key = box.add(noticed)
    assert inbox.sweep() == {Arrival.BOUNCE: 1}
    assert box.get_message(key).get_flags() == "FS"


# IMAP


@pytest.fixture
def folder(app: Flask):
    folder = Folder()
    with serving_imap(folder) as port:
        app.config["INBOX_URL"] = f"imap://forum:secret@localhost:{port}/"
        app.config["MAIL_FROM"] = "The Forum <forum@library.example>"
        yield folder


def test_a_folder_on_a_server_is_read_from_where_we_stopped(folder: Folder) -> None:
    letter = sent()
    dealt = folder.add(bounce(returns.return_address(letter)))
    folder.add(plain("forum@library.example", "When does it begin?"))

    assert inbox.sweep() == {Arrival.BOUNCE: 1, Arrival.OTHER: 1}
    assert inbox.sweep() == {}
    assert folder.seen == {dealt}

    folder.add(bounce(returns.return_address(sent("ion@example.org")), recipient="ion@example.org"))
    folder.commands.clear()
    assert inbox.sweep() == {Arrival.BOUNCE: 1}
    assert [command for command in folder.commands if "FETCH" in command] == [
        f"UID FETCH 3 (BODY.PEEK[]<0.{inbox.READ}>)"
    ]
    assert not {"EXPUNGE", "COPY", "MOVE"} & {command.split()[0] for command in folder.commands}


def test_a_folder_made_anew_is_read_anew(folder: Folder) -> None:
    folder.add(plain("forum@library.example", "One"))
    inbox.sweep()
    folder.messages.clear()
    folder.validity += 1
    folder.add(bounce(returns.return_address(sent())))
    assert inbox.sweep() == {Arrival.BOUNCE: 1}


def test_only_the_beginning_of_a_long_message_travels(folder: Folder) -> None:
    folder.add(bounce(returns.return_address(sent())) + b"x" * 5_000_000)
    assert inbox.sweep() == {Arrival.BOUNCE: 1}
    assert folder.octets_sent == inbox.READ


@pytest.mark.parametrize("spoil", [
    lambda folder, app: setattr(folder, "password", "other"),
    lambda folder, app: app.config.update(INBOX_URL=app.config["INBOX_URL"] + "nowhere"),
    lambda folder, app: app.config.update(INBOX_URL="imap://forum:secret@localhost:1/"),
    lambda folder, app: app.config.update(INBOX_URL="maildir:/nowhere"),
])  # fmt: skip
def test_a_mailbox_that_is_away_is_one_line_in_the_log(
    app: Flask, folder: Folder, caplog: pytest.LogCaptureFixture, spoil: Callable[[Folder, Flask], None]
) -> None:
    spoil(folder, app)
    assert inbox.sweep() == {}
    assert len(caplog.messages) == 1
    assert "\n" not in caplog.messages[0]
    assert "secret" not in caplog.messages[0]
    with pytest.raises(Away):
        inbox.read()


# Settings and the command


def test_without_an_address_nobody_reads(app: Flask) -> None:
    app.config["INBOX_URL"] = ""
    assert inbox.sweep() == {}


@pytest.mark.parametrize("url", [
    "x", "maildir:", "imaps://", "imaps://host/", "imaps://user@host", "imaps://user:secret@host:port/",
    "imap://user:secret@mail.example.org/", "pop3://user:secret@host/", "imaps://user:secret@[x/",
])  # fmt: skip
def test_a_wrong_address_of_the_mailbox_ends_the_start_in_one_line(tmp_path: Path, url: str) -> None:
    with pytest.raises(ValueError, match=r"^INBOX_URL: ") as fault:
        create_app(settings(tmp_path, INBOX_URL=url))
    assert "\n" not in str(fault.value)
    assert "secret" not in str(fault.value)


def test_the_command_says_what_it_did(app: Flask, box: Box, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def run() -> tuple[int, str]:
        result = CliRunner().invoke(main, ["mail", "inbox"])
        return result.exit_code, result.output.strip()

    monkeypatch.setenv("POLYFORUM_HOME", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", app.config["SQLALCHEMY_DATABASE_URI"])
    assert run() == (2, "Error: INBOX_URL is not set, so nobody reads what comes back.")
    monkeypatch.setenv("INBOX_URL", app.config["INBOX_URL"])
    assert run() == (0, "Nothing new came.")
    box.add(bounce(returns.return_address(sent())))
    assert run() == (0, "1 bounce")
    monkeypatch.setenv("INBOX_URL", "nonsense")
    assert run() == (2, "Error: INBOX_URL: write imaps://user:password@host:port/folder or maildir:PATH")


def test_what_people_wrote_is_forgotten_in_time(box: Box) -> None:
    box.add(plain("forum@library.example", "Hello"))
    inbox.sweep()
    assert db.session.scalar(sa.select(Received.detail)) == "ana@example.org: A word"
    with clock.stopped_at(NOON + timedelta(days=91)):
        inbox.forget_old()
        db.session.commit()
        assert db.session.scalar(sa.select(Received.detail)) == ""
        assert inbox.sweep() == {}


def test_what_a_person_wrote_goes_with_them(box: Box) -> None:
    person = make_registration(make_event(), email="ana@example.org")
    letter = sent()
    letter.payload = {"registration": person.id}
    box.add(bounce(returns.return_address(letter), said="<ana@example.org> is unknown"))
    box.add(plain("forum@library.example", "Hello", From="Ana <Ana@Example.org>"))
    box.add(plain("forum@library.example", "Hello", From="ion@example.org"))
    inbox.sweep()
    erasure.erase(person)
    db.session.commit()
    details = db.session.scalars(sa.select(Received.detail).order_by(Received.id)).all()
    assert sorted(details) == ["", "", "ion@example.org: A word"]
