"""What registered people said that they need, beside what is provided."""

import pytest
from lxml import html

from app.extensions import db
from app.languages import coverage
from app.languages.coverage import Way
from app.languages.models import LanguageTrack, TrackKind
from app.people.models import Role
from app.registration import questions
from app.registration.models import NeedKind, Question, QuestionKind, RegistrationState
from tests.factories import grant, make_account, make_event, make_registration, make_session, save, sign_in

pytestmark = pytest.mark.both_databases


@pytest.fixture
def event(app):
    """Two want Romanian captions, one Ukrainian interpretation; who is not confirmed does not count."""
    event = make_event(languages=["en", "ro"])
    save(Question(event=event, kind=QuestionKind.NEEDS, label={"en": "What do you need?"}))
    captions, sign, other = (NeedKind.CAPTIONS, "ro", ""), (NeedKind.SIGN, "", "LSR"), (NeedKind.OTHER, "", "A ramp")
    questions.store(make_registration(event), {}, [captions, sign])
    questions.store(make_registration(event), {}, [captions, (NeedKind.INTERPRETATION, "uk", ""), other])
    for state in (RegistrationState.PENDING, RegistrationState.WAITING, RegistrationState.CANCELLED):
        questions.store(make_registration(event, state=state), {}, [captions, sign, other])
    elsewhere = make_event()
    save(Question(event=elsewhere, kind=QuestionKind.NEEDS, label={"en": "What do you need?"}))
    questions.store(make_registration(elsewhere), {}, [captions, sign])
    db.session.commit()
    return event


def test_the_needs_of_confirmed_people_are_counted_by_language_and_way(event):
    found = coverage.of(event)
    assert found.demand == coverage.Demand({"ro": {Way.CAPTIONS: 2}, "uk": {Way.INTERPRETATION: 1}}, sign=1, other=1)
    assert found.languages == ["en", "ro", "uk"]


def test_the_matrix_shows_what_is_asked_for_and_provided_by_nobody(client, event):
    session = make_session(event)
    save(LanguageTrack(session=session, language="ro", kind=TrackKind.CAPTIONS))
    account = make_account()
    grant(event, account, Role.READER)
    sign_in(client, account)
    page = html.fromstring(client.get(f"/en/manage/events/{event.slug}/languages/").text)
    rows = {row.text_content(): row.get("class") for row in page.xpath("//ul[@class='demand']/li")}
    assert rows == {
        "Live captions: 2 – in 1 session": None,
        "Interpretation: 1 – nobody provides it": "unmet",
    }
    text = " ".join(page.text_content().split())
    assert "1 person needs sign language." in text
    assert "1 person has other needs." in text
    assert "A ramp" not in text


def test_promised_subtitles_and_those_that_are_there_both_count_as_provided(app):
    found = coverage.Coverage(
        ["ro"],
        [coverage.Row(make_session(make_event()), {"ro": [way]}) for way in (Way.FILE, Way.SUBTITLES, Way.CAPTIONS)],
        coverage.Demand({}, 0, 0),
    )
    assert (found.provided(Way.SUBTITLES, "ro"), found.provided(Way.CAPTIONS, "ro")) == (2, 1)
