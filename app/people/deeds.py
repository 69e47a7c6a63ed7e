"""What the audit trail calls each action that any room records, in the reader's language."""

from datetime import datetime

from flask_babel import lazy_gettext as _l

from app.lib.present import moment

DEEDS = {
    "account.created": _l("Account made"),
    "account.invited": _l("Person invited to organise"),
    "account.signed-in": _l("Signed in"),
    "account.password-set": _l("Password set"),
    "account.made-administrator": _l("Made an administrator"),
    "account.unmade-administrator": _l("No longer an administrator"),
    "organisation.added": _l("Organisation added"),
    "organisation.edited": _l("Organisation changed"),
    "organisation.involved": _l("Organisation joined to the event"),
    "organisation.released": _l("Organisation taken out of the event"),
    "series.created": _l("Series made"),
    "series.edited": _l("Series changed"),
    "event.created": _l("Event made"),
    "event.edited": _l("Facts of the event changed"),
    "event.published": _l("Event published"),
    "event.archived": _l("Event archived"),
    "event.cancelled": _l("Event cancelled"),
    "event.postponed": _l("Event postponed"),
    "event.restored": _l("Event takes place after all"),
    "role.given": _l("Role given"),
    "role.taken": _l("Role taken away"),
    "theme.added": _l("Theme added"),
    "theme.edited": _l("Theme changed"),
    "theme.deleted": _l("Theme deleted"),
    "room.added": _l("Room added"),
    "room.edited": _l("Room changed"),
    "room.deleted": _l("Room deleted"),
    "session.created": _l("Session made"),
    "session.edited": _l("Session changed"),
    "session.moved": _l("Session moved"),
    "session.cancelled": _l("Session cancelled"),
    "session.postponed": _l("Session postponed"),
    "session.restored": _l("Session takes place after all"),
    "session.deleted": _l("Session deleted"),
    "speaker.created": _l("Speaker added"),
    "speaker.edited": _l("Speaker changed"),
    "speaker.deleted": _l("Speaker deleted"),
    "speaker.invited": _l("Speaker invited to edit their profile"),
    "track.added": _l("Language track added"),
    "track.changed": _l("Language track changed"),
    "track.removed": _l("Language track removed"),
    "track.moved": _l("State of a language track changed"),
    "track.assigned": _l("Somebody made responsible for a language track"),
    "subtitles.kept": _l("Subtitles uploaded"),
    "subtitles.removed": _l("Subtitles removed"),
    "linguist.added": _l("Person added to the language team"),
    "linguist.changed": _l("Person of the language team changed"),
    "linguist.removed": _l("Person taken out of the language team"),
    "linguist.invited": _l("Private link sent to a person of the language team"),
    "linguist.link-replaced": _l("Private link of a person of the language team replaced"),
    "linguist.taken-over": _l("Language team taken over from another event"),
    "linguist.told": _l("Person of the language team changed languages or hours"),
    "linguist.confirmed": _l("Person of the language team confirmed a track"),
    "linguist.declined": _l("Person of the language team cannot do a track"),
    "term.added": _l("Term added to the glossary"),
    "term.changed": _l("Term of the glossary changed"),
    "term.removed": _l("Term of the glossary removed"),
    "glossary.imported": _l("Glossary imported"),
    "draft.begun": _l("Draft of subtitles begun"),
    "draft.taken-in": _l("File taken into a draft of subtitles"),
    "draft.deleted": _l("Draft of subtitles deleted"),
    "draft.published": _l("Draft of subtitles published"),
    "question.added": _l("Question of the form added"),
    "question.edited": _l("Question of the form changed"),
    "question.removed": _l("Question of the form removed, with its answers"),
    "attendance.marked": _l("Attendance marked by hand"),
    "attendance.unmarked": _l("Attendance taken back"),
    "certificates.set": _l("Rules for certificates changed"),
    "certificates.sent": _l("Certificates sent"),
    "certificate.renewed": _l("Certificate renewed"),
    "registration.cancelled": _l("Registration cancelled"),
    "registration.approved": _l("Registration approved"),
    "registration.declined": _l("Registration declined"),
    "registration.link-sent": _l("Letter with the private link sent again"),
    "registration.changed": _l("Registration changed"),
    "registration.entered": _l("Person registered by an organiser"),
    "registration.erased": _l("Registrations deleted for good"),
    "admission.changed": _l("Admission changed"),
    "code.made": _l("Codes made"),
    "code.invited": _l("People invited"),
    "code.revoked": _l("Code revoked"),
    "registrations.imported": _l("Registrations imported"),
    "registrations.exported": _l("Registrations exported"),
    "schedule.imported": _l("Schedule imported"),
}


def deed(action: str) -> str:
    """An action in words; one that an older or newer version recorded stays as it is."""
    return str(DEEDS.get(action, action))


def written_moment(written: str | None, zone: str) -> str:
    """A moment as an entry's detail holds it, for people."""
    return moment(datetime.fromisoformat(written), zone) if written else "–"
