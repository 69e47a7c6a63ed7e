"""Sessions that leave the programme, come back into it, become one or become two."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.events.models import Event, EventKind, EventState, Standing
from app.extensions import db
from app.languages.models import LanguageTrack, TrackKind, TrackState
from app.lib import clock
from app.people import audit
from app.registration import agenda, bookings
from app.registration.models import AgendaItem, Booking, Claim, FormerAgendaItem, Places
from app.schedule import former, regrouping, service
from app.schedule.models import EventSession, FormerSession, Part, SessionLink
from tests.factories import (
    make_account,
    make_event,
    make_registration,
    make_session,
    make_speaker,
    make_theme,
    make_track,
)

HOUR = timedelta(hours=1)


def conference(**values):
    return make_event(kind=EventKind.CONFERENCE, **values)


def formers():
    return db.session.scalars(sa.select(FormerSession).order_by(FormerSession.id)).all()


def on_agenda(session):
    of_session = sa.select(AgendaItem.registration_id).where(AgendaItem.session_id == session.id)
    return list(db.session.scalars(of_session.order_by(AgendaItem.registration_id)))


def claims(session):
    rows = db.session.execute(
        sa.select(Booking.registration_id, Booking.claim).where(Booking.session_id == session.id)
        .order_by(Booking.registration_id)
    )  # fmt: skip
    return {row.registration_id: row.claim for row in rows}


def taken(session):
    return db.session.scalar(sa.select(Places.taken).where(Places.session_id == session.id))


def test_a_deleted_session_is_remembered_with_who_meant_to_come(app):
    event = conference()
    session = make_session(event, slug="talk", theme=make_theme(event), languages=["en"], standing=Standing.CANCELLED)
    speaker = make_speaker(event, session)
    make_track(session, language="ro")
    make_track(session, language="uk", state=TrackState.FAILED)
    registration = make_registration(event)
    make_registration(event)
    agenda.add(registration, session)
    db.session.commit()
    db.session.refresh(session)
    before, revision = session.sequence, event.revision
    service.delete_session(session, make_account())
    db.session.commit()
    (found,) = formers()
    assert (found.guid, found.slug, found.title) == (session.guid, "talk", session.title)
    assert (found.starts_at, found.ends_at, found.theme_id) == (session.starts_at, session.ends_at, session.theme_id)
    assert (found.sequence, found.languages, found.speaker_ids) == (before + 1, ["en", "ro"], [speaker.id])
    items = db.session.scalars(sa.select(FormerAgendaItem)).all()
    assert [(item.registration_id, item.was_booked) for item in items] == [(registration.id, False)]
    db.session.refresh(event)
    assert event.revision > revision


def test_what_nobody_saw_in_the_programme_is_not_remembered(app):
    account = make_account()
    service.delete_session(make_session(make_event(state=EventState.DRAFT)), account)
    service.delete_session(make_session(make_event(), starts_at=None), account)
    assert formers() == []


def test_a_session_without_a_time_keeps_its_number_above_what_was_told_until_it_has_one_again(app):
    session = make_session(make_event(), standing=Standing.POSTPONED)
    starts_at = session.starts_at
    service.move_session(session, None, None)
    db.session.refresh(session)
    (found,) = formers()
    assert (found.starts_at, found.sequence) == (starts_at, session.sequence)
    service.move_session(session, starts_at, starts_at + HOUR)
    db.session.refresh(session)
    assert formers() == []
    assert session.sequence == found.sequence + 1


@pytest.mark.both_databases
def test_a_session_that_comes_back_with_its_guid_takes_its_uid_and_its_people_back(app):
    event = conference()
    session = make_session(event, standing=Standing.CANCELLED, guid="6f2b6c5c-0000-4000-8000-000000000001")
    guid, registration = session.guid, make_registration(event)
    event_id, registration_id = event.id, registration.id
    agenda.add(registration, session)
    service.delete_session(session, make_account())
    told = formers()[0].sequence
    db.session.commit()
    db.session.remove()
    again = make_session(db.session.get(Event, event_id), guid=guid)
    assert (again.sequence, formers()) == (told + 1, [])
    assert on_agenda(again) == [registration_id]
    assert make_session(make_event(), guid=guid).sequence == 0


def test_a_new_session_never_takes_the_address_of_a_former_one(app):
    event, account = make_event(), make_account()
    first = service.create_session(event, account, {"en": "Opening"}, starts_at=event.begins_at,
                                   ends_at=event.begins_at + HOUR, standing=Standing.CANCELLED)  # fmt: skip
    service.delete_session(first, account)
    assert (first.slug, service.create_session(event, account, {"en": "Opening"}).slug) == ("opening", "opening-2")


def test_what_the_entry_of_a_former_session_shows_raises_its_number_and_nothing_else_does(app):
    event = make_event(slug="autumn")
    session, into = make_session(event), make_session(event)
    regrouping.merge(session, into, None)
    db.session.commit()

    def number():
        (found,) = formers()
        db.session.refresh(found)
        return found.sequence

    first = number()
    for row, name, value, expected in (
        (into, "abstract", {"en": "More"}, first), (into, "title", {"en": "Both"}, first + 1),
        (event, "summary", {"en": "Short"}, first + 1), (event, "zone", "Asia/Tokyo", first + 2),
    ):  # fmt: skip
        setattr(row, name, value)
        db.session.commit()
        assert number() == expected, name


def test_merging_brings_people_links_and_promises_along(app):
    event = conference()
    session, into = make_session(event, slug="one"), make_session(event, slug="two")
    ana, ion = make_speaker(event, session), make_speaker(event, session, into)
    session.links = [SessionLink(url="https://example.org/a"), SessionLink(url="https://example.org/b")]
    into.links = [SessionLink(url="https://example.org/b")]
    make_track(session, language="ro", state=TrackState.CONFIRMED, url="https://meet.example.org/ro")
    make_track(session, language="uk")
    kept = make_track(into, language="uk", state=TrackState.CONFIRMED)
    both, first, second = (make_registration(event) for _ in range(3))
    for registration, chosen in ((both, session), (both, into), (first, session), (second, into)):
        agenda.add(registration, chosen)
    db.session.commit()
    regrouping.merge(session, into, make_account())
    db.session.commit()
    db.session.expire_all()
    assert service.session_by_slug(event, "one") is None
    assert (formers()[0].slug, formers()[0].became) == ("one", into)
    assert into.people(Part.SPEAKER) == [ion, ana]
    assert [link.url for link in into.links] == ["https://example.org/b", "https://example.org/a"]
    tracks = db.session.scalars(sa.select(LanguageTrack).order_by(LanguageTrack.language)).all()
    assert [(track.language, track.state, track.url) for track in tracks] == [
        ("ro", TrackState.PROMISED, ""), ("uk", TrackState.CONFIRMED, kept.url),
    ]  # fmt: skip
    assert on_agenda(into) == [both.id, first.id, second.id]
    assert [entry.action for entry in audit.trail()][:1] == ["session.merged"]


def book(session, number=1):
    made = []
    for _ in range(number):
        registration = make_registration(session.event)
        bookings.book(registration, session)
        made.append(registration.id)
    db.session.commit()
    return made


@pytest.mark.both_databases
def test_places_go_to_who_booked_first_and_the_others_wait(app):
    event = conference()
    session, into = make_session(event, capacity=2), make_session(event, capacity=3)
    a, b, waits = book(session, 3)
    (there,) = book(into)
    regrouping.merge(session, into, None)
    db.session.commit()
    assert claims(into) == {
        there: Claim.BOOKED, a: Claim.BOOKED, b: Claim.BOOKED, waits: Claim.WAITING,
    }  # fmt: skip
    assert taken(into) == 3
    assert on_agenda(into) == sorted([there, a, b])


def test_where_somebody_waits_already_those_who_come_stand_behind(app):
    event = conference()
    session, into = make_session(event, capacity=5), make_session(event, capacity=1)
    _there, waits = book(into, 2)
    (comes,) = book(session)
    into.capacity = 9  # Not served yet.
    regrouping.merge(session, into, None)
    row = db.session.scalars(sa.select(Booking).where(Booking.registration_id == comes)).one()
    assert (row.claim, bookings.position(row)) == (Claim.WAITING, 2)
    assert claims(into)[waits] is Claim.WAITING


def test_who_waited_for_a_place_is_welcome_where_there_are_no_few(app):
    event = conference()
    session, into = make_session(event, capacity=1), make_session(event)
    people = book(session, 2)
    regrouping.merge(session, into, None)
    assert on_agenda(into) == people
    assert claims(into) == {}


def test_a_chain_of_merged_sessions_leads_to_the_last(app):
    event = make_event()
    a, b, c = (make_session(event) for _ in range(3))
    regrouping.merge(a, b, None)
    regrouping.merge(b, c, None)
    assert [found.became for found in formers()] == [c, c]
    c.standing = Standing.CANCELLED
    service.delete_session(c, make_account())
    db.session.expire_all()
    assert [found.became for found in formers()] == [None, None, None]
    assert former.at_address(event.id, a.slug).guid == a.guid


def test_only_what_has_not_begun_is_merged_and_only_into_what_takes_place(app):
    event = make_event()
    session, past = make_session(event), make_session(event, starts_at=clock.now() - HOUR)
    off, elsewhere = make_session(event, standing=Standing.CANCELLED), make_session(make_event())
    for one, into in ((session, session), (session, past), (session, off), (session, elsewhere), (past, session)):
        with pytest.raises(regrouping.Refused):
            regrouping.merge(one, into, None)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(EventSession)) == 4


@pytest.mark.both_databases
def test_splitting_makes_a_second_session_with_the_same_people(app):
    event = conference()
    session = make_session(event, slug="long", theme=make_theme(event), capacity=2, languages=["en", "ro"],
                           join_url="https://meet.example.org/1")  # fmt: skip
    ana = make_speaker(event, session)
    make_track(session, language="uk", kind=TrackKind.CAPTIONS, state=TrackState.CONFIRMED)
    make_track(session, language="ru", state=TrackState.FAILED)
    a, b, waits = book(session, 3)
    db.session.refresh(session)
    before, ends_at, at = session.sequence, session.ends_at, session.starts_at + HOUR / 3
    second = regrouping.split(session, at, {"en": "Long, part two"}, make_account())
    db.session.commit()
    db.session.expire_all()
    assert (session.ends_at, session.sequence) == (at, before + 1)
    assert (second.starts_at, second.ends_at, second.guid == session.guid) == (at, ends_at, False)
    assert (second.theme, second.languages, second.join_url) == (session.theme, ["en", "ro"], session.join_url)
    assert second.people(Part.SPEAKER) == [ana]
    tracks = db.session.scalars(sa.select(LanguageTrack).where(LanguageTrack.session == second)).all()
    assert [(track.language, track.kind, track.state) for track in tracks] == [
        ("uk", TrackKind.CAPTIONS, TrackState.PROMISED),
    ]  # fmt: skip
    assert claims(second) == {a: Claim.BOOKED, b: Claim.BOOKED, waits: Claim.WAITING}
    assert (taken(second), on_agenda(second)) == (2, [a, b])
    assert formers() == []


def test_a_session_is_split_at_a_moment_within_it_and_before_it_begins(app):
    session = make_session(make_event())
    for at in (session.starts_at, session.ends_at, session.starts_at - HOUR):
        with pytest.raises(regrouping.Refused):
            regrouping.split(session, at, {"en": "Two"}, None)
    begun = make_session(make_event(), starts_at=clock.now() - HOUR / 2)
    for each, at in ((begun, clock.now()), (make_session(make_event(), starts_at=None), clock.now())):
        with pytest.raises(regrouping.Refused):
            regrouping.split(each, at, {"en": "Two"}, None)
