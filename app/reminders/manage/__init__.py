"""The organisers' pages of letters."""

from flask import Blueprint

from app.reminders.words import headed

blueprint = Blueprint("reminders_manage", __name__, template_folder="../templates")
blueprint.add_app_template_filter(headed)

# Their views belong to the blueprint.
from app.reminders.manage import letters, messages, rules, site  # noqa: E402, F401
