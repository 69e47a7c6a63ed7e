"""Captions from outside, over the small protocol that captioners' tools speak (Zoom's closed-caption API).

`POST …?v=1&seq=N&lang=…` with the words as `text/plain`; a repeated number is the answer to a lost answer and no
second caption. `GET …/seq` says where to go on.
"""

from flask import Blueprint, Response, request
from flask_babel import force_locale

from app.extensions import db
from app.languages.captions import cues, keys
from app.languages.models import CaptionKey
from app.lib.tags import base_language
from app.people.guard import by_link

blueprint = Blueprint("captions", __name__)


@blueprint.post("/captions/<token>")
@by_link
def ingest(token: str) -> Response:
    # Before the database is asked for anything, since a line may be slow. One byte more than a caption may have is
    # enough to know.
    data = request.stream.read(cues.MOST_BYTES + 1)
    key = keys.by_token(token)
    if refusal := _refusal(key):
        return refusal
    assert key is not None  # noqa: S101 - else it was refused
    seq = request.args.get("seq", "")
    if not (seq.isascii() and seq.isdecimal() and len(seq) < 20 and 0 < int(seq) <= cues.LARGEST_SEQ):
        return _said(f"seq is missing, or not a whole number from 1 to {cues.LARGEST_SEQ}.", 400)
    language = key.stream.track.language
    if not _is_same(request.args.get("lang", language), language):
        return _said(f"lang is {request.args['lang']!r}, but this address takes captions in {language}.", 400)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as fault:
        if fault.start < cues.MOST_BYTES - 3:
            return _said(f"The text is not UTF-8 at byte {fault.start}.", 400)
        text = "x" * (cues.MOST_BYTES + 1)  # Cut within a character, so it is too long at any rate.
    try:
        cues.take(key, int(seq), text, partial=request.args.get("partial") == "1")
    except cues.Refused as refused:
        with force_locale("en"):
            return _said(str(refused.sentence), 400)
    db.session.commit()
    return _said(seq, 200)


@blueprint.get("/captions/<token>/seq")
@by_link
def last(token: str) -> Response:
    """The highest number taken, 0 before the first."""
    key = keys.by_token(token)
    return _refusal(key) or _said(str(key.last_seq if key else 0), 200)


def _refusal(key: CaptionKey | None) -> Response | None:
    if key is None:
        return _said("There is no such address for captions.", 404)
    if key.revoked_at is not None:
        return _said("This address was revoked; ask the organisers for a new one.", 403)
    return None


def _is_same(asked: str, language: str) -> bool:
    """Tools write `en-US` where a track is in `en`."""
    return base_language(asked.replace("_", "-")) == base_language(language)


def _said(text: str, status: int) -> Response:
    return Response(f"{text}\n", status, mimetype="text/plain", headers={"Cache-Control": "no-store"})
