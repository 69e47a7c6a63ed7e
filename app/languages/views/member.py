"""A team member's own page: what they have to do, and when."""

from flask import render_template

from app.languages.guard import linguist as own
from app.languages.models import Linguist
from app.languages.views import team


@team.get("/<token>/")
@own
def page(linguist: Linguist) -> str:
    return render_template("languages/member.html", linguist=linguist, event=linguist.event)
