"""What stands open before a draft is published, and publishing it."""

from app.languages import plan, subtitles
from app.languages.formats import checks, profiles
from app.languages.formats.checks import Finding
from app.languages.models import SubtitleDraft, SubtitleFile, TrackKind
from app.languages.service import plan_of
from app.languages.workbench import contents, thanks


def findings(draft: SubtitleDraft) -> list[Finding]:
    """What the profile of the draft has to say. It warns and never keeps anybody from publishing."""
    limits = profiles.limits(draft.profile, draft.language)
    return checks.check(contents.document(draft).cues, limits, draft.language)


def publish(draft: SubtitleDraft) -> SubtitleFile:
    """The draft as it is now becomes what everybody reads, in the place of an earlier file."""
    named = [(credit.part.value, credit.name) for credit in thanks.of(draft)]
    file = subtitles.publish(draft.session, draft.language, contents.document(draft), credits=named)
    for track in plan_of(draft.session):
        if (track.kind, track.language) == (TrackKind.SUBTITLES, draft.language):
            plan.now_done(track)
    return file
