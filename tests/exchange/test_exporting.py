"""The programme goes out: what is in it, what never is, and the same again from another house."""

import csv
import io
import json
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from app.events.models import Event, EventState, Standing
from app.exchange import exporting, reading, service
from app.extensions import db
from app.languages.models import LanguageTrack, TrackKind
from app.languages.service import tracks_of
from app.schedule.models import Appearance, Part, SessionLink
from tests.factories import make_event, make_room, make_session, make_speaker, make_theme, save


def a_programme() -> Event:
    """Two languages, themes, rooms, moderators, language tracks, a session after midnight and one without a time."""
    event = make_event(title={"en": "Free forum", "ro": "Forum liber"}, day_change=180)
    theme = make_theme(event, name={"en": "Access", "ro": "Acces"}, colour="#aa5500")
    room, twin = make_room(event, name={"en": "Hall", "ro": "Sala"}), make_room(event, name={"en": "Hall"})
    first = make_session(
        event, title={"ro": "Titlu", "en": "Title"}, abstract={"en": "**Why**"}, languages=["ro", "en"], theme=theme,
        room=room, join_url="https://join.example/secret", join_phone="+40 111", join_passcode="opensesame",
        recording_url="https://video.example/1.webm",
    )  # fmt: skip
    make_session(event, room=twin, starts_at=event.begins_at + timedelta(hours=22))
    make_session(event, starts_at=None)
    make_session(event, title={"en": "Called off"}, standing=Standing.CANCELLED)
    speaker = make_speaker(event, first, name={"en": "Olha", "ru": "Ольга"}, affiliation={"en": "Library"})
    moderator = make_speaker(event, email="secret@example.org")
    save(Appearance(session=first, speaker=moderator, part=Part.MODERATOR, position=1))
    save(SessionLink(session=first, kind="slides", title={"ro": "Diapozitive"}, url="https://example.org/s.pdf"))
    save(LanguageTrack(session=first, language="ru", kind=TrackKind.INTERPRETATION, url="https://join.example/ru"))
    assert speaker.guid != moderator.guid
    return event


def test_a_programme_with_translations_tracks_and_moderators_survives_the_journey(app: Flask) -> None:
    event = a_programme()
    for write in (exporting.xml, exporting.json):
        first = write(event)
        empty = make_event(title={"en": "Empty"}, languages=["ru"], zone="Asia/Tokyo")
        service.take_in(reading.read(first), event=empty)
        db.session.commit()
        assert write(empty) == first
    assert empty.title == {"en": "Free forum", "ro": "Forum liber"}
    session = exporting.sessions_of(empty)[0]
    assert session.title == {"ro": "Titlu", "en": "Title"}
    assert [each.part for each in session.appearances] == [Part.SPEAKER, Part.MODERATOR]
    assert session.appearances[0].speaker.name == {"en": "Olha", "ru": "Ольга"}
    assert [(track.language, track.url) for track in tracks_of(session)] == [("ru", "")]
    assert (session.theme.colour, session.recording_url) == ("#aa5500", "https://video.example/1.webm")


def test_the_join_link_and_addresses_of_people_never_go_out(client: FlaskClient) -> None:
    event = a_programme()
    for kind in ("xml", "json", "csv"):
        said = client.get(f"/events/{event.slug}/schedule.{kind}").text
        assert "Title" in said or "Titlu" in said
        for secret in ("join.example", "opensesame", "+40 111", "secret@"):
            assert secret not in said


def test_cancelled_sessions_and_those_without_a_time_are_in_no_schedule(client: FlaskClient) -> None:
    said = json.loads(client.get(f"/events/{a_programme().slug}/schedule.json").data)["schedule"]["conference"]
    titles = [each["title"] for day in said["days"] for room in day["rooms"].values() for each in room]
    assert len(titles) == 2
    assert [day["day_start"] for day in said["days"]] == ["2027-03-10T03:00:00+02:00", "2027-03-11T03:00:00+02:00"]
    # Two rooms of one name stay two.
    assert [list(day["rooms"]) for day in said["days"]] == [["Hall", "Hall (2)"], []]


def test_the_asked_language_is_picked_and_an_unknown_one_is_not(client: FlaskClient) -> None:
    event = a_programme()

    def title(query: str) -> Any:
        said = json.loads(client.get(f"/events/{event.slug}/schedule.json{query}").data)
        return said["schedule"]["conference"]["days"][0]["rooms"]["Sala" if "ro" in query else "Hall"][0]["title"]

    assert (title("?lang=en"), title("?lang=ro"), title("?lang=zz"), title("")) == ("Title", "Titlu", "Titlu", "Titlu")


def test_a_schedule_is_answered_with_304_until_the_event_changes(client: FlaskClient) -> None:
    event = a_programme()
    address = f"/events/{event.slug}/schedule.xml"
    first = client.get(address, headers={"Accept-Language": "ru"})
    assert first.mimetype == "application/xml"
    assert "/en/events/" in first.text
    tag = {"If-None-Match": first.headers["ETag"]}
    assert client.get(address, headers=tag).status_code == 304
    event.title = {"en": "Another"}
    db.session.commit()
    assert client.get(address, headers=tag).status_code == 200


def test_a_draft_has_no_public_schedule(client: FlaskClient) -> None:
    event = make_event(state=EventState.DRAFT)
    for kind in ("xml", "json", "csv"):
        assert client.get(f"/events/{event.slug}/schedule.{kind}").status_code == 404
    assert client.get("/events/nowhere/schedule.xml").status_code == 404


def test_the_table_is_harmless_in_a_spreadsheet(client: FlaskClient) -> None:
    event = make_event()
    evil = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", 'Înțeles, "așa"']
    for hour, title in enumerate(evil, start=8):
        make_session(event, title={"en": title}, starts_at=event.begins_at + timedelta(hours=hour))
    answer = client.get(f"/events/{event.slug}/schedule.csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.data.decode())))
    assert [row["title"] for row in rows] == ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\t=1", evil[5]]
    assert (rows[0]["date"], rows[0]["start"], rows[0]["zone"]) == ("2027-03-10", "08:00", "Europe/Bucharest")


def test_a_recording_of_this_site_goes_out_by_its_whole_address(app: Flask) -> None:
    event = make_event()
    make_session(event, recording_url="/static/demo/two-views.webm")
    whole = "http://polyforum.test/static/demo/two-views.webm"
    assert whole in exporting.xml(event).decode()
    assert whole in exporting.json(event).decode()
