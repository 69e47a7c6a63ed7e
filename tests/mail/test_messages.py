import mailbox
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from app.mail.messages import Message, Unsendable, compose_message
from app.mail.models import Letter
from app.mail.rendering import Attachment, Content
from app.mail.transports import Smtp, transport_of
from tests.reminders.reading import unflowed

LETTER = {
    "recipient": "ana@example.org", "recipient_name": "Ana Ionescu", "language": "ro", "message_id": "<1@polyforum>",
}  # fmt: skip
INVITATION = Attachment(
    "BEGIN:VCALENDAR\r\nSUMMARY:Бібліотека\r\nEND:VCALENDAR\r\n".encode(),
    "text/calendar; method=REQUEST; charset=utf-8", "invitation.ics",
)  # fmt: skip


def written(content: dict[str, object] | None = None, **letter: object) -> EmailMessage:
    """The message as a receiver reads it."""
    given = Content(**{"subject": "A note", "text": "Hello", "html": "<p>Hello</p>"} | (content or {}))  # type: ignore[arg-type]
    message = compose_message(Letter(**LETTER | letter), given, "Polyforum <polyforum@example.org>")
    return message_from_bytes(message.as_bytes(), policy=policy.default)  # type: ignore[return-value]


def test_a_message_says_who_writes_to_whom_and_that_no_person_wrote_it() -> None:
    message = written({"reply_to": "contact@example.org"}, recipient_name="Ана Йонеску")

    assert message["From"] == "Polyforum <polyforum@example.org>"
    assert message["To"].addresses[0].display_name == "Ана Йонеску"
    assert message["To"].addresses[0].addr_spec == "ana@example.org"
    assert message["Reply-To"] == "contact@example.org"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime.tzinfo is not None
    assert message["List-Unsubscribe"] is None


def test_one_click_unsubscribing_survives_a_long_address() -> None:
    link = "https://example.org/some/where/unsubscribe/" + "a" * 120
    raw = compose_message(
        Letter(**LETTER), Content("A note", "Hello", "<p>Hello</p>", unsubscribe_url=link), "p@example.org"
    ).as_bytes()

    assert f"\r\nList-Unsubscribe: <{link}>\r\n".encode() in raw
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw


@pytest.mark.parametrize("evil", ["Ana\r\nBcc: all@example.org", "Ana\nBcc: all@example.org", "Ana\x00\u2028Bcc: x"])
def test_no_name_or_subject_begins_another_header(evil: str) -> None:
    message = written({"subject": evil}, recipient_name=evil)

    assert message["Bcc"] is None
    assert message.keys().count("To") == 1
    assert "\n" not in message["Subject"]


@pytest.mark.parametrize(
    "address", ["ana@example.org\r\nBcc: all@example.org", "ana@example.org, all@example.org", "ana", "", "a <b@c.org>"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(Unsendable):
        written(recipient=address)


def test_an_international_domain_goes_out_in_ascii() -> None:
    assert written(recipient="ana@бібліотека.укр")["To"].addresses[0].addr_spec == "ana@xn--80abaqzev6a7nc.xn--j1amh"


def test_an_invitation_is_an_alternative_and_a_file() -> None:
    message = written({"attachments": (INVITATION,)})

    alternatives = message.get_payload(0)
    kinds = [part.get_content_type() for part in alternatives.iter_parts()]
    assert kinds == ["text/plain", "text/html", "text/calendar"]
    calendar = alternatives.get_payload(2)
    assert calendar["Content-Type"].params["method"] == "REQUEST"
    assert calendar.get_content().replace("\r\n", "\n") == INVITATION.content.decode().replace("\r\n", "\n")
    file = next(message.iter_attachments())
    assert (file.get_filename(), file.get_content_type()) == ("invitation.ics", "application/ics")
    assert file.get_content() == INVITATION.content


def test_every_byte_on_the_way_is_ascii_and_every_line_short() -> None:
    long = "Очень длинная строка без единого переноса " * 60
    content = Content(long, long, f"<p>{long}</p>", attachments=(INVITATION,))
    raw = compose_message(Letter(**LETTER), content, "Поліфорум <polyforum@example.org>").as_bytes()

    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")


LONG = "https://example.org/" + "a" * 150
PARAGRAPHS = f"""Good day, Ana,

{"This is said at some length. " * 8}Here: {LONG} and no further.

  Wednesday, 10 March 2027, 10:00–11:00 (Kyiv)
- {LONG}
- {"An item, and what there is to say of it. " * 4}
From here on. {"From " * 40}
{"日本語の長い段落。" * 30}
> {"As somebody said. " * 10}
> No.

-- 
Polyforum
"""  # noqa: W291 - the signature's


def test_paragraphs_fit_a_screen_of_eighty_columns_and_are_whole_for_readers_that_join_them() -> None:
    part = written({"text": PARAGRAPHS}).get_body(("plain",))
    assert part["Content-Type"].params["format"] == "flowed"
    lines = part.get_content().replace("\r\n", "\n").split("\n")
    assert all(len(line) <= 78 for line in lines if LONG not in line and "日" not in line)
    assert [line.strip("- ") for line in lines if LONG in line] == [LONG, LONG], "an address is never broken"
    assert not any(line.startswith("From ") for line in lines)
    assert lines.count("-- ") == 1
    joined = unflowed("\n".join(lines)).replace("\n-- \n", "\n--\n")
    assert joined == "\n".join(map(str.rstrip, PARAGRAPHS.replace("> ", ">").split("\n")))


def test_a_maildir_takes_letters(tmp_path: Path) -> None:
    with transport_of(f"maildir:{tmp_path}/new/mail") as transport:
        transport.connect()
        transport.send(Message("p@example.org", "ana@example.org", b"Subject: A note\r\n\r\nHello\r\n"))

    assert [message["Subject"] for message in mailbox.Maildir(tmp_path / "new/mail")] == ["A note"]


@pytest.mark.parametrize("url", ["", "smtp:host", "smtp://", "smtp://host?tls=maybe", "imap://host"])
def test_a_wrong_mail_url_is_named(url: str) -> None:
    with pytest.raises(ValueError, match="MAIL_URL"):
        transport_of(url)


def test_credentials_are_decoded_and_the_port_follows_the_encryption() -> None:
    smtp = Smtp("smtp://user%40example.org:p%2Fw%3A@mail.example.org?tls=tls")

    assert (smtp._user, smtp._password, smtp._host, smtp._port) == ("user@example.org", "p/w:", "mail.example.org", 465)
    assert Smtp("smtp://mail.example.org")._port == 587
