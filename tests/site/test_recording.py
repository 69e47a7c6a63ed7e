"""The page of a recording: video, transcript in step, search in it; and the search over all of them."""

import json
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from app.events.models import EventState
from app.extensions import db
from app.languages import subtitles
from app.languages.formats import webvtt
from app.languages.models import CreditPart
from app.schedule.models import EventSession
from app.site.recording import moment
from tests.factories import grant, make_account, make_event, make_session, sign_in

VTT = """WEBVTT

00:00:01.000 --> 00:00:02.000
<v Ada>Hello &amp; <script>alert(1)</script> &lt;b&gt; libraries

00:02:05.500 --> 00:02:06.000
The second</script> passage on a library.

01:00:05.500 --> 01:00:06.000
And the end.
"""
ARABIC = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nالمكتبات مفتوحة\n"
PAGE = "/en/events/occupy/sessions/opening/recording/"


@pytest.fixture
def session(app: Flask) -> EventSession:
    session = make_session(
        make_event(slug="occupy"), slug="opening", title={"en": "Opening </script>"}, languages=["en"],
        recording_url="https://media.example.org/opening.webm", recording_licence="CC BY 4.0",
    )  # fmt: skip
    publish(session, "en", VTT, [(CreditPart.TRANSCRIBED, "Ana & Bo"), (CreditPart.TRANSCRIBED, "Cy")])
    publish(session, "ar", ARABIC)
    return session


def publish(session: EventSession, language: str, text: str, credits: list[tuple[str, str]] | None = None) -> None:  # noqa: A002
    subtitles.publish(session, language, webvtt.parse(webvtt.lines_of(text)), credits or ())
    db.session.commit()


def tree(client: FlaskClient, address: str) -> html.HtmlElement:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return html.fromstring(answer.text)


def words_of(elements: list[html.HtmlElement]) -> list[str]:
    return [" ".join(element.text_content().split()) for element in elements]


def test_the_transcript_is_read_beside_the_video(client: FlaskClient, session: EventSession) -> None:
    page = tree(client, PAGE)
    assert words_of(page.xpath("//*[@id='transcript']/p")) == [
        "0:01 Ada: Hello & alert(1) <b> libraries", "2:05 The second passage on a library.", "1:00:05 And the end.",
    ]  # fmt: skip
    assert [link.get("href") for link in page.xpath("//*[@id='transcript']//a")] == [
        "?t=1#t1", "?t=125#t125", "?t=3605#t3605",
    ]  # fmt: skip
    tracks = [(track.get("kind"), track.get("srclang"), "default" in track.attrib) for track in page.iter("track")]
    assert tracks == [("subtitles", "ar", False), ("captions", "en", True)]
    assert words_of(page.xpath("//dl[@class='facts credits']/*")) == ["Transcribed by", "Ana & Bo, Cy"]
    assert "Licence: CC BY 4.0" in page.text_content()
    assert [link.get("href").rpartition(".")[2] for link in page.xpath("//*[contains(@class, 'downloads')]/a")] == [
        "vtt",
        "srt",
        "txt",
    ]


def test_a_link_leads_to_a_moment_without_a_script(client: FlaskClient, session: EventSession) -> None:
    for written in ("130", "2:10", "0:02:10"):
        page = tree(client, f"{PAGE}?t={written}")
        assert page.xpath("//video")[0].get("src") == "https://media.example.org/opening.webm#t=130"
        assert [line.get("id") for line in page.xpath("//*[@id='transcript']/*[@aria-current]")] == ["t125"]
        assert page.xpath("//link[@rel='canonical']")[0].get("href") == f"http://polyforum.test{PAGE}"
        assert f"/ro{PAGE[3:]}?t=130" in [link.get("href") for link in page.xpath("//nav[@class='languages']//a")]


@pytest.mark.parametrize(("written", "seconds"), [
    ("0", 0), ("754", 754), ("12:34", 754), ("1:02:05", 3725), ("", None), ("-1", None), ("1:2:3:4", None), ("٣", None),
    ("9" * 40, None), ("1.5", None), ("NaN", None),
])  # fmt: skip
def test_a_moment_is_written_in_seconds_or_as_players_show_it(written: str, seconds: int | None) -> None:
    assert moment(written) == seconds


def test_every_language_can_be_read(client: FlaskClient, session: EventSession) -> None:
    page = tree(client, f"{PAGE}?language=ar&t=1")
    [transcript] = page.xpath("//*[@id='transcript']")
    assert (transcript.get("lang"), transcript.get("dir")) == ("ar", "rtl")
    assert [a.get("aria-current") for a in page.xpath("//a[@data-language]")] == ["true", None]
    assert page.xpath("//link[@rel='canonical']")[0].get("href").endswith("/recording/?language=ar")
    assert [link.get("hreflang") for link in page.xpath("//link[@rel='alternate']")][-1] == "x-default"
    assert tree(client, f"{PAGE}?language=xx").xpath("//*[@id='transcript']")[0].get("lang") == "en"


def test_words_are_marked_in_the_transcript(client: FlaskClient, session: EventSession) -> None:
    page = tree(client, f"{PAGE}?q=Library+%22%3Cb%3E")
    assert words_of(page.xpath("//*[@id='found']/p")[:1]) == ["Found in 1 place. 0:01"]
    assert words_of(page.xpath("//mark")) == ["b", "libraries"]
    assert page.xpath("//*[@id='transcript']//a")[0].get("href") == "?q=Library+%22%3Cb%3E&t=1#t1"
    assert tree(client, f"{PAGE}?q=NEAR(").xpath("//mark") == []


def test_search_engines_learn_what_it_is(client: FlaskClient, session: EventSession) -> None:
    [block] = tree(client, PAGE).xpath("//script[@type='application/ld+json']")
    said = json.loads(block.text)
    assert (said["@type"], said["name"], said["license"]) == ("VideoObject", "Opening </script>", "CC BY 4.0")
    assert said["transcript"].endswith("/subtitles/en.txt")
    assert [caption["inLanguage"] for caption in said["caption"]] == ["ar", "en"]
    listed = client.get("/events/occupy/sitemap.xml").text
    assert f"<loc>http://polyforum.test{PAGE}</loc>" in listed
    assert f"<loc>http://polyforum.test{PAGE}?language=ar</loc>" in listed


def test_a_recording_that_cannot_be_played_here_is_linked(client: FlaskClient, session: EventSession) -> None:
    session.recording_url = "https://video.example.org/watch?v=1"
    db.session.commit()
    page = tree(client, PAGE)
    assert page.xpath("//video | //iframe | //script[@src]") == []
    assert "https://video.example.org/watch?v=1" in [link.get("href") for link in page.iter("a")]
    assert len(page.xpath("//*[@id='transcript']/p")) == 3


def test_where_nothing_was_recorded_there_is_no_page(client: FlaskClient, session: EventSession) -> None:
    make_session(session.event, slug="silent")
    assert client.get("/en/events/occupy/sessions/silent/recording/").status_code == 404
    make_session(session.event, slug="odd", recording_url="javascript:alert(1)")
    assert client.get("/en/events/occupy/sessions/odd/recording/").status_code == 404
    make_session(session.event, slug="new", recording_url="/static/demo/two-views.webm")
    assert "There is no transcript yet." in client.get("/en/events/occupy/sessions/new/recording/").text
    assert client.post(PAGE).status_code == 405


def test_the_old_address_of_a_transcript_leads_to_the_page(client: FlaskClient, session: EventSession) -> None:
    answer = client.get("/en/events/occupy/sessions/opening/transcript/ar/")
    assert (answer.status_code, answer.location) == (301, f"{PAGE}?language=ar")
    assert client.get("/en/events/occupy/sessions/opening/transcript/ro/").status_code == 404


def test_it_is_sent_again_only_when_it_changed(client: FlaskClient, session: EventSession) -> None:
    for address in (PAGE, "/en/search/?q=library"):
        tag = client.get(address).headers["ETag"]
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
        publish(session, "en", VTT.replace("second", "other"))
        fresh = client.get(address, headers={"If-None-Match": tag})
        assert fresh.status_code == 200
        assert "other" in fresh.text
        publish(session, "en", VTT)


def test_a_draft_is_for_its_organisers(client: FlaskClient, session: EventSession) -> None:
    session.event.state = EventState.DRAFT
    db.session.commit()
    assert client.get(PAGE).status_code == 404
    assert client.get("/en/events/occupy/sessions/opening/transcript/ar/").status_code == 404
    assert "Opening" not in client.get("/en/search/?q=library").text
    sign_in(client, grant(session.event, make_account()).account)
    page = tree(client, PAGE)
    assert len(page.xpath("//*[@id='transcript']/p")) == 3
    assert page.xpath("//track | //*[contains(@class, 'downloads')]") == []
    assert "Opening" not in client.get("/en/search/?q=library&event=occupy").text


def test_the_search_leads_to_the_moment(client: FlaskClient, session: EventSession) -> None:
    page = tree(client, "/en/search/?q=libraries")
    assert words_of(page.xpath("//*[@role='status']")) == ["Found in 1 recording."]
    assert words_of(page.xpath("//mark")) == ["libraries", "library"]
    assert words_of(page.xpath("//section/ul/li")) == [
        "0:01 Ada: Hello & alert(1) <b> libraries", "2:05 The second passage on a library.",
    ]  # fmt: skip
    assert page.xpath("//section/ul/li/a")[1].get("href") == f"{PAGE}?language=en&t=125#t125"
    arabic = tree(client, "/en/search/?q=المكتبة&language=ar&event=occupy")
    assert [(e.get("lang"), e.get("dir")) for e in arabic.xpath("//section/ul/li/span[@lang]")] == [("ar", "rtl")]
    assert words_of(arabic.xpath("//section/ul/li/span[@class='badge']")) == ["Arabic"]


def test_a_search_of_anything_ends_well(client: FlaskClient, session: EventSession) -> None:
    odd = [
        "",
        "%22",
        "NEAR(",
        "*",
        "%F0%9F%98%80",
        "a" * 10_000,
        "%22a" * 3000,
        "%ED%A0%80",
        "-a",
        "a&page=99999999999999",
    ]
    rest = ["a&page=-1", "a&page=x", "a&language=%27", "a&event=nowhere", "a&language=ar&event="]
    for written in odd + rest:
        for address in ("/en/search/", PAGE, "/ar/search/" if "ar" in client.application.config["LANGUAGES"] else PAGE):
            assert client.get(f"{address}?q={written}").status_code == 200, written[:40]
    assert "There is no such event" in client.get("/en/search/?q=a&event=nowhere").text
    assert client.post("/en/search/").status_code == 405


def test_many_recordings_are_paged(client: FlaskClient, session: EventSession) -> None:
    for _ in range(11):
        publish(make_session(session.event), "en", VTT)
    first, second = (tree(client, f"/en/search/?q=library&page={page}") for page in (1, 2))
    assert (len(first.xpath("//section")), len(second.xpath("//section"))) == (10, 2)
    assert first.xpath("//a[@rel='next']")[0].get("href") == "/en/search/?page=2&q=library"


def test_a_real_hour_is_light_for_what_it_says(client: FlaskClient, session: EventSession, shared: Path) -> None:
    longest = max((shared / "data/subtitles/fosdem2024").glob("*.vtt"), key=lambda file: file.stat().st_size)
    subtitles.keep(session, "en", longest.read_bytes(), longest.name)
    db.session.commit()
    packed = {"Accept-Encoding": "gzip"}
    page, text = (
        client.get(address, headers=packed) for address in (PAGE, "/events/occupy/sessions/opening/subtitles/en.txt")
    )
    assert len(page.data) < len(text.data) * 1.3 + 4000, "the page costs little beside what was said"
