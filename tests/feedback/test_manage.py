"""Organisers make the form before anybody answers, and read what people said."""

import csv
import io

import pytest
import sqlalchemy as sa
from lxml import html

from app.extensions import db
from app.feedback import questionnaire, results
from app.feedback.models import FeedbackForm, FeedbackQuestion
from app.people.audit import trail_of
from app.people.deeds import deed
from app.people.models import Role
from app.registration.models import Registration
from tests.factories import grant, make_account, make_event, make_registration, sign_in
from tests.feedback.conftest import form_of


@pytest.fixture
def base(client, event, sessions) -> str:
    account = make_account()
    grant(event, account, Role.ORGANISER)
    sign_in(client, account)
    return f"/en/manage/events/{event.slug}/feedback/"


def labels(event) -> list[str]:
    return [question.label["en"] for question in questionnaire.questions_of(event)]


def write(client, base, about="event", kind="text", **data):
    return client.post(f"{base}questions/new/?about={about}&kind={kind}", data=data)


def test_an_organiser_adds_orders_and_removes_questions(client, event, base):
    words = {"label-en": "Which was best?", "label-ro": "Care a fost cel mai bun?"}
    options = {"option-new0-en": "The debate", "option-new1-en": "Lunch", "option-new1-ro": "Prânzul"}
    assert write(client, base, kind="choice", **words, **options).status_code == 302
    assert labels(event)[:4] == [
        "How useful was it for you?", "What will you use in your work?", "What should we do better?", "Which was best?",
    ]  # fmt: skip
    added = questionnaire.questions_of(event)[3]
    assert [option["label"] for option in added.options] == [{"en": "The debate"}, {"en": "Lunch", "ro": "Prânzul"}]
    client.post(f"{base}questions/{added.key}/move/", data={"to": "up"})
    client.post(f"{base}questions/use/remove/")
    assert labels(event)[:3] == ["How useful was it for you?", "Which was best?", "What should we do better?"]
    assert [deed(entry.action) for entry in trail_of(f"event:{event.id}")] == [
        "Question of the feedback form removed", "Question of the feedback form added",
    ]  # fmt: skip
    page = client.get(form_of(make_registration(event), "ro")).text
    assert "Prânzul" in page
    assert '<span lang="en" dir="ltr">The debate</span>' in page


def test_looking_at_the_form_stores_nothing(client, event, base):
    for path in ("", "questions/", "questions/preview/", "questions/useful/", "settings/", "replies.csv"):
        assert client.get(base + path).status_code == 200
    client.get(form_of(make_registration(event)))
    assert db.session.scalars(sa.select(FeedbackForm)).all() == []
    assert db.session.scalars(sa.select(FeedbackQuestion)).all() == []


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        ("text", {}, "Write this in one language at least."),
        ("text", {"label-en": "x" * 301}, "English: at most 300 characters."),
        ("choices", {"label-en": "Which?", "option-new0-en": "This"}, "Write two answers at least."),
        ("rating", {"label-en": "How?", "lowest-en": "x" * 61}, "English: at most 60 characters."),
    ],
)
def test_a_question_with_faults_is_shown_again_with_them(client, event, base, kind, data, said):
    page = write(client, base, kind=kind, **data)
    assert page.status_code == 422
    assert said in page.text
    assert len(labels(event)) == 5


def test_a_made_up_kind_leads_back_to_the_questions(client, base):
    for query in ("about=event&kind=file", "about=lunch&kind=text", ""):
        assert client.get(f"{base}questions/new/?{query}").location == f"{base}questions/"


def test_from_the_first_reply_on_words_can_be_mended_and_nothing_else(client, event, base, answer):
    write(client, base, kind="choices", **{
        "label-en": "Whcih?", "option-new0-en": "The debate", "option-new1-en": "Lunhc",
    })  # fmt: skip
    question = questionnaire.questions_of(event)[3]
    first, second = (option["key"] for option in question.options)
    answer(**{question.key: [first, second]})
    before = labels(event)

    for path, data in (
        (f"questions/{question.key}/remove/", {}), (f"questions/{question.key}/move/", {"to": "up"}),
        ("questions/new/?about=event&kind=text", {"label-en": "One more?"}),
    ):  # fmt: skip
        assert client.post(base + path, data=data).status_code == 302
        assert "People have answered already" in client.get(f"{base}questions/").text
    assert labels(event) == before

    mended = {"label-en": "Which?", f"option-{first}-en": "The debate", f"option-{second}-en": "Lunch"}
    emptied = client.post(f"{base}questions/{question.key}/", data=mended | {f"option-{second}-en": ""})
    assert emptied.status_code == 422
    assert "There are replies that name this answer." in emptied.text
    added = mended | {"option-new0-en": "Dinner"}
    assert client.post(f"{base}questions/{question.key}/", data=added).status_code == 302
    db.session.expire_all()
    stored = questionnaire.question_of(event, question.key)
    assert stored.label == {"en": "Which?"}
    assert [option["label"]["en"] for option in stored.options] == ["The debate", "Lunch"]


def test_the_settings_are_kept_and_anonymity_stays_as_people_were_told(client, event, base, answer):
    assert client.post(f"{base}settings/", data={"is_on": "y", "asks_sessions": "y", "days": "14"}).status_code == 302
    form = questionnaire.form_of(event)
    assert (form.is_anonymous, form.asks_sessions, form.days) == (False, True, 14)
    answer(useful="5")
    data = {"is_on": "y", "is_anonymous": "y", "asks_sessions": "y", "days": "20"}
    refused = client.post(f"{base}settings/", data=data)
    assert refused.status_code == 422
    assert "Somebody has answered already" in refused.text
    db.session.expire_all()
    assert (form.is_anonymous, form.days) == (False, 14)
    for days in ("0", "366", "soon", ""):
        assert client.post(f"{base}settings/", data={"is_on": "y", "days": days}).status_code == 422


def test_a_needed_answer_is_missed_only_where_a_part_was_begun(client, event, base, answer):
    client.post(f"{base}questions/useful/", data={"label-en": "How useful?", "required": "y"})
    assert "Answer this question." in answer(better="Nothing").text
    assert answer(opening_rating="3").status_code == 302
    assert answer(useful="3").status_code == 302


def test_results_are_bars_with_numbers_beside_them_and_a_mean(client, event, base, answer):
    for rating in ("5", "4", "4", "1"):
        answer(useful=rating, better=f"said with {rating}", opening_rating=rating, closing_rating="5")
    page = client.get(base)
    tree = html.fromstring(page.text)
    card = tree.xpath("//section[h3[contains(., 'How useful')]]")[0]
    assert card.xpath(".//strong/text()") == ["3.5"]
    assert [each.text_content().split() for each in card.xpath(".//dd/span")] == [
        ["1", "25", "%"], ["0", "0", "%"], ["0", "0", "%"], ["2", "50", "%"], ["1", "25", "%"],
    ]  # fmt: skip
    assert [each.get("value") for each in card.xpath(".//meter")] == ["1", "0", "0", "2", "1"]
    # The best session first.
    assert tree.xpath("//table//th/a/text()") == ["Closing", "Opening"]
    assert "said with 5" in page.text
    opening = client.get(f"{base}sessions/opening/").text
    assert "4 replies" in opening
    assert "3.5" in opening


def test_the_table_has_every_answer_and_no_formula(client, event, base, answer):
    questionnaire.change_form(event, make_account(), is_anonymous=False)
    db.session.commit()
    person = make_registration(event, name="=1+1", email="eva@example.org")
    answer(person, useful="5", better='=HYPERLINK("http://evil.example")', opening_rating="2")
    response = client.get(f"{base}replies.csv")
    assert response.headers["Content-Disposition"] == f"attachment; filename={event.slug}-feedback.csv"
    rows = list(csv.reader(io.StringIO(response.get_data().decode("utf-8-sig"))))
    assert rows == [
        ["About", "Name", "E-mail address", "Language", "How useful was it for you?", "What will you use in your work?",
         "What should we do better?", "How was this session?", "What would you tell the speakers?"],
        [event.slug, "'=1+1", "eva@example.org", "en", "5", "", "'=HYPERLINK(\"http://evil.example\")", "", ""],
        ["opening", "'=1+1", "eva@example.org", "en", "", "", "", "2", ""],
    ]  # fmt: skip


def test_of_very_many_texts_some_are_shown_and_all_are_counted(client, event, base, answer, monkeypatch):
    monkeypatch.setattr(results, "MOST_TEXTS", 3)
    for number in range(4):
        answer(better=f"said {number}")
    page = client.get(base).text
    assert page.count('<p dir="auto">said ') == 3
    assert "4 answers, in alphabetical order" in page
    assert "These are some of them." in page


def test_what_somebody_wrote_is_shown_as_text(client, event, base, answer):
    questionnaire.change_form(event, make_account(), is_anonymous=False)
    db.session.commit()
    answer(make_registration(event, name="<i>Eva</i>"), better="<script>alert(1)</script> مرحبا")
    page = client.get(base).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; مرحبا" in page
    assert "&lt;i&gt;Eva&lt;/i&gt;" in page


WRITES = (
    "questions/new/?about=event&kind=text", "questions/useful/", "questions/useful/move/", "questions/useful/remove/",
    "settings/",
)  # fmt: skip


@pytest.mark.parametrize("path", WRITES)
def test_nobody_else_changes_the_form(client, event, sessions, path):
    address, data = f"/en/manage/events/{event.slug}/feedback/{path}", {"label-en": "Mine", "days": "1"}
    assert client.post(address, data=data).location.startswith("/en/sign-in/")
    elsewhere = make_account()
    grant(make_event(), elsewhere, Role.OWNER)
    reader = make_account()
    grant(event, reader, Role.READER)
    for account, status in ((elsewhere, 404), (reader, 403)):
        sign_in(client, account)
        assert client.post(address, data=data).status_code == status
    assert client.put(address).status_code == 405
    assert db.session.scalars(sa.select(FeedbackForm)).all() == []


def test_a_reader_sees_results_without_names_and_no_table(client, event, sessions, answer):
    questionnaire.change_form(event, make_account(), is_anonymous=False)
    db.session.commit()
    answer(better="Longer breaks")
    reader = make_account()
    grant(event, reader, Role.READER)
    sign_in(client, reader)
    page = client.get(f"/en/manage/events/{event.slug}/feedback/").text
    assert "Longer breaks" in page
    assert db.session.scalars(sa.select(Registration.name)).one() not in page
    assert client.get(f"/en/manage/events/{event.slug}/feedback/replies.csv").status_code == 403
