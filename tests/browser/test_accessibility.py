"""axe-core finds nothing serious or critical on any page, light and dark, and no page scrolls sideways on a phone."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT as AXE
from playwright.sync_api import Browser, Page

from app.extensions import db
from app.languages.models import CaptionStream, DraftState, Linguist, LinkPurpose, SubtitleDraft
from app.registration.models import Booking, Certificate, Claim, Purpose, Registration, RegistrationState
from tests.browser.conftest import DESKTOP, PHONE, LiveSite

pytestmark = pytest.mark.browser

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
CONTRAST = {**EVERYTHING, "runOnly": ["color-contrast"]}
"""What else axe looks for is the same in both colour schemes."""
Look = tuple[str, dict[str, int], dict[str, list[str]]]
LIGHT_DESK: list[Look] = [("light", DESKTOP, EVERYTHING), ("dark", PHONE, CONTRAST)]
LIGHT_PHONE: list[Look] = [("light", PHONE, EVERYTHING), ("dark", DESKTOP, CONTRAST)]


def faults(page: Page, url: str, looks: list[Look]) -> list[str]:
    """What axe finds on a page, seen in each of these ways."""
    page.emulate_media(color_scheme=looks[0][0])  # type: ignore[arg-type]
    page.set_viewport_size(looks[0][1])  # type: ignore[arg-type]
    answer = page.goto(url)
    found = [] if url.endswith("/nowhere/") or (answer and answer.ok) else ["no such page"]
    page.evaluate(AXE)
    for scheme, viewport, options in looks:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        found += [
            f"{scheme}: {violation['id']}: {node['html'][:160]}"
            for violation in page.evaluate("options => axe.run(options)", options)["violations"]
            if violation["impact"] in ("serious", "critical")
            for node in violation["nodes"]
        ]
        width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if width > 0:
            found.append(f"{scheme}: {width} pixels too wide")
    return found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """One for all addresses: it is the process behind a new one that takes its time."""
    context = browser.new_context(bypass_csp=True)
    yield context.new_page()
    context.close()


def test_public_pages(page: Page, live_site: LiveSite) -> None:
    found = {path: fault for path in PUBLIC if (fault := faults(page, live_site.url + path, LIGHT_DESK))}
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


def test_private_pages(page: Page, live_site: LiveSite) -> None:
    with live_site.inside():
        paths = list(private())
    found = {path: fault for path in paths if (fault := faults(page, live_site.url + path, LIGHT_PHONE))}
    assert found == {}


def test_organisers_pages(page: Page, live_site: LiveSite) -> None:
    sign_in(page, live_site)
    page.goto(live_site.url + "/en/manage/events/occupy-library-next/")
    own = links_of(page, "main a")
    for group in links_of(page, ".tabs > ul:first-child a"):
        page.goto(live_site.url + group)
        own |= links_of(page, ".tabs a")
    assert len(own) > 20
    paths = [*ORGANISERS, *sorted(own)]
    found = {path: fault for path in paths if (fault := faults(page, live_site.url + path, LIGHT_DESK))}
    assert found == {}


def links_of(page: Page, selector: str) -> set[str]:
    """Those that lead to pages of the event."""
    addresses = {link.get_attribute("href") or "" for link in page.locator(selector).all()}
    return {address for address in addresses if address.startswith("/en/manage/events/occupy-library-next/")}


def test_pages_of_an_event_with_people(page: Page, live_site: LiveSite) -> None:
    sign_in(page, live_site)
    event = live_site.url + "/en/manage/events/library-lab/"
    page.goto(event + "registrations/?state=waiting")
    one = page.locator("tbody th a").first.get_attribute("href") or ""
    addresses = [*(event + path for path in LAB), live_site.url + one]
    look: list[Look] = [("dark", PHONE, EVERYTHING)]
    found = {address: fault for address in addresses if (fault := faults(page, address, look))}
    assert found == {}


def sign_in(page: Page, live_site: LiveSite) -> None:
    """As a new administrator, by the link that the command prints."""
    printed = live_site.polyforum("user", "create", f"axe{id(page)}@example.org", "--admin")
    page.goto(re.search(r"http\S+", printed)[0])
    page.locator("main form button").click()
    page.wait_for_url("**/manage/**")
