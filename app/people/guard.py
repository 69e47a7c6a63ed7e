"""Every view says who may call it, by exactly one of these decorators; a test looks that each does.

`@public`, `@by_link` (a private token in the address is the permission; the view looks it up and answers 404),
`@signed_in`, `@administrator` and `@allowed_to(action)` stand here, `@keeper` for one organisation;
`app.events.guard.organiser(action)` for what belongs to an event.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Response, abort, redirect, request, url_for
from flask_login import current_user

from app.people import organisations
from app.people.models import Account
from app.people.permissions import Action, may, role_to

View = TypeVar("View", bound=Callable[..., Any])


def declare(view: View, authorisation: str) -> View:
    view.authorisation = authorisation  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    return declare(view, "public")


def by_link(view: View) -> View:
    return declare(view, "link")


def signed_in(view: View) -> View:
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if current_account() is None:
            return to_sign_in()
        return view(*args, **kwargs)

    return declare(guarded, "signed-in")  # type: ignore[return-value]


def allowed_to(action: Action) -> Callable[[View], View]:
    """For what belongs to the site, not to an event."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            account = current_account()
            if account is None:
                return to_sign_in()
            if not may(account, action):
                abort(403)
            return view(*args, **kwargs)

        return declare(guarded, action.value)  # type: ignore[return-value]

    return decorate


administrator = allowed_to(Action.ADMINISTER)


def keeper(view: View) -> View:
    """Hands the Organisation named by the address to the view as `organisation`, if the account may edit it."""

    @wraps(view)
    def guarded(*args: Any, organisation: str, **kwargs: Any) -> Any:
        account = current_account()
        if account is None:
            return to_sign_in()
        found = organisations.by_slug(organisation)
        if found is None:
            abort(404)
        if not may(account, Action.EDIT_ORGANISATION, role_to(found, account)):
            abort(403)
        return view(*args, organisation=found, **kwargs)

    return declare(guarded, Action.EDIT_ORGANISATION.value)  # type: ignore[return-value]


def current_account() -> Account | None:
    """Whoever is signed in."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def whoever() -> Account:
    """The account that the guard of this view has let in."""
    account = current_account()
    assert account is not None  # noqa: S101 - the guard has seen to it
    return account


def to_sign_in() -> Response:
    """Back to where one was after signing in; a form that was sent must be sent again."""
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("people.sign_in", next=target))  # type: ignore[return-value]
