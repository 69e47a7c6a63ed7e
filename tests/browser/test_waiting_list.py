"""An event and its workshop with one place each: who comes second waits, is offered the place when it comes free, and
takes it. On a phone, without JavaScript."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from app.events.models import EventKind
from app.lib import clock
from app.registration.models import Question, QuestionKind, QuestionOption
from tests.browser.conftest import PHONE, LiveSite
from tests.factories import make_event, make_session, save

pytestmark = pytest.mark.browser


def make(site: LiveSite) -> None:
    with site.inside():
        day = clock.now().date() + timedelta(days=20)
        event = make_event(
            slug="one-place", title={"en": "One place"}, kind=EventKind.CONFERENCE, zone="Europe/Chisinau",
            starts_on=day, ends_on=day, capacity=1,
        )  # fmt: skip
        make_session(event, slug="workshop", title={"en": "Workshop"}, capacity=1)
        work = save(Question(event=event, kind=QuestionKind.CHOICE, label={"en": "Where do you work?"}, options=[
            QuestionOption(label={"en": "In a library"}), QuestionOption(label={"en": "Elsewhere"}),
        ]))  # fmt: skip
        save(Question(event=event, kind=QuestionKind.TEXT, label={"en": "In which one?"}, required=True,
                      depends_on=work.options[0]))  # fmt: skip


def test_who_waits_is_offered_the_place_that_comes_free(browser: Browser, live_site: LiveSite) -> None:
    make(live_site)
    context = browser.new_context(viewport=PHONE, java_script_enabled=False, locale="en-GB")  # type: ignore[arg-type]
    context.set_default_timeout(20_000)
    first, second = context.new_page(), browser.new_context(viewport=PHONE, java_script_enabled=False).new_page()  # type: ignore[arg-type]

    # The question that hangs on an answer is asked by the same form, sent once more.
    fill(first, live_site, "Ana First", "ana@example.org")
    first.get_by_label("In a library").check()
    first.get_by_label("Workshop").check()
    send(first)
    first.get_by_label("In which one?").fill("Orhei")
    send(first)
    expect(first.get_by_role("heading", level=1)).to_have_text("Look into your mail")
    [asked] = live_site.letters("ana@example.org")
    first.goto(live_site.link(asked, "/confirm/"))
    first.get_by_role("button", name="Confirm").click()
    expect(first.get_by_role("heading", level=1)).to_have_text("You are registered")
    expect(first.locator("main")).to_contain_text("Booked")
    expect(first.locator("main")).to_contain_text("Orhei")

    fill(second, live_site, "Boris Second", "boris@example.org")
    expect(second.get_by_role("heading", level=1)).to_have_text("Join the waiting list")
    second.get_by_label("Elsewhere").check()
    send(second)
    [waits] = live_site.letters("boris@example.org")
    second.goto(live_site.link(waits, "/registrations/"))
    expect(second.locator("main")).to_contain_text("You are number 1.")

    first.get_by_role("link", name="Cancel my registration").click()
    first.locator("main form button").click()
    expect(first.get_by_role("heading", level=1)).to_have_text("Your registration is cancelled")

    offer = live_site.letters("boris@example.org")[-1]
    assert offer["Subject"] == "A place is free for you: One place"
    second.goto(live_site.link(offer, "/confirm/"))
    second.get_by_role("button", name="Take the place").click()
    expect(second.get_by_role("heading", level=1)).to_have_text("You are registered")
    second.get_by_role("button", name="Book a place").click()
    expect(second.locator("main")).to_contain_text("Booked")
    second.context.close()
    context.close()


def fill(page: Page, site: LiveSite, name: str, email: str) -> None:
    page.goto(f"{site.url}/en/events/one-place/register/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Country").select_option("MD")
    page.get_by_label("I agree").check()


def send(page: Page) -> None:
    page.locator("main form button").last.click()
