"""Who is told what, and when: confirmations, reminders, changes."""

from flask import Flask
from flask_babel import lazy_gettext as _l


def init_app(app: Flask) -> None:
    from app.events.signals import event_changed
    from app.events.tabs import Group, add_tab
    from app.languages.signals import track_came_back, track_fell_through
    from app.lib.http import language_prefix
    from app.people.permissions import Action
    from app.registration.signals import (
        address_changed,
        registration_cancelled,
        registration_confirmed,
        taken_off_agenda,
    )
    from app.reminders import (  # noqa: F401 - the renderers register themselves
        after_letters,
        agenda_letters,
        changes,
        clocks,
        language_letters,
        languages,
        letters,
        manage,
        message_letters,
        news,
        regrouped,
        reminder_letters,
        rules,
        team_letters,
    )
    from app.schedule.signals import session_changed, session_merged, session_split

    registration_confirmed.connect(letters.welcome)
    registration_cancelled.connect(letters.goodbye)
    address_changed.connect(letters.welcome_at_new_address)
    taken_off_agenda.connect(agenda_letters.note_taken_off)
    session_changed.connect(news.note_session)
    session_merged.connect(regrouped.note_merged)
    session_split.connect(regrouped.note_split)
    event_changed.connect(news.note_event)
    track_fell_through.connect(languages.note)
    track_came_back.connect(languages.note)
    app.register_blueprint(manage.blueprint, url_prefix=language_prefix(app))
    add_tab("reminders_manage.all_rules", _l("Reminders"), Action.SEE_EVENT, Group.LETTERS, 0)
    add_tab("reminders_manage.all_messages", _l("Messages"), Action.EDIT_EVENT, Group.LETTERS, 10)
    add_tab("reminders_manage.letters", _l("What was sent"), Action.SEE_REGISTRATIONS, Group.LETTERS, 20)
