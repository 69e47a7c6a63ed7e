"""The organisers' pages of letters."""

from flask import Blueprint

blueprint = Blueprint("reminders_manage", __name__, template_folder="../templates")

# Their views belong to the blueprint.
from app.reminders.manage import letters, messages, rules, site  # noqa: E402, F401
