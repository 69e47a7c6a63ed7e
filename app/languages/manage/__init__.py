"""The organisers' pages of languages."""

from flask import Blueprint

blueprint = Blueprint("languages_manage", __name__)

# Their views belong to the blueprint.
from app.languages.manage import (  # noqa: E402
    captions,  # noqa: F401
    drafts,  # noqa: F401
    glossary,  # noqa: F401
    plan,  # noqa: F401
    rota,  # noqa: F401
    rota_booths,  # noqa: F401
    rota_turns,  # noqa: F401
    team,  # noqa: F401
    tracks,  # noqa: F401
)
