"""axe-core finds nothing serious or critical on any page, light and dark, and no page scrolls sideways on a phone."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from app.extensions import db
from app.languages.models import CaptionStream, DraftState, Linguist, LinkPurpose, SubtitleDraft
from app.registration.models import Booking, Certificate, Claim, Purpose, Registration, RegistrationState
from tests.browser.conftest import DESKTOP, PHONE, LiveSite

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PUBLIC = [
    "/en/", "/ru/series/occupy-library/", "/en/events/occupy-library-2020/", "/en/events/occupy-library-next/",
    "/en/events/occupy-library-next/schedule/", "/ro/events/occupy-library-next/schedule/?view=list&language=ro",
    "/en/events/occupy-library-next/sessions/what-a-library-is-when-its-doors-are-closed/",
    "/en/events/occupy-library-next/speakers/", "/en/events/occupy-library-next/speakers/ana-lungu/",
    "/en/events/dialogue-needs/sessions/two-views-of-one-question/",
    "/en/events/dialogue-needs/sessions/two-views-of-one-question/recording/?language=ar&t=6",
    "/en/search/?q=doors",
    "/en/events/occupy-library-next/register/", "/en/events/library-lab/register/", "/en/events/library-lab/link/",
    "/en/sign-in/", "/en/sign-in/link/", "/en/sign-in/forgotten/",
    "/en/nowhere/",
]  # fmt: skip
ORGANISERS = [
    "/en/manage/", "/en/manage/events/new/", "/en/manage/accounts/", "/en/manage/organisations/",
    "/en/manage/organisations/new/", "/en/manage/trail/", "/en/manage/series/new/", "/en/account/",
]  # fmt: skip
LAB = [
    "registrations/", "registrations/charts/", "registrations/new/", "registrations/import/", "registrations/export/",
    "questions/", "questions/preview/", "admission/", "admission/codes/", "admission/codes/new/",
    "admission/codes/invite/", "admission/data/", "check-in/", "attendance/", "languages/",
]  # fmt: skip
"""Pages about the people of an event who are in every state."""
EVERYTHING = {"resultTypes": ["violations"]}
IN_THE_DARK = {**EVERYTHING, "runOnly": ["color-contrast"]}
"""What else axe looks for is the same in both colour schemes."""


def faults(context: BrowserContext, url: str, options: dict[str, list[str]] = EVERYTHING) -> list[str]:
    page = context.new_page()
    answer = page.goto(url)
    found = [] if url.endswith("/nowhere/") or (answer and answer.ok) else ["no such page"]
    found += [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in Axe().run(page, options=options).response["violations"]
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
    options = IN_THE_DARK if scheme == "dark" else EVERYTHING
    context = browser.new_context(color_scheme=scheme, viewport=viewport, bypass_csp=True)  # type: ignore[arg-type]
    found = {path: fault for path in PUBLIC if (fault := faults(context, live_site.url + path, options))}
    context.close()
    assert found == {}


def private() -> Iterator[str]:
    """The addresses of people of the demonstration, in every state, and what their links lead to."""
    lab = db.session.query(Registration).filter(Registration.event.has(slug="library-lab")).order_by(Registration.id)
    for state in RegistrationState:
        yield own(lab.filter_by(state=state).first())
    yield own(db.session.query(Booking).filter_by(claim=Claim.OFFERED).one().registration)
    confirmed = lab.filter_by(state=RegistrationState.CONFIRMED).first()
    for page in ("agenda", "answers", "details", "address", "colleague", "ticket", "cancel", "erase"):
        yield own(confirmed, f"{page}/")
    yield own(lab.filter_by(state=RegistrationState.PENDING).first(), "confirm/")
    yield f"/en/join/{confirmed.token(Purpose.JOIN)}/what-we-made-last-year/"
    certificate = db.session.query(Certificate).one()
    yield own(certificate.registration)
    yield f"/en/certificates/{certificate.code}/"
    for stream in db.session.query(CaptionStream).filter(CaptionStream.version > 0):
        session = stream.track.session
        yield f"/en/events/{session.event.slug}/live/{session.slug}/?language={stream.track.language}"
        yield team(session.event_id)
        yield team(session.event_id, f"captions/{stream.id}/")
    for draft in db.session.query(SubtitleDraft).filter(SubtitleDraft.state != DraftState.PUBLISHED):
        yield team(draft.session.event_id, f"subtitles/{draft.id}/")


def own(registration: Registration, page: str = "") -> str:
    return f"/en/registrations/{registration.token(Purpose.PAGE)}/{page}"


def team(event_id: int, page: str = "") -> str:
    people = db.session.query(Linguist).filter_by(event_id=event_id)
    one = people.filter_by(coordinates=True).first() or people.first()
    return f"/en/language-team/{one.token(LinkPurpose.PAGE)}/{page}"


@pytest.mark.parametrize(("scheme", "viewport"), [("light", PHONE), ("dark", DESKTOP)])
def test_private_pages(browser: Browser, live_site: LiveSite, scheme: str, viewport: dict[str, int]) -> None:
    with live_site.inside():
        paths = list(private())
    options = IN_THE_DARK if scheme == "dark" else EVERYTHING
    context = browser.new_context(color_scheme=scheme, viewport=viewport, bypass_csp=True)  # type: ignore[arg-type]
    found = {path: fault for path in paths if (fault := faults(context, live_site.url + path, options))}
    context.close()
    assert found == {}


@pytest.mark.parametrize(("scheme", "viewport"), [("light", DESKTOP), ("dark", PHONE)])
def test_organisers_pages(browser: Browser, live_site: LiveSite, scheme: str, viewport: dict[str, int]) -> None:
    options = IN_THE_DARK if scheme == "dark" else EVERYTHING
    context = browser.new_context(color_scheme=scheme, viewport=viewport, bypass_csp=True)  # type: ignore[arg-type]
    sign_in(context, live_site)
    tabs = context.new_page()
    tabs.goto(live_site.url + "/en/manage/events/occupy-library-next/")
    own = links_of(tabs, "main a")
    for group in links_of(tabs, ".tabs > ul:first-child a"):
        tabs.goto(live_site.url + group)
        own |= links_of(tabs, ".tabs a")
    assert len(own) > 20
    found = {
        path: fault for path in [*ORGANISERS, *sorted(own)] if (fault := faults(context, live_site.url + path, options))
    }
    context.close()
    assert found == {}


def links_of(page: Page, selector: str) -> set[str]:
    """Those that lead to pages of the event."""
    addresses = {link.get_attribute("href") or "" for link in page.locator(selector).all()}
    return {address for address in addresses if address.startswith("/en/manage/events/occupy-library-next/")}


def test_pages_of_an_event_with_people(browser: Browser, live_site: LiveSite) -> None:
    context = browser.new_context(color_scheme="dark", viewport=PHONE, bypass_csp=True)  # type: ignore[arg-type]
    sign_in(context, live_site)
    event = live_site.url + "/en/manage/events/library-lab/"
    people = context.new_page()
    people.goto(event + "registrations/?state=waiting")
    one = people.locator("tbody th a").first.get_attribute("href") or ""
    found = {path: fault for path in LAB if (fault := faults(context, event + path))}
    assert found == {}
    assert faults(context, live_site.url + one) == []
    context.close()


def sign_in(context: BrowserContext, live_site: LiveSite) -> None:
    """As a new administrator, by the link that the command prints."""
    email = f"axe{len(context.browser.contexts)}-{id(context)}@example.org"
    printed = live_site.polyforum("user", "create", email, "--admin")
    page = context.new_page()
    page.goto(re.search(r"http\S+", printed)[0])
    page.locator("main form button").click()
    page.wait_for_url("**/manage/**")
    page.close()
