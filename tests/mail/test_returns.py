"""Return addresses: what came back is known by where it came to."""

import pytest
from flask import Flask

from app.mail import returns
from app.mail.returns import Purpose


@pytest.fixture(autouse=True)
def _inbox(app: Flask) -> None:
    app.config["INBOX_URL"] = "maildir:/nowhere"
    app.config["MAIL_FROM"] = "The Forum <forum@library.example>"


def test_an_address_says_what_it_was_made_for() -> None:
    address = returns.address_for(Purpose.LETTER, 81)
    assert address.startswith("forum+b81-")
    assert address.endswith("@library.example")
    assert returns.read(address) == (Purpose.LETTER, 81)
    assert returns.letter_of(address) == 81
    assert returns.read(returns.address_for(Purpose.INVITATION, 7)) == (Purpose.INVITATION, 7)
    assert returns.letter_of(returns.address_for(Purpose.INVITATION, 7)) is None


def test_an_address_is_known_whatever_case_and_domain_servers_gave_it() -> None:
    local, _, _ = returns.address_for(Purpose.LETTER, 81).partition("@")
    assert returns.letter_of(f"{local.upper()}@LIBRARY.EXAMPLE") == 81
    assert returns.letter_of(f"{local}@relay.example.net") == 81


@pytest.mark.parametrize("made_up", [
    "", "@", "forum@library.example", "forum+b81@library.example", "forum+b81-@library.example",
    "forum+b81-aaaaaaaaaaaaa@library.example", "forum+x81-aaaaaaaaaaaaa@library.example",
    "forum+b081-aaaaaaaaaaaaa@library.example", "forum+b99999999999999999999-aaaaaaaaaaaaa@library.example",
    "forum+b81-ааааааааааааа@library.example", "+b\N{ARABIC-INDIC DIGIT EIGHT}-aaaaaaaaaaaaa@x",
])  # fmt: skip
def test_nobody_can_make_one_up(made_up: str) -> None:
    assert returns.read(made_up) is None


def test_the_mark_of_one_thing_is_not_the_mark_of_another(app: Flask) -> None:
    address = returns.address_for(Purpose.LETTER, 81)
    assert returns.read(address.replace("+b81", "+b82")) is None
    assert returns.read(address.replace("+b81", "+i81")) is None
    app.config["SECRET_KEY"] = "another site"
    assert returns.read(address) is None


def test_without_a_mailbox_letters_come_from_the_plain_address(app: Flask) -> None:
    app.config["INBOX_URL"] = ""
    assert returns.address_for(Purpose.LETTER, 81) == "forum@library.example"


def test_a_domain_beyond_ascii_is_written_in_ascii(app: Flask) -> None:
    app.config["MAIL_FROM"] = "forum@бібліотека.example"
    assert returns.address_for(Purpose.LETTER, 1).endswith("@xn--80abaqzev6a7nc.example")


def test_a_sender_that_leaves_no_room_for_the_mark_is_refused(app: Flask) -> None:
    returns.check()
    app.config["MAIL_FROM"] = f"{'f' * 29}@library.example"
    returns.check()
    assert len(returns.address_for(Purpose.LETTER, 10**18).partition("@")[0]) <= 64
    app.config["MAIL_FROM"] = f"{'f' * 30}@library.example"
    with pytest.raises(ValueError, match="29 characters at most"):
        returns.check()


@pytest.mark.parametrize("wrong", ["", "Forum", "forum@", "@library.example", "The Forum <>"])
def test_a_sender_that_is_no_address_is_refused(app: Flask, wrong: str) -> None:
    app.config.update(INBOX_URL="", MAIL_FROM=wrong)
    with pytest.raises(ValueError, match="MAIL_FROM"):
        returns.check()
