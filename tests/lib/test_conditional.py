import gzip
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from app.lib import clock
from app.lib.conditional import Rendered, Version, conditional
from app.lib.memory import Memory
from tests.conftest import NOON

CHANGED = datetime(2027, 3, 1, 8, tzinfo=UTC)


class Page:
    """A page whose data, clock and filter a test sets, and which counts how often it was rendered."""

    def __init__(self) -> None:
        self.version = Version("page:1", 1, CHANGED)
        self.variant: tuple[object, ...] = ()
        self.moments: set[datetime] = set()
        self.keep = True
        self.rendered = 0

    def __call__(self) -> Response:
        return conditional(self.version, self.variant, self.render, keep=self.keep)

    def render(self) -> Rendered:
        self.rendered += 1
        return Rendered.between(f"<p>Revision {self.version.revision}, {self.rendered}</p>" + "x" * 500, self.moments)


@pytest.fixture
def page(app: Flask) -> Page:
    page = Page()
    page.__dict__["authorisation"] = "public"
    app.add_url_rule("/page", "page", page)
    return page


def test_a_second_request_is_answered_from_memory(client: FlaskClient, page: Page) -> None:
    first, second = client.get("/page"), client.get("/page")
    assert first.data == second.data
    assert page.rendered == 1
    assert first.headers["ETag"] == second.headers["ETag"]
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert first.last_modified == CHANGED


def test_the_tag_leads_to_304_without_rendering(client: FlaskClient, page: Page) -> None:
    tag = client.get("/page").headers["ETag"]
    page.render = pytest.fail  # type: ignore[method-assign]
    for asked in (tag, f"W/{tag}", f'"other", {tag}', f'"a,b", W/"x", {tag}'):
        again = client.get("/page", headers={"If-None-Match": asked})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)


def test_a_tag_is_good_in_a_process_that_never_rendered_the_page(app: Flask, client: FlaskClient, page: Page) -> None:
    tag = client.get("/page").headers["ETag"]
    app.extensions["memory:answers"].clear()
    assert client.get("/page", headers={"If-None-Match": tag}).status_code == 304
    assert page.rendered == 1


def test_any_existing_page_answers_an_asterisk_with_304(client: FlaskClient, page: Page) -> None:
    assert client.get("/page", headers={"If-None-Match": "*"}).status_code == 304


def test_a_changed_revision_is_a_new_page(client: FlaskClient, page: Page) -> None:
    before = client.get("/page")
    page.version = Version("page:1", 2, NOON)
    after = client.get("/page", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert "Revision 2" in after.text
    assert after.headers["ETag"] != before.headers["ETag"]


def test_a_row_that_takes_the_number_of_a_deleted_one_is_another_page(client: FlaskClient, page: Page) -> None:
    tag = client.get("/page").headers["ETag"]
    page.version = Version("page:1", 1, NOON)
    assert client.get("/page", headers={"If-None-Match": tag}).status_code == 200


def test_each_variant_has_its_own_tag(client: FlaskClient, page: Page) -> None:
    tags = set()
    for variant in (("en",), ("ro",), ("en", "theme")):
        page.variant = variant
        tags.add(client.get("/page").headers["ETag"])
    assert len(tags) == 3


@pytest.mark.parametrize("forged", ["", '"', '"-"', '"zzz-zzz"', '"{digest}-"', '"{digest}-!"', '"{digest}-0"', "W/"])
def test_a_tag_that_is_not_ours_is_answered_with_the_page(client: FlaskClient, page: Page, forged: str) -> None:
    digest = client.get("/page").headers["ETag"].strip('"').partition("-")[0]
    answer = client.get("/page", headers={"If-None-Match": forged.format(digest=digest)})
    assert answer.status_code == 200


def test_gzip_is_for_those_who_ask_and_has_its_own_tag(client: FlaskClient, page: Page) -> None:
    plain = client.get("/page")
    packed = client.get("/page", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    assert "Content-Encoding" not in client.get("/page", headers={"Accept-Encoding": "gzip;q=0"}).headers
    assert client.get("/page", headers={"If-None-Match": packed.headers["ETag"]}).status_code == 304


def test_head_has_the_headers_of_get_and_no_body(client: FlaskClient, page: Page) -> None:
    get, head = client.get("/page"), client.head("/page")
    assert head.data == b""
    assert head.status_code == 200
    assert {k: head.headers[k] for k in ("ETag", "Last-Modified", "Content-Type", "Content-Length")} == {
        k: get.headers[k] for k in ("ETag", "Last-Modified", "Content-Type", "Content-Length")
    }


def test_if_modified_since_counts_only_without_a_tag(client: FlaskClient, page: Page) -> None:
    said = client.get("/page").headers["Last-Modified"]
    assert client.get("/page", headers={"If-Modified-Since": said}).status_code == 304
    assert client.get("/page", headers={"If-Modified-Since": "Mon, 01 Mar 2027 07:59:59 GMT"}).status_code == 200
    assert client.get("/page", headers={"If-Modified-Since": "yesterday"}).status_code == 200
    both = client.get("/page", headers={"If-Modified-Since": said, "If-None-Match": '"other"'})
    assert both.status_code == 200


def test_a_second_change_in_the_second_of_a_visit_is_seen_by_date_too(client: FlaskClient, page: Page) -> None:
    page.version = Version("page:1", 2, NOON)
    visited = client.get("/page")
    page.version = Version("page:1", 3, NOON)
    with clock.stopped_at(NOON + timedelta(seconds=1)):
        later = client.get("/page", headers={"If-Modified-Since": visited.headers["Last-Modified"]})
        assert later.status_code == 200
        assert later.last_modified == NOON
        assert client.get("/page", headers={"If-Modified-Since": later.headers["Last-Modified"]}).status_code == 304


def test_a_page_whose_moment_came_is_new_though_its_data_is_old(app: Flask, client: FlaskClient, page: Page) -> None:
    page.moments = {NOON + timedelta(hours=1)}
    before = client.get("/page")
    with clock.stopped_at(NOON + timedelta(minutes=59)):
        assert client.get("/page", headers={"If-None-Match": before.headers["ETag"]}).status_code == 304
    with clock.stopped_at(NOON + timedelta(hours=1, seconds=1)):
        after = client.get("/page", headers={"If-None-Match": before.headers["ETag"]})
        assert (after.status_code, page.rendered) == (200, 2)
        assert after.last_modified == NOON + timedelta(hours=1)
        app.extensions["memory:answers"].clear()  # Another process says the same.
        since = {"If-Modified-Since": before.headers["Last-Modified"]}
        assert client.get("/page", headers=since).status_code == 200
        assert client.get("/page").headers["ETag"] == after.headers["ETag"]


def test_an_answer_to_free_text_is_not_kept(app: Flask, client: FlaskClient, page: Page) -> None:
    page.keep = False
    tag = client.get("/page").headers["ETag"]
    client.get("/page")
    assert page.rendered == 2
    assert client.get("/page", headers={"If-None-Match": tag}).status_code == 304


def test_an_answer_does_not_vary_by_cookie(client: FlaskClient, page: Page) -> None:
    client.set_cookie("session", "something")
    answer = client.get("/page")
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert "Set-Cookie" not in answer.headers


def test_the_memory_forgets_what_was_not_asked_for_longest_and_takes_nothing_too_large(app: Flask) -> None:
    memory: Memory[str, bytes] = Memory("test", 10, len)
    memory.keep("a", b"12345")
    memory.keep("b", b"12345")
    memory.get("a")
    memory.keep("c", b"12345")
    assert (memory.get("a"), memory.get("b")) == (b"12345", None)
    assert memory.keep("huge", b"x" * 11) == b"x" * 11
    assert memory.get("huge") is None


def test_many_threads_share_the_memory(app: Flask, page: Page) -> None:
    faults: list[object] = []

    def ask() -> None:
        for _ in range(20):
            answer = app.test_client().get("/page")
            if answer.status_code != 200 or "Revision 1" not in answer.text:
                faults.append(answer)

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
