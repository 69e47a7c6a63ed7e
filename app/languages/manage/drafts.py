"""Organisers' pages: the drafts of a session's subtitles, how far they are, and the way to the workbench."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug import Response

from app.events.guard import acting_account, organiser
from app.events.models import Event
from app.events.service import subject
from app.extensions import db
from app.languages import team
from app.languages.draft_forms import BeginForm, TakeInForm, sentences
from app.languages.formats.remarks import RefusedError
from app.languages.forms import offered_languages
from app.languages.manage import blueprint
from app.languages.manage.tracks import SESSION, Answer
from app.languages.models import LinkPurpose, SubtitleDraft
from app.languages.workbench import beginning, contents, drafts, presence, revisions, thanks
from app.people import audit
from app.people.permissions import Action
from app.schedule.models import EventSession
from app.schedule.service import session_by_slug

DRAFTS = f"{SESSION}/drafts/"


@blueprint.route(DRAFTS, methods=["GET", "POST"], endpoint="drafts")
@organiser(Action.EDIT_PROGRAMME)
def session_drafts(event: Event, session: str) -> Answer:
    """All drafts of a session; a POST begins one."""
    event_session = session_by_slug(event, session) or abort(404)
    form = BeginForm(event_session)
    if form.validate_on_submit() and (draft := form.begin(team.organiser(event, acting_account()))):
        _record("draft.begun", draft)
        db.session.commit()
        flash(_("The draft was begun."))
        return _back_to(event_session)
    if form.errors:
        db.session.rollback()
    found = drafts.of(event_session)
    shown = render_template(
        "languages/drafts.html", event=event, event_session=event_session, form=form, drafts=found,
        progress=drafts.progress(found), here={draft.id: presence.others(draft) for draft in found},
        credits={draft.id: thanks.of(draft) for draft in found}, offered=offered_languages(event),
        closed=contents.CLOSED, published={draft.id: revisions.last_publishing(draft) for draft in found},
    )  # fmt: skip
    return (shown, 422) if form.errors else shown


@blueprint.post(f"{DRAFTS}<int:draft>/open/")
@organiser(Action.EDIT_PROGRAMME)
def open_draft(event: Event, session: str, draft: int) -> Response:
    """An organiser becomes a member of the team, and is led to their own link."""
    found = _draft_of(event, session, draft)
    linguist = team.organiser(event, acting_account())
    db.session.commit()
    return redirect(url_for("language_team.draft", token=linguist.token(LinkPurpose.PAGE), draft=found.id), 303)


@blueprint.route(f"{DRAFTS}<int:draft>/file/", methods=["GET", "POST"])
@organiser(Action.EDIT_PROGRAMME)
def upload_draft(event: Event, session: str, draft: int) -> Answer:
    found = _draft_of(event, session, draft)
    form = TakeInForm()
    if form.validate_on_submit():
        try:
            remarks = beginning.take_into(found, form.file.data.read(), team.organiser(event, acting_account()))
        except RefusedError as refused:
            form.file.errors = sentences(refused.remarks)
        except contents.ClosedError:
            form.file.errors = [_("These subtitles are approved. Reopen them to change something.")]
        else:
            _record("draft.taken-in", found)
            db.session.commit()
            flash(_("The file was taken in."))
            for line in sentences(tuple(remarks)):
                flash(line, "warning")
            return _back_to(found.session)
        db.session.rollback()
    shown = render_template(
        "languages/draft_upload.html", event=event, event_session=found.session, draft=found, form=form
    )  # fmt: skip
    return (shown, 422) if form.errors else shown


@blueprint.post(f"{DRAFTS}<int:draft>/delete/")
@organiser(Action.EDIT_PROGRAMME)
def delete_draft(event: Event, session: str, draft: int) -> Response:
    found = _draft_of(event, session, draft)
    _record("draft.deleted", found)
    drafts.delete(found)
    db.session.commit()
    flash(_("The draft was deleted. What was published stays."))
    return _back_to(found.session)


def _draft_of(event: Event, session: str, number: int) -> SubtitleDraft:
    found = drafts.in_event(event, number)
    if found is None or found.session.slug != session:
        abort(404)
    return found


def _back_to(event_session: EventSession) -> Response:
    return redirect(url_for(".drafts", event=event_session.event.slug, session=event_session.slug), 303)


def _record(action: str, draft: SubtitleDraft, **detail: Any) -> None:
    where = subject(draft.session.event, f"session:{draft.session_id}")
    audit.record(acting_account(), action, where, language=draft.language, **detail)
