"""Language tracks: interpretation, captions and subtitles of sessions; transcripts of their recordings."""

from flask import Flask
from flask_babel import lazy_gettext as _l


def init_app(app: Flask) -> None:
    from app.events.tabs import Group, add_tab
    from app.languages import manage, promises, recording, sequence, team_letters, views  # noqa: F401 - they listen
    from app.languages.rota import following, proposing, telling  # noqa: F401 - listens, works and renders
    from app.languages.signals import track_assigned
    from app.lib.http import language_prefix
    from app.people.permissions import Action

    app.register_blueprint(views.files)
    app.register_blueprint(views.pages, url_prefix=language_prefix(app))
    app.register_blueprint(views.team, url_prefix=f"{language_prefix(app)}/language-team")
    app.register_blueprint(manage.blueprint, url_prefix=f"{language_prefix(app)}/manage")
    app.jinja_env.globals.update(recording_plays=recording.plays, recording_is_link=recording.is_link)
    add_tab("languages_manage.matrix", _l("Languages"), Action.SEE_EVENT, Group.LANGUAGES, 0)
    add_tab("languages_manage.members", _l("Language team"), Action.SEE_EVENT, Group.LANGUAGES, 10)
    add_tab("languages_manage.glossary", _l("Glossary"), Action.SEE_EVENT, Group.LANGUAGES, 30)
    add_tab("languages_manage.rota", _l("Rota"), Action.SEE_EVENT, Group.LANGUAGES, 20)
    track_assigned.connect(team_letters.tell_assigned)
