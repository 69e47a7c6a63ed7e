"""The subtitle workbench: the page on which a draft is written, timed and translated beside the recording."""

from typing import Any

from flask import Response, current_app, make_response, render_template, url_for
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import generate_csrf

from app.languages import glossary, recording, subtitles, transcript
from app.languages.formats import checks, cue_text, profiles, srt, webvtt
from app.languages.guard import linguist as own
from app.languages.models import Linguist, LinkPurpose, SubtitleDraft
from app.languages.views import team
from app.languages.views.drafts import DRAFT, draft_of
from app.languages.views.member import own_page
from app.languages.workbench import contents, states
from app.lib.http import CSP

OWN_FILES = CSP.replace("media-src 'self' https:", "media-src 'self' https: blob:")
"""Here people may play a recording from their own device."""

WORDS = {
    "people": _l("Also here: {names}"),
    "personAt": _l("{name} (cue {number})"),
    "conflict": _l("{name} changed this cue at the same time. Which text stays?"),
    "deleted": _l("(deleted)"),
    "figures": _l("{seconds} s · {rate} characters a second · longest line {line} of {limit}"),
    "changed": _l("Cues changed: {number}"),
    "found": _l("Cues found: {number}"),
    "notFound": _l("The words are not found."),
    "noTime": _l("This is no time. Write it like 1:02.5 or 62.5."),
    "noCue": _l("There is no cue with this number."),
    "noStretch": _l("These two points are one, or would turn the time around. Choose two cues that stand apart."),
    "endsBeforeItBegins": _l("A cue ends after it begins."),
    "timesLocked": _l("The times follow the original. Take the tick away from that to change them here."),
    "timesAlike": _l("All times are those of the original."),
    "notPossible": _l("That is not possible here."),
    "noSplit": _l("Put the cursor where the text is to be split, or the recording to a moment within the cue."),
    "noMedia": _l("There is no recording to play. Open it from your device."),
    "cannotPlay": _l("Your browser cannot play this recording."),
    "cannotLoad": _l("The cues could not be loaded. Look at your connection and load the page again."),
    "lastCue": _l("This is the last cue."),
    "firstCue": _l("This is the first cue."),
    "noWarning": _l("There is no further warning."),
    "nothingToUndo": _l("There is nothing to undo."),
    "deletedOne": _l("Deleted. Undo brings it back."),
    "anchored": _l("This cue belongs at {time}. Do the same with a second one, and all others come along."),
}
STATES = {
    "loading": _l("Loading…"),
    "saving": _l("Saving…"),
    "saved": _l("Saved"),
    "waiting": _l("Not saved, waits for you: {number}"),
    "offline": _l("Offline, cues that wait to be sent: {number}"),
    "closed": _l("Approved or published: nothing can be changed until it is in review again. Not sent: {number}"),
    "refused": _l("This link no longer opens the draft. Not sent: {number}"),
}


@team.get(DRAFT)
@own
def draft(linguist: Linguist, draft: int) -> Response:
    found = draft_of(linguist, draft)
    session = found.session
    url = session.recording_url
    page = make_response(render_template(
        "languages/workbench.html", **own_page(linguist), draft=found, session=session,
        moves=states.moves_of(found), is_back=states.is_back, profile=profiles.PROFILES[found.profile],
        video=url if recording.plays(url, current_app.config["BASE_URL"]) else "",
        link=url if recording.is_link(url) else "", facts=_facts(linguist, found), csrf=generate_csrf(),
    ))  # fmt: skip
    page.headers["Content-Security-Policy"] = OWN_FILES
    return page


@team.get(f"{DRAFT}draft.<any(vtt,srt,txt):extension>")
@own
def download_draft(linguist: Linguist, draft: int, extension: str) -> Response:
    """The draft as it is now, to be changed elsewhere and brought back."""
    found = draft_of(linguist, draft)
    document = contents.document(found)
    text = (
        webvtt.write(document) if extension == "vtt"
        else srt.write(document.cues) if extension == "srt"
        else transcript.as_text(transcript.paragraphs(document.cues))
    )  # fmt: skip
    file = f"{found.session.slug}.{found.language}.{extension}"
    return Response(
        text, mimetype=subtitles.FORMS[extension], headers={"Content-Disposition": f"attachment; filename={file}"}
    )


@team.get(f"{DRAFT}terms/")
@own
def draft_terms(linguist: Linguist, draft: int) -> dict[str, Any]:
    """The event's terms in what a draft translates: where in the plain text of which cue, and how they are rendered."""
    found = draft_of(linguist, draft)
    if found.source is None:
        return {"terms": {}, "cues": {}}
    source, target = found.source.language, found.language
    finder = glossary.Finder(glossary.of_event(linguist.event), source, target)
    terms: dict[int, dict[str, str]] = {}
    cues = {}
    for row in contents.rows_of(found.source):
        places = [] if row.is_block else finder.find(cue_text.plain(row.text))
        for place in places:
            term = place.term
            terms[term.id] = {
                "word": term.word(source).text, "rendering": term.word(target).text, "note": term.note,
            }  # fmt: skip
        if places:
            cues[row.id] = [[place.start, place.end, place.term.id] for place in places]
    return {"terms": terms, "cues": cues}


def _facts(linguist: Linguist, draft: SubtitleDraft) -> dict[str, Any]:
    """What the page's script must know."""
    here: dict[str, Any] = {"token": linguist.token(LinkPurpose.PAGE), "draft": draft.id}
    return {
        "language": draft.language,
        "cues": url_for("language_team.cues", **here),
        "original": draft.source_id and url_for("language_team.cues", **here | {"draft": draft.source_id}),
        "terms": draft.source_id and url_for(".draft_terms", **here),
        "keep": f"subtitles {draft.id} of {linguist.id}",
        "rules": checks.for_script(profiles.limits(draft.profile, draft.language), draft.language),
        "words": {name: str(said) for name, said in WORDS.items()}
        | {"states": {name: str(said) for name, said in STATES.items()}},
    }
