"""One session at hand: all that whoever interprets or captions it wants to have before them."""

from collections.abc import Iterable, Sequence

from flask import abort, render_template

from app.languages import duties, glossary
from app.languages.duties import Duty
from app.languages.guard import linguist as own
from app.languages.models import Linguist, Term, TrackKind, Turn
from app.languages.service import tracks_of
from app.languages.views import team as blueprint
from app.languages.views.member import own_page
from app.lib import clock
from app.schedule.models import EventSession, Part
from app.schedule.service import session_by_slug


@blueprint.get("/<token>/sessions/<session>/")
@own
def at_hand(linguist: Linguist, session: str) -> str:
    found = session_by_slug(linguist.event, session) or abort(404)
    in_session = duties.in_session(found)
    mine = [duty for duty in in_session if duty.linguist.id == linguist.id]
    others = _one_a_track(duty for duty in in_session if duty.track not in [each.track for each in mine])
    first, then = _next_turn(mine)
    terms = glossary.of_event(found.event)
    mentioned = _mentioned(found, terms)
    languages = [tag for tag in _languages(linguist, found, mine) if any(term.word(tag).text for term in terms)]
    return render_template(
        "languages/at_hand.html", **own_page(linguist), session=found, mine=mine, others=others, parts=list(Part),
        turn=first, then=then, heard=_channels(found), languages=languages, mentioned=mentioned,
        terms=_first_those(terms, mentioned),
    )  # fmt: skip


def _channels(session: EventSession) -> dict[str, str]:
    """Where each language that is interpreted into is heard: who works by relay listens there."""
    return {
        track.language: track.url for track in tracks_of(session)
        if track.kind is TrackKind.INTERPRETATION and track.url.startswith(("https://", "http://"))
    }  # fmt: skip


def _one_a_track(of_people: Iterable[Duty]) -> list[Duty]:
    return list({duty.track.id: duty for duty in of_people}.values())


def _next_turn(mine: Sequence[Duty]) -> tuple[Turn | None, Turn | None]:
    """The turn that the person speaks in or is to speak in next, and the one that follows it."""
    for duty in mine:
        speaking = [turn for turn in duty.own if turn.linguist_id == duty.linguist.id and turn.ends_at > clock.now()]
        if speaking:
            following = [turn for turn in duty.turns if turn.starts_at >= speaking[0].ends_at]
            return speaking[0], next(iter(following), None)
    return None, None


def _mentioned(session: EventSession, terms: Sequence[Term]) -> set[int]:
    """The terms that what is written of the session has in it."""
    texts = (session.title, session.subtitle, session.abstract, session.description)
    said = [(language, text) for translated in texts for language, text in translated.items()]
    finders = {language: glossary.Finder(terms, language) for language in dict(said)}
    return {found.term.id for language, text in said for found in finders[language].find(text)}


def _first_those(terms: Sequence[Term], mentioned: set[int]) -> list[Term]:
    return sorted(terms, key=lambda term: term.id not in mentioned)


def _languages(linguist: Linguist, session: EventSession, mine: Sequence[Duty]) -> list[str]:
    """Of the columns of the glossary: those of the session and those that the person works with."""
    tags = [*session.languages, *(duty.track.language for duty in mine), *(row.language for row in linguist.skills)]
    by_base = {tag.split("-")[0]: tag for tag in reversed(tags)}
    return [tag for tag in dict.fromkeys(tags) if by_base[tag.split("-")[0]] == tag]
