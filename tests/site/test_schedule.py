import re
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from app.events.models import Event, EventKind, Standing
from app.extensions import db
from app.languages.models import LanguageTrack, TrackKind
from app.lib import clock
from app.schedule.models import EventSession, SessionKind
from app.schedule.search import refresh_search
from tests.factories import make_event, make_room, make_session, make_speaker, make_theme, save

pytestmark = pytest.mark.both_databases


@pytest.fixture
def event(app: Flask) -> Event:
    """Two days in Bucharest, two stages, two themes; six sessions, one of them interpreted, one cancelled."""
    event = make_event(slug="commons", title={"en": "The commons"}, kind=EventKind.CONFERENCE)
    first, second = make_room(event, name={"en": "Red stage"}), make_room(event, name={"en": "Blue stage"})
    rights = make_theme(event, slug="rights", name={"en": "Rights"}, colour="#ffff00")
    reading = make_theme(event, slug="reading", name={"en": "Reading"}, colour="#101010")
    at = event.begins_at + timedelta(hours=10)
    keynote = make_session(event, slug="keynote", title={"en": "Opening the stacks"}, room=first, theme=rights)
    make_session(event, slug="poems", title={"ro": "Poezii"}, room=second, theme=reading, languages=["ro"])
    make_session(event, slug="lunch", title={"en": "Lunch"}, kind=SessionKind.BREAK, starts_at=at + timedelta(hours=2))
    make_session(
        event, slug="gone", title={"en": "Gone"}, room=first, theme=rights, starts_at=at + timedelta(hours=4),
        standing=Standing.CANCELLED, standing_reason={"en": "The speaker is ill."},
    )  # fmt: skip
    make_session(event, slug="late", title={"en": "Late"}, room=first, starts_at=at + timedelta(days=1))
    make_session(event, slug="waiting", title={"en": "Not yet planned"}, starts_at=None)
    make_speaker(event, keynote, name={"en": "Ștefan Țurcanu"})
    save(LanguageTrack(session=keynote, language="ru", kind=TrackKind.INTERPRETATION))
    for session in db.session.query(EventSession):
        refresh_search(session)
    db.session.commit()
    return event


def programme(client: FlaskClient, **query: str) -> html.HtmlElement:
    answer = client.get("/en/events/commons/schedule/", query_string=query)
    assert answer.status_code == 200
    return html.fromstring(answer.text)


def titles(page: html.HtmlElement) -> list[str]:
    return page.xpath("//h4/a/text()")


def test_the_first_day_is_shown_before_the_event(client: FlaskClient, event: Event) -> None:
    page = programme(client)
    assert titles(page) == ["Opening the stacks", "Poezii", "Lunch", "Gone"]
    assert page.xpath("//h2/text()") == ["Wednesday, 10 March 2027"]
    assert page.xpath("//h3/time/text()") == ["10:00", "12:00", "14:00"]


def test_today_is_shown_while_the_event_runs(client: FlaskClient, event: Event) -> None:
    with clock.stopped_at(datetime(2027, 3, 11, 6, tzinfo=UTC)):
        assert titles(programme(client)) == ["Late"]


def test_a_day_of_the_address_is_shown(client: FlaskClient, event: Event) -> None:
    assert titles(programme(client, day="2027-03-11")) == ["Late"]


def test_a_session_after_midnight_belongs_to_the_day_before_when_the_day_changes_later(
    client: FlaskClient, event: Event
) -> None:
    event.day_change = 4 * 60
    make_session(event, title={"en": "Night"}, starts_at=event.begins_at + timedelta(hours=21))
    assert "Night" in titles(programme(client, day="2027-03-10"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"theme": "rights"}, ["Opening the stacks", "Gone"]),
        ({"language": "ro"}, ["Poezii"]),
        ({"language": "ru"}, ["Opening the stacks"]),
        ({"theme": "reading", "language": "en"}, []),
        ({"q": "turcanu"}, ["Opening the stacks"]),
        ({"q": "LATE"}, ["Late"]),
        ({"q": "Rights stacks"}, ["Opening the stacks"]),
        ({"q": "100%"}, []),
        ({"q": "late", "day": "2027-03-10"}, []),
    ],
)
def test_the_programme_is_filtered_and_searched(
    client: FlaskClient, event: Event, query: dict[str, str], found: list[str]
) -> None:
    assert titles(programme(client, **query)) == found


@pytest.mark.parametrize(
    "query",
    [
        {"day": "2027-02-30"}, {"day": "1999-01-01"}, {"day": "x" * 5000}, {"theme": "'; DROP TABLE event"},
        {"language": "tlh"}, {"zone": "../../etc/passwd"}, {"zone": "Mars/Olympus"}, {"view": "spiral"},
    ],
)  # fmt: skip
def test_what_is_not_understood_is_said_and_left_out(
    app: Flask, client: FlaskClient, event: Event, query: dict[str, str]
) -> None:
    page = programme(client, **query)
    assert len(page.xpath("//p[@class='notice warning']")) == 1
    assert titles(page) == ["Opening the stacks", "Poezii", "Lunch", "Gone"]
    assert next(iter(query.values())) not in page.xpath("//nav[@class='languages']//a/@href")[0]


def test_made_up_parameters_do_not_fill_the_memory(app: Flask, client: FlaskClient, event: Event) -> None:
    for n in range(30):
        programme(client, theme=f"made-up-{n}", utm_source=str(n), q=f"word {n}")
        programme(client, theme=f"made-up-{n}", endpoint="x", _external="1", _scheme="javascript")
    assert len(app.extensions["memory:answers"]) == 1


def test_the_readers_zone_stands_beside_the_events_with_the_date_when_it_differs(
    client: FlaskClient, event: Event
) -> None:
    page = programme(client, zone="Pacific/Auckland")
    assert page.xpath("//h3/span/text()") == ["21:00", "23:00", "Thu, 11 Mar, 01:00"]
    assert page.xpath("//h4/a/@href")[0] == "/en/events/commons/sessions/keynote/?zone=Pacific/Auckland"
    assert page.xpath("//select[@name='zone']/option[@selected]/@value") == ["Pacific/Auckland"]


def test_what_runs_now_and_what_is_next_changes_with_the_clock(client: FlaskClient, event: Event) -> None:
    def marked() -> list[str]:
        return programme(client).xpath("//h4[b='Now' or b='Next']/a/text()")

    ten = event.begins_at + timedelta(hours=10)
    with clock.stopped_at(ten - timedelta(seconds=1)):
        before = client.get("/en/events/commons/schedule/")
        assert marked() == ["Opening the stacks", "Poezii"]
    with clock.stopped_at(ten):
        assert client.get(
            "/en/events/commons/schedule/", headers={"If-None-Match": before.headers["ETag"]}
        ).status_code == 200  # fmt: skip
        page = programme(client)
        assert page.xpath("//h4[b='Now']/a/text()") == ["Opening the stacks", "Poezii"]
        assert page.xpath("//h4[b='Next']/a/text()") == ["Lunch"]
    with clock.stopped_at(ten + timedelta(hours=1)):
        assert marked() == ["Lunch"]


def test_a_cancelled_session_is_marked_and_says_why(client: FlaskClient, event: Event) -> None:
    item = programme(client).xpath("//li[contains(@class, 'off')]")[0]
    assert item.xpath(".//b/text()") == ["Cancelled"]
    assert "The speaker is ill." in item.text_content()


def test_a_title_in_another_language_is_marked(client: FlaskClient, event: Event) -> None:
    link = programme(client).xpath("//a[text()='Poezii']")[0]
    assert (link.get("lang"), link.get("dir")) == ("ro", "ltr")


def test_floor_languages_tracks_theme_and_people_are_told(client: FlaskClient, event: Event) -> None:
    told = programme(client).xpath("//li[.//a='Opening the stacks']")[0].text_content()
    assert "1 hr · Rights · English (+ Russian)" in told
    assert "Ștefan Țurcanu" in told


def test_a_changed_session_is_a_new_page_at_once(client: FlaskClient, event: Event) -> None:
    before = client.get("/en/events/commons/schedule/")
    db.session.query(EventSession).filter_by(slug="keynote").one().title = {"en": "Closing the stacks"}
    db.session.commit()
    after = client.get("/en/events/commons/schedule/", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert "Closing the stacks" in after.text


def test_the_language_switch_keeps_the_choice(client: FlaskClient, event: Event) -> None:
    hrefs = programme(client, day="2027-03-11", zone="Asia/Tokyo").xpath("//nav[@class='languages']//a/@href")
    assert "/ro/events/commons/schedule/?day=2027-03-11&zone=Asia%2FTokyo" in hrefs


def test_the_grid_stands_in_its_own_stylesheet(client: FlaskClient, event: Event) -> None:
    page = programme(client)
    href = page.xpath("//link[contains(@href, 'schedule.css')]/@href")[0]
    sheet = client.get(href)
    assert sheet.mimetype == "text/css"
    assert sheet.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert page.xpath("//div[@aria-hidden='true']/text()") == ["Red stage", "Blue stage"]
    for item in page.xpath("//li[h4]"):
        for name in re.findall(r"\b[rec]\d+\b", item.get("class")):
            assert f".{name}{{" in sheet.text
    lunch = page.xpath("//li[.//a='Lunch']")[0]
    assert "c0" in lunch.get("class")  # Nothing else runs then, so it spans all stages.
    old = client.get(href.replace(f"v={event.revision}", "v=0"))
    assert old.headers["Cache-Control"] == "public, no-cache"


def test_no_page_has_an_inline_style(client: FlaskClient, event: Event) -> None:
    page = programme(client)
    assert not page.xpath("//@style")
    assert not page.xpath("//style")
    assert not page.xpath("//script[not(@src)]")


def test_an_event_without_sessions_says_what_to_do(client: FlaskClient) -> None:
    make_event(slug="commons")
    assert "not published yet" in programme(client).text_content()


def test_a_big_day_is_light_and_a_list(app: Flask, client: FlaskClient) -> None:
    event = make_event(slug="commons", starts_on=date(2027, 3, 10), ends_on=date(2027, 3, 10))
    rooms = [make_room(event) for _ in range(25)]
    db.session.add_all(
        EventSession(
            event=event, room=room, slug=f"s-{room.id}-{n}", title={"en": f"Talk {n} about subject {room.id * n}"},
            languages=["en"], starts_at=event.begins_at + timedelta(hours=9, minutes=45 * n),
            ends_at=event.begins_at + timedelta(hours=9, minutes=45 * n + 40),
        )
        for room in rooms for n in range(10)
    )  # fmt: skip
    db.session.commit()
    page = programme(client)
    assert len(titles(page)) == 250
    assert not page.xpath("//div[contains(@class, 'frame')]")
    assert page.xpath("//a[text()='Show as a grid']")
    packed = client.get("/en/events/commons/schedule/", headers={"Accept-Encoding": "gzip"})
    assert len(packed.data) <= 24 * 1024
    grid = programme(client, view="grid").xpath("//div[contains(@class, 'frame many')]")[0]
    assert grid.get("tabindex") == "0"
