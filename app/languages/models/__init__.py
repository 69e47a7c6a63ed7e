"""The languages of sessions, from the plan to the finished subtitle: a noun a file."""

from app.languages.models.captions import (
    CaptionCue,
    CaptionKey,
    CaptionRelay,
    CaptionStream,
    CueState,
    Platform,
    RelayedCue,
    RelayState,
)
from app.languages.models.draft import (
    Credit,
    CreditPart,
    DraftCue,
    DraftRevision,
    DraftState,
    Presence,
    RevisionCause,
    SubtitleDraft,
)
from app.languages.models.glossary import Term
from app.languages.models.published import Passage, SubtitleFile
from app.languages.models.rota import Booth, Rota, Turn
from app.languages.models.team import Availability, Grade, Linguist, LinguistLink, LinkPurpose, Skill
from app.languages.models.track import LanguageTrack, TrackKind, TrackState

__all__ = [
    "Availability",
    "Booth",
    "CaptionCue",
    "CaptionKey",
    "CaptionRelay",
    "CaptionStream",
    "Credit",
    "CreditPart",
    "CueState",
    "DraftCue",
    "DraftRevision",
    "DraftState",
    "Grade",
    "LanguageTrack",
    "Linguist",
    "LinguistLink",
    "LinkPurpose",
    "Passage",
    "Platform",
    "Presence",
    "RelayState",
    "RelayedCue",
    "RevisionCause",
    "Rota",
    "Skill",
    "SubtitleDraft",
    "SubtitleFile",
    "Term",
    "TrackKind",
    "TrackState",
    "Turn",
]
