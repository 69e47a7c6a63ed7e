"""Organisers' page of the live captions of a session: who writes them, from where they come, where they are passed on.

An ingestion address lets whoever knows it write captions, so only who may edit the programme sees one.
"""

from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug import Response

from app.events.guard import acting_account, allowed, organiser
from app.events.models import Event
from app.extensions import db
from app.languages import plan, service, team
from app.languages.caption_forms import AddressForm, RelayForm, SourceForm
from app.languages.captions import cues, desk, keys, relays, sources, streams
from app.languages.captions.targets import explained
from app.languages.manage import blueprint
from app.languages.models import (
    CaptionCue,
    CaptionKey,
    CaptionRelay,
    CaptionStream,
    CueState,
    LanguageTrack,
    LinkPurpose,
    Platform,
    TrackKind,
)
from app.people.permissions import Action
from app.schedule.models import EventSession
from app.schedule.service import session_by_slug

CAPTIONS = "/events/<event>/sessions/<session>/captions"
TRACK = f"{CAPTIONS}/<int:track>"
Forms = tuple[AddressForm, SourceForm, RelayForm]


class Captioned(NamedTuple):
    """A captions track as the page shows it."""

    track: LanguageTrack
    stream: CaptionStream | None
    forms: Forms
    number: int
    last: CaptionCue | None
    is_deserted: bool
    keys: list[CaptionKey]
    relays: list[tuple[CaptionRelay, relays.Standing]]


@blueprint.get(f"{CAPTIONS}/")
@organiser(Action.SEE_EVENT)
def captions(event: Event, session: str) -> str:
    return _page(_session_of(event, session))


@blueprint.post(f"{TRACK}/addresses/")
@organiser(Action.EDIT_PROGRAMME)
def make_address(event: Event, session: str, track: int) -> Any:
    found = _track_of(event, session, track)
    form = AddressForm(prefix=_prefix(found, "address"))
    if not form.validate_on_submit():
        return _page(found.session, form), 422
    key = keys.make(streams.of(found), form.name.data or "")
    plan.note(found, "captions.address-made", acting_account(), name=key.name)
    return _done(found, _("The address is made. Copy it into the captioner's tool."))


@blueprint.post(f"{TRACK}/addresses/revoke/")
@organiser(Action.EDIT_PROGRAMME)
def revoke_address(event: Event, session: str, track: int) -> Response:
    found = _track_of(event, session, track)
    key = keys.by_token(request.form.get("key", "").replace("\0", ""))
    if key is None or key.stream.track_id != found.id:
        abort(404)
    keys.revoke(key)
    plan.note(found, "captions.address-revoked", acting_account(), name=key.name)
    return _done(found, _("The address is revoked. Whoever has it cannot write captions any more."))


@blueprint.post(f"{TRACK}/desk/")
@organiser(Action.EDIT_PROGRAMME)
def open_desk(event: Event, session: str, track: int) -> Response:
    """An organiser may caption too, as a member of the event's language team."""
    stream = streams.of(_track_of(event, session, track))
    member = team.organiser(event, acting_account())
    db.session.commit()
    address = url_for("language_team.desk", token=member.token(LinkPurpose.PAGE), stream=stream.id)
    return redirect(address, 303)


@blueprint.post(f"{TRACK}/desk/free/")
@organiser(Action.EDIT_PROGRAMME)
def free_desk(event: Event, session: str, track: int) -> Response:
    found = _track_of(event, session, track)
    stream = streams.find(found)
    if stream and stream.on_air:
        plan.note(found, "captions.desk-freed", acting_account(), name=stream.on_air.name)
        desk.leave(stream)
    return _done(found, _("Nobody is on air now."))


@blueprint.post(f"{TRACK}/source/")
@organiser(Action.EDIT_PROGRAMME)
def set_source(event: Event, session: str, track: int) -> Any:
    found = _track_of(event, session, track)
    form = SourceForm(found, streams.find(found), prefix=_prefix(found, "source"))
    if not form.validate_on_submit():
        return _page(found.session, form), 422
    source, by_machine = form.chosen
    sources.translate(found, source, by_machine)
    plan.note(
        found,
        "captions.source-set",
        acting_account(),
        source=source.language if source else None,
        by_machine=str(by_machine),
    )
    return _done(found, _("Saved."))


@blueprint.post(f"{TRACK}/relays/")
@organiser(Action.EDIT_PROGRAMME)
def add_relay(event: Event, session: str, track: int) -> Any:
    found = _track_of(event, session, track)
    form = RelayForm(prefix=_prefix(found, "relay"))
    if not form.validate_on_submit():
        return _page(found.session, form), 422
    try:
        relay = relays.add(streams.of(found), Platform(form.platform.data), form.address.data or "")
    except cues.Refused as refused:
        form.address.errors = [str(refused.sentence)]
        return _page(found.session, form), 422
    plan.note(found, "captions.relay-added", acting_account(), platform=relay.platform.value)
    return _done(found, _("What is said from now on is passed on."))


@blueprint.post(f"{TRACK}/relays/<int:relay>/")
@organiser(Action.EDIT_PROGRAMME)
def change_relay(event: Event, session: str, track: int, relay: int) -> Response:
    """Switches it on or off, tries again at once, or removes it."""
    found = _track_of(event, session, track)
    passing = db.session.get(CaptionRelay, relay)
    if passing is None or passing.stream.track_id != found.id:
        abort(404)
    act = request.form.get("act")
    if act == "remove":
        relays.remove(passing)
        plan.note(found, "captions.relay-removed", acting_account(), platform=passing.platform.value)
    elif act == "retry":
        relays.retry(passing)
    elif act in ("on", "off"):
        relays.switch(passing, act == "on")
    else:
        abort(400)
    said = {"remove": _("Removed."), "retry": _("It is tried again within seconds.")}
    return _done(found, said.get(act, _("Saved.")))


def _session_of(event: Event, slug: str) -> EventSession:
    return session_by_slug(event, slug) or abort(404)


def _captioned(session: EventSession) -> list[LanguageTrack]:
    return [track for track in service.plan_of(session) if track.kind is TrackKind.CAPTIONS]


def _track_of(event: Event, session: str, number: int) -> LanguageTrack:
    found = (track for track in _captioned(_session_of(event, session)) if track.id == number)
    return next(found, None) or abort(404)


def _done(track: LanguageTrack, said: str) -> Response:
    event, session, anchor = track.session.event, track.session, f"track-{track.id}"
    db.session.commit()
    flash(said)
    return redirect(url_for(".captions", event=event.slug, session=session.slug, _anchor=anchor), 303)


def _page(session: EventSession, faulty: AddressForm | SourceForm | RelayForm | None = None) -> str:
    edits = allowed(session.event, Action.EDIT_PROGRAMME)
    return render_template(
        "languages/captions.html", event=session.event, event_session=session, edits=edits, faulty=faulty,
        captioned=[_shown(track, edits, faulty) for track in _captioned(session)],
        address_of=keys.address, explained=explained,
    )  # fmt: skip


def _shown(track: LanguageTrack, edits: bool, faulty: AddressForm | SourceForm | RelayForm | None) -> Captioned:
    stream = streams.find(track)
    final = sa.select(sa.func.count()).where(
        CaptionCue.stream_id == (stream.id if stream else None), CaptionCue.state == CueState.FINAL
    )
    last = cues.spoken(stream, 1) if stream else []
    return Captioned(
        track, stream, _forms(track, stream, faulty), db.session.scalar(final) or 0, last[0] if last else None,
        stream is not None and desk.is_deserted(stream), keys.of(stream) if stream and edits else [],
        [(relay, relays.standing(relay)) for relay in relays.of(stream)] if stream else [],
    )  # fmt: skip


def _forms(
    track: LanguageTrack, stream: CaptionStream | None, faulty: AddressForm | SourceForm | RelayForm | None
) -> Forms:
    """Each fresh, but for the one that was sent and has a fault."""
    empty = (
        AddressForm(formdata=None, prefix=_prefix(track, "address")),
        SourceForm(track, stream, formdata=None, prefix=_prefix(track, "source")),
        RelayForm(formdata=None, prefix=_prefix(track, "relay")),
    )
    return tuple(faulty if faulty and form._prefix == faulty._prefix else form for form in empty)  # type: ignore[return-value]


def _prefix(track: LanguageTrack, form: str) -> str:
    """Many forms stand on one page: it keeps the names of their fields apart."""
    return f"{form}-{track.id}-"
