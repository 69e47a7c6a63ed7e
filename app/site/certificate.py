"""Certificates: one's own, from the private page, and the public page that says whether one is genuine."""

from datetime import timedelta
from typing import Any

from flask import Response, abort, current_app, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _

from app.events.models import Involvement
from app.extensions import db
from app.lib.present import length
from app.people.guard import by_link
from app.registration import certificate_pdf, certificates
from app.registration.guard import holder, keep_private
from app.registration.models import Purpose, Registration
from app.site import pages
from app.site.personal import blueprint


@blueprint.post("/registrations/<token>/certificate/")
@holder(confirmed=True)
def certificate(registration: Registration) -> Any:
    """Makes it; what it says is settled from then on."""
    if certificates.issue(registration) is None:
        flash(_("There is no certificate: you attended too little, or the event is not over."), "warning")
    db.session.commit()
    return redirect(url_for("personal.page", token=registration.token(Purpose.PAGE), _anchor="certificate"))


@blueprint.get("/registrations/<token>/certificate.pdf")
@holder()
def certificate_file(registration: Registration) -> Any:
    issued = certificates.of(registration) or abort(404)
    try:
        pdf = certificate_pdf.written(issued)
    except certificate_pdf.NoFontError as fault:
        current_app.logger.warning("Certificate %s: %s", issued.id, fault)
        return redirect(url_for("site.certificate", code=issued.code, without_font=1))
    name = certificate_pdf.file_name(issued)
    return Response(pdf, mimetype="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})


@pages.get("/certificates/<code>/", endpoint="certificate")
@by_link
def verify(code: str) -> Response:
    found = certificates.by_code(code) or abort(404)
    page = render_template(
        "site/certificate.html", certificate=found, event=found.event, hosting=Involvement.HOST,
        length=length(timedelta(minutes=found.minutes)), issued_on=found.issued_at.date(),
    )  # fmt: skip
    return keep_private(make_response(page))
