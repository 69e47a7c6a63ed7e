"""The main job, done by hand: a webinar of two sessions in two languages is planned, published, registered for,
confirmed, seen in a calendar, moved and cancelled, with and without JavaScript, on a phone and at a desk."""

import re
from datetime import date, timedelta

import icalendar
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESKTOP, PHONE, LiveSite

pytestmark = pytest.mark.browser

DAY = date.today() + timedelta(days=20)  # noqa: DTZ011 - the browser's own today


@pytest.mark.parametrize(("viewport", "scripts"), [(DESKTOP, True), (PHONE, False)], ids=["desk", "phone"])
def test_from_the_plan_to_the_cancellation(
    browser: Browser, live_site: LiveSite, viewport: dict[str, int], scripts: bool
) -> None:
    name = "desk" if scripts else "phone"
    context = browser.new_context(
        viewport=viewport,
        java_script_enabled=scripts,
        locale="ro-RO",
        timezone_id="Europe/Chisinau",  # type: ignore[arg-type]
    )
    context.set_default_timeout(20_000)
    organiser, reader = context.new_page(), context.new_page()

    sign_in(organiser, live_site, f"{name}@library.example")
    plan(organiser, live_site, f"Reading together ({name})")
    organiser.get_by_role("button", name="Publish").click()
    expect(organiser.locator(".badge", has_text="Published").first).to_be_visible()
    slug = re.search(r"/manage/events/([^/]+)/", organiser.url)[1]

    email = f"cititor-{name}@example.org"
    register(reader, live_site, slug, email)
    private = confirm(reader, live_site, email)
    [first, second] = entries(live_site, reader, private)
    assert {str(first["STATUS"]), str(second["STATUS"])} == {"CONFIRMED"}
    assert first["DTSTART"].dt.strftime("%H:%M %Z") == "15:00 EET"
    assert f"{live_site.url}/ro/join/" in str(first["DESCRIPTION"])
    before = len(live_site.letters(email))

    move(organiser, live_site, slug, "16:30", "17:15")
    news = live_site.letters(email)[before:]
    assert len(news) == 1
    assert "16:30" in news[0].get_body(("plain",)).get_content()
    assert live_site.letters(email)[before:] == news or len(live_site.letters(email)) == before + 1
    moved = next(e for e in entries(live_site, reader, private) if e["UID"] == first["UID"])
    assert moved["DTSTART"].dt.strftime("%H:%M") == "16:30"
    assert moved["SEQUENCE"] == first["SEQUENCE"] + 1

    cancel_event(organiser, live_site, slug)
    told = live_site.letters(email)[before + 1 :]
    assert len(told) == 1
    assert "Gazda este bolnavă" in told[0].get_body(("plain",)).get_content()
    assert {str(e["STATUS"]) for e in entries(live_site, reader, private)} == {"CANCELLED"}
    context.close()


def sign_in(page: Page, site: LiveSite, email: str) -> None:
    page.goto(re.search(r"http\S+", site.polyforum("user", "create", email, "--admin"))[0])
    page.locator("main form button").click()


def plan(page: Page, site: LiveSite, title: str) -> None:
    page.goto(site.url + "/en/manage/events/new/")
    page.get_by_label("Title").fill(title)
    page.get_by_label("Webinar").check()
    page.get_by_label("Languages").fill("ro, en")
    page.get_by_label("Time zone").select_option("Europe/Bucharest")
    page.get_by_label("First day").fill(DAY.isoformat())
    page.get_by_label("Last day").fill(DAY.isoformat())
    page.get_by_role("button", name="Make the event").click()
    overview = page.url

    # Publishing now is refused, with what is missing.
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".badge", has_text="Draft").first).to_be_visible()

    page.goto(overview + "facts/")
    page.locator("#title-en").fill(title)
    page.locator("#summary-ro").fill("Cum citim împreună, la distanță.")
    page.locator("#privacy-ro").fill("Păstrăm adresa până la sfârșitul webinarului.")
    page.locator("#privacy-en").fill("We keep your address until the webinar is over.")
    page.get_by_label("Contact: e-mail address").fill("gazda@library.example")
    page.get_by_role("button", name="Save").click()

    page.goto(overview + "organisations/")
    page.locator("#name-ro").fill(f"Biblioteca {title}")
    page.get_by_role("button", name="Add").click()

    for name, start, end, link in (("Lectura", "15:00", "15:45", "a"), ("Dezbaterea", "16:00", "17:00", "b")):
        page.goto(overview + "sessions/new/")
        page.locator("#title-ro").fill(name)
        page.get_by_label("Day").fill(DAY.isoformat())
        page.get_by_label("Begins").fill(start)
        page.get_by_label("Ends", exact=False).first.fill(end)
        page.get_by_label("Languages spoken").fill("ro")
        page.get_by_label("Join link").fill(f"https://meet.example.org/{link}")
        page.get_by_role("button", name="Save").click()

    page.goto(overview + "sessions/lectura/languages/")
    page.locator("#language").fill("en")
    page.get_by_label("What there is in it").select_option("interpretation")
    page.get_by_label("Link of the channel").fill("https://meet.example.org/a/english")
    page.get_by_role("button", name="Add the track").click()
    page.goto(overview)


def register(page: Page, site: LiveSite, slug: str, email: str) -> None:
    page.goto(f"{site.url}/ro/events/{slug}/")
    assert "meet.example.org" not in page.content()
    page.goto(f"{site.url}/ro/events/{slug}/register/")
    page.locator("main form button").last.click()
    page.locator("#name").fill("Ion Cititor")
    page.locator("#email").fill(email)
    page.locator("#country").select_option("MD")
    page.locator("#language").select_option("ro")
    page.locator("#zone").select_option("Europe/Chisinau")
    page.locator("#consent").check()
    page.locator("main form button").last.click()
    expect(page.locator("main")).to_contain_text(email)


def confirm(page: Page, site: LiveSite, email: str) -> str:
    [asked] = site.letters(email)
    page.goto(site.link(asked, "/confirm/"))
    page.locator("main form button").first.click()
    welcome = site.letters(email)[-1]
    calendar = [part for part in welcome.walk() if part.get_content_type() == "text/calendar"]
    assert b"METHOD:REQUEST" in calendar[0].get_payload(decode=True)
    page.goto(site.link(welcome, "/registrations/"))
    expect(page.locator("main")).to_contain_text("Lectura")
    return page.url


def entries(site: LiveSite, page: Page, private: str) -> list[icalendar.Event]:
    """What the personal feed of a private page holds, in order."""
    page.goto(private)
    address = re.search(rf"{re.escape(site.url)}/calendars/[\w-]+\.ics", page.content())[0]
    body = page.request.get(address).body()
    return sorted(icalendar.Calendar.from_ical(body).walk("VEVENT"), key=lambda entry: entry["DTSTART"].dt)


def move(page: Page, site: LiveSite, slug: str, start: str, end: str) -> None:
    page.goto(f"{site.url}/en/manage/events/{slug}/sessions/lectura/")
    page.get_by_label("Begins").fill(start)
    page.get_by_label("Ends", exact=False).first.fill(end)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved")


def cancel_event(page: Page, site: LiveSite, slug: str) -> None:
    page.goto(f"{site.url}/en/manage/events/{slug}/cancel/")
    page.locator("#reason-ro").fill("Gazda este bolnavă")
    page.locator("main form button").first.click()
    page.goto(f"{site.url}/ro/events/{slug}/")
    expect(page.locator("main")).to_contain_text("Gazda este bolnavă")
