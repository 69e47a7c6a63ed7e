"""What the public sees of the plan of a session's languages."""

from flask.testing import FlaskClient
from lxml import html

from app.extensions import db
from app.languages import plan
from app.languages.models import TrackKind, TrackState
from tests.factories import make_event, make_session, make_track

SESSION = "/en/events/readers/sessions/opening/"
SCHEDULE = "/en/events/readers/schedule/"


def badges(client: FlaskClient) -> list[str]:
    page = html.fromstring(client.get(SESSION).text)
    found = page.xpath("//ul[contains(@class, 'language-tracks')]//span[contains(@class, 'badge')]")
    return [" ".join(badge.text_content().split()) for badge in found]


def offered(client: FlaskClient) -> list[str]:
    return html.fromstring(client.get(SCHEDULE).text).xpath("//select[@name='language']/option/@value")[1:]


def test_the_public_sees_what_is_promised_what_is_live_and_what_fell_through(client: FlaskClient) -> None:
    session = make_session(make_event(slug="readers"), slug="opening", title={"en": "Opening"})
    make_track(session, language="ru", state=TrackState.CONFIRMED)
    make_track(session, language="rms", kind=TrackKind.SIGN)
    track = make_track(session, language="uk", kind=TrackKind.CAPTIONS)
    assert badges(client) == ["English", "Russian", "Romanian Sign Language (promised)", "Ukrainian (promised)"]
    assert set(offered(client)) == {"en", "rms", "ru", "uk"}
    assert "Ukrainian" in client.get(SCHEDULE).text
    for state, said in ((TrackState.LIVE, "Ukrainian (live)"), (TrackState.FAILED, "Ukrainian (fell through)")):
        plan.move(track, state)
        db.session.commit()
        assert badges(client)[-1] == said
    assert "uk" not in offered(client)
    assert "Ukrainian" not in client.get(SCHEDULE).text


def test_a_session_is_found_by_its_sign_language(client: FlaskClient) -> None:
    event = make_event(slug="readers")
    make_track(make_session(event, title={"en": "Signed"}), language="ase", kind=TrackKind.SIGN)
    make_session(event, title={"en": "Spoken"})
    found = client.get(f"{SCHEDULE}?language=ase").text
    assert "Signed" in found
    assert "Spoken" not in found


def test_who_reads_of_live_captions_is_led_to_them(client: FlaskClient) -> None:
    session = make_session(make_event(slug="readers"), slug="opening", title={"en": "Opening"})
    make_track(session, language="uk", kind=TrackKind.CAPTIONS)
    make_track(session, language="ru", kind=TrackKind.CAPTIONS, state=TrackState.FAILED)
    db.session.commit()
    links = html.fromstring(client.get(SESSION).text).xpath("//ul[contains(@class, 'language-tracks')]//a/@href")
    assert links == ["/en/events/readers/live/opening/?language=uk"]
    assert client.get(links[0]).status_code == 200
