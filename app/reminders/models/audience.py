"""Whom a reminder or a message is for."""

import enum

from flask_babel import lazy_gettext as _l


class AudienceKind(enum.StrEnum):
    ALL = "all"  # Confirmed registrations.
    BOOKED = "booked"  # Who has the session on their agenda; all of a webinar. Value: the session, for messages.
    THEME = "theme"  # Who has a session of the theme on their agenda. Value: the theme.
    LANGUAGE = "language"  # Who reads this language. Value: its tag.
    SPEAKERS = "speakers"
    INTERPRETERS = "interpreters"  # The language team, with all its crafts.
    UNCONFIRMED = "unconfirmed"
    WAITING = "waiting"
    PRESENT = "present"  # Attended the session, or anything of the event.
    ABSENT = "absent"  # Confirmed, and attended nothing.

    @property
    def label(self) -> str:
        return str({
            AudienceKind.ALL: _l("All who registered"), AudienceKind.BOOKED: _l("Who chose the session"),
            AudienceKind.THEME: _l("Who chose sessions of a theme"), AudienceKind.LANGUAGE: _l("Who reads a language"),
            AudienceKind.SPEAKERS: _l("Speakers"), AudienceKind.INTERPRETERS: _l("The language team"),
            AudienceKind.UNCONFIRMED: _l("Who has not confirmed yet"), AudienceKind.WAITING: _l("The waiting list"),
            AudienceKind.PRESENT: _l("Who attended"), AudienceKind.ABSENT: _l("Who did not come"),
        }[self])  # fmt: skip
