"""The object-level permission check of everything that belongs to an event, in one place."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import sqlalchemy as sa
from flask import abort, g

from app.events import service
from app.events.models import Event, Grant
from app.extensions import db
from app.people.guard import View, current_account, declare, to_sign_in
from app.people.models import Account, Role
from app.people.permissions import Action, may


def organiser(action: Action) -> Callable[[View], View]:
    """Loads the Event named by the address's `event` and hands it to the view as `event`, if the account may.

    Nobody signed in: to the sign-in page. An event that does not exist, or in which the account is nothing: 404,
    which tells a stranger no more than a wrong address would. A role that may not do this: 403.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, event: str, **kwargs: Any) -> Any:
            account = current_account()
            if account is None:
                return to_sign_in()
            found = db.session.scalar(sa.select(Event).where(Event.slug == event))
            role = role_in(found, account) if found else None
            if found is None or (role is None and not account.is_admin):
                abort(404)
            if not may(account, action, role):
                abort(403)
            return view(*args, event=found, **kwargs)

        return declare(guarded, action.value)  # type: ignore[return-value]

    return decorate


def event_maker(view: View) -> View:
    """For who may make events and series: administrators, and whoever runs an event already."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        account = current_account()
        if account is None:
            return to_sign_in()
        if not service.may_create(account):
            abort(403)
        return view(*args, **kwargs)

    return declare(guarded, Action.CREATE_EVENT.value)  # type: ignore[return-value]


def acting_account() -> Account:
    """Who acts, in a view whose guard has seen that somebody is signed in."""
    account = current_account()
    assert account is not None  # noqa: S101 - see above
    return account


def allowed(event: Event, action: Action) -> bool:
    """Whether whoever reads this page may do `action` in the event, for what a template shows."""
    account = current_account()
    if account is None:
        return False
    roles: dict[int, Role | None] = g.setdefault("roles", {})
    if event.id not in roles:
        roles[event.id] = role_in(event, account)
    return may(account, action, roles[event.id])


def role_in(event: Event, account: Account) -> Role | None:
    return db.session.scalar(sa.select(Grant.role).where(Grant.event == event, Grant.account == account))
