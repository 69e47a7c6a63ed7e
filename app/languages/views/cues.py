"""Where the editor in the browser hears what changed in a draft, and says what it changes. JSON."""

import gzip
from typing import Any

from flask import abort, jsonify, request
from flask_babel import gettext as _
from werkzeug import Response

from app.extensions import db
from app.languages.guard import linguist as own
from app.languages.guard import may_edit, may_read, or_403
from app.languages.models import Linguist
from app.languages.views import team as blueprint
from app.languages.workbench import changes, contents, drafts, editing, presence, wire

Answer = Response | tuple[Response, int]
LARGE = 4000
"""Bytes from which it pays to compress."""


@blueprint.route("/<token>/subtitles/<int:draft>/cues/", methods=["GET", "POST"])
@own
def cues(linguist: Linguist, draft: int) -> Answer:
    found = drafts.in_event(linguist.event, draft) or abort(404)
    if request.method == "GET":
        or_403(may_read(linguist, found))
        since = request.args.get("since", "0")
        if not (since.isascii() and since.isdigit() and len(since) < 10):
            return _faults(422, _("“since” is a version of the draft."))
        return _compressed(jsonify(wire.since(found, int(since), linguist)))
    or_403(may_edit(linguist, found))
    data = request.get_data()
    if len(data) > changes.MOST_BYTES:
        return _faults(413, _("This is too much for one call."))
    try:
        call = changes.read(data)
        presence.note(found, linguist, call.at)
        done = editing.edit(found, call, linguist) if call.changes else None
    except contents.ClosedError:
        db.session.rollback()
        return _faults(409, _("These subtitles are approved. Reopen them to change something."))
    except changes.FaultyError as faulty:
        db.session.rollback()
        faults = [{"key": fault.key, "message": str(fault.message)} for fault in faulty.faults]
        return jsonify(faults=faults), 422
    db.session.commit()
    return jsonify(wire.outcome(done or editing.Outcome(found.version, [], [])))


def _compressed(answer: Response) -> Response:
    """A whole draft is a fifth of its size then, which somebody on a poor line waits for."""
    if len(answer.data) > LARGE and request.accept_encodings["gzip"]:
        answer.data = gzip.compress(answer.data, 5, mtime=0)
        answer.headers["Content-Encoding"] = "gzip"
    answer.vary.add("Accept-Encoding")
    return answer


def _faults(status: int, message: str) -> tuple[Response, int]:
    values: dict[str, Any] = {"faults": [{"key": "", "message": message}]}
    return jsonify(values), status
