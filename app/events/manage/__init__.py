"""The organisers' pages of series and events."""

from flask import Blueprint

blueprint = Blueprint("events_manage", __name__, template_folder="../templates")

# Their views belong to the blueprint.
from app.events.manage import event, organisations, people, series, strands  # noqa: E402, F401
