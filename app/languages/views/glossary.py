"""The glossary as the language team reads it, and adds to it."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.events.service import subject
from app.extensions import db
from app.languages import glossary
from app.languages.guard import linguist as own
from app.languages.models import Linguist, LinkPurpose
from app.languages.team_forms import TermForm
from app.languages.views import team as blueprint
from app.languages.views.member import Answer, own_page
from app.lib.text import one_line
from app.people import audit

MOST_SHOWN = 300
"""Who looks for one of more searches."""


@blueprint.route("/<token>/glossary/", methods=["GET", "POST"], endpoint="glossary")
@own
def terms(linguist: Linguist) -> Answer:
    event = linguist.event
    search = one_line(request.args.get("q", ""))[:100]
    found = glossary.of_event(event, search)
    languages = glossary.languages_of(event, found)
    more = [skill.language for skill in linguist.skills if skill.language not in languages]
    form = TermForm(languages=[*languages, *more])
    if form.validate_on_submit():
        try:
            glossary.add(event, form.words.data, form.note.data or "")
        except glossary.GlossaryFull:
            form.form_errors.append(_("A glossary has at most %(number)s terms.", number=glossary.MOST_TERMS))
        else:
            added = dict(form.words.data)
            audit.record(None, "term.added", subject(event, "glossary"), words=added, name=linguist.name)
            db.session.commit()
            flash(_("The term was added."))
            return redirect(url_for("language_team.glossary", token=linguist.token(LinkPurpose.PAGE)), 303)
    page = render_template(
        "languages/member_glossary.html", **own_page(linguist), terms=found[:MOST_SHOWN], number=len(found),
        languages=languages, search=search, form=form,
    )  # fmt: skip
    return (page, 422) if form.errors else page
