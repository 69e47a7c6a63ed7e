from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from app.events.models import Event, EventOrganisation, EventState, Involvement, Series, Standing
from app.extensions import db
from app.languages.models import LanguageTrack, TrackKind
from app.lib import clock
from app.schedule.models import Appearance, EventSession, Part, SessionLink
from tests.factories import make_event, make_organisation, make_room, make_session, make_speaker, make_theme, save

SECRET = "secret-of-the-registered"

pytestmark = pytest.mark.both_databases


@pytest.fixture
def event(app: Flask) -> Event:
    """An event with everything that a public page may show, and everything that it may not."""
    series = save(Series(slug="occupy", title={"en": "Occupy Library"}, description={"en": "Every *year*."}))
    event = make_event(
        slug="commons", title={"en": "The commons", "fa": "مشترکات"}, series=series, summary={"en": "Two days."},
        description={"ro": "O **descriere**."}, privacy={"en": "We keep little."}, reply_to=f"{SECRET}@example.org",
    )  # fmt: skip
    save(EventOrganisation(event=event, organisation=make_organisation(), involvement=Involvement.HOST))
    session = make_session(
        event, slug="keynote", title={"en": "Opening"}, abstract={"en": "<script>alert(1)</script>About it"},
        room=make_room(event), theme=make_theme(event), join_url=f"https://meet.example.org/{SECRET}",
        join_phone=f"+1 {SECRET}", join_passcode=SECRET, capacity=12, recorded=False,
    )  # fmt: skip
    save(SessionLink(session=session, url="https://example.org/slides.pdf", title={"en": "The slides"}))
    save(LanguageTrack(session=session, language="ru", kind=TrackKind.INTERPRETATION, url=f"https://x/{SECRET}"))
    make_speaker(
        event, session, slug="ana", name={"en": "Ana Pop"}, zone="Asia/Tokyo", country="RO",
        email=f"{SECRET}@example.org", biography={"fa": "زندگی‌نامه"},
    )  # fmt: skip
    save(Appearance(session=session, speaker=make_speaker(event, slug="mod", name={"en": "Mo"}), part=Part.MODERATOR))
    return event


def page(client: FlaskClient, path: str) -> html.HtmlElement:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return html.fromstring(answer.text)


def addresses(tree: html.HtmlElement) -> set[str]:
    """Where the links and resources of a page lead to on this site."""
    found = {urlsplit(link) for link in [*tree.xpath("//@href"), *tree.xpath("//@src"), *tree.xpath("//form/@action")]}
    own = (url for url in found if url.scheme in ("", "http", "webcal") and url.netloc in ("", "polyforum.test"))
    return {f"{url.path}?{url.query}" for url in own if url.path}


def test_no_public_page_tells_how_to_join(client: FlaskClient, event: Event) -> None:
    """Every page that can be reached from the front page, the machine addresses included."""
    waiting, seen = {"/en/", "/sitemap.xml", "/robots.txt"}, set()
    while waiting:
        path = waiting.pop()
        seen.add(path)
        answer = client.get(path, follow_redirects=True)
        assert answer.status_code < 400, path
        assert SECRET not in answer.text, path
        if answer.mimetype == "text/html" and answer.text:
            waiting |= addresses(html.fromstring(answer.text)) - seen
    assert any("/ru/events/commons/sessions/keynote/" in path for path in seen)
    assert len(seen) > 30


def test_a_draft_is_nothing_to_the_public(client: FlaskClient, event: Event) -> None:
    paths = ["/en/events/commons/", "/en/events/commons/schedule/", "/en/events/commons/sessions/keynote/",
             "/en/events/commons/speakers/", "/en/events/commons/speakers/ana/", "/events/commons/schedule.css",
             "/events/commons/sitemap.xml"]  # fmt: skip
    tags = [client.get(path).headers["ETag"] for path in paths]
    event.state = EventState.DRAFT
    db.session.commit()
    for path, tag in zip(paths, tags, strict=True):
        answer = client.get(path, headers={"If-None-Match": tag})
        assert answer.status_code == 404
        assert answer.headers["Cache-Control"] == "private, no-store"
    assert "The commons" not in client.get("/en/").text
    assert "commons" not in client.get("/sitemap.xml").text


@pytest.mark.parametrize("path", ["events/x/", "events/x/schedule/", "events/commons/sessions/x/", "series/x/",
                                  "events/commons/speakers/x/"])  # fmt: skip
def test_what_does_not_exist_is_404(client: FlaskClient, event: Event, path: str) -> None:
    assert client.get(f"/en/{path}").status_code == 404


def test_pages_only_answer_reading(client: FlaskClient, event: Event) -> None:
    assert client.post("/en/events/commons/").status_code == 405


def test_home_shows_what_comes_first_and_what_is_over_below(client: FlaskClient, event: Event) -> None:
    make_event(slug="old", title={"en": "An old one"}, starts_on=event.starts_on - timedelta(days=400),
               ends_on=event.starts_on - timedelta(days=400))  # fmt: skip
    tree = page(client, "/en/")
    assert tree.xpath("//ul[@class='cards'][1]//h3/a/text()") == ["The commons"]
    assert tree.xpath("//ul[@class='lines']//a/text()") == ["An old one"]
    with clock.stopped_at(event.over_at):
        assert page(client, "/en/").xpath("//ul[@class='lines']//a/text()") == ["The commons", "An old one"]


def test_home_without_events_says_what_to_do(client: FlaskClient) -> None:
    assert "Subscribe to the calendar" in page(client, "/en/").text_content()


def test_the_series_page_lists_its_editions(client: FlaskClient, event: Event) -> None:
    tree = page(client, "/en/series/occupy/")
    assert tree.xpath("//h3/a/text()") == ["The commons"]
    assert "Every year." in tree.text_content()


def test_the_event_page_says_what_it_is_and_offers_registration_until_it_is_over(
    client: FlaskClient, event: Event
) -> None:
    tree = page(client, "/en/events/commons/")
    said = tree.text_content()
    for text in ("10–11 Mar 2027", "Occupy Library", "We keep little.", "contact@example.org"):
        assert text in said
    assert tree.xpath("//a[text()='Register free of charge']/@href") == ["/en/events/commons/register/"]
    assert any(href.startswith("webcal://polyforum.test/events/commons/") for href in tree.xpath("//a/@href"))
    with clock.stopped_at(event.over_at):
        tree = page(client, "/en/events/commons/")
        assert "This event is over." in tree.text_content()
        assert not tree.xpath("//a[text()='Register free of charge']")


def test_text_in_another_language_is_marked_and_says_so(client: FlaskClient, event: Event) -> None:
    tree = page(client, "/en/events/commons/speakers/ana/")
    assert tree.xpath("//div[@lang='fa' and @dir='rtl']")
    assert "In Persian" in tree.text_content()
    assert page(client, "/en/events/commons/").xpath("//div[@lang='ro' and @dir='ltr']//strong/text()") == ["descriere"]


def test_a_whole_event_that_is_cancelled_says_so_on_all_its_pages(client: FlaskClient, event: Event) -> None:
    event.standing, event.standing_reason = Standing.CANCELLED, {"en": "No heating."}
    db.session.commit()
    for path in ("", "schedule/", "sessions/keynote/", "speakers/", "speakers/ana/"):
        said = page(client, f"/en/events/commons/{path}").text_content()
        assert "This event is cancelled." in said
        assert "No heating." in said
        assert "Register free of charge" not in said


def test_the_session_page_tells_times_people_and_where_the_link_will_be(client: FlaskClient, event: Event) -> None:
    tree = page(client, "/en/events/commons/sessions/keynote/?zone=Asia/Kolkata")
    said = " ".join(tree.text_content().split())
    for text in (
        "10 Mar 2027, 10:00", "Bucharest, UTC+2", "Kolkata", "13:30", "UTC+5:30", "12 places",
        "Ana Pop", "Moderator", "Tokyo: 10 Mar 2027, 17:00", "The slides", "not recorded", "Russian",
        "Registered people find the link to join on their own page",
    ):  # fmt: skip
        assert " ".join(text.split()) in said
    assert tree.xpath("//i[@class='at17']")
    assert not tree.xpath("//script[not(@src)]")


def test_an_unknown_zone_is_said_on_the_session_page(client: FlaskClient, event: Event) -> None:
    assert page(client, "/en/events/commons/sessions/keynote/?zone=Nowhere").xpath("//p[@class='notice warning']")


def test_a_session_that_is_postponed_says_why(client: FlaskClient, event: Event) -> None:
    session = db.session.query(EventSession).one()
    session.standing, session.standing_reason = Standing.POSTPONED, {"en": "Until spring."}
    db.session.commit()
    said = page(client, "/en/events/commons/sessions/keynote/").text_content()
    assert "This session is postponed." in said
    assert "Until spring." in said


def test_speakers_stand_in_the_order_of_their_names_and_only_those_who_speak(client: FlaskClient, event: Event) -> None:
    session = db.session.query(EventSession).one()
    for name in ("Șerban", "Sofia", "ana-maria", "Жанна"):
        make_speaker(event, session, name={"en": name})
    make_speaker(event, slug="invited", name={"en": "Not yet announced"})
    tree = page(client, "/en/events/commons/speakers/")
    assert tree.xpath("//section/h2/text()") == ["A", "M", "S", "Ж"]
    assert tree.xpath("//section//a/text()") == ["Ana Pop", "ana-maria", "Mo", "Șerban", "Sofia", "Жанна"]
    assert client.get("/en/events/commons/speakers/invited/").status_code == 404


def test_search_engines_find_every_language_of_a_page(client: FlaskClient, event: Event) -> None:
    tree = page(client, "/ro/events/commons/")
    assert tree.xpath("//link[@rel='canonical']/@href") == ["http://polyforum.test/ro/events/commons/"]
    alternates = dict(zip(tree.xpath("//link/@hreflang"), tree.xpath("//link[@hreflang]/@href"), strict=True))
    assert alternates == {
        language: f"http://polyforum.test/{path}/events/commons/"
        for language, path in {"en": "en", "ro": "ro", "ru": "ru", "x-default": "en"}.items()
    }
    assert tree.xpath("//meta[@name='description']/@content") == ["Two days."]


def test_the_site_map_and_robots_name_the_pages(client: FlaskClient, event: Event) -> None:
    tree = html.fromstring(client.get("/sitemap.xml").data)
    assert "http://polyforum.test/ru/events/commons/schedule/" in tree.xpath("//loc/text()")
    assert "http://polyforum.test/ro/series/occupy/" in tree.xpath("//*[@hreflang='ro']/@href")
    robots = client.get("/robots.txt").text
    assert "Sitemap: http://polyforum.test/events/commons/sitemap.xml" in robots
    assert "/en/events/commons/sessions/keynote/" in client.get("/events/commons/sitemap.xml").text


def test_health_is_told_and_a_lost_database_too(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/healthz").text == client.get("/readyz").text == "ok\n"

    def lost(*_: object) -> None:
        raise db.exc.OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(db.session, "execute", lost)
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200


def test_a_page_without_a_language_leads_to_the_best_one(client: FlaskClient, event: Event) -> None:
    answer = client.get("/events/commons/schedule/?day=2027-03-11", headers={"Accept-Language": "ro"})
    assert answer.status_code == 302
    assert answer.location == "/ro/events/commons/schedule/?day=2027-03-11"


def test_a_repeated_page_costs_one_statement(app: Flask, client: FlaskClient, event: Event) -> None:
    paths = ["/en/", "/en/series/occupy/", "/en/events/commons/", "/en/events/commons/schedule/",
             "/en/events/commons/sessions/keynote/", "/en/events/commons/speakers/"]  # fmt: skip
    for path in paths:
        client.get(path)
    for path in paths:
        statements: list[str] = []
        sa.event.listen(db.engine, "before_cursor_execute", lambda *said, to=statements: to.append(said[2]))
        client.get(path)
        assert len([said for said in statements if said.startswith("SELECT")]) == 1, path
