"""Who is responsible for which language in the demonstration, the booths, and a rota that its people were told.

Something is left open on purpose: a matrix without gaps would show nothing.
"""

from datetime import timedelta

from app.cli.demo import glossary, people, team
from app.cli.demo.team import Team
from app.events.models import Event
from app.extensions import db
from app.languages import service
from app.languages.models import Booth, LanguageTrack, TrackKind, TrackState, Turn
from app.languages.rota import telling
from app.lib import clock
from app.people.models import Account
from app.registration.models import AgendaItem, Need, NeedKind, RegistrationState
from app.schedule import service as schedule
from app.schedule.models import EventSession, SessionKind

INTERPRETATION, CAPTIONS, _SUBTITLES, SIGN = TrackKind
RO, RU = ("Ilinca Stan", "Radu Mureșan"), ("Илья Громов", "Тамара Белова")
"""Who share a booth."""
LONGEST = timedelta(minutes=30)
WISHES: tuple[tuple[NeedKind, str], ...] = (
    (NeedKind.INTERPRETATION, "ro"), (NeedKind.CAPTIONS, "en"), (NeedKind.INTERPRETATION, "ru"),
    (NeedKind.CAPTIONS, "en"), (NeedKind.SIGN, "ro"), (NeedKind.INTERPRETATION, "ro"),
)  # fmt: skip
COMING = 26


def conference(made: Event, organiser: Account) -> None:
    """Keynotes and the talks in Romanian are interpreted, of the debates one; the main stage is captioned."""
    members = team.enter(made, team.OCCUPY)
    glossary.enter(made)
    romanian = Booth(event=made, name="Romanian", languages=["en", "ro"], position=1)
    russian = Booth(event=made, name="Russian", languages=["en", "ru"], position=2)
    db.session.add_all([romanian, russian])
    with db.session.no_autoflush:
        for session in schedule.sessions_of(made):
            day = made.days.index(made.day_of(session.starts_at or made.begins_at))
            if session.kind is SessionKind.KEYNOTE:
                _keynote(session, day, members, romanian, russian)
            elif session.kind is SessionKind.DEBATE and day == 1:
                _interpreted(session, "ro", romanian, members, RO, state=TrackState.FAILED)
            elif session.languages == ["ro"] and day < 2:
                _interpreted(session, "en", romanian, members, RO)
                _interpreted(session, "ru", russian, members, RU, via="en")
            else:
                for track in service.plan_of(session):
                    _give(track, members, "Nora Lind" if day < 2 else "")
    _registered(made)
    db.session.flush()
    telling.tell(made, organiser)


def webinar(made: Event, members: Team, organiser: Account) -> None:
    """One pair for the whole of it, who hand over to each other."""
    booth = Booth(event=made, name="English – Russian", languages=["en", "ru"], position=1)
    for session in schedule.sessions_of(made):
        for track in service.plan_of(session):
            if track.kind is INTERPRETATION:
                _shared(track, booth, members, ("Тамара Белова", "Илья Громов"))
            else:
                _give(track, members, "Nora Lind")
    db.session.flush()
    telling.tell(made, organiser)


def _keynote(session: EventSession, day: int, members: Team, romanian: Booth, russian: Booth) -> None:
    for track in service.plan_of(session):
        if track.kind is CAPTIONS:
            _give(track, members, "Nora Lind" if day < 2 else "Marcus Bell")
        elif track.language == "ro":
            _shared(track, romanian, members, RO)
        elif day < 3:
            _shared(track, russian, members, RU)
    if day < 3:
        signed = LanguageTrack(session=session, language="rms", kind=SIGN)
        _give(signed, members, "Maria Toma")
    translated = LanguageTrack(session=session, language="ar", kind=CAPTIONS)
    _give(translated, members, "ليلى حداد" if day == 0 else "")


def _interpreted(
    session: EventSession,
    language: str,
    booth: Booth,
    members: Team,
    pair: tuple[str, str],
    via: str = "",
    state: TrackState = TrackState.CONFIRMED,
) -> None:
    url = f"https://meet.polyforum.example/{session.slug}/{language}"
    track = LanguageTrack(session=session, language=language, kind=INTERPRETATION, via=via, url=url)
    if state is TrackState.FAILED:
        track.state = state
        db.session.add(track)
    else:
        _shared(track, booth, members, pair)


def _give(track: LanguageTrack, members: Team, name: str) -> None:
    """What nobody does is a promise."""
    track.linguist = members[name] if name else None
    track.state = TrackState.CONFIRMED if name else TrackState.PROMISED
    db.session.add(track)


def _shared(track: LanguageTrack, booth: Booth, members: Team, pair: tuple[str, str]) -> None:
    """Turns of the same length, in which the two take each other's place."""
    _give(track, members, pair[0])
    track.booth = booth
    start, end = track.session.starts_at, track.session.ends_at
    assert start is not None  # noqa: S101 - every session of the demonstration has a time
    assert end is not None  # noqa: S101 - the same
    number = -((start - end) // LONGEST)
    step = (end - start) / number
    for turn in range(number):
        speaks, beside = (members[name] for name in (pair if turn % 2 == 0 else pair[::-1]))
        db.session.add(Turn(
            track=track, linguist=speaks, partner=beside, starts_at=start + turn * step,
            ends_at=start + (turn + 1) * step,
        ))  # fmt: skip


def _registered(made: Event) -> None:
    """Some who have said what they need, and which keynotes they come to."""
    now = clock.now()
    keynotes = [session for session in schedule.sessions_of(made) if session.kind is SessionKind.KEYNOTE]
    rows = []
    for number, person in enumerate(people.everyone()[:COMING]):
        kind, language = WISHES[number % len(WISHES)]
        row = people.register(made, person, RegistrationState.CONFIRMED, now - timedelta(hours=9 * (COMING - number)))
        row.needs = [Need(kind=kind, language=language)]
        row.agenda = [AgendaItem(session=keynote, added_at=row.created_at) for keynote in keynotes[number % 3 :]]
        rows.append(row)
    people.seat(made, rows)
