"""Subtitles of the webinar that is over, at every stage: published, being translated, in review."""

from pathlib import Path

from app.cli.demo.team import Team
from app.extensions import db
from app.languages import subtitles
from app.languages.formats import webvtt
from app.languages.models import (
    CreditPart,
    DraftState,
    LanguageTrack,
    Linguist,
    RevisionCause,
    SubtitleDraft,
    TrackKind,
    TrackState,
)
from app.languages.workbench import beginning, contents, revisions, thanks
from app.schedule.models import EventSession

FOLDER = Path(__file__).parent
CREDITS = {
    "en": [(CreditPart.TRANSCRIBED, "Nora Lind"), (CreditPart.REVIEWED, "Grace Whitfield")],
    "ru": [(CreditPart.TRANSLATED, "Илья Громов"), (CreditPart.REVIEWED, "Вера Соколова")],
    "ar": [(CreditPart.TRANSLATED, "ليلى حداد")],
}
ROMANIAN: tuple[str, ...] = (
    "<v Grace Whitfield>Bine ați venit la Dialogul bibliotecilor.\nAstăzi: două priviri asupra unei întrebări.",
    "<v Vera Sokolova>Când s-au închis ușile, ne-am întrebat\nvecinii de ce au cel mai mult nevoie.",
    "<v Vera Sokolova>Nu au cerut întâi cărți.\nAu cerut pe cineva cu care să vorbească.",
)
"""How far the translation has come."""


def recorded(session: EventSession, members: Team) -> None:
    """Published in three languages; a fourth is being translated."""
    for language, names in CREDITS.items():
        subtitles.publish(session, language, _read(f"two-views.{language}.vtt"), names)
        _track(session, language, TrackState.DONE)
    _track(session, "ro", TrackState.CONFIRMED, members["Mihaela Dinu"])
    file = subtitles.of(session, "en")
    assert file is not None  # noqa: S101 - it was published above
    original = beginning.from_published(file, "Nora Lind")
    original.state = DraftState.PUBLISHED
    revisions.make(original, RevisionCause.STATE, "Grace Whitfield", warnings=0)
    _translate(beginning.translation(original, "ro", "Mihaela Dinu"), members)


def in_review(session: EventSession, members: Team) -> None:
    """Transcribed, and waiting for another pair of eyes."""
    _track(session, "en", TrackState.CONFIRMED, members["Nora Lind"])
    data = (FOLDER / "questions.en.vtt").read_bytes()
    thanks.give(beginning.from_file(session, "en", data, "Nora Lind"), members["Nora Lind"], CreditPart.TRANSCRIBED)


def _translate(draft: SubtitleDraft, members: Team) -> None:
    version = contents.advance(draft)
    for row, words in zip(contents.rows_of(draft), ROMANIAN, strict=False):
        contents.put(row, version, "Mihaela Dinu", text=words)
    thanks.give(draft, members["Mihaela Dinu"], CreditPart.TRANSLATED)


def _read(name: str) -> webvtt.Document:
    return webvtt.parse(webvtt.lines_of((FOLDER / name).read_text()))


def _track(session: EventSession, language: str, state: TrackState, linguist: Linguist | None = None) -> None:
    track = LanguageTrack(session=session, language=language, kind=TrackKind.SUBTITLES, state=state, linguist=linguist)
    db.session.add(track)
