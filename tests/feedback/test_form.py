"""The form as people meet it, from the end of the first session to the last day on which it is open."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from lxml import html

from app import create_app
from app.events.models import EventKind, Standing
from app.extensions import db
from app.feedback import links, questionnaire
from app.feedback.models import FeedbackAnswer, FeedbackReply
from app.lib import clock
from app.registration import agenda, attendance
from app.registration import links as private_links
from app.registration.models import Purpose, RegistrationState, Source
from tests.conftest import settings_of
from tests.factories import make_account, make_registration, make_session
from tests.feedback.conftest import form_of


def values() -> dict[str, list[object]]:
    """What is stored, by question."""
    found: dict[str, list[object]] = {}
    for row in db.session.scalars(sa.select(FeedbackAnswer)):
        found.setdefault(row.question.key, []).append(row.value)
    return found


def replies() -> int:
    return len(db.session.scalars(sa.select(FeedbackReply)).all())


def test_every_event_asks_a_few_questions_without_anybody_doing_anything(client, event, sessions):
    person = make_registration(event)
    page = client.get(form_of(person))
    assert page.status_code == 200
    for said in ("How useful was it for you?", "What will you use in your work?", "What should we do better?"):
        assert page.text.count(said) == 1
    assert page.text.count("How was this session?") == 2
    assert "anonymous" in page.text
    tree = html.fromstring(page.text)
    assert [each.text_content() for each in tree.xpath("//details/summary/span[1]")] == ["Opening", "Closing"]
    # Five to choose from, and a way back to none, for each of three ratings.
    assert len(tree.xpath("//input[@type='radio']")) == 18
    assert len(tree.xpath("//input[@type='radio'][@checked][@value='']")) == 3


def test_what_is_sent_is_kept_and_thanked_for(event, answer, client):
    response = answer(useful="4", better="More time\r\nfor questions", opening_rating="5", closing_remark="  ")
    assert client.get(response.location).text.count("Thank you") >= 1
    assert values() == {"useful": [4], "better": ["More time\nfor questions"], "rating": [5]}
    # Nothing was said about the second session.
    assert replies() == 2


def test_each_person_answers_once_and_each_session_at_its_own_time(event, answer, client):
    person = make_registration(event)
    answer(person, useful="4")
    again = client.get(form_of(person)).text
    assert "How useful was it for you?" not in again
    assert again.count("How was this session?") == 2
    answer(person, useful="1", opening_rating="2")
    answer(person, closing_rating="3")
    assert values() == {"useful": [4], "rating": [2, 3]} or values() == {"useful": [4], "rating": [3, 2]}
    assert "You have answered" in client.get(form_of(person)).text
    assert answer(person, useful="1").status_code == 409  # There is nothing left to say.
    assert replies() == 3


def test_under_their_name_people_change_and_withdraw_their_answers(event, answer, client):
    questionnaire.change_form(event, make_account(), is_anonymous=False)
    db.session.commit()
    person = make_registration(event)
    answer(person, useful="4", opening_rating="5", opening_remark="Slower, please")
    page = client.get(form_of(person)).text
    assert "The organisers see your name" in page
    tree = html.fromstring(page)
    assert tree.xpath("//input[@name='event-useful'][@checked]/@value") == ["4"]
    assert "Slower, please" in page
    answer(person, useful="2")
    assert values() == {"useful": [2]}
    assert answer(person).status_code == 302
    assert values() == {}
    assert db.session.scalars(sa.select(FeedbackReply)).all() == []


def test_who_presses_the_button_twice_is_thanked_twice(event, answer, client):
    person = make_registration(event)
    for _ in range(2):
        assert answer(person, useful="4").location.endswith("/feedback/thanks/")
    assert values() == {"useful": [4]}


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Answer one question at least."),
        ({"useful": "6"}, "Choose among the answers below."),
        ({"useful": ["1", "2"]}, "Choose among the answers below."),
        ({"useful": "4\0"}, "Choose among the answers below."),
        ({"better": "x" * 2001}, "Write at most 2000 characters."),
        ({"opening_rating": "<b>"}, "Opening – How was this session?: Choose among the answers below."),
    ],
)  # fmt: skip
def test_a_fault_is_said_once_and_nothing_is_kept(answer, sent, said):
    page = answer(**sent)
    assert page.status_code == 422
    assert said in page.text
    assert replies() == 0


def test_what_was_written_stays_when_something_else_is_wrong(answer):
    page = html.fromstring(answer(better="Longer breaks", opening_rating="9", closing_rating="2").text)
    assert page.xpath("//textarea[@name='event-better']")[0].text.strip() == "Longer breaks"
    assert [each.get("open") is not None for each in page.xpath("//details")] == [True, True]


def test_it_opens_with_the_end_of_the_first_session_and_closes_after_its_days(client, event, sessions):
    person = make_registration(event)

    def at(moment):
        with clock.stopped_at(moment):
            return client.get(form_of(person)).text, links.open_address(person, "en"), links.address(person, "en")

    opening, closing = sessions
    page, open_address, address = at(opening.ends_at - timedelta(minutes=1))
    assert "It is not over yet" in page
    assert "From 10 Mar 2027, 11:00" in page
    assert (open_address, address) == (None, f"http://polyforum.test{form_of(person)}")
    page, open_address, _address = at(opening.ends_at)
    assert page.count("How was this session?") == 1
    assert "How useful" not in page
    assert open_address
    assert "How useful" in at(closing.ends_at)[0]
    page, open_address, address = at(event.over_at + timedelta(days=30))
    assert "The form is closed" in page
    assert (open_address, address) == (None, None)
    with clock.stopped_at(event.over_at + timedelta(days=30)):
        assert client.post(form_of(person), data={"event-useful": "3"}).status_code == 409


def test_of_a_conference_people_are_asked_about_what_they_chose_or_attended(client, event, sessions):
    event.kind = EventKind.CONFERENCE
    chosen, attended = sessions
    make_session(event, slug="elsewhere", title={"en": "Elsewhere"}, starts_at=chosen.starts_at)
    person = make_registration(event)
    agenda.add(person, chosen)
    attendance.check_in(person, attended, event.starts_on, Source.ORGANISER)
    db.session.commit()
    page = client.get(form_of(person)).text
    assert [name in page for name in ("Opening", "Closing", "Elsewhere")] == [True, True, False]


def test_an_event_of_one_session_is_asked_about_as_a_whole(client, event):
    make_session(event, title={"en": "The only one"})
    page = client.get(form_of(make_registration(event))).text
    assert "How useful" in page
    assert "How was this session?" not in page


@pytest.mark.parametrize("reason", ["off", "cancelled", "no questions"])
def test_where_nothing_is_asked_there_is_no_link_and_the_page_says_so(client, event, sessions, reason):
    by, person = make_account(), make_registration(event)
    if reason == "off":
        questionnaire.change_form(event, by, is_on=False)
    elif reason == "cancelled":
        event.standing = Standing.CANCELLED
    else:
        for question in questionnaire.questions_of(event):
            questionnaire.remove(event, by, question.key)
    db.session.commit()
    assert "Nothing is asked" in client.get(form_of(person)).text
    assert links.address(person, "en") is None


def test_who_has_answered_everything_gets_no_link_any_more(event, answer):
    person = make_registration(event)
    assert links.address(person, "ro") == f"http://polyforum.test{form_of(person, 'ro')}"
    answer(person, useful="3", opening_rating="3", closing_rating="3")
    assert links.address(person, "ro") is None


def test_only_the_link_in_force_of_a_confirmed_person_opens_the_form(client, event, sessions):
    person = make_registration(event)
    old = form_of(person)
    private_links.replace_links(person, Purpose.PAGE)
    cancelled = make_registration(event, state=RegistrationState.CANCELLED)
    db.session.commit()
    for address, status in ((old, 410), ("/en/registrations/guessed/feedback/", 404), (form_of(cancelled), 302)):
        assert client.get(address).status_code == status
        assert client.post(address, data={"event-useful": "5"}).status_code == status
    calendar = f"/en/registrations/{person.token(Purpose.CALENDAR)}/feedback/"
    assert client.get(calendar).status_code == 404
    assert client.delete(form_of(person)).status_code == 405
    assert replies() == 0
    headers = client.get(form_of(person)).headers
    assert (headers["Cache-Control"], headers["X-Robots-Tag"]) == ("no-store", "noindex")


def test_the_own_page_leads_to_the_form_while_there_is_something_to_answer(client, event, answer):
    person = make_registration(event)
    own = form_of(person).removesuffix("feedback/")
    assert "Say what you think of it" in client.get(own).text
    answer(person, useful="3", opening_rating="3", closing_rating="3")
    assert "Say what you think of it" not in client.get(own).text


def test_the_questions_come_in_the_language_of_the_page_or_are_marked(client, event, sessions):
    questionnaire.settled(event)
    question = questionnaire.question_of(event, "better")
    question.label = {"ar": "ماذا نحسن؟"}
    db.session.commit()
    assert '<span lang="ar" dir="rtl">ماذا نحسن؟</span>' in client.get(form_of(make_registration(event))).text


def test_no_name_stands_twice_on_the_page_and_nothing_is_styled_or_run_in_it(client, event, sessions):
    tree = html.fromstring(client.get(form_of(make_registration(event))).text)
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids)) > 30
    assert set(tree.xpath("//label/@for | //@aria-describedby | //@aria-labelledby")) <= set(ids)
    assert tree.xpath("//script | //style | //*[@style]") == []


def test_one_link_sends_no_more_than_thirty_forms_an_hour(app, event, sessions):
    limited = create_app(settings_of(app, RATELIMIT_ENABLED=True)).test_client()
    mine, another = (form_of(make_registration(event)) for _ in range(2))
    assert [limited.post(mine).status_code for _ in range(31)] == [422] * 30 + [429]
    assert limited.post(another).status_code == 422
    assert limited.get(mine).status_code == 200
