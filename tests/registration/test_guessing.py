"""Nobody learns from this site whether an address is registered, nor gets in with the invitation of another."""

import json

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.lib.tokens import new_token
from app.registration import address, dossier
from app.registration.models import AccessCode, Admission, Purpose, Registration, RegistrationState
from tests.factories import make_event, make_registration, save

pytestmark = pytest.mark.both_databases

GIVEN = {"name": "Ana", "country": "MD", "language": "ro", "zone": "Europe/Chisinau", "consent": "y"}
KNOWN, NEW = "known@example.org", "new@example.org"


def remembered(client, path: str, **given: str) -> dict[str, object]:
    """What a browser can read of its cookie after a form, but for what it wrote itself."""
    client.post(path, data=GIVEN | given)
    with client.session_transaction() as session:
        kept = dict(session["registered"])
    return {name: value for name, value in kept.items() if name not in ("email", "hold")} | {
        "hold": (type(kept["hold"]), len(str(kept["hold"])))
    }


@pytest.mark.parametrize("terms", [{}, {"by_approval": True}])
@pytest.mark.parametrize("capacity", [None, 5])
def test_the_cookie_after_the_form_is_the_same_for_who_is_registered(app, terms, capacity):
    event = make_event(capacity=capacity)
    save(Admission(event=event, offer_hours=24, **terms))
    make_registration(event, email=KNOWN)
    form = f"/en/events/{event.slug}/register/"
    assert remembered(app.test_client(), form, email=KNOWN) == remembered(app.test_client(), form, email=NEW)


def test_the_cookie_is_the_same_when_the_address_is_mended(app):
    event = make_event(capacity=5)
    make_registration(event, email=KNOWN)
    found = []
    for mended in (KNOWN, NEW):
        client = app.test_client()
        remembered(client, f"/en/events/{event.slug}/register/", email=f"a-{mended}")
        found.append(remembered(client, f"/en/events/{event.slug}/register/correct/", email=mended))
    assert found[0] == found[1]


def test_a_browser_that_holds_no_place_mends_none(app, client):
    event = make_event()
    known = make_registration(event, email=KNOWN, state=RegistrationState.PENDING)
    remembered(client, f"/en/events/{event.slug}/register/", email=KNOWN)
    client.post(f"/en/events/{event.slug}/register/correct/", data={"email": NEW})
    db.session.refresh(known)
    assert known.email == KNOWN


def test_what_is_stored_about_me_does_not_tell_of_the_address_that_i_ask_for(app):
    event = make_event()
    make_registration(event, email=KNOWN)
    told = []
    for wanted in (KNOWN, NEW):
        person = make_registration(event, name="Ana")
        address.ask(person, wanted)
        db.session.commit()
        found = dossier.of(person)
        del found["person"], found["registration"]
        told.append(json.dumps(found))
    assert told[0] == told[1]


def test_an_invitation_is_not_passed_on_by_mending_the_address(app, client):
    event = make_event()
    save(Admission(event=event, by_code=True, offer_hours=24))
    make_registration(event, email=KNOWN)
    save(AccessCode(event=event, code="for-ana", email="ana@example.org", most_uses=1))
    form = f"/en/events/{event.slug}/register/"
    client.post(form, data=GIVEN | {"email": "ana@example.org", "code": "for-ana"})
    answers = [client.post(f"{form}correct/", data={"email": email}) for email in (KNOWN, NEW)]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert all("does not let this address in" in answer.text for answer in answers)
    assert db.session.scalars(sa.select(Registration.email).order_by(Registration.id)).all() == [
        KNOWN, "ana@example.org",
    ]  # fmt: skip


def test_who_came_with_a_code_of_one_use_can_still_mend_the_address(app, client):
    event = make_event()
    save(Admission(event=event, by_code=True, offer_hours=24))
    save(AccessCode(event=event, code="once", most_uses=1))
    form = f"/en/events/{event.slug}/register/"
    client.post(form, data=GIVEN | {"email": "mistyped@example.org", "code": "once"})
    assert client.post(f"{form}correct/", data={"email": NEW}).status_code == 302
    assert db.session.scalars(sa.select(Registration.email)).all() == [NEW]


def test_a_link_that_was_never_mailed_opens_nothing(app, client):
    event = make_event()
    known, person = make_registration(event, email=KNOWN), make_registration(event)
    address.ask(person, KNOWN)
    db.session.commit()
    token = person.token(Purpose.NEW_ADDRESS)
    assert client.post(f"/en/registrations/{token}/new-address/").status_code == 409
    assert client.get(f"/en/registrations/{new_token()}/new-address/").status_code == 404
    db.session.refresh(known)
    assert (known.email, person.email == KNOWN) == (KNOWN, False)
