"""The drafts of subtitles that a member works on: begun, brought from a file, moved from state to state."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug import Response

from app.events.service import subject
from app.extensions import db
from app.languages.draft_forms import BeginForm, TakeInForm, sentences
from app.languages.formats.remarks import RefusedError
from app.languages.forms import offered_languages
from app.languages.guard import linguist as own
from app.languages.guard import may_edit, may_subtitle, or_403
from app.languages.models import DraftState, Linguist, LinkPurpose, SubtitleDraft
from app.languages.views import team as blueprint
from app.languages.views.member import own_page
from app.languages.workbench import beginning, contents, drafts, revisions, states
from app.people import audit
from app.schedule.service import session_by_slug, sessions_of

Answer = Response | str | tuple[str, int]
DRAFT = "/<token>/subtitles/<int:draft>/"


@blueprint.get("/<token>/subtitles/", endpoint="drafts")
@own
def all_drafts(linguist: Linguist) -> str:
    found = drafts.open_to(linguist)
    return render_template(
        "languages/draft_list.html", **own_page(linguist), drafts=found, progress=drafts.progress(found),
        sessions=[session for session in sessions_of(linguist.event) if session.is_scheduled],
    )  # fmt: skip


@blueprint.route("/<token>/subtitles/begin/<session>/", methods=["GET", "POST"])
@own
def begin_draft(linguist: Linguist, session: str) -> Answer:
    found = session_by_slug(linguist.event, session) or abort(404)
    form = BeginForm(found)
    if form.validate_on_submit():
        if not may_subtitle(linguist, found, form.language.data):
            form.language.errors = [_("You do not make subtitles in this language. Ask the organisers for it.")]
        elif draft := form.begin(linguist):
            record("draft.begun", draft, linguist)
            db.session.commit()
            flash(_("The draft was begun."))
            return to_draft(linguist, draft)
    shown = render_template(
        "languages/draft_begin.html", **own_page(linguist), form=form, session=found,
        offered=offered_languages(linguist.event),
    )  # fmt: skip
    return (shown, 422) if form.errors else shown


@blueprint.route(f"{DRAFT}file/", methods=["GET", "POST"])
@own
def upload_into_draft(linguist: Linguist, draft: int) -> Answer:
    found = draft_of(linguist, draft)
    form = TakeInForm()
    if form.validate_on_submit():
        try:
            beginning.take_into(found, form.file.data.read(), linguist)
        except RefusedError as refused:
            form.file.errors = sentences(refused.remarks)
        except contents.ClosedError:
            form.file.errors = [_("These subtitles are approved. Reopen them to change something.")]
        else:
            record("draft.taken-in", found, linguist)
            db.session.commit()
            flash(_("The file was taken in."))
            newest = revisions.of(found)[0]
            return redirect(url_for(".revision", token=_token(linguist), draft=found.id, number=newest.number), 303)
        db.session.rollback()
    shown = render_template("languages/draft_file.html", **own_page(linguist), form=form, draft=found)
    return (shown, 422) if form.errors else shown


@blueprint.post(f"{DRAFT}state/")
@own
def move_draft(linguist: Linguist, draft: int) -> Answer:
    """Onwards or back: `state` is the next one."""
    found = draft_of(linguist, draft)
    wanted = request.form.get("state", "")
    if wanted not in set(DraftState):
        abort(404)
    to = DraftState(wanted)
    alone = states.made_it_alone(found, linguist)
    try:
        states.move(found, to, linguist)
    except states.MoveError:
        db.session.rollback()
        flash(_("Nothing was changed: somebody else was faster, or this step is not possible from here."), "warning")
        return to_draft(linguist, found)
    if to is DraftState.PUBLISHED:
        record("draft.published", found, linguist, warnings=revisions.of(found)[0].warnings)
    db.session.commit()
    flash(_("The state is now: %(state)s.", state=to.label))
    if to is DraftState.APPROVED and alone:
        flash(_("You wrote these subtitles yourself. Another pair of eyes finds what one's own pass over."), "warning")
    return to_draft(linguist, found)


def draft_of(linguist: Linguist, number: int) -> SubtitleDraft:
    """The draft of an address, for who may edit it."""
    found = drafts.in_event(linguist.event, number) or abort(404)
    or_403(may_edit(linguist, found))
    return found


def to_draft(linguist: Linguist, draft: SubtitleDraft) -> Response:
    return redirect(url_for("language_team.draft", token=_token(linguist), draft=draft.id), 303)


def record(action: str, draft: SubtitleDraft, linguist: Linguist, **detail: object) -> None:
    where = subject(draft.session.event, f"session:{draft.session_id}")
    audit.record(linguist.account, action, where, language=draft.language, name=linguist.name, **detail)


def _token(linguist: Linguist) -> str:
    return linguist.token(LinkPurpose.PAGE)
