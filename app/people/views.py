"""Signing in and out, and one's own account."""

from flask import Blueprint, render_template

from app.people.forms import SignInForm
from app.people.guard import public

blueprint = Blueprint("people", __name__, template_folder="templates")


@blueprint.get("/sign-in/")
@public
def sign_in() -> str:
    return render_template("people/sign_in.html", form=SignInForm())
