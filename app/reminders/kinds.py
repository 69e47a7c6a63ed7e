"""What organisers call the letters that any room writes about an event."""

from flask_babel import lazy_gettext as _l

KINDS = {
    "registration.confirm": _l("Please confirm"),
    "registration.known": _l("Already registered"),
    "registration.new-address": _l("New address to confirm"),
    "registration.requested": _l("Registration waits for approval"),
    "registration.declined": _l("Registration declined"),
    "registration.waiting": _l("On the waiting list"),
    "registration.offer": _l("A place came free"),
    "registration.passed-on": _l("Place passed on"),
    "registration.booking-offer": _l("A place in a session came free"),
    "registration.booking-passed-on": _l("Place in a session passed on"),
    "registration.invitation": _l("Invitation with a code"),
    "registration.certificate": _l("Certificate"),
    "reminders.welcome": _l("You are registered"),
    "reminders.cancelled": _l("Registration cancelled"),
    "reminders.event": _l("Reminder of the event"),
    "reminders.agenda": _l("Reminder of sessions"),
    "reminders.change": _l("Change in the programme"),
    "reminders.merged": _l("Session part of another now"),
    "reminders.split": _l("Session in two parts now"),
    "reminders.languages": _l("Change of languages"),
    "reminders.languages-told": _l("Change of languages, to organisers"),
    "reminders.team": _l("Reminder to the language team"),
    "reminders.speaker": _l("Reminder to speakers"),
    "reminders.off-agenda": _l("Session taken off the agenda"),
    "reminders.thanks": _l("Thanks"),
    "reminders.recording": _l("Recordings are there"),
    "reminders.feedback": _l("Request for feedback"),
    "reminders.rule-test": _l("Test of a reminder"),
    "reminders.message": _l("Message to a group"),
    "reminders.message-test": _l("Test of a message"),
    "languages.invitation": _l("Page of the language team"),
    "languages.rota": _l("Turns in the booths"),
    "languages.track-assigned": _l("Work for the language team"),
    "languages.track-declined": _l("Language team cannot do it"),
    "speakers.invitation": _l("Invitation to edit a profile"),
}


def kind_in_words(kind: str) -> str:
    """One that another version wrote stays as it is."""
    return str(KINDS.get(kind, kind))
