"""Free registration without an account: places, confirmation by mail, private links, one's own agenda."""

from flask import Flask
from flask_babel import lazy_gettext as _l


def init_app(app: Flask) -> None:
    from app.events import signals as events
    from app.events.tabs import Group, add_tab
    from app.extensions import csrf
    from app.lib.http import language_prefix
    from app.people.permissions import Action
    from app.registration import (  # noqa: F401 - of letters
        bookings,
        certificate_letter,
        clocks,
        following,
        invitations,
        letters,
        manage,
        views,
        waitlist,
    )
    from app.registration.manage import attendance, door  # noqa: F401
    from app.schedule import signals as schedule

    # More places are offered to who waits in the transaction that makes them.
    events.capacity_changed.connect(waitlist.serve)
    schedule.capacity_changed.connect(bookings.serve)
    app.register_blueprint(views.blueprint, url_prefix=language_prefix(app))
    app.register_blueprint(manage.blueprint, url_prefix=language_prefix(app))
    # For mail programs, which know neither language nor CSRF token (RFC 8058).
    app.add_url_rule(
        "/unsubscribe/<token>", "registration.unsubscribe", csrf.exempt(views.unsubscribe), methods=["GET", "POST"]
    )
    add_tab("registration_manage.asked", _l("Form"), Action.SEE_EVENT, Group.PEOPLE, 20)
    add_tab("registration_manage.registrations", _l("Registrations"), Action.SEE_REGISTRATIONS, Group.PEOPLE, 0)
    add_tab("registration_manage.door", _l("Check-in"), Action.CHECK_IN, Group.PEOPLE, 40)
    add_tab("registration_manage.attended", _l("Attendance"), Action.SEE_REGISTRATIONS, Group.PEOPLE, 50)
    add_tab("registration_manage.admitting", _l("Admission"), Action.EDIT_EVENT, Group.PEOPLE, 30)
