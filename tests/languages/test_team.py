"""The language team as organisers keep it."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.events.models import Event
from app.extensions import db
from app.languages import duties, plan, team, team_letters
from app.languages.models import Grade, LanguageTrack, Linguist, LinkPurpose, TrackKind, Turn
from app.languages.workbench import beginning, drafts
from app.mail.models import Letter
from app.mail.outbox import write
from app.people.models import AuditEntry, Role
from tests.factories import (
    grant,
    make_account,
    make_event,
    make_linguist,
    make_session,
    make_stream,
    make_track,
    save,
    sign_in,
)

TEAM = "/en/manage/events/autumn/language-team/"
NINE, NOON = datetime(2027, 3, 10, 7, tzinfo=UTC), datetime(2027, 3, 10, 10, tzinfo=UTC)
ANA = {
    "name": "Ana", "email": "Ana@Example.org", "language": "ro", "zone": "America/New_York",
    "crafts": ["interpretation", "captions"], "note": "Quick",
    "skills-0-language": "ro", "skills-0-grade": "A", "skills-1-language": "French", "skills-1-grade": "C",
    "availability-0-starts": "2027-03-10T09:00", "availability-0-ends": "2027-03-10T12:00",
}  # fmt: skip


@pytest.fixture
def event(client: FlaskClient) -> Event:
    event = make_event(slug="autumn")
    account = make_account()
    grant(event, account)
    sign_in(client, account)
    return event


def member() -> Linguist:
    return db.session.scalars(sa.select(Linguist)).one()


def letters(kind: str) -> list[Letter]:
    return list(db.session.scalars(sa.select(Letter).where(Letter.kind == kind).order_by(Letter.id)))


def test_a_person_comes_into_the_team_with_languages_and_hours_in_the_time_of_the_event(
    client: FlaskClient, event: Event
) -> None:
    answer = client.post(f"{TEAM}new/", data=ANA)
    linguist = member()
    assert (answer.status_code, answer.location) == (303, f"{TEAM}{linguist.id}/")
    assert (linguist.name, linguist.email, linguist.zone) == ("Ana", "ana@example.org", "America/New_York")
    assert [(skill.language, skill.grade) for skill in linguist.skills] == [("ro", Grade.A), ("fr", Grade.C)]
    assert [(row.starts_at, row.ends_at) for row in linguist.availability] == [(NINE, NOON)]
    shown = client.get(TEAM).text
    for said in ("Ana", "Romanian A", "French C", "10 Mar 2027, 09:00–12:00", "New York", "not invited yet"):
        assert said in shown, said
    assert 'value="2027-03-10T09:00"' in client.get(f"{TEAM}{linguist.id}/").text


def test_what_is_changed_stays_changed_and_emptied_rows_are_gone(client: FlaskClient, event: Event) -> None:
    linguist = make_linguist(event, "en:A ro:B")
    form = ANA | {"skills-0-language": "ro", "skills-0-grade": "A", "skills-1-language": ""}
    form |= {"availability-1-starts": "2027-03-10T11:30", "availability-1-ends": "2027-03-10T13:00"}
    assert client.post(f"{TEAM}{linguist.id}/", data=form).status_code == 303
    db.session.expire_all()
    assert [(skill.language, skill.grade) for skill in linguist.skills] == [("ro", Grade.A)]
    assert [(row.starts_at, row.ends_at) for row in linguist.availability] == [(NINE, NOON + timedelta(hours=1))]
    assert list(db.session.scalars(sa.select(AuditEntry.action))) == ["linguist.changed"]


FAULTS = [
    ({"name": ""}, "This field is required"),
    ({"email": "nobody"}, "Write an e-mail address"),
    ({"email": "taken@example.org"}, "Somebody else of the team has this address."),
    ({"zone": "Mars/Base"}, "is no time zone"),
    ({"language": "tlh"}, "Not a valid choice"),
    ({"crafts": ["juggling"]}, "not a valid choice"),
    ({"skills-0-language": "klingonish"}, "This is no language that we know."),
    ({"skills-0-grade": "D"}, "Not a valid choice"),
    ({"availability-0-ends": ""}, "Write both times, or none."),
    ({"availability-0-starts": ""}, "Write both times, or none."),
    ({"availability-0-ends": "2027-03-10T09:00"}, "The end is not after the start."),
    ({"availability-0-starts": "morning"}, "Not a valid datetime"),
]


def test_a_fault_is_said_beside_its_field_and_nothing_is_kept(client: FlaskClient, event: Event) -> None:
    make_linguist(event, email="taken@example.org")
    for values, said in FAULTS:
        answer = client.post(f"{TEAM}new/", data=ANA | values)
        assert (answer.status_code, said in answer.text) == (422, True), (values, said)
    assert member().email == "taken@example.org"


def test_the_letter_brings_the_link_again_and_a_replaced_link_ends(client: FlaskClient, event: Event) -> None:
    linguist = make_linguist(event, language="ro")
    for _time in range(2):
        client.post(f"{TEAM}{linguist.id}/invite/")
    first, second = letters(team_letters.INVITATION)
    old = linguist.token(LinkPurpose.PAGE)
    assert f"http://polyforum.test/ro/language-team/{old}/" in write(first).text
    assert "has the link" in client.get(TEAM).text

    client.post(f"{TEAM}{linguist.id}/link/")
    db.session.expire_all()
    new = linguist.token(LinkPurpose.PAGE)
    assert new != old
    assert new in write(second).text
    assert [client.get(f"/en/language-team/{token}/").status_code for token in (old, new)] == [410, 200]


def test_who_leaves_gives_up_turns_and_tracks_and_the_page_says_so_before(client: FlaskClient, event: Event) -> None:
    ana, maria = make_linguist(event), make_linguist(event)
    track = make_track(make_session(event), linguist=ana)
    starts_at = track.session.starts_at
    for number, (speaks, beside) in enumerate([(ana, maria), (maria, ana)]):
        save(Turn(track=track, linguist=speaks, partner=beside, starts_at=starts_at + timedelta(minutes=30 * number),
                  ends_at=starts_at + timedelta(minutes=30 * number + 30)))  # fmt: skip
    shown = client.get(f"{TEAM}{ana.id}/").text
    assert "2 turns of interpreting" in shown
    assert track.session.title["en"] in shown
    assert "30 min of interpreting" in client.get(TEAM).text

    assert client.post(f"{TEAM}{ana.id}/remove/").status_code == 303
    assert team.members(event) == [maria]
    assert track.linguist is None
    (left,) = db.session.scalars(sa.select(Turn))
    assert (left.linguist, left.partner) == (maria, None)


def test_a_team_comes_over_from_another_event_of_mine_and_from_no_other(client: FlaskClient, event: Event) -> None:
    mine, foreign = make_event(slug="spring"), make_event(slug="elsewhere")
    grant(mine, event.grants[0].account)
    known = make_linguist(event, email="known@example.org")
    make_linguist(mine, "ro:A fr:C", email="new@example.org", coordinates=True)
    make_linguist(mine, email="known@example.org")
    make_linguist(foreign, email="foreign@example.org")

    assert client.post(f"{TEAM}take-over/", data={"source": str(foreign.id)}).status_code == 404
    assert client.post(f"{TEAM}take-over/", data={"source": str(mine.id)}).status_code == 303
    assert [row.email for row in team.members(event)] == ["known@example.org", "new@example.org"]
    new = next(row for row in team.members(event) if row is not known)
    assert [(skill.language, skill.grade.value) for skill in new.skills] == [("ro", "A"), ("fr", "C")]
    assert not new.coordinates
    assert new.token(LinkPurpose.PAGE)


def test_an_organiser_works_in_the_team_by_a_page_of_their_own(client: FlaskClient, event: Event) -> None:
    pages = {client.post(f"{TEAM}me/").location for _time in range(2)}
    assert pages == {f"/en/language-team/{member().token(LinkPurpose.PAGE)}/"}
    assert member().coordinates


@pytest.mark.parametrize("role", [Role.READER, Role.DOOR, None])
def test_who_is_no_organiser_any_more_coordinates_nothing_by_the_link_they_kept(
    client: FlaskClient, event: Event, role: Role | None
) -> None:
    stream = make_stream(make_session(event))
    draft = beginning.empty(stream.track.session, "en", "Ana")
    client.post(f"{TEAM}me/")
    own = f"/en/language-team/{member().token(LinkPurpose.PAGE)}/"
    addresses = (f"{own}captions/{stream.id}/", f"{own}subtitles/{draft.id}/")
    assert [client.get(address).status_code for address in addresses] == [200, 200]
    if role:
        event.grants[0].role = role
    else:
        event.grants.clear()
    db.session.commit()
    assert [client.get(address).status_code for address in addresses] == [403, 403]
    assert client.post(addresses[0], data={"act": "take"}).status_code == 403
    assert drafts.open_to(member()) == []


def test_a_reader_sees_the_team_without_addresses_and_changes_nothing(client: FlaskClient, event: Event) -> None:
    linguist = make_linguist(event)
    reader = make_account()
    grant(event, reader, Role.READER)
    sign_in(client, reader)
    shown = client.get(TEAM).text
    assert linguist.name in shown
    assert linguist.email not in shown
    assert linguist.token(LinkPurpose.PAGE) not in shown


def test_strangers_other_roles_and_other_methods_change_nothing(client: FlaskClient, event: Event) -> None:
    linguist = make_linguist(event)
    reader, nobody = make_account(), make_account()
    grant(event, reader, Role.READER)
    one = f"{linguist.id}/"
    for path in ("new/", one, f"{one}remove/", f"{one}invite/", f"{one}link/", "take-over/", "me/"):
        assert client.delete(TEAM + path).status_code == 405
        assert client.application.test_client().post(TEAM + path, data=ANA).status_code == 302
        for account, status in ((reader, 403), (nobody, 404)):
            sign_in(client, account)
            assert client.post(TEAM + path, data=ANA).status_code == status, path
    assert team.members(event) == [linguist]
    assert letters(team_letters.INVITATION) == []


def test_a_member_of_another_event_is_not_found_at_mine(client: FlaskClient, event: Event) -> None:
    other = make_linguist(make_event())
    for rest in ("", "remove/", "invite/", "link/"):
        assert client.post(f"{TEAM}{other.id}/{rest}", data=ANA).status_code == 404
    assert db.session.get(Linguist, other.id) is not None


def test_several_tracks_given_one_after_the_other_are_one_letter_that_tells_what_still_holds(
    client: FlaskClient, event: Event
) -> None:
    ana, maria = make_linguist(event, zone="America/New_York"), make_linguist(event)
    tracks = [make_track(make_session(event), kind=TrackKind.CAPTIONS) for _number in range(3)]
    for track in tracks:
        give(track, ana)
    give(tracks[1], maria)
    (to_ana,) = (letter for letter in letters(team_letters.ASSIGNED) if letter.recipient == ana.email)
    told = write(to_ana).text
    assert [track.session.title["en"] in told for track in tracks] == [True, False, True]
    assert "10 Mar 2027, 03:00 (New York)" in told
    assert "10 Mar 2027, 10:00 (Bucharest)" in told

    for track in tracks:
        give(track, None)
    with pytest.raises(team_letters.Stale):
        write(to_ana)


def give(track: LanguageTrack, linguist: Linguist | None) -> None:
    plan.assign(track, linguist)
    db.session.commit()


def test_hours_that_touch_are_one_stretch() -> None:
    hour = timedelta(hours=1)
    assert team.joined([(NOON, NOON + hour), (NINE, NOON), (NOON + 3 * hour, NOON + 4 * hour)]) == [
        (NINE, NOON + hour), (NOON + 3 * hour, NOON + 4 * hour),
    ]  # fmt: skip


def test_nobody_has_a_load_before_they_are_given_any(event: Event) -> None:
    make_linguist(event)
    assert duties.loads(event) == {}
