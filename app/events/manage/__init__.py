"""The organisers' pages of series and events."""

from flask import Blueprint

blueprint = Blueprint("events_manage", __name__, template_folder="../templates")

from app.events.manage import event  # noqa: E402, F401 - its views belong to the blueprint
