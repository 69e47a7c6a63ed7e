"""Codes and invitations: made, mailed, used, revoked, and guessed in vain."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import create_app
from app.extensions import db
from app.lib import clock
from app.mail import outbox
from app.mail.models import Letter, LetterState
from app.people.models import Role
from app.registration import codes, invitations, service
from app.registration.models import AccessCode, Admission, Registration, RegistrationState
from tests.conftest import NOON, settings_of
from tests.factories import make_event, make_registration, save
from tests.registration.test_admission_pages import as_role
from tests.registration.test_form import GIVEN

pytestmark = pytest.mark.both_databases


@pytest.fixture
def event(app):
    """One that lets in only people with a code."""
    event = make_event()
    save(Admission(event=event, by_code=True))
    return event


def address(event, path="") -> str:
    return f"/en/manage/events/{event.slug}/admission/codes/{path}"


def all_codes() -> list[AccessCode]:
    return list(db.session.scalars(sa.select(AccessCode).order_by(AccessCode.id)))


def make_code(event, **values) -> AccessCode:
    return save(AccessCode(**{"event": event, "code": "LIBRARY"} | values))


def post(client, event, **changes):
    return client.post(f"/en/events/{event.slug}/register/", data=GIVEN | changes)


def letters() -> list[Letter]:
    return list(db.session.scalars(sa.select(Letter).where(Letter.kind == codes.INVITATION).order_by(Letter.id)))


# The organisers' pages.


def test_an_organiser_makes_a_code_of_their_own_word_once(client, event):
    as_role(client, event, Role.ORGANISER)
    given = {"code": "Library-2027", "most_uses": "30", "expires_at": "2027-03-08T12:00", "note": "City libraries"}
    assert client.post(address(event, "new/"), data=given).status_code == 302
    (code,) = all_codes()
    assert (code.code, code.most_uses, code.note, code.email) == ("Library-2027", 30, "City libraries", "")
    assert code.expires_at.isoformat() == "2027-03-08T10:00:00+00:00"
    again = client.post(address(event, "new/"), data=given | {"code": "LIBRARY-2027"})
    assert (again.status_code, "has that code already" in again.text) == (422, True)
    page = client.get(address(event)).text
    assert "Library-2027" in page
    assert "0 of 30" in page
    other = make_event()
    as_role(client, other, Role.ORGANISER)
    assert client.post(address(other, "new/"), data=given).status_code == 302


@pytest.mark.parametrize("word", ["abc", "two words", "код-весны", "a" * 41, "<b>code</b>"])
def test_a_word_that_is_hard_to_type_is_no_code(client, event, word):
    as_role(client, event, Role.ORGANISER)
    assert client.post(address(event, "new/"), data={"code": word}).status_code == 422
    assert all_codes() == []


def test_many_codes_are_made_up_at_once_and_differ(client, event):
    as_role(client, event, Role.ORGANISER)
    assert client.post(address(event, "new/"), data={"number": "150", "most_uses": "1"}).status_code == 302
    texts = {code.code for code in all_codes()}
    assert len(texts) == 150
    assert all(re.fullmatch(r"[A-HJ-NP-Z2-9]{5}-[A-HJ-NP-Z2-9]{5}", text) for text in texts)
    assert "Page 1 of 2" in client.get(address(event)).text
    assert client.post(address(event, "new/"), data={"number": "501"}).status_code == 422


def test_each_invited_address_gets_one_letter_with_its_own_code(client, event):
    make_registration(event, email="here@example.org")
    as_role(client, event, Role.ORGANISER)
    people = "ana@example.org\n\n Ion Popa <Ion@Example.org> \nana@Example.org\nhere@example.org\n"
    given = {"people": people, "language": "ro", "note": "Board"}
    answer = client.post(address(event, "invite/"), data=given, follow_redirects=True)
    assert "2 invitations are on the way." in answer.text
    assert "Invited or registered already, so not written to: here@example.org" in answer.text
    assert "Written more than once, invited once: ana@example.org" in answer.text
    assert [(code.email, code.most_uses, code.note) for code in all_codes()] == [
        ("ana@example.org", 1, "Board"), ("ion@example.org", 1, "Ion Popa, Board"),
    ]  # fmt: skip
    answer = client.post(address(event, "invite/"), data=given, follow_redirects=True)
    assert "0 invitations are on the way." in answer.text
    assert len(all_codes()) == len(letters()) == 2
    content = outbox.write(letters()[1])
    assert f"/ro/events/{event.slug}/register/?code={all_codes()[1].code}" in content.text
    assert "Ion Popa" in content.text


def test_faulty_lines_are_named_and_nobody_is_invited(client, event):
    as_role(client, event, Role.ORGANISER)
    people = "ana@example.org\nnobody\nBcc: <x@y\n"
    answer = client.post(address(event, "invite/"), data={"people": people, "language": "en"})
    assert answer.status_code == 422
    assert "Line 2, “nobody”" in answer.text
    assert "Line 3, “Bcc: &lt;x@y”" in answer.text
    assert "Line 1," not in answer.text
    assert (all_codes(), letters()) == ([], [])
    too_many = "\n".join(f"a{n}@example.org" for n in range(501))
    answer = client.post(address(event, "invite/"), data={"people": too_many, "language": "en"})
    assert (answer.status_code, "These are 501 lines" in answer.text) == (422, True)


def test_five_hundred_people_are_invited_at_once(client, event):
    as_role(client, event, Role.ORGANISER)
    people = "\n".join(f"a{n}@example.org" for n in range(500))
    assert client.post(address(event, "invite/"), data={"people": people, "language": "en"}).status_code == 302
    assert len(letters()) == len({code.code for code in all_codes()}) == 500


def test_sending_again_is_one_more_letter_however_often_it_is_pressed(client, event):
    as_role(client, event, Role.ORGANISER)
    invitations.invite(event, [("Ana", "ana@example.org")], "en", "", None)
    db.session.commit()
    (code,) = all_codes()
    for after, written in ((1, 2), (1, 2), (2, 3)):
        assert client.post(address(event, f"{code.id}/again/"), data={"after": after}).status_code == 302
        assert len(letters()) == written
    assert {letter.recipient_name for letter in letters()} == {"Ana"}
    assert "(3)" in client.get(address(event)).text


def test_an_invitation_that_is_no_longer_true_is_not_sent(app, event):
    invitations.invite(event, [("", f"{name}@example.org") for name in ("gone", "here")], "en", "", None)
    gone, here = all_codes()
    codes.revoke(gone)
    save(make_registration(event, email=here.email, code_id=here.id))
    outbox.sweep()
    assert [letter.state for letter in letters()] == [LetterState.DROPPED] * 2


@pytest.mark.parametrize(("role", "status"), [(None, 404), (Role.READER, 403), (Role.SPEAKER, 403)])
def test_codes_are_for_organisers_alone(client, event, role, status):
    code = make_code(event, email="ana@example.org")
    paths = ("new/", "invite/", f"{code.id}/revoke/", f"{code.id}/again/")
    given = {"code": "WORD", "people": "bo@example.org", "language": "en"}
    assert ["/sign-in/" in client.post(address(event, path), data=given).location for path in paths] == [True] * 4
    as_role(client, event, role)
    assert client.get(address(event)).status_code == status
    assert [client.post(address(event, path), data=given).status_code for path in paths] == [status] * 4
    assert [client.put(address(event, path)).status_code for path in paths] == [405] * 4
    db.session.expire_all()
    assert [(each.code, each.revoked_at) for each in all_codes()] == [("LIBRARY", None)]
    assert letters() == []


def test_another_events_code_cannot_be_touched_from_here(client, event):
    code = make_code(make_event(), email="ana@example.org")
    as_role(client, event, Role.OWNER)
    for path in ("revoke/", "again/"):
        assert client.post(address(event, f"{code.id}/{path}")).status_code == 404
    db.session.refresh(code)
    assert (code.revoked_at, letters()) == (None, [])


# The form.


def test_the_form_asks_for_a_code_only_where_one_is_needed(client, event):
    assert client.get(f"/en/events/{event.slug}/register/").text.count('name="code"') == 1
    assert 'name="code"' not in client.get(f"/en/events/{make_event().slug}/register/").text


def test_the_link_of_an_invitation_fills_in_code_and_address(client, event):
    code = make_code(event, email="ana@example.org", most_uses=1)
    page = client.get(f"/en/events/{event.slug}/register/?code={code.code.lower()}").text
    assert re.search(r'name="email"[^>]*value="ana@example.org"', page)
    assert re.search(r'name="code"[^>]*value="library"', page)
    for wrong in ("OTHER", make_code(make_event(), code="THEIRS", email="bo@example.org").code):
        page = client.get(f"/en/events/{event.slug}/register/?code={wrong}").text
        assert re.search(r'name="email"[^>]*value=""', page)
    codes.revoke(code)
    db.session.commit()
    assert "ana@example.org" not in client.get(f"/en/events/{event.slug}/register/?code={code.code}").text


def test_who_knows_the_code_gets_in_whatever_its_case_until_it_is_used_up(client, event):
    code = make_code(event, most_uses=2)
    assert post(client, event, code=" library ").status_code == 302
    assert post(client, event, code="Library", email="bo@example.org").status_code == 302
    assert post(client, event, code="LIBRARY", email="cy@example.org").status_code == 422
    first = db.session.scalars(sa.select(Registration).where(Registration.email == "ana@example.org")).one()
    assert first.code_id == code.id
    service.cancel(first)
    db.session.commit()
    assert post(client, event, code="LIBRARY", email="cy@example.org").status_code == 302


@pytest.mark.parametrize("values", [
    {"code": "OTHER-WORD"}, {"expires_at": NOON}, {"revoked_at": NOON}, {"most_uses": 0}, {"email": "bo@example.org"},
])  # fmt: skip
def test_every_code_that_lets_nobody_in_is_refused_in_the_same_words(client, event, values):
    make_code(event, **values)
    make_code(make_event())
    answer = post(client, event, code="LIBRARY")
    assert answer.status_code == 422
    assert answer.text.count("This code lets nobody in, or not this address.") == 2
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Registration)) == 0
    missing = post(client, event)
    assert (missing.status_code, "Write the code" in missing.text) == (422, True)


def test_a_wrong_code_does_not_tell_who_is_registered(client, event):
    make_code(event)
    make_registration(event, email="known@example.org")
    answers = [post(client, event, code="WRONG", email=f"{who}@example.org") for who in ("known", "stranger")]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert answers[0].text.replace("known@", "") == answers[1].text.replace("stranger@", "")


def test_who_lost_the_letter_sends_the_invitation_again(client, event):
    make_code(event, email="ana@example.org", most_uses=1)
    for _ in range(2):
        assert post(client, event, code="LIBRARY").status_code == 302
    (row,) = db.session.scalars(sa.select(Registration)).all()
    assert row.state is RegistrationState.PENDING
    with clock.stopped_at(NOON + timedelta(hours=1)):
        codes.revoke(all_codes()[0])
        db.session.commit()
    assert post(client, event, code="LIBRARY").status_code == 422


def test_guessing_codes_is_soon_over_for_a_network(app, event):
    make_code(event)
    limited = create_app(settings_of(app, RATELIMIT_ENABLED=True))
    with limited.app_context():
        client = limited.test_client()
        answers = [post(client, event, code=f"GUESS-{n}", email=f"a{n}@example.org").status_code for n in range(21)]
        assert answers == [422] * 20 + [429]
        assert post(client, event, code="LIBRARY").status_code == 429
        elsewhere = {"REMOTE_ADDR": "198.51.100.7"}
        address = f"/en/events/{event.slug}/register/"
        assert client.post(address, data=GIVEN | {"code": "LIBRARY"}, environ_base=elsewhere).status_code == 302
        db.session.remove()
        db.engine.dispose()
