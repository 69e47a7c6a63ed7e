"""The ways to subscribe, on every page that has a feed."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from app.calendar.subscribing import ways
from app.events.models import EventKind, Series
from app.registration.models import Purpose
from tests.calendar.reading import read
from tests.factories import make_event, make_registration, make_session, make_speaker, make_theme, make_track, save

SERVICES = ("calendar.google.com", "outlook.live.com", "outlook.office.com")


def test_each_service_gets_the_whole_address_in_one_parameter(client: FlaskClient) -> None:
    feed = "https://forum.example/events/a/calendar.ics?theme=b&language=ro-MD&q=50%25+%26+more"
    own, google, outlook, office = (way.href for way in ways(feed, "A & B – “Ș”"))
    assert own == feed.replace("https:", "webcal:")
    assert parse_qs(urlsplit(google).query) == {"cid": [own]}
    assert google.startswith("https://calendar.google.com/calendar/render?cid=webcal%3A%2F%2Fforum.example%2F")
    for address, host in ((outlook, "outlook.live.com"), (office, "outlook.office.com")):
        parts = urlsplit(address)
        assert (parts.hostname, parts.path) == (host, "/calendar/0/addfromweb")
        assert parse_qs(parts.query) == {"url": [feed], "name": ["A & B – “Ș”"]}
        assert "+" not in parts.query  # Outlook shows it as it is.


@pytest.fixture
def pages(client: FlaskClient) -> list[str]:
    event = make_event(slug="readers", series=save(Series(slug="occupy", title={"en": "Occupy & read"})),
                       kind=EventKind.CONFERENCE, title={"en": "Readers & <writers>"})  # fmt: skip
    session = make_session(event, slug="opening", theme=make_theme(event, slug="access"))
    make_track(session, language="ro")
    make_speaker(event, session, slug="ana")
    make_event(slug="empty")
    token = make_registration(event).token(Purpose.PAGE)
    return [
        "/en/", "/en/series/occupy/", "/en/events/readers/", "/en/events/readers/sessions/opening/",
        "/en/events/readers/schedule/", "/en/events/readers/schedule/?theme=access&language=ro&q=ses",
        "/en/events/empty/schedule/", "/en/events/readers/speakers/ana/", f"/en/registrations/{token}/",
        f"/ru/registrations/{token}/?show=all&theme=access&language=ro&alarm=15",
    ]  # fmt: skip


def test_every_page_offers_one_feed_in_all_ways_and_asks_nobody_else(client: FlaskClient, pages: list[str]) -> None:
    for path in pages:
        page = client.get(path).text
        fields = [unescape(value) for value in re.findall(r'id="feed" readonly value="([^"]*)"', page)]
        assert len(fields) == 1, path
        feed = urlsplit(fields[0])
        read(client, f"{feed.path}?{feed.query}")
        links = [unescape(link) for link in re.findall(r'href="([^"]+)"', page)]
        assert fields[0].replace("http:", "webcal:") in links, path
        assert fields[0] in links, path
        assert [urlsplit(link).hostname for link in links if urlsplit(link).hostname in SERVICES] == list(SERVICES)
        # Nothing is loaded from elsewhere.
        loaded = re.findall(r'<(?:script|img|iframe|source|video)[^>]+src="([^"]+)"', page)
        loaded += re.findall(
            r'<link rel="(?:stylesheet|icon|preload|preconnect|dns-prefetch)"[^>]*href="([^"]+)"', page
        )
        assert all(address.startswith("/") for address in loaded), path


def test_ones_own_page_gives_the_address_of_what_was_chosen_and_of_nothing_made_up(
    client: FlaskClient, pages: list[str]
) -> None:
    chosen, plain = pages[-1], pages[-2]
    page = client.get(chosen).text
    feed = urlsplit(unescape(re.search(r'id="feed" readonly value="([^"]*)"', page)[1]))  # type: ignore[index]
    assert parse_qs(feed.query) == {"show": ["all"], "theme": ["access"], "language": ["ro"], "alarm": ["15"]}
    assert page.count(" selected") == 4
    page = client.get(f"{plain}?show=x&theme=none&language=xx&alarm=-5&utm=1").text
    assert re.search(r'id="feed" readonly value="[^"?]*\.ics"', page)
    assert "This address is private" in page
    assert "8 to 24 hours" in page


def test_public_pages_do_not_show_private_addresses(client: FlaskClient, pages: list[str]) -> None:
    assert all("/calendars/" not in client.get(path).text for path in pages[:-2])
