"""Plain factories: each makes one valid row, saves it, and takes any column as an override."""

from datetime import date, timedelta
from itertools import count
from typing import Any

from flask.testing import FlaskClient

from app.events.models import Event, EventState, Grant, Room, Theme
from app.extensions import db
from app.languages import team
from app.languages.models import CaptionStream, Grade, LanguageTrack, Linguist, Skill, TrackKind
from app.lib import clock
from app.lib.tokens import new_token
from app.people.models import Account, Organisation, Role
from app.registration import places
from app.registration.models import LASTING, Registration, RegistrationLink, RegistrationState
from app.schedule.models import Appearance, EventSession
from app.speakers.models import Speaker

_number = count(1)


def save(row: Any) -> Any:
    db.session.add(row)
    db.session.commit()
    return row


def make_account(**values: Any) -> Account:
    n = next(_number)
    return save(Account(**{"email": f"account{n}@example.org", "name": f"Account {n}"} | values))


def sign_in(client: FlaskClient, account: Account) -> None:
    """The client goes on as somebody who has just signed in."""
    with client.session_transaction() as session:
        session["_user_id"] = account.get_id()
        session["_fresh"] = True


def make_organisation(**values: Any) -> Organisation:
    n = next(_number)
    return save(Organisation(**{"slug": f"library-{n}", "name": {"en": f"Library {n}"}} | values))


def make_event(**values: Any) -> Event:
    n = next(_number)
    return save(Event(**{
        "slug": f"event-{n}", "title": {"en": f"Event {n}", "ro": f"Evenimentul {n}"}, "zone": "Europe/Bucharest",
        "languages": ["en", "ro"], "state": EventState.PUBLISHED, "contact_email": "contact@example.org",
        "starts_on": date(2027, 3, 10), "ends_on": date(2027, 3, 11),
    } | values))  # fmt: skip


def make_theme(event: Event, **values: Any) -> Theme:
    n = next(_number)
    return save(Theme(**{"event": event, "slug": f"theme-{n}", "name": {"en": f"Theme {n}"}, "position": n} | values))


def make_room(event: Event, **values: Any) -> Room:
    n = next(_number)
    return save(Room(**{"event": event, "slug": f"room-{n}", "name": {"en": f"Stage {n}"}, "position": n} | values))


def make_session(event: Event, **values: Any) -> EventSession:
    """A talk of an hour, from ten in the event's zone on its first day."""
    n = next(_number)
    starts_at = values.get("starts_at", event.begins_at + timedelta(hours=10))
    return save(EventSession(**{
        "event": event, "slug": f"session-{n}", "title": {"en": f"Session {n}"}, "languages": ["en"],
        "starts_at": starts_at, "ends_at": starts_at and starts_at + timedelta(hours=1),
    } | values))  # fmt: skip


def make_speaker(event: Event, *sessions: EventSession, **values: Any) -> Speaker:
    n = next(_number)
    speaker = save(Speaker(**{"event": event, "slug": f"speaker-{n}", "name": {"en": f"Speaker {n}"}} | values))
    for session in sessions:
        save(Appearance(session=session, speaker=speaker))
    return speaker


def grant(event: Event, account: Account, role: Role = Role.ORGANISER) -> Grant:
    return save(Grant(event=event, account=account, role=role))


def make_registration(event: Event, **values: Any) -> Registration:
    """A confirmed person in Kyiv who reads English, whose place is counted, whatever the capacity."""
    n = next(_number)
    registration = Registration(**{
        "event": event, "name": f"Person {n}", "email": f"person{n}@example.org", "country": "UA", "language": "en",
        "zone": "Europe/Kyiv", "consented_at": clock.now(), "confirmed_at": clock.now(),
        "state": RegistrationState.CONFIRMED,
    } | values)  # fmt: skip
    registration.links = [RegistrationLink(token=new_token(), purpose=purpose) for purpose in LASTING]
    save(registration)
    if registration.holds_place:
        places.lock(event).taken += 1
        db.session.commit()
    return registration


def make_track(session: EventSession, **values: Any) -> LanguageTrack:
    return save(LanguageTrack(**{"session": session, "language": "ro", "kind": TrackKind.INTERPRETATION} | values))


def make_stream(session: EventSession, language: str = "en", **values: Any) -> CaptionStream:
    track = make_track(session, language=language, kind=TrackKind.CAPTIONS)
    return save(CaptionStream(**{"track": track} | values))


def make_linguist(event: Event, languages: str = "en:A ro:B", **values: Any) -> Linguist:
    """`languages`: tags with grades."""
    n = next(_number)
    skills = [
        Skill(language=tag, grade=Grade(grade)) for tag, _, grade in (s.partition(":") for s in languages.split())
    ]
    made = team.enter(Linguist(**{
        "event": event, "name": f"Linguist {n}", "email": f"linguist{n}@example.org",
        "crafts": list(TrackKind), "skills": skills,
    } | values))  # fmt: skip
    db.session.commit()
    return made
