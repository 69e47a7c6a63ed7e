"""The organisers' pages of languages."""

from flask import Blueprint

blueprint = Blueprint("languages_manage", __name__)

# Their views belong to the blueprint.
from app.languages.manage import drafts, glossary, plan, team, tracks  # noqa: E402, F401
