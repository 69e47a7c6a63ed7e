"""The revisions of a draft: what was changed, by whom, and the way back."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug import Response

from app.extensions import db
from app.languages.formats.timing import stamp
from app.languages.guard import linguist as own
from app.languages.models import DraftRevision, Linguist, LinkPurpose, SubtitleDraft
from app.languages.views import team as blueprint
from app.languages.views.drafts import DRAFT, draft_of, to_draft
from app.languages.views.member import own_page
from app.languages.workbench import contents, differences, states, thanks
from app.languages.workbench import revisions as kept


@blueprint.get(f"{DRAFT}revisions/")
@own
def revisions(linguist: Linguist, draft: int) -> str:
    found = draft_of(linguist, draft)
    return render_template(
        "languages/revisions.html", **own_page(linguist), draft=found, revisions=kept.of(found),
        credits=thanks.of(found), moves=states.moves_of(found), is_back=states.is_back,
    )  # fmt: skip


@blueprint.get(f"{DRAFT}revisions/<int:number>/")
@own
def revision(linguist: Linguist, draft: int, number: int) -> str:
    """What differs from the revision before, or, with `?to=now`, what has changed since."""
    found = draft_of(linguist, draft)
    shown = _revision_of(found, number)
    to_now = request.args.get("to") == "now"
    before = kept.before(shown)
    older = differences.at(shown) if to_now else differences.at(before) if before else differences.NOTHING
    newer = differences.now(found) if to_now else differences.at(shown)
    return render_template(
        "languages/revision.html", **own_page(linguist), draft=found, revision=shown, before=before, to_now=to_now,
        rows=differences.between(older, newer), remarks=kept.remarks_of(shown), stamp=stamp,
        is_closed=found.state in contents.CLOSED,
    )  # fmt: skip


@blueprint.post(f"{DRAFT}revisions/save/")
@own
def save_revision(linguist: Linguist, draft: int) -> Response:
    found = draft_of(linguist, draft)
    made = kept.save(found, linguist)
    db.session.commit()
    flash(_("Saved as revision %(number)s.", number=made.number))
    return redirect(url_for(".revisions", token=linguist.token(LinkPurpose.PAGE), draft=found.id), 303)


@blueprint.post(f"{DRAFT}revisions/<int:number>/restore/")
@own
def restore_revision(linguist: Linguist, draft: int, number: int) -> Response:
    found = draft_of(linguist, draft)
    try:
        kept.restore(_revision_of(found, number), linguist)
    except contents.ClosedError:
        db.session.rollback()
        flash(_("These subtitles are approved. Reopen them to change something."), "warning")
    else:
        db.session.commit()
        flash(_("Revision %(number)s is restored. What was there before stays as a revision too.", number=number))
    return to_draft(linguist, found)


def _revision_of(draft: SubtitleDraft, number: int) -> DraftRevision:
    return kept.find(draft, number) or abort(404)
