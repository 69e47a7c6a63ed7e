"""The organisers' pages of registration."""

from flask import Blueprint

blueprint = Blueprint("registration_manage", __name__, template_folder="../templates")

# Their views belong to the blueprint.
from app.registration.manage import (  # noqa: E402, F401
    admission,
    bulk,
    charts,
    codes,
    entering,
    one,
    questions,
    registrations,
    replies,
    transfers,
)
