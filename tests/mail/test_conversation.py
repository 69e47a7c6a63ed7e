import smtplib
import socket

import pytest

from app.mail.conversation import Conversation
from app.mail.messages import Message

LETTER = Message("polyforum@example.org", "ana@example.org", b"Subject: A\r\n\r\n.one\r\n..two\r\n")
ENVELOPE = ["MAIL FROM:<polyforum@example.org> SIZE=27", "RCPT TO:<ana@example.org>", "DATA"]
BODY = ["Subject: A", "", "..one", "...two", "."]
TAKEN = ["250 OK", "250 OK", "354 Go on", "250 OK"]


def delivered(answers: list[str], *, at_once: bool, letters: int = 1) -> tuple[list[Exception | None], list[str]]:
    """How each letter ended, and the lines that a server heard which said `answers` whatever it was told."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall("".join(f"{answer}\r\n" for answer in answers).encode())
        theirs.shutdown(socket.SHUT_WR)
        conversation = Conversation()
        conversation.sock, conversation.does_esmtp = ours, True
        conversation.esmtp_features = {"size": "", **({"pipelining": ""} if at_once else {})}
        ends: list[Exception | None] = []
        for _ in range(letters):
            try:
                conversation.deliver(LETTER)
                ends.append(None)
            except smtplib.SMTPException as fault:
                ends.append(fault)
        conversation.close()
        heard = b"".join(iter(lambda: theirs.recv(4096), b""))
    return ends, heard.decode().splitlines()


@pytest.mark.parametrize("at_once", [True, False])
def test_a_letter_goes_out_with_its_dots_doubled(at_once: bool) -> None:
    assert delivered(TAKEN, at_once=at_once) == ([None], [*ENVELOPE, *BODY])


@pytest.mark.parametrize(
    ("refused_at", "kind"),
    [(0, smtplib.SMTPSenderRefused), (1, smtplib.SMTPRecipientsRefused), (2, smtplib.SMTPDataError)],
)
@pytest.mark.parametrize("at_once", [True, False])
def test_each_refusal_is_told_apart_and_the_next_letter_goes_on(
    refused_at: int, kind: type[Exception], at_once: bool
) -> None:
    refusal = ["250 OK"] * refused_at + ["550 5.1.1 No"]
    if at_once:
        refusal += ["503 5.5.1 What for?"] * (2 - refused_at)
    (end, after), heard = delivered([*refusal, "250 Reset", *TAKEN], at_once=at_once, letters=2)

    assert isinstance(end, kind)
    assert "5.1.1" in str(end)
    assert after is None
    asked = ENVELOPE if at_once else ENVELOPE[: refused_at + 1]
    assert heard == [*asked, "rset", *ENVELOPE, *BODY]


def test_a_server_that_asks_for_the_text_though_it_refused_the_reader_gets_none() -> None:
    answers = ["250 OK", "550 5.1.1 No", "354 Go on", "554 5.5.1 No valid recipients", "250 Reset", *TAKEN]
    (end, after), heard = delivered(answers, at_once=True, letters=2)

    assert isinstance(end, smtplib.SMTPRecipientsRefused)
    assert after is None
    assert heard == [*ENVELOPE, ".", "rset", *ENVELOPE, *BODY]


@pytest.mark.parametrize("at_once", [True, False])
def test_a_server_that_hangs_up_is_asked_no_more(at_once: bool) -> None:
    (end, after), heard = delivered(["421 4.3.2 Going down"], at_once=at_once, letters=2)

    assert isinstance(end, smtplib.SMTPSenderRefused)
    assert end.smtp_code == 421
    assert isinstance(after, smtplib.SMTPServerDisconnected)
    assert heard == (ENVELOPE if at_once else ENVELOPE[:1])


def test_a_local_part_outside_ascii_needs_a_server_that_knows_it() -> None:
    conversation = Conversation()
    with pytest.raises(smtplib.SMTPNotSupportedError):
        conversation.deliver(Message("polyforum@example.org", "іван@example.org", b"\r\n"))
