"""The organisers' pages of feedback."""

from flask import Blueprint

blueprint = Blueprint("feedback_manage", __name__, template_folder="../templates")

# Their views belong to the blueprint.
from app.feedback.manage import questions, results  # noqa: E402, F401
