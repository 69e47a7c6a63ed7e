"""The door in a browser: the list works on without a network, tickets too, and what was done is sent afterwards."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, expect

from app.events.models import Event
from app.extensions import db
from app.lib import clock
from app.lib.urls import without_language
from app.people import links
from app.people.models import Role
from app.registration.models import Attendance, Purpose, Registration
from tests.browser.conftest import PHONE, LiveSite
from tests.browser.line import Line, line_to
from tests.factories import grant, make_account, make_event, make_registration

pytestmark = pytest.mark.browser


def make(site: LiveSite) -> tuple[str, str]:
    """An event of today; how its door signs in, and the ticket of one who comes."""
    with site.inside() as app:
        today = clock.now().date()
        event = make_event(slug="door", title={"en": "The door"}, zone="UTC", starts_on=today, ends_on=today)
        people = [make_registration(event, name=name) for name in ("Ana Reader", "Ștefan Ionescu", "Zoe Last")]
        account = make_account(email="door@example.org")
        grant(event, account, Role.DOOR)
        db.session.commit()
        with app.test_request_context():
            return (
                links.address_of_link(account, links.Purpose.SIGN_IN, "en"),
                without_language("registration_manage.ticket", token=people[2].token(Purpose.TICKET)),
            )


def came(site: LiveSite) -> list[str]:
    with site.inside():
        names = sa.select(Registration.name).join(Attendance).join(Event).where(Event.slug == "door")
        return sorted(db.session.scalars(names))


@pytest.fixture
def line(live_site: LiveSite) -> Iterator[Line]:
    with line_to(live_site.url) as line:
        yield line


def test_check_ins_made_without_a_network_are_kept_and_sent_once_it_is_back(
    browser: Browser, live_site: LiveSite, line: Line
) -> None:
    sign_in, ticket = make(live_site)
    # With the site's own policy in force: the worker must be allowed by it.
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.goto(line.through(sign_in))
    page.locator("main form button").click()
    # Going on before the sign-in has been answered would break it off.
    expect(page.get_by_role("heading", name="Your events")).to_be_visible()
    page.goto(line.through(f"{live_site.url}/en/manage/events/door/check-in/"))
    expect(page.locator("#door[data-kept=yes]")).to_be_attached()
    page.get_by_role("button", name="Check in – Ana Reader").click()
    expect(page.locator("#door-state")).to_contain_text("1 of 3 are here")
    expect(page.locator("#door-state")).not_to_contain_text("wait for the network")

    # The browser is told, as a device notices it; that it forgets for a moment with each new page lets nothing through.
    line.cut()
    context.set_offline(True)
    page.reload()
    page.get_by_label("Name").fill("stefan")
    page.get_by_role("button", name="Check in – Ștefan Ionescu").click()
    expect(page.locator("#door-state")).to_contain_text("wait for the network: 1")
    page.goto(line.through(ticket))
    expect(page.locator("#door-list li")).to_have_count(1)
    page.get_by_role("button", name="Check in – Zoe Last").click()
    expect(page.locator("#door-state")).to_contain_text("wait for the network: 2")
    assert came(live_site) == ["Ana Reader"]

    line.mend()
    context.set_offline(False)
    expect(page.locator("#door-state")).to_contain_text("3 of 3 are here")
    expect(page.locator("#door-state")).not_to_contain_text("wait for the network")
    assert came(live_site) == ["Ana Reader", "Zoe Last", "Ștefan Ionescu"]
    page.get_by_role("button", name="Undo – Zoe Last").click()
    expect(page.locator("#door-state")).to_contain_text("2 of 3 are here")
    page.get_by_role("button", name="Remove the list").click()
    expect(page.get_by_role("heading", name="Your events")).to_be_visible()
    kept = "caches.keys().then(async (kept) => [kept, (await navigator.serviceWorker.getRegistrations()).length])"
    assert page.evaluate(kept) == [[], 0]
    assert faults == []
    context.close()
