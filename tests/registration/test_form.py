"""The form, the letter after it, and what strangers can and cannot do with an address."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from markupsafe import escape

from app.events.models import Event, EventState, Standing
from app.extensions import db
from app.lib import clock
from app.mail.models import Letter
from app.registration import service, waitlist
from app.registration.models import Places, Purpose, Registration, RegistrationState
from tests.conftest import NOON
from tests.factories import make_event, make_registration

pytestmark = pytest.mark.both_databases

GIVEN = {
    "name": "Ана Попеску", "email": "Ana@Example.org", "country": "MD", "language": "ro", "zone": "Europe/Chisinau",
    "consent": "y",
}  # fmt: skip


def post(client, event: Event, **changes):
    return client.post(f"/en/events/{event.slug}/register/", data=GIVEN | changes)


def rows() -> list[Registration]:
    return list(db.session.scalars(sa.select(Registration).order_by(Registration.id)))


def letters(kind: str = "registration.confirm") -> list[Letter]:
    return list(db.session.scalars(sa.select(Letter).where(Letter.kind == kind).order_by(Letter.id)))


def taken(event: Event) -> int | None:
    return db.session.scalar(sa.select(Places.taken).where(Places.event_id == event.id))


def test_the_form_has_the_fields_of_the_contract_and_preselects(client):
    event = make_event()
    page = client.get(f"/ro/events/{event.slug}/register/").text
    for name in ("name", "email", "country", "language", "zone", "consent"):
        assert page.count(f' name="{name}"') == 1
    assert '<option value="Europe/Bucharest" selected>' in page
    assert '<option selected value="ro">' in page
    assert page.index(">Africa de Sud<") < page.index(">Țările de Jos<") < page.index(">Zimbabwe<")


def test_the_form_holds_a_place_for_two_days_and_writes_one_letter(client):
    event = make_event(capacity=10)
    answer = post(client, event)
    assert answer.status_code == 302
    (row,) = rows()
    assert (row.name, row.email, row.country, row.language, row.zone) == (
        "Ана Попеску",
        "ana@example.org",
        "MD",
        "ro",
        "Europe/Chisinau",
    )
    assert row.state is RegistrationState.PENDING
    assert row.held_until == NOON + timedelta(days=2)
    assert row.consented_at == NOON
    assert taken(event) == 1
    (letter,) = letters()
    assert (letter.recipient, letter.language, letter.payload["registration"]) == ("ana@example.org", "ro", row.id)
    page = client.get(answer.location)
    assert "ana@example.org" in page.text
    assert row.token(Purpose.PAGE) not in page.text


def test_the_same_address_again_is_the_same_registration_and_another_letter(client, app):
    event = make_event()
    post(client, event)
    answer = post(app.test_client(), event, email="ANA@example.org", name="Mallory", country="US")
    (row,) = rows()
    assert (row.name, row.country, row.attempt) == ("Ана Попеску", "MD", 1)
    assert len(letters()) == 2
    assert taken(event) == 1
    assert answer.location.endswith("/register/sent/")


def test_a_confirmed_address_gives_nothing_away_and_gets_its_private_link(client, app):
    event = make_event()
    make_registration(event, email="known@example.org", name="Known")
    new, known = app.test_client(), app.test_client()
    answers = [post(new, event, email="new@example.org"), post(known, event, email="known@example.org")]
    assert answers[0].status_code == answers[1].status_code
    pages = [c.get(a.location).text.replace("new@", "known@") for c, a in zip((new, known), answers, strict=True)]
    without_tokens = [re.sub(r'(name="csrf_token"[^>]* value=)"[^"]+"', r"\1", page) for page in pages]
    assert without_tokens[0] == without_tokens[1]
    assert db.session.scalar(sa.select(Registration.name).where(Registration.email == "known@example.org")) == "Known"
    (letter,) = letters("registration.known")
    assert letter.recipient == "known@example.org"


def test_a_full_event_puts_the_new_on_its_waiting_list_and_tells_nobody_who_is_registered(client, app):
    event = make_event(capacity=1)
    make_registration(event, email="known@example.org")
    said = []
    for email in ("known@example.org", "new@example.org"):
        browser = app.test_client()
        answer = post(browser, event, email=email)
        assert answer.status_code == 302
        page = browser.get(answer.location).text.replace(email, "")
        said.append(re.sub(r'(name="csrf_token" [^>]*value=")[^"]+', r"\1", page))
    assert said[0] == said[1]
    assert "on the waiting list" in said[0]
    assert len(letters("registration.known")) == 1
    assert [letter.recipient for letter in letters("registration.waiting")] == ["new@example.org"]
    assert [(row.state.value, row.queue_number) for row in rows()] == [("confirmed", None), ("waiting", 1)]
    assert "1 person waits" in client.get(f"/en/events/{event.slug}/register/").text


def test_the_registered_ask_for_their_link_and_nobody_else_learns_of_it(client):
    event = make_event(capacity=2)
    make_registration(event, email="known@example.org")
    held = make_registration(
        event, email="held@example.org", state=RegistrationState.PENDING, held_until=NOON + timedelta(days=1)
    )
    address = f"/en/events/{event.slug}/link/"
    assert f'href="{address}"' in client.get(f"/en/events/{event.slug}/register/").text

    said = []
    for email in ("Known@Example.org", "stranger@example.org", held.email):
        answer = client.post(address, data={"email": email}, follow_redirects=True)
        said.append(answer.text.replace(email, "").replace(email.lower(), ""))
        assert answer.status_code == 200
    assert said[0] == said[1] == said[2]
    assert "a letter with its link is on the way" in said[0]
    assert [letter.recipient for letter in letters("registration.known")] == ["known@example.org"]
    assert [letter.recipient for letter in letters()] == [held.email]
    faulty = client.post(address, data={"email": "nobody"})
    assert (faulty.status_code, "error-summary" in faulty.text) == (422, True)


def test_a_mailbox_is_not_flooded_by_filling_in_the_form(client):
    event = make_event()
    for _ in range(9):
        assert post(client, event).status_code == 302
    assert len(letters()) == 5
    with clock.stopped_at(NOON + timedelta(hours=2)):
        post(client, event)
    assert len(letters()) == 6


@pytest.mark.parametrize("state", [RegistrationState.LAPSED, RegistrationState.CANCELLED])
def test_an_ended_registration_begins_anew_with_another_attempt(client, state):
    event = make_event()
    ended = make_registration(event, email="ana@example.org", state=state)
    post(client, event)
    (row,) = rows()
    assert (row.id, row.attempt, row.state, row.name) == (ended.id, 2, RegistrationState.PENDING, "Ана Попеску")
    assert row.held_until == NOON + timedelta(days=2)
    assert taken(event) == 1


def test_a_hold_that_ran_out_goes_to_who_waits(client):
    event = make_event(capacity=1)
    post(client, event)
    post(client, event, email="second@example.org")
    assert [row.state.value for row in rows()] == ["pending", "waiting"]
    with clock.stopped_at(NOON + timedelta(days=2)):
        post(client, event, email="third@example.org")
    assert [row.state.value for row in rows()] == ["lapsed", "pending", "waiting"]
    assert [letter.recipient for letter in letters("registration.offer")] == ["second@example.org"]
    assert taken(event) == 1


def test_a_hold_that_ran_out_makes_room_before_anyone_has_to_wait(client):
    event = make_event(capacity=1)
    post(client, event)
    with clock.stopped_at(NOON + timedelta(days=2)):
        post(client, event, email="second@example.org")
    assert [row.state.value for row in rows()] == ["lapsed", "pending"]


def test_lapsing_leaves_the_confirmed_and_the_held_alone(client):
    event, other = make_event(), make_event()
    post(client, event)
    post(client, other)
    assert waitlist.due() == []
    service.confirm(rows()[0])
    with clock.stopped_at(NOON + timedelta(days=3)):
        assert waitlist.due() == [other]
        waitlist.serve(other)
        waitlist.serve(event)
        db.session.commit()
    assert [row.state.value for row in rows()] == ["confirmed", "lapsed"]
    assert (taken(event), taken(other)) == (1, 0)


def test_a_mistyped_address_is_mended_by_the_browser_that_wrote_it(client):
    event = make_event()
    post(client, event, email="anna@example.org")
    old = rows()[0].token(Purpose.PAGE)
    answer = client.post(f"/en/events/{event.slug}/register/correct/", data={"email": "ana@example.org"})
    assert answer.status_code == 302
    (row,) = rows()
    assert (row.email, row.state, taken(event)) == ("ana@example.org", RegistrationState.PENDING, 1)
    assert row.token(Purpose.PAGE) != old
    assert [letter.recipient for letter in letters()] == ["anna@example.org", "ana@example.org"]
    assert client.get(f"/en/registrations/{old}/").status_code == 410
    assert "ana@example.org" in client.get(answer.location).text


def test_a_stranger_who_enters_a_waiting_address_cannot_move_its_place(client, app):
    event = make_event()
    post(client, event)
    stranger = app.test_client()
    post(stranger, event)
    stranger.post(f"/en/events/{event.slug}/register/correct/", data={"email": "mallory@example.org"})
    assert [(row.email, row.attempt) for row in rows()] == [("ana@example.org", 1), ("mallory@example.org", 1)]


def test_a_stranger_who_waited_cannot_move_a_later_attempt(client, app):
    event = make_event()
    post(client, event)
    with clock.stopped_at(NOON + timedelta(days=3)):
        waitlist.serve(event)
        post(app.test_client(), event)
        client.post(f"/en/events/{event.slug}/register/correct/", data={"email": "mallory@example.org"})
    assert [(row.email, row.attempt) for row in rows()] == [("ana@example.org", 2), ("mallory@example.org", 1)]


def test_mending_to_an_address_that_is_registered_gives_the_held_place_back(client):
    event = make_event()
    make_registration(event, email="known@example.org", name="Known")
    post(client, event)
    answer = client.post(f"/en/events/{event.slug}/register/correct/", data={"email": "known@example.org"})
    assert answer.status_code == 302
    assert [row.state.value for row in rows()] == ["confirmed", "cancelled"]
    assert taken(event) == 1
    assert len(letters("registration.known")) == 1


def test_a_confirmed_address_is_not_mended_from_the_browser_that_once_waited(client):
    event = make_event()
    post(client, event)
    service.confirm(rows()[0])
    db.session.commit()
    client.post(f"/en/events/{event.slug}/register/correct/", data={"email": "mallory@example.org"})
    assert rows()[0].email == "ana@example.org"


def test_the_letter_is_sent_again_on_demand(client):
    event = make_event()
    post(client, event)
    answer = client.post(f"/en/events/{event.slug}/register/again/", follow_redirects=True)
    assert "We sent the letter again" in answer.text
    assert len(letters()) == 2
    assert len(rows()) == 1


@pytest.mark.parametrize("path", ["sent/", "correct/", "again/"])
def test_without_having_sent_the_form_there_is_nothing_to_mend(client, path):
    event = make_event()
    call = client.get if path == "sent/" else client.post
    answer = call(f"/en/events/{event.slug}/register/{path}")
    assert answer.location.endswith(f"/en/events/{event.slug}/register/")
    assert rows() == []


@pytest.mark.parametrize(("values", "said"), [
    ({"standing": Standing.CANCELLED}, "was cancelled"),
    ({"standing": Standing.POSTPONED}, "was postponed"),
    ({"state": EventState.ARCHIVED}, "is over"),
])  # fmt: skip
def test_registration_closes_with_a_clear_page(client, values, said):
    event = make_event(**values)
    page = client.get(f"/en/events/{event.slug}/register/")
    assert page.status_code == 200
    assert said in page.text
    assert post(client, event).status_code == 409
    assert rows() == []


def test_registration_ends_with_the_event_and_a_draft_is_not_there(client):
    event, draft = make_event(), make_event(state=EventState.DRAFT)
    with clock.stopped_at(event.over_at - timedelta(seconds=1)):
        assert post(client, event).status_code == 302
    with clock.stopped_at(event.over_at):
        assert post(client, event, email="late@example.org").status_code == 409
    assert client.get(f"/en/events/{draft.slug}/register/").status_code == 404
    assert post(client, draft).status_code == 404
    assert client.get("/en/events/no-such-event/register/").status_code == 404


@pytest.mark.parametrize(("changes", "said"), [
    ({"email": "ana@example.org\nBcc: all@example.org"}, "line breaks"),
    ({"email": "ana"}, "name@example.org"),
    ({"email": "a" * 300 + "@example.org"}, "254"),
    ({"email": ""}, "Write your e-mail address"),
    ({"name": " \t "}, "Write your name"),
    ({"name": "x" * 201}, "200"),
    ({"country": "ZZ"}, "Choose a country"),
    ({"country": "md"}, "Choose a country"),
    ({"country": '"><script>alert(1)</script>'}, "Choose a country"),
    ({"zone": "Mars/Olympus"}, "Choose a time zone"),
    ({"zone": "../../etc/passwd"}, "Choose a time zone"),
    ({"language": "tlh"}, "choice"),
    ({"consent": ""}, "consent"),
])  # fmt: skip
def test_a_faulty_form_says_what_is_wrong_and_keeps_nothing(client, changes, said):
    event = make_event()
    answer = post(client, event, **changes)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert said in answer.text
    assert "<script>alert" not in answer.text
    assert rows() == []
    assert letters() == []
    assert taken(event) is None


def test_a_form_without_the_consent_or_without_anything_is_refused(client):
    event = make_event()
    assert client.post(f"/en/events/{event.slug}/register/").status_code == 422
    without = {name: value for name, value in GIVEN.items() if name != "consent"}
    assert client.post(f"/en/events/{event.slug}/register/", data=without).status_code == 422
    assert rows() == []


@pytest.mark.parametrize("text", ["'; DROP TABLE registration; --", "<script>alert(1)</script>", "{{ 7*7 }}", "%s\x00"])
def test_sql_and_html_are_a_name_like_any_other(client, text):
    event = make_event()
    assert post(client, event, name=text).status_code == 302
    (row,) = rows()
    assert row.name == text.replace("\x00", "")
    page = client.get(f"/en/registrations/{row.token(Purpose.PAGE)}/confirm/").text
    assert f"<dd>{escape(row.name)}</dd>" in page


def test_of_a_parameter_that_comes_twice_the_first_counts(client):
    event = make_event()
    doubled = [*GIVEN.items(), ("email", "second@example.org"), ("country", "RU"), ("consent", "")]
    answer = client.post(f"/en/events/{event.slug}/register/", data=_multi(doubled))
    assert answer.status_code == 302
    assert [(row.email, row.country) for row in rows()] == [("ana@example.org", "MD")]


def _multi(pairs):
    from werkzeug.datastructures import MultiDict

    return MultiDict(pairs)


def test_a_former_name_of_a_zone_is_taken_from_browsers_that_use_it(client):
    post(client, make_event(), zone="Europe/Kiev")
    assert rows()[0].zone == "Europe/Kiev"


def test_wrong_methods_are_refused(client):
    event = make_event()
    assert client.put(f"/en/events/{event.slug}/register/").status_code == 405
    assert client.get(f"/en/events/{event.slug}/register/correct/").status_code == 405
    assert client.get(f"/en/events/{event.slug}/register/again/").status_code == 405


def test_the_privacy_notice_and_the_consent_to_recording_stand_at_the_form(client):
    event = make_event(privacy={"en": "Kept for **two** years."}, recording_consent={"en": "We record the talks."})
    page = client.get(f"/en/events/{event.slug}/register/").text
    assert "Kept for <strong>two</strong> years." in page
    assert "We record the talks." in page
