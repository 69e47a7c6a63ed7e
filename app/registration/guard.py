"""A private link in the address is the permission; one decorator looks it up."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, abort, make_response, redirect, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import Gone, HTTPException, NotFound

from app.events.guard import allowed
from app.people.guard import View, by_link, current_account, declare, to_sign_in
from app.people.permissions import Action
from app.registration.links import by_token, link_of
from app.registration.models import Purpose, RegistrationLink


def holder(purpose: Purpose = Purpose.PAGE, *, confirmed: bool = False) -> Callable[[View], View]:
    """Loads the Registration whose link of this purpose the address's `token` is, as `registration`.

    Unknown: 404. Revoked: 410. Where it must be `confirmed` and is not, back to its page, which says why. What is
    answered is kept by nobody, found by no search engine, and tells no other site its address.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, token: str, **kwargs: Any) -> Any:
            registration = in_force(link_of(token, purpose)).registration
            if confirmed and not registration.is_confirmed:
                return keep_private(redirect(url_for("personal.page", token=token)))
            return keep_private(view(*args, registration=registration, **kwargs))

        return by_link(guarded)  # type: ignore[return-value]

    return decorate


def at_door(view: View) -> View:
    """For who checks people in: loads the Registration whose ticket the address's `token` is, as `registration`.

    Nobody signed in: to the sign-in page, whatever the token. Whoever may not, and a ticket that is none: 404.
    """

    @wraps(view)
    def guarded(*args: Any, token: str, **kwargs: Any) -> Any:
        account = current_account()
        if account is None:
            return to_sign_in()
        registration = by_token(token, Purpose.TICKET)
        if registration is None or not allowed(registration.event, Action.CHECK_IN):
            abort(404)
        return keep_private(view(*args, registration=registration, **kwargs))

    return declare(guarded, Action.CHECK_IN.value)  # type: ignore[return-value]


def in_force(link: RegistrationLink | None) -> RegistrationLink:
    if link is None:
        message = _("There is no registration at this address. Open the link in our letter once more.")
        raise said(NotFound, message, url_for("registration.links"))
    if link.revoked_at is not None:
        message = _("This link was replaced by a new one. Open the link in our latest letter.")
        raise said(Gone, message, url_for("registration.link", event=link.registration.event.slug))
    return link


def said(kind: type[HTTPException], message: str, ask_link: str = "") -> HTTPException:
    """An error whose message is ours and in the reader's language; `ask_link`: where a new link is to be had."""
    error = kind(message)
    error.for_reader = True  # type: ignore[attr-defined]
    error.ask_link = ask_link  # type: ignore[attr-defined]
    return error


def keep_private(answer: Any) -> Response:
    response = make_response(answer)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
