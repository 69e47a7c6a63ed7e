"""Who may do what: the one table, and the one question."""

import enum

from app.people.models import Account, Organisation, Role


class Action(enum.StrEnum):
    ADMINISTER = "administer"  # Accounts, roles of the site, new events and series.
    CREATE_EVENT = "create-event"  # New events and series: by whoever already runs an event here.
    SEE_EVENT = "see-event"  # The organisers' pages of an event, drafts included.
    EDIT_EVENT = "edit-event"  # Its facts, themes, rooms, hosts, state.
    EDIT_PROGRAMME = "edit-programme"  # Sessions, speakers, languages, subtitles; cancelling and moving.
    SEE_REGISTRATIONS = "see-registrations"  # Names and addresses of registered people.
    CHECK_IN = "check-in"  # At the door: who is registered, by name alone, and that they came.
    GRANT_ROLES = "grant-roles"
    EDIT_OWN_PROFILE = "edit-own-profile"  # One's own speaker profile.
    ADD_ORGANISATION = "add-organisation"
    EDIT_ORGANISATION = "edit-organisation"


ANY_ACCOUNT: frozenset[Role | None] = frozenset({None, *Role})
ALLOWED: dict[Action, frozenset[Role | None]] = {
    Action.ADMINISTER: frozenset(),
    Action.CREATE_EVENT: frozenset({Role.OWNER, Role.ORGANISER}),
    Action.SEE_EVENT: frozenset({Role.OWNER, Role.ORGANISER, Role.READER}),
    Action.EDIT_EVENT: frozenset({Role.OWNER, Role.ORGANISER}),
    Action.EDIT_PROGRAMME: frozenset({Role.OWNER, Role.ORGANISER}),
    Action.SEE_REGISTRATIONS: frozenset({Role.OWNER, Role.ORGANISER}),
    Action.CHECK_IN: frozenset({Role.OWNER, Role.ORGANISER, Role.DOOR}),
    Action.GRANT_ROLES: frozenset({Role.OWNER}),
    Action.EDIT_OWN_PROFILE: frozenset({Role.SPEAKER}),
    Action.ADD_ORGANISATION: ANY_ACCOUNT,
    Action.EDIT_ORGANISATION: frozenset({Role.OWNER}),
}


def may(account: Account | None, action: Action, role: Role | None = None) -> bool:
    """Whether an account that is `role` to the thing at hand may do `action`. Administrators may all."""
    if account is None:
        return False
    return account.is_admin or role in ALLOWED[action]


def role_to(organisation: Organisation, account: Account) -> Role | None:
    """Who added an organisation owns its entry. (What an account is to an event stands in its grants.)"""
    return Role.OWNER if organisation.added_by_id == account.id else None
