"""The organisers' pages of registration."""

from flask import Blueprint

blueprint = Blueprint("registration_manage", __name__, template_folder="../templates")

# Their views belong to the blueprint.
from app.registration.manage import registrations  # noqa: E402, F401
