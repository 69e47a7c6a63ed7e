"""A conference that is as large as they get, and one letter of each kind about it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.events.models import EventKind
from app.extensions import db
from app.languages.models import LanguageTrack, Rota, TrackKind, Turn
from app.lib import clock
from app.mail.models import Letter
from app.people.models import Account
from app.registration.models import (
    AccessCode,
    AgendaItem,
    Booking,
    Certificate,
    Claim,
    Purpose,
    Registration,
    RegistrationLink,
    RegistrationState,
)
from app.reminders import rules
from app.reminders.models import AudienceKind, Message, MessageState, Publication, RuleKind
from app.schedule.models import FormerSession
from tests.factories import (
    make_account,
    make_event,
    make_linguist,
    make_registration,
    make_session,
    make_speaker,
    make_track,
    save,
)

START = datetime(2027, 3, 10, 8, tzinfo=UTC)
AFTER = START + timedelta(days=3)
SESSIONS, INTERPRETED = 60, 12
LONG = (
    "Open collections and their readers, described together by libraries, archives and museums of four countries, "
    "with what was learnt on the way & what <nobody> should repeat"
)
ARABIC = "مكتبات مفتوحة للجميع: لقاء سنوي"
TITLE = {"en": LONG, "ro": "Colecții deschise și cititorii lor – " + "împreună " * 12, "ru": "Открытые фонды " * 9}
WORDS = {
    "en": "{name}, **please** [look at this](https://example.org/a?b=1&c=2) first:\n\n- one\n- two\n\n" + LONG,
    "ar": "**" + ARABIC + "**\n\n" + ARABIC * 3,
}
LONG_WORDS = {"en": "\n\n".join([WORDS["en"], *[f"{n}. {LONG}. {LONG}." for n in range(60)]])}


class World:
    """`letters` has the payload of each kind, with who gets it."""

    def __init__(self) -> None:
        self.letters: dict[str, tuple[str, dict[str, Any]]] = {}
        self.event = make_event(
            kind=EventKind.CONFERENCE, title=TITLE, zone="Europe/Bucharest", starts_on=date(2027, 3, 10),
            ends_on=date(2027, 3, 12), languages=["en", "ro", "ru"],
        )  # fmt: skip
        self.sessions = [
            make_session(
                self.event, slug=f"a-session-with-a-long-address-{n}",
                title={"en": f"{n}. {LONG}"} if n else {"ar": ARABIC},
                starts_at=START + timedelta(minutes=5 * n), join_url="https://meet.example.org/j/1",
                join_phone="+40 21 555 01 00", join_passcode="1234567890", recording_url="https://media.example.org/1",
            )
            for n in range(SESSIONS)
        ]  # fmt: skip
        self.linguist = make_linguist(self.event, name="Ioana Pop", zone="America/St_Johns", language="en")
        self.tracks = [
            LanguageTrack(
                session=session, language=language, kind=TrackKind.INTERPRETATION, linguist=self.linguist,
                url=f"https://meet.example.org/{language}",
            )
            for session in self.sessions[:INTERPRETED] for language in ("ro", "ru", "uk", "fr")
        ]  # fmt: skip
        db.session.add_all(self.tracks)
        self.person = self.registered()
        for session in self.sessions[:-3]:
            db.session.add(AgendaItem(registration=self.person, session=session))
        self.speaker = make_speaker(self.event, *self.sessions, email="speaker@example.org", zone="Asia/Kathmandu")
        db.session.commit()
        self._of_registrations()
        self._of_rules()
        self._of_changes()
        self._of_the_team()
        self._of_accounts()
        db.session.commit()

    def registered(self, **values: Any) -> Registration:
        return make_registration(self.event, name="Ana-Maria Ștefănescu", zone="America/St_Johns", **values)

    def add(self, kind: str, to: str, **payload: Any) -> None:
        self.letters[kind] = to, payload

    def _of_registrations(self) -> None:
        session = self.sessions[0]
        later = START - timedelta(days=1)
        for kind, state in (
            ("confirm", RegistrationState.PENDING), ("known", RegistrationState.CONFIRMED),
            ("requested", RegistrationState.REQUESTED), ("declined", RegistrationState.DECLINED),
            ("waiting", RegistrationState.WAITING), ("offer", RegistrationState.PENDING),
            ("passed-on", RegistrationState.LAPSED), ("new-address", RegistrationState.CONFIRMED),
            ("booking-offer", RegistrationState.CONFIRMED), ("booking-passed-on", RegistrationState.CONFIRMED),
            ("certificate", RegistrationState.CONFIRMED),
        ):  # fmt: skip
            registration = self.registered(
                state=state, held_until=later, queue_number=7, new_email=f"{kind}@new.example.org"
            )
            registration.links.append(RegistrationLink(token=f"{kind}-token", purpose=Purpose.NEW_ADDRESS))
            booking = save(Booking(registration=registration, session=session, claim=Claim.OFFERED, held_until=later))
            to = registration.new_email if kind == "new-address" else registration.email
            self.add(
                f"registration.{kind}", to, registration=registration.id, attempt=registration.attempt,
                booking=booking.id, session=session.id,
            )  # fmt: skip
        db.session.add(Certificate(
            event_id=self.event.id, registration_id=registration.id, name=registration.name, language="en",
            minutes=600, sessions=[{"title": LONG, "language": "en", "day": "2027-03-10"}] * SESSIONS,
        ))  # fmt: skip
        code = save(AccessCode(event=self.event, code="OPEN-2027", email="guest@example.org", expires_at=later))
        self.add("registration.invitation", code.email, code=code.id)
        cancelled = self.registered(state=RegistrationState.CANCELLED)
        for kind, one in (("welcome", self.person), ("cancelled", cancelled)):
            self.add(f"reminders.{kind}", one.email, registration_id=one.id, attempt=one.attempt)

    def _of_rules(self) -> None:
        day, *_, thanks, recording = rules.of_event(self.event)
        for rule in rules.of_event(self.event):
            rule.text = WORDS
        of_agenda = next(rule for rule in rules.of_event(self.event) if rule.audience is AudienceKind.BOOKED)
        of_speakers = next(rule for rule in rules.of_event(self.event) if rule.audience is AudienceKind.SPEAKERS)
        until = AFTER.timestamp() + 9e6
        starts = {str(session.id): int(session.starts_at.timestamp()) for session in self.sessions}
        about = {"sessions": starts, "untils": dict.fromkeys(starts, until), "until": until}
        me = {"role": "registration", "number": self.person.id}
        thanks.audience = AudienceKind.ALL
        self.add("reminders.event", self.person.email, **day.payload, start=int(START.timestamp()), until=until, **me)
        self.add("reminders.agenda", self.person.email, **of_agenda.payload, **me, **about)
        self.add("reminders.speaker", self.speaker.email, **of_speakers.payload, role="speaker",
                 number=self.speaker.id, **about)  # fmt: skip
        self.add("reminders.thanks", self.person.email, **thanks.payload, **me, until=until)
        self.add("reminders.feedback", self.person.email, **thanks.payload, **me, until=until)
        published = [Publication(session=session) for session in self.sessions]
        db.session.add_all(published)
        db.session.flush()
        self.add(
            "reminders.recording",
            self.person.email,
            **recording.payload,
            publications=[one.id for one in published],
            **me,
        )
        self.add("reminders.rule-test", "me@example.org", rule=of_agenda.id, reads="en", zone="Asia/Kathmandu")
        message = save(Message(event=self.event, subject={"en": LONG}, text=LONG_WORDS, state=MessageState.SENDING))
        self.add("reminders.message", self.person.email, message=message.id, number=self.person.id)
        self.add("reminders.message-test", "me@example.org", message=message.id, reads="en", zone="Asia/Kathmandu")
        assert (thanks.kind, recording.kind) == (RuleKind.THANKS, RuleKind.RECORDING)

    def _of_changes(self) -> None:
        starts = [(session.id, int(session.starts_at.timestamp())) for session in self.sessions]
        facts = [
            {"session_id": number, "change": "moved", "start": start, "previous": start - 3600, "since": 0}
            for number, start in starts
        ]  # fmt: skip
        me = {"registration_id": self.person.id, "event_id": self.event.id}
        self.add("reminders.change", self.person.email, changes=facts, **me)
        told = {str(track.id): True for track in self.tracks}
        self.add("reminders.languages", self.person.email, tracks=told, registration_id=self.person.id)
        self.add("reminders.languages-told", "contact@example.org", tracks=told, told=1234)
        off = [session.id for session in self.sessions[-3:]]
        self.add("reminders.off-agenda", self.person.email, registration_id=self.person.id, sessions=off)
        former = save(FormerSession(
            event=self.event, guid="gone", slug="gone", title={"en": LONG}, starts_at=START, sequence=3,
            ends_at=START + timedelta(hours=1), became=self.sessions[1],
        ))  # fmt: skip
        self.add("reminders.merged", self.person.email, former_id=former.id, mailed=True, **me)
        first, second = self.sessions[:2]
        self.add("reminders.split", self.person.email, first_id=first.id, second_id=second.id, **me)

    def _of_the_team(self) -> None:
        to, number = self.linguist.email, self.linguist.id
        save(Rota(event=self.event, told_at=clock.now()))
        for track in self.tracks:
            start, half = track.session.starts_at, timedelta(minutes=30)
            db.session.add(Turn(track=track, linguist=self.linguist, starts_at=start, ends_at=start + half))
        declined = make_track(self.sessions[0], language="bg")
        self.add("reminders.team", to, linguist=number, start=int(START.timestamp()), until=START.timestamp())
        self.add("languages.invitation", to, linguist=number)
        self.add("languages.track-assigned", to, linguist=number, tracks=[track.id for track in self.tracks])
        self.add("languages.track-declined", "contact@example.org", track=declined.id, name="Ioana Pop", reason=LONG,
                 email=to)  # fmt: skip
        self.add("languages.rota", to, linguist=number, is_change=True)

    def _of_accounts(self) -> None:
        account: Account = make_account(email="nadia@example.org", name="Nadia Kovalenko")
        self.add("people.link", account.email, purpose="sign-in")
        self.speaker.account = account
        self.add("speakers.invitation", account.email, speaker=self.speaker.id)


def letter(kind: str, language: str, to: str, payload: dict[str, Any]) -> Letter:
    return Letter(
        id=1, key=kind, kind=kind, recipient=to, recipient_name="Ana-Maria Ștefănescu", language=language,
        payload=payload, created_at=clock.now(), message_id="<1@polyforum>",
    )  # fmt: skip
