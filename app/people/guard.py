"""Every view says who may call it, by exactly one of these decorators; a test looks that each does.

`@public`, `@by_link` (a private token in the address is the permission; the view looks it up and answers 404) and
`@signed_in` stand here; `app.events.guard.organiser(action)` for what belongs to an event.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Response, abort, redirect, request, url_for
from flask_login import current_user

from app.people.models import Account
from app.people.permissions import Action, may

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


def administrator(view: View) -> View:
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        account = current_account()
        if account is None:
            return to_sign_in()
        if not may(account, Action.ADMINISTER):
            abort(403)
        return view(*args, **kwargs)

    return declare(guarded, Action.ADMINISTER.value)  # type: ignore[return-value]


def current_account() -> Account | None:
    return current_user._get_current_object() if current_user.is_authenticated else None


def to_sign_in() -> Response:
    """Back to where one was after signing in; a form that was sent must be sent again."""
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("people.sign_in", next=target))  # type: ignore[return-value]
