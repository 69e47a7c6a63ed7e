"""Polyforum: free webinars and conferences in many languages."""

import gc
from collections.abc import Mapping

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

OBJECTS = 50_000
"""How many new objects make it worth looking for garbage. The modules alone make hundreds of thousands that stay; to
look through them after every 700, as Python has it, took a sixth of the start."""


def create_app(settings: Mapping[str, object] | None = None) -> Flask:
    """The application, from the environment; `settings` override single values."""
    gc.set_threshold(OBJECTS)
    from app import (
        calendar,
        events,
        exchange,
        feedback,
        languages,
        live,
        mail,
        people,
        registration,
        reminders,
        schedule,
        site,
        speakers,
    )
    from app.config import Config
    from app.extensions import Sessions, babel, bell, csrf, db, limiter, login, signer
    from app.lib import http, present
    from app.lib.door import Door

    app = http.Site(__name__, static_folder=None)
    app.config.from_object(Config())
    app.config.update(settings or {})
    app.logger.setLevel(app.config["LOG_LEVEL"])
    app.session_interface = Sessions()

    app.wsgi_app = Door(app)  # type: ignore[method-assign]
    if proxies := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]

    for extension in (db, login, csrf, limiter, signer, bell):
        extension.init_app(app)
    babel.init_app(app, locale_selector=http.page_language)
    http.init_app(app)
    present.init_app(app)
    # From the bottom of the house to its top, so that upper rooms connect to what stands.
    below = (mail, people, events, speakers, schedule, registration, languages, calendar, feedback)
    for room in (*below, reminders, live, exchange, site):
        room.init_app(app)
    return app
