"""The record of an event's letters: found, read, decided and taken away as a table."""

import zlib
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.events.models import Event
from app.extensions import db
from app.jobs import sweep as work
from app.lib import storage
from app.lib.http import LETTER_CSP
from app.mail.models import Grounds, Letter, LetterCopy, LetterState
from app.mail.rendering import _renderers
from app.mail.service import letter_row
from app.mail.suppression import suppress, suppression_of
from app.people.models import Account, AuditEntry, Role
from app.reminders import record
from app.reminders.kinds import KINDS
from app.reminders.record import Filters
from tests.conftest import NOON
from tests.factories import grant, make_account, make_event, save, sign_in

AT = "/en/manage/events/forum/letters/"


@pytest.fixture
def event(app: Flask) -> Event:
    return make_event(slug="forum")


@pytest.fixture
def organiser(event: Event, client: FlaskClient) -> Account:
    account = make_account()
    grant(event, account)
    sign_in(client, account)
    return account


def make_letters(event: Event, *recipients: str, state: LetterState = LetterState.SENT, **values: object) -> list[int]:
    """Their numbers; a recipient may be written `Name <address>`."""
    first = db.session.scalar(sa.select(sa.func.coalesce(sa.func.max(Letter.id), 0))) or 0
    kind = str(values.pop("kind", "reminders.welcome"))
    rows = []
    for number, recipient in enumerate(recipients, first):
        name, _bracket, address = recipient.rstrip(">").rpartition(" <")
        row = letter_row(kind, f"{number}", address, language="en", recipient_name=name, about=f"event:{event.id}")
        rows.append(row | {"state": state, "handed_over_at": NOON, **values})
    db.session.execute(sa.insert(Letter), rows)
    db.session.commit()
    return list(db.session.scalars(sa.select(Letter.id).where(Letter.id > first).order_by(Letter.id)))


def found(event: Event, **arguments: str) -> list[str]:
    page = record.page_of(event, Filters.of(arguments), 1, record.counts_of(event))
    assert page.number == len(page.rows)
    return [letter.recipient for letter in page.rows]


@pytest.mark.both_databases
def test_letters_are_found_by_address_name_and_subject_in_any_case(event: Event) -> None:
    make_letters(event, "Олена Ковальчук <olena@example.org>", "Ana <ana_b@example.org>", subject="Ваша реєстрація")
    make_letters(event, "Åsa <asa@example.org>", subject="100% sure_thing")
    make_letters(make_event(), "other@example.org")
    assert found(event) == ["asa@example.org", "ana_b@example.org", "olena@example.org"]
    assert found(event, q="ОЛЕНА") == found(event, q="коваль") == ["olena@example.org"]
    assert found(event, q="OLENA@") == found(event, q="Olena@Example.org") == ["olena@example.org"]
    both = ["asa@example.org", "olena@example.org"]
    assert found(event, q="a@example.org") == found(event, q="A@example", sort="to") == both
    make_letters(event, "a@example.org")
    assert found(event, q="A@example.org") == ["a@example.org"]
    assert found(event, q="other@example.org") == []
    assert found(event, q="ваша РЕЄСТР") == ["ana_b@example.org", "olena@example.org"]
    assert found(event, q="åsa") == found(event, q="0%") == found(event, q="sure_t") == ["asa@example.org"]
    assert found(event, q="b%") == found(event, q="nobody") == []


@pytest.mark.both_databases
def test_letters_are_filtered_and_sorted(event: Event) -> None:
    make_letters(event, "c@example.org", "a@example.org")
    make_letters(event, "b@example.org", state=LetterState.FAILED, kind="reminders.message", cause="message:7")
    assert found(event, state="failed") == found(event, kind="reminders.message") == ["b@example.org"]
    assert found(event, message="7") == ["b@example.org"]
    assert found(event, message="8") == found(event, state="failed", kind="reminders.welcome") == []
    assert found(event, sort="to") == ["a@example.org", "b@example.org", "c@example.org"]
    assert found(event, sort="-to") == ["c@example.org", "b@example.org", "a@example.org"]
    assert found(event, sort="written") == ["c@example.org", "a@example.org", "b@example.org"]
    assert len(found(event, state="x", kind="y", message="-1", sort="z")) == 3


@pytest.mark.both_databases
def test_a_page_of_many_letters_is_counted_off_in_the_index(event: Event) -> None:
    make_letters(event, *(f"p{number}@example.org" for number in range(120)))
    page = record.page_of(event, Filters(), 2, record.counts_of(event))
    assert (page.number, page.pages, page.rows[0].recipient) == (120, 3, "p69@example.org")
    assert len(record.page_of(event, Filters(), 99, record.counts_of(event)).rows) == 20
    if db.session.get_bind().dialect.name == "sqlite":
        for filters in (Filters(), Filters(state="sent")):
            wanted = record.numbers(event, filters).compile(db.engine, compile_kwargs={"literal_binds": True})
            plan = " ".join(row[3] for row in db.session.execute(sa.text(f"EXPLAIN QUERY PLAN {wanted}")))
            assert "USING COVERING INDEX ix_letter_about" in plan
            assert "TEMP B-TREE" not in plan


@pytest.mark.both_databases
def test_a_search_stops_where_more_is_found_than_anybody_reads(event: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "MOST", 70)
    make_letters(event, *(f"p{number:03}@example.org" for number in range(71)))
    page = record.page_of(event, Filters(q="example"), 2, record.counts_of(event))
    assert (page.number, page.more, page.page, page.pages, len(page.rows)) == (70, True, 2, 2, 20)
    last = record.page_of(event, Filters(q="P0", sort="to"), 99, record.counts_of(event))
    assert (last.number, last.more, last.rows[0].recipient) == (70, True, "p050@example.org")
    assert not record.page_of(event, Filters(q="p00"), 1, record.counts_of(event)).more


def test_the_page_searches_and_leads_through_the_pages(
    event: Event, organiser: Account, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_letters(event, *(f"p{number}@example.org" for number in range(60)), subject="Welcome <all>")
    page = client.get(AT).text
    assert "60 letters" in page
    assert "Page 1 of 2" in page
    assert "Welcome &lt;all&gt;" in page
    assert "p9@example.org" in client.get(f"{AT}?page=2").text
    assert "No letter is found." in client.get(f"{AT}?q=nobody").text
    assert client.get(f"{AT}?page=nonsense&state=x&sort=%00").status_code in (200, 404)
    assert client.get(f"{AT}?page=999999999").status_code == 200
    assert client.get(f"{AT}?q=p9&page={'9' * 25}").status_code == 200
    monkeypatch.setattr(record, "MOST", 50)
    assert "More than 50 letters; the first of them are shown" in client.get(f"{AT}?q=welcome").text


def test_letters_of_unknown_fate_stand_first_and_are_decided_together(
    event: Event, organiser: Account, client: FlaskClient
) -> None:
    one, two, three = make_letters(event, *"abc", state=LetterState.UNSURE)
    others = make_letters(make_event(), "d", state=LetterState.UNSURE)
    page = client.get(AT).text
    assert "3 letters need your decision" in page
    assert client.post(f"{AT}decide/", data={"act": "again"}, follow_redirects=True).text.count("Tick the letters") == 1
    client.post(f"{AT}decide/", data={"act": "leave", "letter": [one, others[0], "x"]})
    client.post(f"{AT}decide/", data={"act": "again", "all": "1"})
    assert client.post(f"{AT}decide/", data={"act": "x"}).status_code == 400
    db.session.expire_all()
    states = {letter.id: letter.state for letter in db.session.scalars(sa.select(Letter))}
    assert states == {
        one: LetterState.SENT, two: LetterState.QUEUED, three: LetterState.QUEUED, others[0]: LetterState.UNSURE,
    }  # fmt: skip
    left = db.session.get_one(Letter, one)
    assert (left.sent_at, "never confirmed" in left.last_error) == (NOON, True)
    deeds = db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert deeds == ["letter.left", "letter.sent-again", "letter.sent-again"]


def test_a_letter_is_shown_as_it_was_sent_and_can_do_nothing(
    event: Event, organiser: Account, client: FlaskClient
) -> None:
    (number,) = make_letters(event, "Ana <ana@example.org>", subject="Welcome", attempts=2, sent_at=NOON)
    letter = db.session.get_one(Letter, number)
    script = '<p style="color: red">Hello</p><script>alert(1)</script>'
    save(LetterCopy(letter_id=number, text=zlib.compress(b"Hello <you>"), html=zlib.compress(script.encode())))
    page = client.get(f"{AT}{number}/")
    for said in ("Ana", "ana@example.org", letter.key, "Hello &lt;you&gt;", "14:00"):
        assert said in page.text
    assert '<iframe class="letter-frame" src="/en/manage/events/forum/letters/' in page.text
    assert 'sandbox=""' in page.text
    assert "<script>alert" not in page.text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    frame = client.get(f"{AT}{number}/rendered.html")
    assert frame.text == script
    policy = frame.headers["Content-Security-Policy"]
    assert policy == LETTER_CSP
    assert "allow-" not in policy
    assert "script-src" not in policy
    assert policy.startswith("sandbox; default-src 'none'")
    assert frame.headers["X-Content-Type-Options"] == "nosniff"
    assert frame.headers["Cache-Control"] == "private, no-store"


def test_a_letter_of_which_nothing_is_kept_says_so(event: Event, organiser: Account, client: FlaskClient) -> None:
    for state, said in (
        (LetterState.QUEUED, "at the moment of sending"), (LetterState.DROPPED, "never written"),
        (LetterState.SENT, "not kept any more"),
    ):  # fmt: skip
        (number,) = make_letters(event, "ana@example.org", state=state)
        assert said in client.get(f"{AT}{number}/").text
        assert client.get(f"{AT}{number}/rendered.html").status_code == 404


def test_an_address_that_a_server_refused_is_released_but_not_one_whose_owner_wants_quiet(
    event: Event, organiser: Account, client: FlaskClient
) -> None:
    refused, angry = make_letters(event, "a@example.org", "b@example.org", state=LetterState.FAILED)
    suppress("a@example.org", "550 no such user")
    suppress("b@example.org", "called spam", grounds=Grounds.COMPLAINT)
    db.session.commit()
    assert "550 no such user" in client.get(f"{AT}{refused}/").text
    db.session.get_one(Letter, refused).last_error = "Nothing is sent to this address: 550 Cancelled"
    db.session.commit()
    page = client.get(f"{AT.replace('en', 'ro', 1)}{refused}/").text
    assert "La această adresă nu se trimite nimic: 550 Cancelled" in page
    assert "Let letters go there again" not in client.get(f"{AT}{angry}/").text
    for number in (refused, angry):
        assert client.post(f"{AT}{number}/release/").status_code == 303
    assert suppression_of("a@example.org") is None
    assert suppression_of("b@example.org") is not None


def test_the_record_is_taken_away_as_a_table(event: Event, organiser: Account, client: FlaskClient) -> None:
    make_letters(event, "=cmd() <ana@example.org>", subject="Welcome", sent_at=NOON + timedelta(minutes=1))
    make_letters(event, "bo@example.org", state=LetterState.FAILED)
    answer = client.post(f"{AT}export/", data={"state": "sent"})
    work.sweep()
    job = client.get(answer.location)
    assert "1 letter is in the table." in job.text
    key = db.session.scalar(sa.text("SELECT file_key FROM job"))
    rows = storage.path_of(key).read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == 2
    assert rows[1].startswith("ana@example.org,'=cmd(),Welcome,You are registered,Sent,en,2027-03-03 12:00:00Z")


@pytest.mark.parametrize("role", [None, Role.READER, Role.DOOR])
def test_who_may_not_see_who_registered_sees_no_letter(event: Event, client: FlaskClient, role: Role | None) -> None:
    (number,) = make_letters(event, "ana@example.org", state=LetterState.FAILED)
    account = make_account()
    if role:
        grant(event, account, role)
    sign_in(client, account)
    refused = 403 if role else 404
    for path in ("", f"{number}/", f"{number}/rendered.html"):
        assert client.get(AT + path).status_code == refused
    for path in (f"{number}/send/", f"{number}/release/", "decide/", "export/"):
        assert client.post(AT + path).status_code == refused
        assert client.get(AT + path).status_code == 405


def test_a_stranger_and_another_event_get_nothing(event: Event, organiser: Account, client: FlaskClient) -> None:
    (number,) = make_letters(make_event(), "ana@example.org", state=LetterState.FAILED)
    for path in (f"{number}/", f"{number}/rendered.html"):
        assert client.get(AT + path).status_code == 404
    assert client.post(f"{AT}{number}/release/").status_code == 404
    with client.session_transaction() as session:
        session.clear()
    assert "/sign-in/" in client.get(AT).location
    assert "/sign-in/" in client.post(f"{AT}decide/").location


def test_every_kind_of_letter_about_an_event_has_a_name(app: Flask) -> None:
    assert {kind for kind in _renderers if kind != "people.link" and "." in kind} - KINDS.keys() == set()


def test_what_came_back_is_sent_once_more_to_an_address_that_is_free_again(
    event: Event, organiser: Account, client: FlaskClient
) -> None:
    (number,) = make_letters(
        event, "ana@example.org", state=LetterState.BOUNCED, sent_at=NOON, bounced_at=NOON, last_error="5.1.1"
    )
    suppress("ana@example.org", "5.1.1", grounds=Grounds.BOUNCED, letter_id=number)
    db.session.commit()
    assert "Send once more" in client.get(f"{AT}{number}/").text
    client.post(f"{AT}{number}/send/")
    letter = db.session.get_one(Letter, number, populate_existing=True)
    assert (letter.state, letter.sent_at, letter.bounced_at) == (LetterState.QUEUED, None, None)
    assert suppression_of("ana@example.org") is None
