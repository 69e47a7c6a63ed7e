"""Who may do what: the one table, and the one question."""

import enum

from app.people.models import Account, Role


class Action(enum.StrEnum):
    ADMINISTER = "administer"  # Accounts, organisations, new events and series.
    SEE_EVENT = "see-event"  # The organisers' pages of an event, drafts included.
    EDIT_EVENT = "edit-event"  # Its facts, themes, rooms, hosts, state.
    EDIT_PROGRAMME = "edit-programme"  # Sessions, speakers, languages, subtitles; cancelling and moving.
    SEE_REGISTRATIONS = "see-registrations"  # Names and addresses of registered people.
    GRANT_ROLES = "grant-roles"
    EDIT_OWN_PROFILE = "edit-own-profile"  # One's own speaker profile.


ALLOWED: dict[Action, frozenset[Role]] = {
    Action.ADMINISTER: frozenset(),
    Action.SEE_EVENT: frozenset({Role.OWNER, Role.ORGANISER, Role.READER}),
    Action.EDIT_EVENT: frozenset({Role.OWNER, Role.ORGANISER}),
    Action.EDIT_PROGRAMME: frozenset({Role.OWNER, Role.ORGANISER}),
    Action.SEE_REGISTRATIONS: frozenset({Role.OWNER, Role.ORGANISER}),
    Action.GRANT_ROLES: frozenset({Role.OWNER}),
    Action.EDIT_OWN_PROFILE: frozenset({Role.SPEAKER}),
}


def may(account: Account | None, action: Action, role: Role | None = None) -> bool:
    """Whether an account whose role in the event at hand is `role` may do `action`. Administrators may all."""
    if account is None:
        return False
    return account.is_admin or role in ALLOWED[action]
