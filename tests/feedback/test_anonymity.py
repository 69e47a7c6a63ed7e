"""Anonymous means it: nothing that is stored leads from a reply to a person, nor does what organisers are shown."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date, datetime

import pytest
import sqlalchemy as sa
from lxml import html

from app.extensions import db
from app.feedback import questionnaire, replies
from app.feedback.models import FeedbackAnswer, FeedbackReceipt, FeedbackReply
from app.feedback.results import shown_languages
from app.people.models import Role
from app.registration import erasure
from app.registration.models import Purpose
from tests.factories import grant, make_account, make_registration, make_speaker, sign_in
from tests.feedback.conftest import form_of


@pytest.fixture
def people(event, answer):
    """Twelve people, who answer in an order of their own, each something that tells them apart."""
    people = [make_registration(event) for _ in range(12)]
    order = people[7:] + people[6:2:-1] + people[:3]
    answer(order[0], better="said 00", opening_rating="4")
    for place, person in enumerate(order[1:], start=1):
        replies.lock(person)
        about_event, opening, _closing = replies.open_sections(person)
        better, rating = about_event.questions[2], opening.questions[0]
        replies.store(person, {about_event: {better.id: f"said {place:02}"}, opening: {rating.id: 4}}, "en")
        db.session.commit()
    return order


def tables(*names: str) -> Iterator[tuple[str, dict[str, object]]]:
    """Every row of these tables (else of all), as the database gives it when nothing is said of order."""
    for table in db.metadata.sorted_tables:
        if not names or table.name in names:
            for row in db.session.execute(sa.select(table)).mappings():
                yield table.name, dict(row)


def values_in(value: object) -> Iterator[object]:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from values_in(each)
    else:
        yield value


@pytest.mark.both_databases
def test_no_row_of_any_table_links_a_reply_and_a_registration(event, people):
    sent = set(db.session.scalars(sa.select(FeedbackReply.id)))
    persons = {person.id: {person.email, person.name, *(link.token for link in person.links)} for person in people}
    assert len(sent) == 24
    for table, row in tables():
        said = {str(each) for each in values_in(list(row.values()))}
        names_a_reply = bool(said & sent) or any("said" in each for each in said)
        names_a_person = row.get("registration_id") in persons or any(said & marks for marks in persons.values())
        assert not (names_a_reply and names_a_person), (table, row)
        if names_a_reply:
            assert table in ("feedback_reply", "feedback_answer"), (table, row)


@pytest.mark.both_databases
def test_what_is_kept_of_a_reply_and_of_a_receipt_has_no_time_and_nothing_in_common(event, people):
    columns = {model: {column.name for column in model.__table__.columns} for model in (FeedbackReply, FeedbackReceipt)}
    assert columns[FeedbackReply] & columns[FeedbackReceipt] == {"registration_id"}
    for _table, row in tables("feedback_reply", "feedback_answer", "feedback_receipt"):
        assert not [each for each in row.values() if isinstance(each, date | datetime)]
    assert db.session.scalars(sa.select(FeedbackReply.registration_id).distinct()).all() == [None]


def test_rows_stand_in_an_order_that_says_nothing_of_when_they_came(event, people):
    """Whoever reads the file of SQLite finds no hidden number of the row."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("a matter of SQLite")
    arrival = [f"said {place:02}" for place in range(12)]
    stored = [row["value"] for _table, row in tables("feedback_answer") if isinstance(row["value"], str)]
    assert sorted(stored) == arrival
    assert stored != arrival
    receipts = [row["registration_id"] for _table, row in tables("feedback_receipt") if row["about"] == "event"]
    assert receipts == sorted(receipts)
    for table in ("feedback_reply", "feedback_answer", "feedback_receipt"):
        with pytest.raises(sa.exc.OperationalError, match="no such column"):
            db.session.execute(sa.text(f"SELECT rowid FROM {table}"))  # noqa: S608


def test_a_reply_does_not_stand_in_the_trail_nor_in_what_is_stored_about_the_person(client, event, people):
    assert not [row for _table, row in tables("audit_entry") if "feedback" in str(row["action"])]
    own = client.get(f"/en/registrations/{people[0].token(Purpose.PAGE)}/data.json")
    assert own.json["feedback"] == []
    assert "said 0" not in own.text


def test_replies_outlive_their_writers_and_the_receipts_do_not(event, people):
    for person in people[:6]:
        erasure.erase(person)
    db.session.commit()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(FeedbackReply)) == 24
    assert db.session.scalar(sa.select(sa.func.count()).select_from(FeedbackReceipt)) == 12


@pytest.mark.both_databases
def test_named_replies_go_with_the_person_and_stand_in_their_data(client, event, answer):
    questionnaire.change_form(event, make_account(), is_anonymous=False)
    db.session.commit()
    person = make_registration(event)
    answer(person, useful="4", opening_remark="Slower, please")
    own = client.get(f"/en/registrations/{person.token(Purpose.PAGE)}/data.json").json["feedback"]
    assert json.loads(json.dumps(own)) == [
        {"session": None, "answers": [{"question": "How useful was it for you?", "answer": 4}]},
        {"session": "Opening",
         "answers": [{"question": "What would you tell the speakers?", "answer": "Slower, please"}]},
    ]  # fmt: skip
    erasure.erase(person)
    db.session.commit()
    for model in (FeedbackReply, FeedbackAnswer, FeedbackReceipt):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(model)) == 0


@pytest.fixture
def organiser(client, event):
    account = make_account()
    grant(event, account, Role.ORGANISER)
    sign_in(client, account)


def test_of_two_replies_organisers_see_the_number_alone_and_of_three_all(client, event, answer, organiser):
    page, table = f"/en/manage/events/{event.slug}/feedback/", f"/en/manage/events/{event.slug}/feedback/replies.csv"
    for remark in ("zebra", "apple"):
        answer(better=remark, useful="5", opening_rating="1")
    seen = [client.get(address).text for address in (page, f"{page}sessions/opening/", table)]
    assert "2 people of 2 have answered" in seen[0]
    assert "too few to show" in seen[0]
    assert not [text for text in seen if "zebra" in text or "5.0" in text or "1.0" in text]
    assert len(list(csv.reader(io.StringIO(seen[2])))) == 1
    answer(better="mango", useful="4")
    seen = [client.get(address).text for address in (page, f"{page}sessions/opening/", table)]
    assert "4.7" in seen[0]
    assert seen[0].index("apple") < seen[0].index("mango") < seen[0].index("zebra")
    # Of the session there are still two.
    assert "so few would tell" in seen[1]
    assert "opening" not in seen[2]
    assert all(word in seen[2] for word in ("apple", "mango", "zebra"))


def test_a_language_of_few_is_not_shown_apart_nor_found_by_subtraction(client, event, answer, organiser):
    for number in range(5):
        answer(better=f"english {number}")
    for number in range(2):
        answer(better=f"romanian {number}", lang="ro")
    page = f"/en/manage/events/{event.slug}/feedback/"
    assert 'name="language"' not in client.get(page).text
    for language in ("ro", "en"):
        text = client.get(page, query_string={"language": language}).text
        assert "7 people of 7" in text
    # Nor does the table tell which are the two.
    rows = list(csv.DictReader(io.StringIO(client.get(f"{page}replies.csv").text.lstrip("\ufeff"))))
    assert {row["Language"] for row in rows} == {""}
    answer(better="romanian 3", lang="ro")
    romanian = client.get(page, query_string={"language": "ro"}).text
    assert "3 people of 8" in romanian
    assert "english" not in romanian.partition("<main")[2].partition("romanian")[2]


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"en": 3}, {"en"}), ({"en": 2}, set()), ({"en": 3, "ro": 3}, {"en", "ro"}), ({"en": 9, "ro": 1}, set()),
        ({"en": 9, "ro": 4, "ru": 2}, {"en"}), ({"en": 9, "ro": 2, "ru": 1}, {"en"}),
    ],
)  # fmt: skip
def test_what_is_left_of_the_languages_shown_is_never_of_a_few(counts, shown):
    assert shown_languages(counts) == shown
    assert sum(counts.values()) - sum(counts[tag] for tag in shown) not in (1, 2) or not shown


@pytest.mark.parametrize("promise", ["anonymous", ""])
def test_who_was_promised_to_be_anonymous_is_asked_again_when_that_has_changed(event, answer, promise):
    questionnaire.change_form(event, make_account(), is_anonymous=False)
    db.session.commit()
    page = answer(better="Between us: more breaks", promise=promise)
    assert page.status_code == 422
    assert "It has changed whether answers are anonymous." in page.text
    assert "The organisers see your name" in page.text
    assert db.session.scalars(sa.select(FeedbackReply)).all() == []


def test_anonymity_cannot_be_switched_once_somebody_has_answered(client, event, answer, sessions):
    by = make_account()
    for is_anonymous in (True, False):
        questionnaire.change_form(event, by, is_anonymous=is_anonymous)
        db.session.commit()
        answer(useful="3")
        with pytest.raises(questionnaire.Answered):
            questionnaire.change_form(event, by, is_anonymous=not is_anonymous)
        db.session.rollback()
        db.session.execute(sa.delete(FeedbackReply))
        db.session.commit()
    assert client.get(form_of(make_registration(event))).status_code == 200


def test_speakers_see_bars_of_their_own_sessions_once_enough_have_answered(client, event, sessions, answer):
    account = make_account()
    grant(event, account, Role.SPEAKER)
    address = f"/en/manage/events/{event.slug}/profile/feedback/"
    assert client.get(address).status_code == 302
    sign_in(client, account)
    assert client.get(address).status_code == 404
    make_speaker(event, sessions[0], account=account)
    assert "Nobody has answered yet." in client.get(address).text
    assert address in client.get(f"/en/manage/events/{event.slug}/profile/").text

    for number in range(4):
        answer(useful="1", opening_rating="4", opening_remark=f"said {number}", closing_rating="2")
    page = client.get(address).text
    assert "4 replies" in page
    assert "too few to show" in page
    assert "<meter" not in page
    answer(opening_rating="5", opening_remark="said 4")
    [section] = html.fromstring(client.get(address).text).xpath("//main//section[h2]")
    assert section.findtext("h2") == "Opening"
    assert section.xpath(".//strong/text()") == ["4.2"]
    assert [meter.get("value") for meter in section.iter("meter")] == ["0", "0", "0", "4", "1"]
    assert "said" not in section.text_content()
    assert client.get(f"/en/manage/events/{event.slug}/feedback/").status_code == 403
