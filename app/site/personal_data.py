"""A person's rights: to see all that is stored about them, and to have it deleted."""

import json
from typing import Any

from flask import Response, redirect, render_template, request, session, url_for

from app.extensions import db
from app.feedback import replies
from app.mail.suppression import SAID_BY_SERVERS, suppression_of
from app.people.guard import public
from app.registration import dossier, erasure
from app.registration.guard import holder
from app.registration.models import Registration
from app.site.personal import _page, blueprint


@blueprint.get("/registrations/<token>/data.json")
@holder()
def data(registration: Registration) -> Response:
    stored = dossier.of(registration) | replies.dossier(registration)
    text = json.dumps(stored, ensure_ascii=False, indent=2)
    response = Response(text + "\n", mimetype="application/json")
    response.headers.set("Content-Disposition", "attachment", filename=f"{registration.event.slug}-registration.json")
    return response


@blueprint.route("/registrations/<token>/erase/", methods=["GET", "POST"])
@holder()
def erase(registration: Registration) -> Any:
    """Everything goes, at once and for good, so the page before says what."""
    if request.method != "POST":
        known = suppression_of(registration.email) if registration.email else None
        return _page("erase", registration, is_unwanted=known and known.grounds not in SAID_BY_SERVERS)
    files = erasure.erase(registration)
    db.session.commit()
    erasure.forget(files)
    session.pop("registered", None)
    return redirect(url_for("personal.erased"))


@blueprint.get("/registrations/erased/")
@public
def erased() -> str:
    return render_template("site/personal_erased.html")
