"""The page of somebody who captions or translates captions live: a plain form, and what its script reads and sends."""

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, render_template, request
from flask_babel import gettext as _

from app.extensions import db
from app.languages.captions import cues, desk, lines
from app.languages.formats import profiles
from app.languages.guard import linguist as own
from app.languages.guard import may_caption, or_403
from app.languages.models import CaptionStream, Linguist
from app.languages.views import team
from app.languages.views.desk_acts import perform
from app.languages.views.desk_state import DeskState
from app.lib.text import pick
from app.lib.tokens import new_token

DESK = "/<token>/captions/<int:stream>/"
MOST_ACTS = 200
PROFILE = "netflix"
"""Whose length of a line a captioner is shown; viewers' screens wrap what is longer."""


@team.get(DESK, endpoint="desk")
@own
def page(linguist: Linguist, stream: int) -> str:
    return _page(linguist, _stream_of(linguist, stream))


@team.post(DESK)
@own
def desk_act(linguist: Linguist, stream: int) -> Any:
    """One act of the plain form; what is refused is said, and what was typed is kept."""
    found = _stream_of(linguist, stream)
    try:
        cue = perform(linguist, found, request.form)
    except cues.Refused as refused:
        db.session.rollback()
        return _page(linguist, found, str(refused.sentence)), 422
    db.session.commit()
    if request.form.get("act") == "withdraw" and cue:
        flash(_("Withdrawn: “%(text)s”", text=cue.text))
    return redirect(DeskState(linguist, found).address(".desk", _anchor="type"), 303)


@team.get(f"{DESK}lines/")
@own
def desk_lines(linguist: Linguist, stream: int) -> dict[str, Any]:
    """What changed after `after` and `source_after`, and who is on air."""
    return DeskState(linguist, _stream_of(linguist, stream)).since(request.args)


@team.post(f"{DESK}lines/")
@own
def desk_acts(linguist: Linguist, stream: int) -> dict[str, Any]:
    """Acts of the script in their order, each with what became of it, and the same answer as above.

    The script sends again whatever it got no answer to: each act can be repeated.
    """
    found = _stream_of(linguist, stream)
    given = request.get_json(silent=True)
    if not isinstance(given, dict):
        abort(400)
    acts = given.get("acts", [])
    if not isinstance(acts, list) or len(acts) > MOST_ACTS:
        abort(400)
    results = [_result(linguist, found, act if isinstance(act, dict) else {}) for act in acts]
    desk.hear(found, linguist)
    answer = {"results": results} | DeskState(linguist, found).since(given)
    db.session.commit()
    return answer


def _result(linguist: Linguist, stream: CaptionStream, act: Mapping[str, Any]) -> dict[str, Any]:
    try:
        cue = perform(linguist, stream, act)
    except cues.Refused as refused:
        return {"refused": str(refused.sentence)}
    return {"cue": cue.id, "version": cue.version} if cue else {}


def _stream_of(linguist: Linguist, number: int) -> CaptionStream:
    found = db.session.get(CaptionStream, number)
    if found is None or found.track.session.event_id != linguist.event_id:
        abort(404)
    or_403(may_caption(linguist, found))
    return found


def _page(linguist: Linguist, stream: CaptionStream, fault: str = "") -> str:
    session, state = stream.track.session, DeskState(linguist, stream)
    number = lines.MOST if "all" in request.args else lines.SHOWN
    shown, pairs = lines.loose(stream, number), lines.pairs(stream, number)
    return render_template(
        "languages/desk.html", linguist=linguist, stream=stream, event=session.event, event_session=session,
        address=state.address, panel=state.panel(), fault=fault, new_line=new_token, kept=request.form,
        lines=[state.line(cue) for cue in shown], pairs=[state.pair(pair) for pair in pairs],
        speakers=[pick(each.speaker.name, (stream.track.language,)).text for each in session.appearances],
        limits=profiles.limits(PROFILE, stream.track.language), has_more=number in (len(shown), len(pairs)),
    )  # fmt: skip
