"""What the letters of a registration say, and when they must not go any more."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask_babel import force_locale

from app.extensions import db
from app.mail.models import Letter
from app.mail.rendering import Content, Stale, renderer_of
from app.registration import address, letters, service
from app.registration.models import Purpose
from tests.factories import make_event, make_registration

ENTRY = service.Entry("Ana <b>", "ana@example.org", "MD", "ro", "Europe/Chisinau")


def written(kind: str, locale: str = "en") -> Content:
    letter = db.session.scalars(sa.select(Letter).where(Letter.kind == kind).order_by(Letter.id.desc())).first()
    with force_locale(locale):
        return renderer_of(kind)(letter)


def test_the_letter_to_confirm_carries_the_link_in_the_readers_language(app):
    event = make_event(reply_to="reply@example.org")
    registration = service.register(event, ENTRY).held
    content = written(letters.CONFIRM, "ro")
    link = f"http://polyforum.test/ro/registrations/{registration.token(Purpose.PAGE)}/confirm/"
    assert link in content.text
    assert f'href="{link}"' in content.html
    assert "Evenimentul" in content.subject
    assert content.reply_to == "reply@example.org"
    assert content.unsubscribe_url == ""
    assert "Ana <b>" in content.text
    assert "Ana &lt;b&gt;" in content.html


def test_someone_who_reads_a_language_without_an_interface_gets_links_that_work(app):
    event = make_event(languages=["uk", "en"])
    service.register(event, service.Entry("Ана", "ana@example.org", "UA", "uk", "Europe/Kyiv"))
    assert "http://polyforum.test/en/registrations/" in written(letters.CONFIRM, "uk").text


def test_the_letter_to_confirm_is_dropped_when_it_was_confirmed_or_cancelled_meanwhile(app):
    registration = service.register(make_event(), ENTRY).held
    service.confirm(registration)
    with pytest.raises(Stale):
        written(letters.CONFIRM)
    service.cancel(registration)
    with pytest.raises(Stale):
        written(letters.CONFIRM)


def test_the_letter_to_a_mistyped_address_is_not_sent_after_it_was_mended(app):
    event = make_event()
    held = service.register(event, ENTRY).held
    mended = replace(ENTRY, email="anna@example.org")
    address.correct(event, address.Hold(held.id, held.attempt), mended)
    first, second = db.session.scalars(sa.select(Letter).order_by(Letter.id))
    with pytest.raises(Stale):
        renderer_of(letters.CONFIRM)(first)
    assert held.token(Purpose.PAGE) in renderer_of(letters.CONFIRM)(second).text


def test_the_registered_are_sent_their_private_page(app):
    event = make_event()
    registration = make_registration(event, email="ana@example.org")
    service.register(event, ENTRY)
    content = written(letters.KNOWN)
    assert f"http://polyforum.test/en/registrations/{registration.token(Purpose.PAGE)}/" in content.text
    service.cancel(registration)
    with pytest.raises(Stale):
        written(letters.KNOWN)


def test_a_new_address_is_asked_with_a_link_of_its_own(app):
    registration = make_registration(make_event())
    address.ask(registration, "new@example.org")
    content = written(letters.NEW_ADDRESS)
    assert f"/registrations/{registration.token(Purpose.NEW_ADDRESS)}/new-address/" in content.text
    assert registration.token(Purpose.PAGE) not in content.text + content.html
    address.withdraw(registration)
    with pytest.raises(Stale):
        written(letters.NEW_ADDRESS)
