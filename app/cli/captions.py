"""`polyforum captions url`: the address that a captioner's tool writes to."""

import click
import sqlalchemy as sa

from app.cli import Refusal, main, with_app
from app.events.models import Event
from app.extensions import db
from app.languages.captions import keys, streams
from app.languages.models import LanguageTrack, TrackKind
from app.languages.service import plan_of
from app.schedule.models import EventSession


@main.group()
def captions() -> None:
    """Live captions of sessions."""


@captions.command("url")
@click.argument("event")
@click.argument("session")
@click.argument("language", metavar="LANG")
@with_app
def url(event: str, session: str, language: str) -> None:
    """Prints the ingestion address of a session's captions in a language, with its token."""
    track = _track(event, session, language)
    key = keys.first(streams.of(track))
    db.session.commit()
    click.echo(keys.address(key))


def _track(event: str, session: str, language: str) -> LanguageTrack:
    found = db.session.scalar(sa.select(Event).where(Event.slug == event))
    if found is None:
        raise Refusal(f"There is no event {event!r}.")
    talk = db.session.scalar(sa.select(EventSession).where(EventSession.event == found, EventSession.slug == session))
    if talk is None:
        raise Refusal(f"{event!r} has no session {session!r}.")
    captioned = {track.language.lower(): track for track in plan_of(talk) if track.kind is TrackKind.CAPTIONS}
    if language.lower() not in captioned:
        there = ", ".join(track.language for track in captioned.values()) or "none"
        raise Refusal(f"{session!r} is not captioned in {language!r} (captions in: {there}); add the track first.")
    return captioned[language.lower()]
