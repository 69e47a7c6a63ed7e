"""What stands in a feed by the wish of who subscribes: the choice of the page, and of one's own calendar."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from app.events.models import Event, EventKind
from app.extensions import db
from app.registration import agenda, bookings
from app.registration.links import replace_links
from app.registration.models import Purpose, Registration
from app.registration.service import cancel
from tests.calendar.reading import parse, read, titles
from tests.factories import make_event, make_registration, make_session, make_speaker, make_theme, make_track

CALENDAR = "/events/readers/calendar.ics"
SCHEDULE = "/en/events/readers/schedule/"


def path_of(registration: Registration, query: str = "") -> str:
    return f"/calendars/{registration.token(Purpose.CALENDAR)}.ics{query}"


@pytest.fixture
def event(client: FlaskClient) -> Event:
    """Everything on one day, since the page shows one."""
    event = make_event(slug="readers", kind=EventKind.CONFERENCE)
    access, rights = make_theme(event, slug="access"), make_theme(event, slug="rights")
    make_session(event, title={"en": "One"}, theme=access, abstract={"en": "On Ștefan's readers"})
    two = make_session(event, title={"en": "Two"}, theme=rights, languages=["ro-MD"])
    three = make_session(event, title={"en": "Three, 100%"}, theme=rights, languages=["uk", "en"])
    make_track(two, language="pt-BR")
    make_speaker(event, three, name={"en": "Ana Pop"})
    return event


def on_page(client: FlaskClient, query: str) -> set[str]:
    """The titles that the programme's page shows."""
    page = client.get(f"{SCHEDULE}?{query}").text
    return set(re.findall(r"<h4>.*?<a[^>]*>([^<]+)</a>", page.partition("<main")[2]))


CHOICES = ["", "theme=access", "theme=rights", "language=en", "language=ro-MD", "language=pt-BR", "language=uk",
           "theme=rights&language=en", "theme=access&language=uk", "q=stefan", "q=ana", "q=100%25", "q=a+readers",
           "q=nothing", "theme=rights&q=t", "q=%20"]  # fmt: skip


@pytest.mark.both_databases
def test_a_page_leads_to_the_feed_with_just_its_sessions_and_the_feed_back_to_the_page(
    client: FlaskClient, event: Event
) -> None:
    for query in CHOICES:
        page = client.get(f"{SCHEDULE}?{query}").text
        shown = on_page(client, query)
        feed = re.search(r'id="feed"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*id="feed"', page)
        assert feed, query
        address = urlsplit((feed[1] or feed[2]).replace("&amp;", "&"))
        calendar = read(client, f"{address.path}?{address.query}")
        assert {str(each["SUMMARY"]) for each in calendar.walk("VEVENT")} == shown, query
        back = urlsplit(calendar["URL"])
        assert on_page(client, back.query) == shown, query
        assert parse_qs(urlsplit(calendar["SOURCE"]).query) == parse_qs(address.query), query
    for language in ("ro", "RO", "pt", "uk-Latn"):
        calendar = read(client, f"{CALENDAR}?language={language}")
        found = {str(each["SUMMARY"]) for each in calendar.walk("VEVENT")}
        assert found == on_page(client, urlsplit(calendar["URL"]).query), language


def test_one_chooses_what_of_the_programme_is_in_ones_own_calendar(client: FlaskClient, event: Event) -> None:
    starred = make_session(event, title={"en": "Starred"}, join_url="https://meet.example.org/1")
    booked, full, other = (
        make_session(event, title={"en": name}, capacity=1, join_url="https://meet.example.org/2", join_phone="+40 21")
        for name in ("Booked", "Full", "Other")
    )
    registration = make_registration(event)
    agenda.add(registration, starred)
    bookings.book(registration, booked)
    bookings.book(make_registration(event), full)
    bookings.book(registration, full)
    db.session.commit()
    assert titles(client, path_of(registration)) == ["Starred", "Booked"]
    assert titles(client, path_of(registration, "?show=starred")) == ["Starred", "Booked"]
    assert titles(client, path_of(registration, "?show=booked")) == ["Booked"]
    whole = read(client, path_of(registration, "?show=all")).walk("VEVENT")
    assert len(whole) == 7
    joined = {str(each["SUMMARY"]) for each in whole if "CONFERENCE" in each}
    assert joined == {"Starred", "Booked"}
    said = "".join(str(each["DESCRIPTION"]) for each in whole if str(each["SUMMARY"]) in ("Full", "Other"))
    assert "+40 21" not in said
    assert other.title["en"] in {str(each["SUMMARY"]) for each in whole}
    cancel(registration)
    db.session.commit()
    assert titles(client, path_of(registration, "?show=all")) == []


def test_ways_to_join_stand_in_personal_feeds_alone(client: FlaskClient, event: Event) -> None:
    make_session(event, slug="talk", join_url="https://meet.example.org/secret", join_phone="+40 21 000")
    for path in (CALENDAR, "/calendar.ics", "/events/readers/sessions/talk.ics"):
        body = client.get(path).data.replace(b"\r\n ", b"")
        assert (b"CONFERENCE" in body, b"meet.example.org" in body, b"+40" in body) == (False, False, False), path
    entries = read(client, path_of(make_registration(event), "?show=all")).walk("VEVENT")
    found = [each["CONFERENCE"] for each in entries if "CONFERENCE" in each]
    assert [(str(video).partition("/join/")[0], str(phone)) for video, phone in found] == [
        ("http://polyforum.test/en", "tel:+4021000"),
    ]  # fmt: skip


def test_the_whole_of_a_webinar_is_ones_own_and_can_be_narrowed(client: FlaskClient) -> None:
    event = make_event()
    theme = make_theme(event, slug="access")
    make_session(event, title={"en": "One"}, theme=theme), make_session(event, title={"en": "Two"}, languages=["ro"])
    registration = make_registration(event)
    for query, expected in (
        ("", ["One", "Two"]), ("?show=all", ["One", "Two"]), ("?show=booked", []), ("?show=starred", []),
        ("?theme=access", ["One"]), ("?language=ro", ["Two"]), ("?q=one&alarm=5", ["One"]),
    ):  # fmt: skip
        assert titles(client, path_of(registration, query)) == expected, query


def test_a_calendar_says_where_it_stands_with_all_that_was_chosen(client: FlaskClient, event: Event) -> None:
    path = path_of(make_registration(event), "?show=all&theme=rights&language=uk&q=three&alarm=15")
    calendar = read(client, path)
    assert calendar["SOURCE"] == f"http://polyforum.test{path}"
    assert calendar["REFRESH-INTERVAL"].to_ical() == b"PT1H"
    assert calendar["NAME"].endswith(" – Ukrainian – “three”")
    (only,) = calendar.walk("VEVENT")
    assert len(only.walk("VALARM")) == 1


LONG = "x" * 10_000
ABSURD: list[tuple[str, int]] = [
    ("show=everything", 404), ("show=ALL", 404), ("show=all%20", 404), (f"show={LONG}", 404), ("show[]=all", 200),
    ("show=all&show=nonsense", 200), ("show=nonsense&show=all", 404), ("show=", 200),
    ("theme=none", 404), (f"theme={LONG}", 404), ("theme=%27%20OR%201=1", 404), ("theme=&theme=none", 200),
    ("theme=%00", 404), ("q=%00", 404), ("theme=%F0%9F%8E%89", 404), ("theme=%ff%fe", 404),
    ("language=klingonese", 404), (f"language={LONG}", 404), ("language=%3Cb%3E", 404), ("language=e", 404),
    ("alarm=-1", 404), ("alarm=1.5", 404), ("alarm=soon", 404), (f"alarm={'9' * 10_000}", 404), ("alarm=10081", 404),
    ("alarm=10080", 200), ("alarm=0", 200), ("alarm=%D9%A1", 404), ("alarm=1e3", 404), ("alarm=", 200),
    (f"q={LONG}", 200), ("q=%25_%5C", 200), ("q=%E2%80%AE%ED%A0%80", 200), (f"utm={LONG}&{LONG}", 200),
    (f"lang={LONG}", 200), ("lang=xx", 200), ("&&&==;", 200),
]  # fmt: skip


@pytest.mark.both_databases
def test_what_an_address_absurdly_asks_for_is_refused_or_left_out_everywhere_alike(
    client: FlaskClient, event: Event
) -> None:
    own = path_of(make_registration(event))
    for path in (CALENDAR, own):
        for query, status in ABSURD:
            if query.startswith("show") and path == CALENDAR:
                status = 200  # A public feed knows no such parameter.
            answer = client.get(f"{path}?{query}")
            assert answer.status_code == status, (path, query[:60])
            assert answer.mimetype == ("text/calendar" if status == 200 else answer.mimetype), query[:60]
            if status == 200:
                parse(answer.data)


def test_a_condition_is_answered_before_anything_is_rendered_for_each_choice(client: FlaskClient, event: Event) -> None:
    registration = make_registration(event)
    tags = set()
    for query in ("", "?show=all", "?show=booked", "?theme=rights", "?show=all&theme=rights", "?q=one", "?language=uk"):
        for path in (path_of(registration, query), *([] if "show" in query else [f"{CALENDAR}{query}"])):
            first = client.get(path)
            tags.add(first.headers["ETag"])
            assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304, path
    assert len(tags) == 11


def test_a_link_that_was_replaced_ends_with_every_parameter(client: FlaskClient, event: Event) -> None:
    registration = make_registration(event)
    old = [path_of(registration, query) for query in ("", "?show=all", "?alarm=5&theme=access")]
    replace_links(registration, Purpose.CALENDAR)
    db.session.commit()
    for path in old:
        assert client.get(path).status_code == 410, path
        assert client.get(path, headers={"If-None-Match": "*"}).status_code == 410
    assert client.get("/calendars/never-was.ics?show=all").status_code == 404
