"""Administrators' pages of the letters of all events, the addresses that nothing goes to, and what came back."""

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.extensions import db, lock_row
from app.lib.text import one_line
from app.mail import overview
from app.mail.models import Grounds, Letter, Scope, Suppression
from app.mail.outbox import leave, send_again
from app.mail.suppression import release, suppress
from app.people import audit
from app.people.guard import administrator, whoever
from app.reminders.kinds import kind_in_words
from app.reminders.manage import blueprint
from app.reminders.manage.site_forms import SuppressForm


@blueprint.get("/manage/letters/")
@administrator
def site_letters() -> str:
    return render_template(
        "reminders/site_letters.html", counts=overview.counts(), waiting=overview.waiting(),
        days=overview.LATELY.days, most=overview.PAGE, in_words=kind_in_words,
    )  # fmt: skip


@blueprint.post("/manage/letters/<int:number>/send/")
@administrator
def send_site_letter(number: int) -> Response:
    letter = db.session.get(Letter, number) or abort(404)
    lock_row(letter)
    if send_again(letter):
        audit.record(whoever(), "letter.sent-again", f"letter:{letter.id}", kind=kind_in_words(letter.kind))
        flash(_("The letter is sent once more."))
    else:
        flash(_("This letter needs no second sending."))
    db.session.commit()
    return redirect(url_for(".site_letters"), 303)


@blueprint.post("/manage/letters/<int:number>/leave/")
@administrator
def leave_site_letter(number: int) -> Response:
    letter = db.session.get(Letter, number) or abort(404)
    lock_row(letter)
    if leave(letter):
        audit.record(whoever(), "letter.left", f"letter:{letter.id}", kind=kind_in_words(letter.kind))
        flash(ngettext("%(num)s letter is left as it is.", "%(num)s letters are left as they are.", 1))
    else:
        flash(_("That is not possible any more: see how it stands now."), "error")
    db.session.commit()
    return redirect(url_for(".site_letters"), 303)


@blueprint.route("/manage/letters/suppressed/", methods=["GET", "POST"])
@administrator
def suppressed() -> tuple[str, int] | Response:
    form = SuppressForm()
    if form.validate_on_submit():
        return _suppress(str(form.email.data), Scope(form.scope.data), str(form.reason.data))
    searched = one_line(request.args.get("q", ""))[:100]
    found = overview.suppressed(searched, request.args.get("page", 1, type=int))
    page = render_template("reminders/site_suppressed.html", form=form, found=found, searched=searched)
    return page, 422 if form.errors else 200


def _suppress(email: str, scope: Scope, reason: str) -> Response:
    row = suppress(email, reason, grounds=Grounds.BY_HAND, scope=scope)
    # Without the address, which is deleted when its owner wishes it.
    audit.record(whoever(), "address.suppressed", f"suppression:{row.id}", scope=scope.value)
    db.session.commit()
    flash(_("Letters to %(address)s are held back from now on.", address=email))
    return redirect(url_for(".suppressed"), 303)


@blueprint.post("/manage/letters/suppressed/<int:number>/release/")
@administrator
def release_address(number: int) -> Response:
    row = db.session.get(Suppression, number) or abort(404)
    release(row.email)
    audit.record(whoever(), "address.released", f"suppression:{row.id}", grounds=row.grounds.value)
    db.session.commit()
    flash(_("Letters go to %(address)s again.", address=row.email))
    return redirect(url_for(".suppressed", q=request.form.get("q") or None), 303)


@blueprint.get("/manage/letters/received/")
@administrator
def received() -> str:
    is_read = bool(current_app.config["INBOX_URL"])
    return render_template("reminders/site_received.html", rows=overview.received(), is_read=is_read)
