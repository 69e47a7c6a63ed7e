"""What people were promised of a session in their language follows it: out of the programme, into another, into two."""

from app.extensions import db
from app.languages.models import LanguageTrack, TrackState
from app.languages.service import followable_languages, plan_of, subtitles_of, tracks_of
from app.schedule.models import EventSession, FormerSession
from app.schedule.signals import session_left, session_merged, session_split


@session_left.connect
def _leave(session: EventSession, *, former: FormerSession) -> None:
    subtitled = [file.language for file in subtitles_of(session)]
    former.languages = list(dict.fromkeys([*followable_languages(session, tracks_of(session)), *subtitled]))
    db.session.flush()


@session_split.connect
def _go_on(session: EventSession, *, second: EventSession) -> None:
    _promise(session, second, same_channel=True)


@session_merged.connect
def _go_along(session: EventSession, *, into: EventSession, **_stays: object) -> None:
    _promise(session, into, same_channel=False)


def _promise(session: EventSession, other: EventSession, *, same_channel: bool) -> None:
    """Promises there what is offered here and lacking there; who does it is for the language team to say."""
    known = {(track.language, track.kind) for track in plan_of(other)}
    for track in plan_of(session):
        if track.state is not TrackState.FAILED and (track.language, track.kind) not in known:
            db.session.add(LanguageTrack(
                session=other, language=track.language, kind=track.kind, state=TrackState.PROMISED,
                url=track.url if same_channel else "", via=track.via,
            ))  # fmt: skip
    db.session.flush()
