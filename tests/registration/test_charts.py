"""The charts: what is counted, and that the drawing says the same as the table."""

from datetime import date, timedelta
from xml.etree import ElementTree

import pytest

from app.events.models import EventKind
from app.extensions import db
from app.people.models import Role
from app.registration import agenda, curve, figures
from app.registration.models import (
    Answer,
    Attendance,
    Origin,
    Question,
    QuestionKind,
    QuestionOption,
    Registration,
    RegistrationState,
    Source,
    Step,
    Visit,
)
from tests.conftest import NOON
from tests.factories import (
    grant,
    make_account,
    make_event,
    make_registration,
    make_session,
    make_theme,
    save,
    sign_in,
)


@pytest.fixture
def event(app):
    return make_event(kind=EventKind.CONFERENCE)


@pytest.mark.both_databases
def test_every_day_from_the_first_registration_is_told_the_empty_ones_too(event):
    for days, number in ((4, 2), (1, 1)):
        for _ in range(number):
            make_registration(event, created_at=NOON - timedelta(days=days))
    make_registration(make_event(), created_at=NOON - timedelta(days=9))
    assert figures.per_day(event) == [
        (date(2027, 2, 27), 2), (date(2027, 2, 28), 0), (date(2027, 3, 1), 0), (date(2027, 3, 2), 1),
        (date(2027, 3, 3), 0),
    ]  # fmt: skip
    assert figures.per_day(make_event()) == []


@pytest.mark.both_databases
def test_confirmed_people_are_counted_by_country_and_language(event):
    for country, language in (("MD", "ro"), ("UA", "en"), ("MD", "en")):
        make_registration(event, country=country, language=language)
    make_registration(event, country="FR", state=RegistrationState.CANCELLED)
    make_registration(make_event(), country="JP")
    assert figures.by_column(event, Registration.country) == [("MD", 2), ("UA", 1)]
    assert figures.by_column(event, Registration.language) == [("en", 2), ("ro", 1)]


@pytest.mark.both_databases
def test_a_person_counts_once_for_each_theme_they_chose_a_session_of(event):
    maps, books = make_theme(event), make_theme(event)
    sessions = [make_session(event, theme=theme) for theme in (maps, maps, books, None)]
    people = [make_registration(event) for _ in range(3)]
    for person, chosen in ((0, (0, 1, 3)), (1, (0, 2)), (2, ())):
        for number in chosen:
            agenda.add(people[person], sessions[number])
    db.session.commit()
    assert figures.by_theme(event) == [(maps, 2), (books, 1)]
    event.kind = EventKind.WEBINAR
    assert figures.by_theme(event) == []


@pytest.mark.both_databases
def test_answers_to_choose_from_are_counted_one_and_several(event):
    question = save(Question(event=event, kind=QuestionKind.CHOICES, label={"en": "What for?"}))
    options = [save(QuestionOption(question=question, label={"en": label}, position=1)) for label in ("A", "B", "C")]
    for value in ([0, 1], [1], [0, 1]):
        answer = [options[number].id for number in value]
        save(Answer(registration=make_registration(event), question=question, value=answer))
    gone = make_registration(event, state=RegistrationState.CANCELLED)
    save(Answer(registration=gone, question=question, value=[options[2].id]))
    [(asked, bars)] = figures.by_answer(event)
    assert asked is question
    assert [(option.label["en"], number) for option, number in bars] == [("A", 2), ("B", 3), ("C", 0)]


@pytest.mark.both_databases
def test_the_funnel_leads_from_the_page_to_the_event(event):
    for step, day, number in ((Step.PAGE, 1, 20), (Step.PAGE, 2, 30), (Step.FORM, 2, 12)):
        save(Visit(event_id=event.id, day=date(2027, 3, day), step=step, number=number))
    people = [make_registration(event) for _ in range(3)]
    make_registration(event, state=RegistrationState.LAPSED, confirmed_at=None)
    imported = make_registration(event, origin=Origin.IMPORT)
    session = make_session(event)
    for person, within in ((people[0], None), (people[0], session), (people[1], session), (imported, None)):
        save(Attendance(registration=person, session=within, day=date(2027, 3, 10), source=Source.LINK))
    assert figures.funnel(event) == (50, 12, 4, 3, 2)


def test_the_curve_rises_to_the_top_and_each_bar_has_its_height():
    days = [(date(2027, 3, number), value) for number, value in ((1, 1), (2, 0), (3, 3), (4, 1))]
    drawn = curve.drawing(days)
    assert drawn.line == "M0 240L250.0 192.0L500.0 192.0L750.0 48.0L1000.0 0.0"
    assert [(bar.x, bar.y, bar.height) for bar in drawn.bars] == [
        (0.0, 160.0, 80.0), (500.0, 0.0, 240.0), (750.0, 160.0, 80.0)
    ]  # fmt: skip
    assert (drawn.total, drawn.most) == (5, 3)
    assert curve.drawing([]).bars == []


def test_the_page_shows_them_with_a_table_and_without_inline_style(client, event):
    for days in (3, 3, 1):
        make_registration(event, created_at=NOON - timedelta(days=days))
    for step, number in ((Step.PAGE, 12), (Step.FORM, 3)):
        save(Visit(event_id=event.id, day=date(2027, 3, 1), step=step, number=number))
    account = make_account()
    grant(event, account, Role.ORGANISER)
    sign_in(client, account)
    page = client.get(f"/en/manage/events/{event.slug}/registrations/charts/").text
    assert "style=" not in page
    drawings = [ElementTree.fromstring(f"<svg{part.split('</svg>')[0]}</svg>") for part in page.split("<svg")[1:]]  # noqa: S314
    assert [len(drawing.findall("path")) + len(drawing.findall("rect")) for drawing in drawings] == [2, 2]
    assert "<td>2</td><td>2</td>" in page
    assert "<td>1</td><td>3</td>" in page
    assert "25 %" in page
    assert "Ukraine" in page


def test_an_event_without_registrations_has_a_page_too(client, event):
    account = make_account()
    grant(event, account, Role.ORGANISER)
    sign_in(client, account)
    page = client.get(f"/en/manage/events/{event.slug}/registrations/charts/")
    assert page.status_code == 200
    assert "Nobody has registered yet" in page.text
