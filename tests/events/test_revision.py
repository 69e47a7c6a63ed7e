from app.events.models import EventOrganisation, EventState, Grant, Involvement, Series, Site, Theme
from app.extensions import db
from app.people.models import Role
from app.schedule.models import Appearance
from tests.factories import (
    make_account,
    make_event,
    make_organisation,
    make_room,
    make_session,
    make_speaker,
    make_theme,
    save,
)


def site_revision() -> int:
    return db.session.query(Site.revision).scalar() or 0


def rises(event, change) -> int:
    """By how much the event's revision goes up with a change."""
    before = event.revision
    change()
    db.session.commit()
    return event.revision - before


def test_a_new_event_begins_at_one(app):
    assert make_event().revision == 1


def test_a_change_to_the_event_raises_its_revision_and_the_site_s(app):
    event = make_event()
    before = site_revision()
    assert rises(event, lambda: setattr(event, "title", {"en": "Other"})) == 1
    assert site_revision() == before + 1


def test_the_same_value_written_again_changes_nothing(app):
    event = make_event(title={"en": "Same"})
    assert rises(event, lambda: setattr(event, "title", {"en": "Same"})) == 0


def test_a_draft_s_change_is_no_news_of_the_site(app):
    event = make_event(state=EventState.DRAFT)
    before = site_revision()
    assert rises(event, lambda: setattr(event, "title", {"en": "Other"})) == 1
    assert site_revision() == before


def test_publishing_and_withdrawing_are_news_of_the_site(app):
    event = make_event(state=EventState.DRAFT)
    before = site_revision()
    event.state = EventState.PUBLISHED
    db.session.commit()
    event.state = EventState.DRAFT
    db.session.commit()
    assert site_revision() == before + 2


def test_all_that_the_public_sees_of_an_event_is_a_new_revision(app):
    event = make_event()
    theme, room, session = make_theme(event), make_room(event), make_session(event)
    speaker, organisation = make_speaker(event, session), make_organisation()
    assert rises(event, lambda: setattr(theme, "colour", "#000000")) == 1
    assert rises(event, lambda: setattr(room, "name", {"en": "Red stage"})) == 1
    assert rises(event, lambda: setattr(session, "recording_url", "https://example.org/v")) == 1
    assert rises(event, lambda: setattr(speaker, "biography", {"en": "Reads."})) == 1
    host = EventOrganisation(event=event, organisation=organisation, involvement=Involvement.HOST)
    assert rises(event, lambda: db.session.add(host)) == 1
    assert rises(event, lambda: setattr(organisation, "url", "https://example.org")) == 1
    assert rises(event, lambda: db.session.delete(speaker)) == 1


def test_what_leaves_a_collection_of_the_event_is_a_new_revision(app):
    event = make_event()
    theme, session = make_theme(event), make_session(event)
    speaker = make_speaker(event, session)
    assert rises(event, lambda: event.themes.remove(theme)) == 1
    appearance = db.session.query(Appearance).filter_by(speaker=speaker).one()
    assert rises(event, lambda: session.appearances.remove(appearance)) == 1
    assert db.session.query(Theme).count() == db.session.query(Appearance).count() == 0


def test_a_role_is_nothing_that_the_public_sees(app):
    event, account = make_event(), make_account()
    assert rises(event, lambda: event.grants.append(Grant(account=account, role=Role.OWNER))) == 0


def test_the_revision_is_counted_by_the_database(app):
    event = make_event()
    with db.engine.connect() as other:
        other.exec_driver_sql("UPDATE event SET revision = 41")
        other.commit()
    event.title = {"en": "Other"}
    db.session.commit()
    assert event.revision == 42


def test_an_event_that_changes_its_series_is_news_of_both(app):
    old, new = save(Series(slug="old", title={"en": "Old"})), save(Series(slug="new", title={"en": "New"}))
    event = make_event(series=old)
    before = old.revision, new.revision
    event.series = new
    db.session.commit()
    assert (old.revision, new.revision) == (before[0] + 1, before[1] + 1)
