"""Front page, series."""

from flask import Blueprint, Response, render_template

from app.lib.conditional import FOREVER, Rendered, conditional
from app.lib.present import page_language
from app.people.guard import public
from app.site import versions

pages = Blueprint("site", __name__, template_folder="templates")


@pages.get("/")
@public
def home() -> Response:
    def render() -> Rendered:
        return Rendered(render_template("site/home.html"), FOREVER)

    return conditional(versions.site(), ("home", page_language()), render)
