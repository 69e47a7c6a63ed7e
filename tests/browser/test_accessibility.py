"""axe-core finds nothing serious or critical on any page, light and dark, and no page scrolls sideways on a phone."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext

from tests.browser.conftest import DESKTOP, PHONE, LiveSite

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PUBLIC = [
    "/en/", "/ru/series/occupy-library/", "/en/events/occupy-library-2020/", "/en/events/occupy-library-next/",
    "/en/events/occupy-library-next/schedule/", "/ro/events/occupy-library-next/schedule/?view=list&language=ro",
    "/en/events/occupy-library-next/sessions/what-a-library-is-when-its-doors-are-closed/",
    "/en/events/occupy-library-next/speakers/", "/en/events/occupy-library-next/speakers/ana-lungu/",
    "/en/events/dialogue-needs/sessions/two-views-of-one-question/",
    "/en/events/dialogue-needs/sessions/two-views-of-one-question/transcript/ru/",
    "/en/events/occupy-library-next/register/", "/en/sign-in/", "/en/sign-in/link/", "/en/sign-in/forgotten/",
    "/en/nowhere/",
]  # fmt: skip
ORGANISERS = [
    "/en/manage/", "/en/manage/events/new/", "/en/manage/accounts/", "/en/manage/organisations/",
    "/en/manage/organisations/new/", "/en/manage/trail/", "/en/manage/series/new/", "/en/account/",
]  # fmt: skip


def faults(context: BrowserContext, url: str) -> list[str]:
    page = context.new_page()
    page.goto(url)
    found = [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in Axe().run(page).response["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if width > 0:
        found.append(f"{width} pixels too wide")
    page.close()
    return found


@pytest.mark.parametrize(("scheme", "viewport"), [("light", DESKTOP), ("dark", PHONE)])
def test_public_pages(browser: Browser, live_site: LiveSite, scheme: str, viewport: dict[str, int]) -> None:
    context = browser.new_context(color_scheme=scheme, viewport=viewport, bypass_csp=True)  # type: ignore[arg-type]
    found = {path: fault for path in PUBLIC if (fault := faults(context, live_site.url + path))}
    context.close()
    assert found == {}


@pytest.mark.parametrize(("scheme", "viewport"), [("light", DESKTOP), ("dark", PHONE)])
def test_organisers_pages(browser: Browser, live_site: LiveSite, scheme: str, viewport: dict[str, int]) -> None:
    context = browser.new_context(color_scheme=scheme, viewport=viewport, bypass_csp=True)  # type: ignore[arg-type]
    sign_in(context, live_site)
    tabs = context.new_page()
    tabs.goto(live_site.url + "/en/manage/events/occupy-library-next/")
    own = {
        link.get_attribute("href") for link in tabs.locator("main a, nav a").all()
        if re.match(r"/en/manage/events/occupy-library-next/", link.get_attribute("href") or "")
    }  # fmt: skip
    assert len(own) > 8
    found = {path: fault for path in [*ORGANISERS, *sorted(own)] if (fault := faults(context, live_site.url + path))}
    context.close()
    assert found == {}


def sign_in(context: BrowserContext, live_site: LiveSite) -> None:
    """As a new administrator, by the link that the command prints."""
    email = f"axe{len(context.browser.contexts)}-{id(context)}@example.org"
    printed = live_site.polyforum("user", "create", email, "--admin")
    page = context.new_page()
    page.goto(re.search(r"http\S+", printed)[0])
    page.locator("main form button").click()
    page.wait_for_url("**/manage/**")
    page.close()
