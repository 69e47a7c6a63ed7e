"""What everybody can read, and the private pages of the language team."""

from flask import Blueprint

files = Blueprint("languages", __name__, template_folder="../templates")
"""Machine addresses, without a language of the page."""
pages = Blueprint("languages_pages", __name__)
team = Blueprint("language_team", __name__)
"""The pages of one person of the team; each address begins with that person's private link."""

# Their views belong to the blueprints.
from app.languages.views import (  # noqa: E402, F401
    at_hand,
    captioner,
    cues,
    drafts,
    glossary,
    member,
    revisions,
    subtitles,
    workbench,
)
