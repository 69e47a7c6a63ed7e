"""The organisers' pages of registrations: who may see and do what, for one person and for many."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.jobs.models import Job
from app.jobs.sweep import sweep
from app.lib import clock
from app.mail.models import Letter
from app.people.models import AuditEntry, Role
from app.registration import acts, places, service
from app.registration.acts import Act
from app.registration.models import (
    Admission,
    Booking,
    Claim,
    Origin,
    Places,
    Question,
    QuestionKind,
    Registration,
    RegistrationState,
)
from tests.factories import grant, make_account, make_event, make_registration, make_session, save, sign_in

REQUESTED = {"state": RegistrationState.REQUESTED, "confirmed_at": None}
PERSON = {"name": "Maria Ionescu", "country": "MD", "language": "ro", "zone": "Europe/Chisinau"}


@pytest.fixture
def event(app):
    return make_event(capacity=10)


def as_role(client, event, role):
    account = make_account()
    if role:
        grant(event, account, role)
    sign_in(client, account)
    return account


def address(event, *parts):
    return "/".join([f"/en/manage/events/{event.slug}/registrations", *map(str, parts), ""])


def state_of(registration):
    db.session.refresh(registration)
    return registration.state


def deeds():
    return list(db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)))


def letters_to(registration):
    return list(db.session.scalars(
        sa.select(Letter.kind).where(Letter.recipient == registration.email).order_by(Letter.id)
    ))  # fmt: skip


# One.


def test_the_page_of_a_registration_tells_all_that_is_known(client, event):
    registration = make_registration(event, name="Ana <b>", origin=Origin.COLLEAGUE)
    session = make_session(event, capacity=5, title={"en": "Workshop of maps"})
    save(Booking(registration=registration, session=session, claim=Claim.BOOKED))
    asked = save(Question(event=event, kind=QuestionKind.TEXT, label={"en": "Your library?"}))
    service.touch(registration)
    from app.registration import questions

    questions.store(registration, {asked.id: "Number 5"})
    db.session.commit()
    as_role(client, event, Role.ORGANISER)
    client.post(address(event, registration.id, "send-link"))
    page = client.get(address(event, registration.id)).text
    for told in ("Ana &lt;b&gt;", registration.email, "Ukraine", "Kyiv", "A colleague", "Workshop of maps", "Number 5",
                 "A letter that is not written yet", "Waits", "Not seen yet"):  # fmt: skip
        assert told in page


def test_where_somebody_stands_on_the_waiting_list_and_until_when_an_offer_holds_is_shown(client, event):
    waiting = {"state": RegistrationState.WAITING, "confirmed_at": None}
    first, second = (make_registration(event, queue_number=number, **waiting) for number in (7, 9))
    offered = make_registration(
        event, state=RegistrationState.PENDING, confirmed_at=None, queue_number=3, held_until=clock.now()
    )
    as_role(client, event, Role.ORGANISER)
    assert "Place 2 on the waiting list" in client.get(address(event, second.id)).text
    assert "A place is kept until 3 Mar 2027, 14:00" in client.get(address(event, offered.id)).text
    listed = client.get(address(event)).text
    assert "On the waiting list, place 1" in listed
    assert "On the waiting list, place 2" in listed
    assert "Place offered until 3 Mar 2027, 14:00" in listed
    assert first.name in listed


def test_an_organiser_approves_and_declines_and_the_trail_says_who(client, event):
    wanted, unwanted = make_registration(event, **REQUESTED), make_registration(event, **REQUESTED)
    account = as_role(client, event, Role.ORGANISER)
    client.post(address(event, wanted.id, "approve"))
    client.post(address(event, unwanted.id, "decline"))
    assert (state_of(wanted), state_of(unwanted)) == (RegistrationState.PENDING, RegistrationState.DECLINED)
    assert (letters_to(wanted), letters_to(unwanted)) == (["registration.confirm"], ["registration.declined"])
    entries = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.action, entry.account_id) for entry in entries] == [
        ("registration.approved", account.id), ("registration.declined", account.id),
    ]  # fmt: skip
    assert "not possible any more" in client.post(
        address(event, wanted.id, "approve"), follow_redirects=True
    ).text  # fmt: skip
    assert len(deeds()) == 2


def test_an_organiser_cancels_one_after_a_question(client, event):
    registration = make_registration(event)
    as_role(client, event, Role.ORGANISER)
    assert registration.name in client.get(address(event, registration.id, "cancel")).text
    client.head(address(event, registration.id, "cancel"))
    assert state_of(registration) is RegistrationState.CONFIRMED
    assert client.post(address(event, registration.id, "cancel")).status_code == 302
    assert state_of(registration) is RegistrationState.CANCELLED
    assert db.session.scalar(sa.select(Places.taken)) == 0
    assert deeds() == ["registration.cancelled"]


def test_the_letter_with_the_link_is_sent_again_but_not_without_end(client, event):
    registration = make_registration(event)
    as_role(client, event, Role.ORGANISER)
    said = [client.post(address(event, registration.id, "send-link"), follow_redirects=True).text for _ in range(6)]
    assert ["1 letter is on its way" in page for page in said] == [True] * 5 + [False]
    assert "several letters within the hour" in said[-1]
    assert letters_to(registration) == ["registration.known"] * 5
    nobody = make_registration(event, email="")
    assert "send-link" not in client.get(address(event, nobody.id)).text
    assert "not possible" in client.post(address(event, nobody.id, "send-link"), follow_redirects=True).text


def test_an_organiser_mends_a_name_and_bad_input_is_told_beside_the_field(client, event):
    registration = make_registration(event)
    as_role(client, event, Role.ORGANISER)
    refused = client.post(address(event, registration.id, "edit"), data={**PERSON, "name": " \x07 ", "country": "ZZ"})
    assert refused.status_code == 422
    assert "Write your name." in refused.text
    assert "Choose a country from the list." in refused.text
    assert client.post(address(event, registration.id, "edit"), data=PERSON).status_code == 302
    db.session.refresh(registration)
    assert (registration.name, registration.country, registration.zone) == ("Maria Ionescu", "MD", "Europe/Chisinau")
    assert deeds() == ["registration.changed"]


# Somebody on the telephone.


def test_a_person_without_an_address_is_registered_at_once_if_they_consented(client, event):
    as_role(client, event, Role.ORGANISER)
    refused = client.post(address(event, "new"), data=PERSON)
    assert refused.status_code == 422
    assert "Ask first." in refused.text
    for name in ("Maria Ionescu", "Maria Ionescu"):  # Two people may bear one name, and neither has an address.
        client.post(address(event, "new"), data={**PERSON, "name": name, "consent": "y"})
    found = db.session.scalars(sa.select(Registration)).all()
    assert [(row.state, row.origin, row.email) for row in found] == [
        (RegistrationState.CONFIRMED, Origin.ORGANISER, "")
    ] * 2
    assert deeds() == ["registration.entered"] * 2
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Letter)) == 0


def test_an_address_that_is_registered_already_is_not_entered_twice(client, event):
    registration = make_registration(event, name="As it was")
    as_role(client, event, Role.ORGANISER)
    page = client.post(
        address(event, "new"), data={**PERSON, "email": registration.email, "consent": "y"}, follow_redirects=True
    ).text
    assert "registered already" in page
    assert "As it was" in page
    assert deeds() == []


def test_when_all_places_are_taken_they_wait_like_everybody_else(client):
    event = make_event(capacity=1)
    make_registration(event)
    as_role(client, event, Role.ORGANISER)
    assert "end of the waiting list" in client.get(address(event, "new")).text
    page = client.post(address(event, "new"), data={**PERSON, "consent": "y"}, follow_redirects=True).text
    assert "Place 1 on the waiting list" in page


def test_sessions_with_places_are_booked_with_it(client, event):
    session = make_session(event, capacity=3)
    as_role(client, event, Role.ORGANISER)
    client.post(address(event, "new"), data={**PERSON, "consent": "y", "sessions": session.slug})
    assert db.session.scalars(sa.select(Booking)).one().claim is Claim.BOOKED
    assert places.left(session) == 2


# Many at once.


@pytest.fixture
def requests(app):
    event = make_event(capacity=2)
    save(Admission(event=event, by_approval=True))
    return event, [
        make_registration(event, created_at=clock.ago(hours=number), country=("MD", "UA")[number % 2], **REQUESTED)
        for number in range(4)
    ]


@pytest.mark.both_databases
def test_many_are_approved_in_the_order_in_which_they_registered(client, requests):
    event, rows = requests
    as_role(client, event, Role.ORGANISER)
    asked = client.get(address(event, "act"), query_string={"act": "approve", "all": "1"}).text
    assert "Approve 4 registrations?" in asked
    assert "in the order in which they registered" in asked
    assert [state_of(row) for row in rows] == [RegistrationState.REQUESTED] * 4
    answer = client.post(address(event, "act"), data={"act": "approve", "all": "1"})
    assert "/jobs/" in answer.location
    db.session.commit()
    sweep()
    # Who registered last stands first in `rows`.
    assert [state_of(row) for row in rows] == [RegistrationState.WAITING] * 2 + [RegistrationState.PENDING] * 2
    assert [row.queue_number for row in rows] == [2, 1, None, None]
    job = db.session.scalars(sa.select(Job).execution_options(populate_existing=True)).one()
    assert job.message == "4 registrations were approved."
    assert deeds() == ["registration.approved"] * 4


def test_only_the_ticked_and_only_those_that_match_are_concerned(client, requests):
    event, rows = requests
    elsewhere = make_registration(make_event(), **REQUESTED)
    as_role(client, event, Role.ORGANISER)
    ticked = [rows[0].id, elsewhere.id, "x", "99999999999999"]
    assert "Decline 1 registration?" in client.get(
        address(event, "act"), query_string={"act": "decline", "number": ticked}
    ).text  # fmt: skip
    client.post(address(event, "act"), data={"act": "decline", "number": ticked})
    client.post(address(event, "act"), data={"act": "approve", "all": "1", "country": "UA"})
    db.session.commit()
    sweep()
    declined, pending, requested = (
        RegistrationState.DECLINED, RegistrationState.PENDING, RegistrationState.REQUESTED
    )  # fmt: skip
    assert [state_of(row) for row in rows] == [declined, pending, requested, pending]
    assert state_of(elsewhere) is requested


def test_whoever_changed_in_between_is_passed_over(client, requests):
    event, rows = requests
    as_role(client, event, Role.ORGANISER)
    client.post(address(event, "act"), data={"act": "decline", "all": "1"})
    service.cancel(rows[1])
    db.session.delete(rows[2])
    db.session.commit()
    sweep()
    assert state_of(rows[1]) is RegistrationState.CANCELLED
    assert state_of(rows[0]) is RegistrationState.DECLINED
    assert deeds() == ["registration.declined"] * 2


def test_an_act_on_nobody_says_so(client, event):
    registration = make_registration(event)
    as_role(client, event, Role.ORGANISER)
    nobody = client.get(address(event, "act"), query_string={"act": "cancel"}, follow_redirects=True).text
    assert "Tick the people first" in nobody
    useless = {"act": "approve", "number": registration.id}
    assert "means nothing for those" in client.get(address(event, "act"), query_string=useless).text
    assert "nobody left" in client.post(address(event, "act"), data=useless, follow_redirects=True).text
    assert client.get(address(event, "act"), query_string={"act": "delete", "all": "1"}).status_code == 400
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Job)) == 0


def test_every_act_means_something_in_some_state_and_has_its_words():
    for act in Act:
        assert act.states
        assert act.label
        assert acts.title(act, 2) != acts.title(act, 1)
        assert acts.told(act, 2) != acts.told(act, 1)


# Who may.


POSTS: dict[str, Callable[[Registration], tuple[object, ...]]] = {
    "approve": lambda row: (row.id, "approve"), "decline": lambda row: (row.id, "decline"),
    "send-link": lambda row: (row.id, "send-link"), "cancel": lambda row: (row.id, "cancel"),
    "edit": lambda row: (row.id, "edit"), "new": lambda _row: ("new",), "act": lambda _row: ("act",),
}  # fmt: skip
PAGES: dict[str, Callable[[Registration], tuple[object, ...]]] = {
    "list": lambda _row: (),
    "charts": lambda _row: ("charts",),
    "one": lambda row: (row.id,),
}


@pytest.mark.parametrize(("role", "status"), [(None, 404), (Role.READER, 403), (Role.SPEAKER, 403)])
def test_names_and_addresses_are_not_for_everyone(app, client, event, role, status):
    registration = make_registration(event, **REQUESTED)
    forms = {**PERSON, "consent": "y", "act": "cancel", "all": "1"}
    for parts in POSTS.values():
        assert "/sign-in/" in client.post(address(event, *parts(registration)), data=forms).location
    for parts in PAGES.values():
        assert "/sign-in/" in client.get(address(event, *parts(registration))).location
    as_role(client, event, role)
    for parts in POSTS.values():
        assert client.post(address(event, *parts(registration)), data=forms).status_code == status
    for parts in PAGES.values():
        assert client.get(address(event, *parts(registration))).status_code == status
    assert state_of(registration) is RegistrationState.REQUESTED
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Registration)) == 1
    assert deeds() == []


def test_another_events_registration_is_not_found_from_here(client, event):
    registration = make_registration(make_event(), **REQUESTED)
    as_role(client, event, Role.OWNER)
    for name in ("approve", "decline", "send-link", "cancel", "edit"):
        assert client.post(address(event, *POSTS[name](registration)), data=PERSON).status_code == 404
    assert client.get(address(event, registration.id)).status_code == 404
    assert state_of(registration) is RegistrationState.REQUESTED


def test_a_wrong_method_does_nothing(client, event):
    registration = make_registration(event, **REQUESTED)
    as_role(client, event, Role.OWNER)
    for name in ("approve", "decline", "send-link"):
        assert client.get(address(event, *POSTS[name](registration))).status_code == 405
    for parts in POSTS.values():
        assert client.delete(address(event, *parts(registration))).status_code == 405
    assert state_of(registration) is RegistrationState.REQUESTED
