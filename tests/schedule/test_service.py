from datetime import timedelta

import pytest

from app.events.checks import Weight, missing
from app.events.models import EventState, Standing
from app.events.signals import Change
from app.extensions import db
from app.lib import clock
from app.people import audit
from app.schedule import service
from app.schedule.conflicts import conflicts
from app.schedule.models import Part, SessionKind
from app.schedule.signals import session_changed
from tests.factories import make_event, make_room, make_session, make_speaker, make_theme

HOUR = timedelta(hours=1)


@pytest.fixture
def heard(app):
    news = []

    def hear(sender, change, previous_start):
        news.append((sender, change, previous_start))

    with session_changed.connected_to(hear):
        yield news


def moved(session, by=HOUR):
    service.move_session(session, session.starts_at + by, session.ends_at + by)


def test_a_move_of_a_public_session_is_told_with_its_previous_start(heard):
    session = make_session(make_event())
    before = session.starts_at
    moved(session)
    assert heard == [(session, Change.MOVED, before)]
    assert session.sequence == 1


def test_nobody_is_told_of_a_draft_a_past_or_a_first_time(heard):
    moved(make_session(make_event(state=EventState.DRAFT)))
    unscheduled = make_session(make_event(), starts_at=None)
    service.move_session(unscheduled, clock.now() + HOUR, clock.now() + 2 * HOUR)
    past = make_session(make_event(), starts_at=clock.now() - 48 * HOUR)
    moved(past)
    assert heard == []


def test_what_people_do_not_act_on_is_not_told(heard):
    session = make_session(make_event())
    assert service.update_session(session, None, title={"en": "Other"}, kind=SessionKind.PANEL) is False
    assert [entry.detail["changed"] for entry in audit.trail()] == [["title", "kind"]]
    service.update_session(session, None, title={"en": "Other"})
    assert len(audit.trail()) == 1
    assert heard == []
    assert session.sequence == 1


def test_an_edit_with_a_move_and_other_people_is_one_change(heard):
    event = make_event()
    session, speaker = make_session(event), make_speaker(event)
    service.set_people(session, [(speaker, Part.SPEAKER)])
    service.update_session(
        session, None, title={"en": "Other"}, starts_at=session.starts_at + HOUR, ends_at=session.ends_at + HOUR
    )
    assert session.sequence == 1
    assert [change for _session, change, _start in heard] == [Change.MOVED]


def test_an_announced_session_keeps_a_time_and_is_not_deleted(heard):
    session = make_session(make_event())
    with pytest.raises(service.Announced):
        service.move_session(session, None, None)
    with pytest.raises(service.Announced):
        service.delete_session(session, None)
    service.set_standing(session, Standing.CANCELLED, {"en": "Illness"})
    service.delete_session(session, None)


def test_cancelling_postponing_and_restoring_are_told_once_each(heard):
    session = make_session(make_event())
    service.set_standing(session, Standing.CANCELLED, {"en": "Illness"})
    service.set_standing(session, Standing.CANCELLED, {"en": "Strike"})
    assert session.standing_reason == {"en": "Strike"}
    moved(session)
    service.set_standing(session, Standing.CONFIRMED)
    assert session.standing_reason == {}
    assert heard == [(session, Change.CANCELLED, None), (session, Change.RESTORED, None)]


def test_people_and_links_are_written_in_their_order_and_only_when_they_differ(app):
    event = make_event()
    session, ana, ion = make_session(event), make_speaker(event), make_speaker(event)
    service.set_people(session, [(ana, Part.SPEAKER), (ion, Part.MODERATOR), (ana, Part.SPEAKER)])
    service.set_links(session, [("slides", {"en": "Slides"}, "https://example.org/1")])
    db.session.commit()
    assert session.people(Part.SPEAKER) == [ana]
    assert session.people(Part.MODERATOR) == [ion]
    before = session.sequence, event.revision
    service.set_people(session, [(ana, Part.SPEAKER), (ion, Part.MODERATOR)])
    service.set_links(session, [("slides", {"en": "Slides"}, "https://example.org/1")])
    db.session.commit()
    assert (session.sequence, event.revision) == before
    service.set_people(session, [(ion, Part.SPEAKER), (ana, Part.SPEAKER)])
    db.session.commit()
    db.session.expire_all()
    assert session.people(Part.SPEAKER) == [ion, ana]


def test_the_programme_comes_in_order_and_by_few_queries(app):
    event = make_event()
    late = make_session(event, starts_at=event.begins_at + 12 * HOUR, theme=make_theme(event), room=make_room(event))
    waiting, early = make_session(event, starts_at=None), make_session(event)
    make_speaker(event, late, early)
    make_session(make_event())
    assert list(service.sessions_of(event)) == [early, late, waiting]
    assert service.session_by_slug(event, late.slug) is late
    assert service.session_by_slug(event, "none") is None


def test_two_at_once_in_a_room_or_with_a_speaker_are_a_conflict(app):
    event = make_event()
    room = make_room(event)
    one, two = make_session(event, room=room), make_session(event, room=room)
    after = make_session(event, room=room, starts_at=one.ends_at)
    elsewhere = make_session(event)
    cancelled = make_session(event, room=room, standing=Standing.CANCELLED)
    ana = make_speaker(event, two, elsewhere)
    found = conflicts([one, two, after, elsewhere, cancelled])
    assert set(found) == {one.id, two.id, elsewhere.id}
    assert [(each.other, each.shared) for each in found[elsewhere.id]] == [(two, ana)]
    assert {(each.other, each.shared) for each in found[two.id]} == {(one, room), (elsewhere, ana)}


def test_the_checks_count_what_sessions_lack(app):
    event = make_event()
    assert "no session with a time" in " ".join(each.text for each in missing(event))
    make_session(event, starts_at=None)
    make_session(event, starts_at=None, languages=[], recording_url="https://example.org/v")
    make_session(event, starts_at=event.over_at + HOUR, kind=SessionKind.BREAK)
    found = {each.text.split(" (")[0]: each.weight for each in missing(event)}
    assert found["2 sessions have no time."] is Weight.ADVICE
    assert found["1 session lies outside the event's days."] is Weight.BLOCKING
    assert found["2 sessions have no speaker."] is Weight.ADVICE
    assert found["2 sessions have no join link."] is Weight.ADVICE
    assert found["1 session names no language."] is Weight.ADVICE
    assert found["There are recordings, but the consent to recording is not written."] is Weight.BLOCKING
