"""The door in a browser: the list works on without a network, tickets too, and what was done is sent afterwards."""

import json
import subprocess
import sys

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import PHONE, LiveSite

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

MAKE = """
import json
from app import create_app
from app.extensions import db
from app.lib import clock
from app.lib.urls import without_language
from app.people import links
from app.people.models import Role
from app.registration.models import Purpose
from tests.factories import grant, make_account, make_event, make_registration, make_session
with create_app().app_context():
    today = clock.now().date()
    event = make_event(slug="door", title={"en": "The door"}, zone="UTC", starts_on=today, ends_on=today)
    people = [make_registration(event, name=name) for name in ("Ana Reader", "Ștefan Ionescu", "Zoe Last")]
    account = make_account(email="door@example.org")
    grant(event, account, Role.DOOR)
    db.session.commit()
    with create_app().test_request_context():
        print(json.dumps({
            "sign_in": links.address_of_link(account, links.Purpose.SIGN_IN, "en"),
            "ticket": without_language("registration_manage.ticket", token=people[2].token(Purpose.TICKET)),
        }))
"""
CAME = """
from app import create_app
from app.extensions import db
from app.events.models import Event
from app.registration.models import Attendance, Registration
with create_app().app_context():
    rows = db.session.query(Attendance).join(Registration).join(Event).where(Event.slug == 'door')
    print(sorted(row.registration.name for row in rows))
"""


def python(site: LiveSite, code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], env=site.environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


def test_check_ins_made_without_a_network_are_kept_and_sent_once_it_is_back(
    browser: Browser, live_site: LiveSite
) -> None:
    made = json.loads(python(live_site, MAKE))
    # With the site's own policy in force: the worker must be allowed by it.
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.goto(made["sign_in"])
    page.locator("main form button").click()
    # Going on before the sign-in has been answered would break it off.
    expect(page.get_by_role("heading", name="Your events")).to_be_visible()
    page.goto(f"{live_site.url}/en/manage/events/door/check-in/")
    expect(page.locator("#door[data-kept=yes]")).to_be_attached()
    page.get_by_role("button", name="Check in – Ana Reader").click()
    expect(page.locator("#door-state")).to_contain_text("1 of 3 are here")
    expect(page.locator("#door-state")).not_to_contain_text("wait for the network")

    context.set_offline(True)
    page.reload()
    page.get_by_label("Name").fill("stefan")
    page.get_by_role("button", name="Check in – Ștefan Ionescu").click()
    expect(page.locator("#door-state")).to_contain_text("wait for the network: 1")
    page.goto(made["ticket"])
    expect(page.locator("#door-list li")).to_have_count(1)
    page.get_by_role("button", name="Check in – Zoe Last").click()
    expect(page.locator("#door-state")).to_contain_text("wait for the network: 2")
    assert python(live_site, CAME) == "['Ana Reader']"

    context.set_offline(False)
    expect(page.locator("#door-state")).to_contain_text("3 of 3 are here")
    expect(page.locator("#door-state")).not_to_contain_text("wait for the network")
    assert python(live_site, CAME) == "['Ana Reader', 'Zoe Last', 'Ștefan Ionescu']"
    page.get_by_role("button", name="Undo – Zoe Last").click()
    expect(page.locator("#door-state")).to_contain_text("2 of 3 are here")
    page.get_by_role("button", name="Remove the list").click()
    expect(page.get_by_role("heading", name="Your events")).to_be_visible()
    kept = "caches.keys().then(async (kept) => [kept, (await navigator.serviceWorker.getRegistrations()).length])"
    assert page.evaluate(kept) == [[], 0]
    assert faults == []
    context.close()
