"""Somebody who is registered enters a colleague, who gets the same letter to confirm as after the form."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import ValidationError
from wtforms.validators import InputRequired, Length

from app.extensions import db
from app.lib.fields import OneLine
from app.registration import admission, limits, service
from app.registration.forms import AddressForm
from app.registration.guard import holder
from app.registration.models import AccessCode, Origin, Purpose, Registration
from app.registration.service import Entry
from app.site.personal import _page, blueprint


class ColleagueForm(AddressForm):
    name = OneLine(_l("Name"), [InputRequired(_l("Write the name.")), Length(max=200)])
    code = OneLine(
        _l("Code"),
        [InputRequired(_l("Write the code that the organisers gave your colleague.")), Length(max=64)],
        description=_l("This event is for invited people, and your own code is good for no more."),
        render_kw={"autocomplete": "off"},
    )

    def validate_name(self, field: OneLine) -> None:
        if not field.data:
            raise ValidationError(_l("Write the name."))


@blueprint.route("/registrations/<token>/colleague/", methods=["GET", "POST"])
@holder(confirmed=True)
@limits.forms
@limits.forms_an_address
@limits.colleagues
@limits.wrong_codes
def colleague(registration: Registration) -> Any:
    """Says the same for every address, whether it is registered or not."""
    event = registration.event
    page = url_for("personal.page", token=registration.token(Purpose.PAGE))
    if not admission.is_open(event):
        return render_template("registration/closed.html", event=event, terms=admission.of(event)), 409
    form = ColleagueForm()
    shared = _shared_code(registration)
    if shared is not None or not admission.of(event).by_code:
        del form.code
    if form.validate_on_submit():
        code = shared or (str(form.code.data) if "code" in form else "")
        entry = Entry(
            name=str(form.name.data), email=str(form.email.data), country=registration.country,
            language=registration.language, zone=registration.zone, code=code,
        )  # fmt: skip
        try:
            service.register(event, entry, Origin.COLLEAGUE)
        except service.CodeRefused:
            db.session.rollback()
            limits.note_wrong_code()
            said = _("This code lets nobody in, or not this address. Ask the organisers for another.")
            form["code" if "code" in form else "email"].errors = [said]
        else:
            db.session.commit()
            flash(_("We have written to %(address)s. Your colleague confirms with the link in that letter.",
                    address=entry.email))  # fmt: skip
            return redirect(page)
    return _page("colleague", registration, form=form), 422 if form.errors else 200


def _shared_code(registration: Registration) -> str | None:
    """The code that the person came with, while it lets in others, too."""
    code = db.session.get(AccessCode, registration.code_id) if registration.code_id else None
    if code is None or code.email or admission.code_in_force(registration.event, code.code) is None:
        return None
    return code.code
