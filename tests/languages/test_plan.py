"""How tracks come true or fall through, what hangs on them, and one order for many."""

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.languages import orders, plan, relay, service
from app.languages.models import LanguageTrack, TrackKind, TrackState
from app.languages.orders import Order
from app.languages.signals import track_came_back, track_fell_through
from app.people.models import AuditEntry
from tests.factories import make_account, make_event, make_linguist, make_session, make_track

PROMISED, CONFIRMED, LIVE, DONE, FAILED = TrackState
INTERPRETATION, CAPTIONS, SUBTITLES, SIGN = TrackKind


@pytest.fixture
def session(app):
    return make_session(make_event())


@pytest.mark.parametrize(("kind", "before", "allowed"), [
    (INTERPRETATION, PROMISED, [CONFIRMED, LIVE, DONE, FAILED]),
    (INTERPRETATION, CONFIRMED, [PROMISED, LIVE, DONE, FAILED]),
    (INTERPRETATION, LIVE, [CONFIRMED, DONE, FAILED]),
    (INTERPRETATION, DONE, [CONFIRMED, LIVE]),
    (INTERPRETATION, FAILED, [PROMISED, CONFIRMED, LIVE, DONE]),
    (SUBTITLES, PROMISED, [CONFIRMED, DONE, FAILED]),
])  # fmt: skip
def test_which_moves_are_allowed(session, kind, before, allowed):
    track = make_track(session, kind=kind, state=before)
    assert plan.next_states(track) == allowed
    for state in set(TrackState) - {before, *allowed}:
        with pytest.raises(plan.MoveError, match="cannot become"):
            plan.move(track, state)
    assert track.state is before


def test_a_move_is_news_once_and_stays_in_the_history(session):
    account, track, said = make_account(), make_track(session), []
    for signal in (track_fell_through, track_came_back):
        signal.connect(lambda sender, signal=signal: said.append((signal.name, sender.state)), weak=False)
    moves = [(CONFIRMED, True), (CONFIRMED, False), (FAILED, True), (FAILED, False), (CONFIRMED, True)]
    assert [plan.move(track, state, account) for state, _news in moves] == [news for _state, news in moves]
    assert said == [("track-fell-through", FAILED), ("track-came-back", CONFIRMED)]
    entries = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "track.moved")).all()
    assert [(entry.account, entry.detail["before"], entry.detail["after"]) for entry in entries] == [
        (account, "promised", "confirmed"), (account, "confirmed", "failed"), (account, "failed", "confirmed"),
    ]  # fmt: skip


def test_the_first_caption_makes_it_live_and_a_late_one_does_not_undo_what_is_done(session):
    track = make_track(session, kind=CAPTIONS)
    plan.now_live(track)
    assert track.state is LIVE
    plan.now_done(track)
    plan.now_live(track)
    assert track.state is DONE


def test_what_fell_through_is_back_when_its_captions_come_after_all(session):
    track = make_track(session, kind=CAPTIONS, state=FAILED)
    plan.now_live(track)
    assert track.state is LIVE


def test_responsible_is_somebody_of_the_events_own_team(session):
    track, ana = make_track(session), make_linguist(session.event)
    assert plan.assign(track, ana)
    assert not plan.assign(track, ana)
    with pytest.raises(ValueError, match="another event"):
        plan.assign(track, make_linguist(make_event()))
    assert track.linguist is ana
    assert plan.assign(track, None)


def test_what_fell_through_is_in_the_plan_and_not_on_offer(session):
    track = make_track(session, state=FAILED)
    assert service.plan_of(session) == [track]
    assert service.tracks_of(session) == []
    assert db.session.scalars(service.sessions_followable_in(session.event, "ro")).all() == []


def test_pivots_are_offered_channels_and_never_lead_in_a_circle(session):
    make_track(session, language="ru")
    make_track(session, language="uk", via="ru")
    make_track(session, language="en", kind=CAPTIONS)
    make_track(session, language="ro", state=FAILED)
    tracks = service.plan_of(session)
    assert relay.pivots(tracks, INTERPRETATION, "hy") == ["ru", "uk"]
    assert relay.pivots(tracks, INTERPRETATION, "ru") == []
    assert relay.pivots(tracks, CAPTIONS, "hy") == ["en", "ru", "uk"]
    assert relay.pivots(tracks, SUBTITLES, "hy") == []


def test_all_that_hangs_on_a_pivot_is_found_down_the_line(session):
    pivot = make_track(session, language="ru")
    second = make_track(session, language="uk", via="ru")
    third = make_track(session, language="hy", via="uk")
    make_track(session, language="ro")
    captions = make_track(session, language="de", via="ru", kind=CAPTIONS)
    make_track(session, language="ru", kind=CAPTIONS)
    tracks = service.plan_of(session)
    assert relay.hanging_on(pivot, tracks) == [second, third], "captions can be made from those in Russian"
    plan.move(pivot, FAILED)
    assert [relay.is_broken(track, tracks) for track in (second, third, captions)] == [True, False, False]
    assert relay.hanging_on(pivot, tracks) == [second, third]


@pytest.mark.both_databases
def test_one_order_adds_assigns_and_moves_in_many_sessions(session):
    event, ana = session.event, make_linguist(session.event)
    there = make_track(session, kind=CAPTIONS, language="ro", state=DONE)
    bare, other = make_session(event), make_session(event)
    make_track(other, kind=INTERPRETATION, language="ro")
    order = Order("ro", CAPTIONS, adds=True, state=PROMISED, assigns=True, linguist=ana)
    outcome = orders.carry_out(order, [session, bare, other], None)
    assert (outcome.added, outcome.assigned, outcome.moved, outcome.kept) == (2, 3, 0, 1)
    assert there.state is DONE, "what is done cannot go back to a promise"
    orders.carry_out(Order(language="ro", state=CONFIRMED), [session, bare], None)
    db.session.commit()
    found = db.session.scalars(sa.select(LanguageTrack).order_by(LanguageTrack.session_id, LanguageTrack.kind))
    assert [(t.session, t.kind, t.state, t.linguist) for t in found] == [
        (session, CAPTIONS, CONFIRMED, ana), (bare, CAPTIONS, CONFIRMED, ana),
        (other, CAPTIONS, PROMISED, ana), (other, INTERPRETATION, PROMISED, None),
    ]  # fmt: skip
