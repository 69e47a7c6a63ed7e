"""What rules bring to whom: one letter for what begins together, and for a person with two roles; and afterwards."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
import sqlalchemy as sa
from flask import Flask

from app.events.models import Event, EventKind, Standing
from app.extensions import db
from app.languages import subtitles
from app.lib import clock
from app.mail.models import Letter, LetterState
from app.registration import admission
from app.registration.models import AgendaItem, Attendance, Registration, RegistrationState, Source
from app.reminders import rules, sweep
from app.reminders.models import Anchor, AudienceKind, Reminding, Rule, RuleKind
from app.schedule.models import EventSession
from app.schedule.service import move_session
from tests.conftest import NOON
from tests.factories import make_account, make_event, make_registration, make_session, make_speaker, make_theme, save
from tests.reminders.reading import html, recipients, text

pytestmark = pytest.mark.both_databases

Run = Callable[[datetime], list[EmailMessage]]
START = datetime(2027, 3, 10, 8, tzinfo=UTC)  # Ten in Bucharest and in Kyiv.
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def webinar(app: Flask) -> Event:
    event = make_event(slug="webinar", title={"en": "Open libraries", "ro": "Biblioteci deschise"})
    make_session(event, starts_at=START, title={"en": "The talk"}, slug="talk", join_url="https://meet.example.org/1")
    return event


@pytest.fixture
def conference(app: Flask) -> Event:
    return make_event(slug="conference", kind=EventKind.CONFERENCE)


def choose(event: Event, *sessions: EventSession, **values: object) -> Registration:
    registration = make_registration(event, **values)
    for session in sessions:
        save(AgendaItem(registration=registration, session=session))
    return registration


def add(event: Event, anchor: Anchor, minutes: int, kind: RuleKind = RuleKind.REMINDER, **values: object) -> Rule:
    return save(Rule(event=event, anchor=anchor, minutes=minutes, kind=kind, **values))


def attend(registration: Registration, session: EventSession | None = None) -> None:
    save(Attendance(registration=registration, session=session, day=START.date(), source=Source.LINK, first_at=NOON,
                    last_at=NOON))  # fmt: skip


# One letter.


def test_a_speaker_is_reminded_of_a_day_in_one_letter_and_of_each_hour_in_another(
    conference: Event, letters_at: Run
) -> None:
    first = make_session(conference, starts_at=START, title={"en": "First"})
    second = make_session(conference, starts_at=START + 4 * HOUR, title={"en": "Second"})
    tomorrow = make_session(conference, starts_at=START + DAY, title={"en": "Tomorrow"})
    make_speaker(conference, first, second, tomorrow, email="s@example.org", zone="Asia/Kolkata")

    (message,) = letters_at(START - DAY)
    for body in (text(message), html(message)):
        for said in ("First", "Second", "13:30", "10:00", "You get this letter because you speak at"):
            assert said in body, said
        assert "Tomorrow" not in body
    assert message["Subject"].startswith("You speak: Event")
    assert message["List-Unsubscribe"] is None
    assert letters_at(START - DAY + 4 * HOUR) == []
    assert ["First" in text(each) for each in letters_at(START - HOUR)] == [True]
    assert ["Tomorrow" in text(each) for each in letters_at(START)] == [True]
    (message,) = letters_at(START + 3 * HOUR)
    assert "Second" in text(message)
    assert "First" not in text(message)


def test_who_speaks_and_is_registered_gets_one_letter_as_a_speaker(conference: Event, letters_at: Run) -> None:
    opening = make_session(conference, starts_at=START, title={"en": "Opening"})
    other = make_session(conference, starts_at=START + 5 * HOUR, title={"en": "Other"})
    choose(conference, opening, other, email="ana@example.org")
    make_speaker(conference, opening, email="Ana@example.org")

    assert [each["Subject"].split(":")[0] for each in letters_at(START - DAY)] == ["You speak"]
    assert [each["Subject"].split(":")[0] for each in letters_at(START - HOUR)] == ["You speak"]
    assert letters_at(START - 30 * MINUTE) == []
    (message,) = letters_at(START + 5 * HOUR - 30 * MINUTE)
    assert "Other" in text(message), "what they listen to they are reminded of as everybody is"


def test_speakers_are_reminded_as_registered_people_where_speakers_are_not_reminded(
    conference: Event, letters_at: Run
) -> None:
    opening = make_session(conference, starts_at=START)
    choose(conference, opening, email="ana@example.org")
    make_speaker(conference, opening, email="ana@example.org")
    db.session.execute(sa.delete(Rule).where(Rule.audience == AudienceKind.SPEAKERS))
    db.session.commit()

    assert [len(letters_at(START - ahead)) for ahead in (DAY, HOUR, HOUR / 2)] == [1, 1, 1]


def test_two_rules_of_the_same_moment_are_one_letter_and_the_words_for_fewer_people_win(
    webinar: Event, letters_at: Run
) -> None:
    add(webinar, Anchor.EVENT_START, -60, audience=AudienceKind.LANGUAGE, audience_value="ro",
        text={"ro": "Luați cu voi apă."})  # fmt: skip
    make_registration(webinar, language="ro", email="ro@example.org")
    make_registration(webinar, language="en", email="en@example.org")

    messages = letters_at(START - HOUR)
    bodies = dict(zip(recipients(messages), map(text, messages), strict=True))
    assert "Luați cu voi apă." in bodies["ro@example.org"]
    assert "Luați" not in bodies["en@example.org"]
    assert len(messages) == 2


def test_a_reminder_of_hours_tells_of_the_whole_day_of_an_agenda(conference: Event, letters_at: Run) -> None:
    add(conference, Anchor.SESSION_START, -5 * 60, audience=AudienceKind.BOOKED)
    sessions = [make_session(conference, starts_at=START + n * 2 * HOUR, title={"en": f"Talk {n}"}) for n in range(5)]
    choose(conference, *sessions)
    save(Reminding(event=conference, quiet_from=0, quiet_to=0))
    letters_at(START - DAY)

    (message,) = letters_at(START - 5 * HOUR)
    assert all(f"Talk {n}" in text(message) for n in range(5))
    assert letters_at(START - 3 * HOUR) == []


def test_a_theme_reminds_those_who_chose_of_it_of_its_sessions_alone(conference: Event, letters_at: Run) -> None:
    theme = make_theme(conference)
    of_theme = make_session(conference, starts_at=START, theme=theme, title={"en": "Of the theme"})
    other = make_session(conference, starts_at=START, title={"en": "Another"})
    choose(conference, of_theme, other, email="both@example.org")
    choose(conference, other, email="other@example.org")
    add(conference, Anchor.SESSION_START, -120, audience=AudienceKind.THEME, audience_value=str(theme.id))

    letters_at(START - DAY)
    (message,) = letters_at(START - 2 * HOUR)
    assert recipients([message]) == ["both@example.org"]
    assert "Of the theme" in text(message)
    assert "Another" not in text(message)


def test_a_webinar_of_two_days_reminds_of_the_second_and_not_of_what_follows_at_once(
    webinar: Event, letters_at: Run
) -> None:
    make_session(webinar, starts_at=START + HOUR, title={"en": "Right after"})
    make_session(webinar, starts_at=START + DAY, title={"en": "The second day"})
    make_registration(webinar)
    letters_at(START - HOUR)

    assert letters_at(START + HOUR / 2) == []
    (message,) = letters_at(START + DAY - HOUR / 2)
    assert "The second day" in text(message)


def test_a_webinar_without_reminders_of_its_own_reminds_of_its_first_session_as_of_any(
    webinar: Event, letters_at: Run
) -> None:
    make_session(webinar, starts_at=START + HOUR, title={"en": "Right after"})
    make_registration(webinar)
    for rule in db.session.scalars(sa.select(Rule).where(Rule.minutes == -60, Rule.audience == AudienceKind.ALL)):
        rule.is_on = False
    db.session.commit()

    assert len(letters_at(START - DAY)) == 1, "the event's own, which is not the one of half an hour before"
    (message,) = letters_at(START - HOUR / 2)
    assert "The talk" in text(message)
    assert letters_at(START + HOUR / 2) == []


def test_a_talk_that_was_put_off_for_months_is_announced_reminded_of_and_thanked_for(
    webinar: Event, letters_at: Run
) -> None:
    talk = db.session.scalars(sa.select(EventSession)).one()
    make_registration(webinar)
    letters_at(START - HOUR)
    then = START + 100 * DAY
    with clock.stopped_at(START - HOUR / 2):
        move_session(talk, then, then + HOUR)
        db.session.commit()
    assert [each["Subject"] for each in letters_at(START)] == ["Moved: The talk"]
    with clock.stopped_at(START + 50 * DAY):
        move_session(talk, then + HOUR, then + 2 * HOUR)
        db.session.commit()
    assert [each["Subject"] for each in letters_at(START + 50 * DAY + HOUR)] == ["Moved: The talk"]

    assert letters_at(START + 90 * DAY) == []
    (day_before,) = letters_at(then + HOUR - DAY)
    (hour_before,) = letters_at(then)
    assert "Reminder: " in day_before["Subject"]
    assert "Reminder: " in hour_before["Subject"]
    assert letters_at(then + 3 * HOUR) == []
    (thanks,) = letters_at(then + 4 * HOUR)
    assert "Thank you for coming" in thanks["Subject"]
    assert "/feedback/" in text(thanks)


# Organisers' words, and what they switch off.


def test_organisers_words_stand_above_the_facts_in_the_readers_language_and_are_marked_if_it_is_another(
    webinar: Event, letters_at: Run
) -> None:
    rule = db.session.scalars(sa.select(Rule).where(Rule.minutes == -60).order_by(Rule.id)).first()
    rule.subject, rule.text = {"en": "See you, {name}", "ro": "Pe curând, {name}"}, {"en": "Bring <b>ink</b>, {name}."}
    db.session.commit()
    make_registration(webinar, name="Ana", language="ro", email="ro@example.org")

    (message,) = letters_at(START - HOUR)
    assert message["Subject"] == "Pe curând, Ana"
    assert "Bring ink, Ana." in text(message)
    assert "Biblioteci deschise" in text(message)
    assert '<div lang="en" dir="ltr"' in html(message)
    assert text(message).index("Bring ink") < text(message).index("The talk")


def test_what_is_switched_off_or_deleted_while_it_waits_is_not_sent(webinar: Event, letters_at: Run) -> None:
    make_registration(webinar)
    with clock.stopped_at(START - DAY):
        sweep.sweep()
        rule = next(rule for rule in rules.of_event(webinar) if rule.minutes == -1440)
        rules.switch(rule, make_account(), False)
        db.session.commit()

    assert letters_at(START - DAY) == []
    assert letters_at(START - DAY + HOUR) == []
    assert db.session.scalars(sa.select(Letter.state)).all() == [LetterState.DROPPED]


@pytest.mark.parametrize("facts", [
    {"kind": RuleKind.FEEDBACK, "anchor": Anchor.EVENT_END, "minutes": 60}, {"minutes": -600},
    {"audience": AudienceKind.LANGUAGE, "audience_value": "ro"},
])  # fmt: skip
def test_what_was_written_by_a_rule_that_is_another_now_is_not_sent(
    webinar: Event, letters_at: Run, facts: dict[str, object]
) -> None:
    make_registration(webinar)
    rule = next(rule for rule in rules.of_event(webinar) if rule.minutes == -1440)
    with clock.stopped_at(START - DAY):
        sweep.sweep()
        db.session.commit()
    with clock.stopped_at(START - DAY + timedelta(seconds=1)):
        rules.change(rule, make_account(), **{"text": {"en": "Come!"}} | facts)
        db.session.commit()

    assert letters_at(START - DAY + MINUTE) == []
    assert "made it another letter" in db.session.scalars(sa.select(Letter)).one().last_error


def test_new_words_for_a_reminder_stand_in_what_waits(webinar: Event, letters_at: Run) -> None:
    make_registration(webinar)
    rule = next(rule for rule in rules.of_event(webinar) if rule.minutes == -1440)
    with clock.stopped_at(START - DAY):
        sweep.sweep()
    with clock.stopped_at(START - DAY + timedelta(seconds=1)):
        rules.change(rule, make_account(), text={"en": "Come!"})
        db.session.commit()

    (message,) = letters_at(START - DAY + MINUTE)
    assert "Come!" in text(message)


def test_a_rule_that_is_made_after_its_moment_makes_nothing_up(webinar: Event, letters_at: Run) -> None:
    make_registration(webinar)
    letters_at(START - DAY)
    add(webinar, Anchor.EVENT_START, -4 * 60, since=START - 3 * HOUR)

    assert letters_at(START - 2 * HOUR) == []


def test_a_change_letter_stands_in_for_the_reminder_of_those_who_got_it(conference: Event, letters_at: Run) -> None:
    opening = make_session(conference, starts_at=START)
    choose(conference, opening, email="chose@example.org")
    choose(conference, email="did-not@example.org")
    with clock.stopped_at(START - 20 * HOUR):
        move_session(opening, START + HOUR, START + 2 * HOUR)
        db.session.commit()

    subjects = {recipients([each])[0]: each["Subject"].split(":")[0] for each in letters_at(START - 19 * HOUR)}
    assert subjects == {"chose@example.org": "Moved", "did-not@example.org": "Reminder"}


def test_who_has_not_confirmed_is_nudged_where_organisers_want_it(webinar: Event, letters_at: Run) -> None:
    nudge = next(rule for rule in rules.of_event(webinar) if rule.audience is AudienceKind.UNCONFIRMED)
    held = START - 2 * DAY
    values = {"state": RegistrationState.PENDING, "confirmed_at": None, "held_until": held}
    make_registration(webinar, email="held@example.org", created_at=NOON, **values)
    make_registration(webinar, email="lapsing@example.org", created_at=NOON, **values | {"held_until": NOON})
    assert letters_at(START - 3 * DAY) == [], "by default nobody is"
    nudge.is_on = True
    db.session.commit()

    (message,) = letters_at(START - 3 * DAY)
    assert recipients([message]) == ["held@example.org"]
    assert message["Subject"] == "Please confirm your place: Open libraries"
    assert "/confirm/" in text(message)
    assert "8 Mar 2027, 10:00" in text(message)


# After the event.


def test_thanks_go_to_those_who_came_with_form_certificate_and_recordings(webinar: Event, letters_at: Run) -> None:
    session = db.session.scalars(sa.select(EventSession)).one()
    came = make_registration(webinar, email="came@example.org")
    make_registration(webinar, email="absent@example.org")
    attend(came, session)
    session.recording_url = "https://video.example.org/1"
    terms = admission.of(webinar)
    terms.certificates = True
    db.session.add(terms)
    db.session.commit()
    letters_at(START)

    assert letters_at(START + 2 * HOUR) == [], "the session takes an hour"
    (message,) = letters_at(START + 3 * HOUR)
    assert recipients([message]) == ["came@example.org"]
    for body in (text(message), html(message)):
        assert "/feedback/" in body
        assert "Your certificate" in body
        assert "http://polyforum.test/en/events/webinar/sessions/talk/" in body
        assert "video.example.org" not in body
    assert message["List-Unsubscribe"] is not None
    assert letters_at(START + 5 * HOUR) == []


def test_where_nobodys_attendance_is_known_all_are_thanked_and_nobody_was_absent(
    webinar: Event, letters_at: Run
) -> None:
    add(webinar, Anchor.EVENT_END, 180, RuleKind.FEEDBACK, audience=AudienceKind.ABSENT)
    registration = make_registration(webinar)
    letters_at(START)

    assert len(letters_at(START + 3 * HOUR)) == 1
    assert letters_at(START + 4 * HOUR) == []
    attend(make_registration(webinar, email="came@example.org"))
    late = {each["To"].addresses[0].addr_spec: each["Subject"] for each in letters_at(START + 5 * HOUR)}
    assert late.keys() == {"came@example.org", registration.email}
    assert "What did you think of it?" in late[registration.email], "now it is known who was absent"


def test_thanks_that_nobody_could_send_for_a_week_are_not_sent(webinar: Event, letters_at: Run) -> None:
    make_registration(webinar)
    letters_at(START)
    assert letters_at(START + 8 * DAY) == []


def test_after_a_session_those_who_chose_it_are_asked(conference: Event, letters_at: Run) -> None:
    add(conference, Anchor.SESSION_END, 30, RuleKind.FEEDBACK, audience=AudienceKind.BOOKED)
    first = make_session(conference, starts_at=START)
    make_session(conference, starts_at=START)
    choose(conference, first, email="chose@example.org")
    choose(conference, email="did-not@example.org")
    letters_at(START)

    assert letters_at(START + HOUR + 29 * MINUTE) == []
    assert recipients(letters_at(START + HOUR + 30 * MINUTE)) == ["chose@example.org"]
    assert letters_at(START + 2 * HOUR) == []


def test_after_a_session_those_who_were_there_are_asked(conference: Event, letters_at: Run) -> None:
    add(conference, Anchor.SESSION_END, 30, RuleKind.FEEDBACK, audience=AudienceKind.PRESENT)
    session = make_session(conference, starts_at=START)
    attend(choose(conference, session, email="came@example.org"), session)
    choose(conference, session, email="did-not@example.org")
    letters_at(START)

    assert recipients(letters_at(START + HOUR + 30 * MINUTE)) == ["came@example.org"]


def test_recordings_and_subtitles_of_a_day_are_one_letter_to_whom_they_concern(
    conference: Event, letters_at: Run
) -> None:
    first, second = (make_session(conference, starts_at=START, title={"en": name}) for name in ("First", "Second"))
    choose(conference, first, second, email="both@example.org")
    choose(conference, second, email="second@example.org", language="ro", zone="Europe/Bucharest")
    choose(conference, email="nothing@example.org")
    after = START + 3 * DAY
    letters_at(START + HOUR)
    with clock.stopped_at(after):
        first.recording_url = "https://video.example.org/1"
        subtitles.keep(second, "ro", b"WEBVTT\n\n00:01.000 --> 00:02.000\nBuna.\n", "second.vtt")
        db.session.commit()
        sweep.sweep()
        db.session.commit()
    second.recording_url = "https://video.example.org/2"
    db.session.commit()

    assert [each for each in letters_at(after + 23 * HOUR) if "recording" in each["Subject"].lower()] == []
    messages = letters_at(after + DAY)
    assert sorted(recipients(messages)) == ["both@example.org", "second@example.org"]
    both, of_second = sorted(messages, key=lambda each: recipients([each]))
    assert both["Subject"] == f"Recordings are there: {conference.title['en']}"
    assert "First" in text(both)
    assert "Second" in text(of_second)
    assert "First" not in text(of_second)
    assert letters_at(after + 3 * DAY) == []
    with clock.stopped_at(after + 4 * DAY):
        subtitles.keep(first, "ro", b"WEBVTT\n\n00:01.000 --> 00:02.000\nBuna.\n", "first.vtt")
        db.session.commit()
        sweep.sweep()
        db.session.commit()
    assert letters_at(after + 6 * DAY) == [], "nobody who reads Romanian chose it"


def test_a_recording_that_is_gone_again_or_an_archive_is_no_news(webinar: Event, letters_at: Run) -> None:
    session = db.session.scalars(sa.select(EventSession)).one()
    make_registration(webinar)
    letters_at(START + 3 * HOUR)
    session.recording_url = "https://video.example.org/1"
    db.session.commit()
    letters_at(START + DAY)
    session.recording_url = ""
    db.session.commit()
    assert letters_at(START + 3 * DAY) == []
    old = make_event(created_at=START + 9 * DAY)
    make_session(old, starts_at=START, recording_url="https://video.example.org/2")
    make_registration(old)
    letters_at(START + 10 * DAY)
    assert letters_at(START + 12 * DAY) == []


@pytest.mark.parametrize("standing", [Standing.CANCELLED, Standing.POSTPONED])
def test_nobody_is_thanked_for_what_did_not_take_place(webinar: Event, letters_at: Run, standing: Standing) -> None:
    make_registration(webinar)
    letters_at(START)
    webinar.standing = standing
    db.session.commit()
    assert letters_at(START + 3 * HOUR) == []
