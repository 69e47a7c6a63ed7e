"""Organisers' pages of the glossary."""

from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from flask import Response as FlaskResponse
from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.events.guard import acting_account, organiser
from app.events.models import Event
from app.events.service import subject
from app.extensions import db
from app.languages import glossary, glossary_tables
from app.languages.manage import blueprint
from app.languages.manage.tracks import Answer
from app.languages.models import Term
from app.languages.team_forms import GlossaryFileForm, TermForm
from app.lib.text import one_line
from app.people import audit
from app.people.permissions import Action

GLOSSARY = "/events/<event>/glossary/"
PAGE = 200


@blueprint.get(GLOSSARY, endpoint="glossary")
@organiser(Action.SEE_EVENT)
def terms(event: Event) -> Answer:
    return _page(event, _form(event, formdata=None), GlossaryFileForm(formdata=None))


@blueprint.post(GLOSSARY)
@organiser(Action.EDIT_PROGRAMME)
def add_term(event: Event) -> Answer:
    form = _form(event)
    if not form.validate_on_submit():
        return _page(event, form, GlossaryFileForm(formdata=None)), 422
    try:
        glossary.add(event, form.words.data, form.note.data or "")
    except glossary.GlossaryFull:
        form.form_errors.append(_("A glossary has at most %(number)s terms.", number=glossary.MOST_TERMS))
        return _page(event, form, GlossaryFileForm(formdata=None)), 422
    _record("term.added", event, words=dict(form.words.data))
    db.session.commit()
    flash(_("The term was added."))
    return redirect(url_for(".glossary", event=event.slug), 303)


@blueprint.route(f"{GLOSSARY}<int:term>/", methods=["GET", "POST"])
@organiser(Action.EDIT_PROGRAMME)
def edit_term(event: Event, term: int) -> Answer:
    found = glossary.of_number(event, term) or abort(404)
    form = _form(event, found)
    if form.validate_on_submit():
        glossary.change(found, form.words.data, form.note.data or "")
        _record("term.changed", event, words=dict(found.words))
        db.session.commit()
        flash(_("Saved."))
        return redirect(url_for(".glossary", event=event.slug), 303)
    page = render_template("languages/term.html", event=event, term=found, form=form)
    return (page, 422) if form.errors else page


@blueprint.post(f"{GLOSSARY}<int:term>/remove/")
@organiser(Action.EDIT_PROGRAMME)
def remove_term(event: Event, term: int) -> Answer:
    found = glossary.of_number(event, term) or abort(404)
    _record("term.removed", event, words=dict(found.words))
    glossary.remove(found)
    db.session.commit()
    flash(_("The term was removed."))
    return redirect(url_for(".glossary", event=event.slug), 303)


@blueprint.post(f"{GLOSSARY}import/")
@organiser(Action.EDIT_PROGRAMME)
def import_glossary(event: Event) -> Answer:
    form = GlossaryFileForm()
    if not form.validate_on_submit():
        return _page(event, _form(event, formdata=None), form), 422
    with NamedTemporaryFile(suffix=".table") as kept:
        form.file.data.save(kept)
        kept.flush()
        try:
            taken = glossary_tables.take_in(event, Path(kept.name))
        except glossary_tables.Faults as faults:
            form.file.errors = list(faults.sentences)
            return _page(event, _form(event, formdata=None), form), 422
    _record("glossary.imported", event, added=taken.added, changed=taken.changed)
    db.session.commit()
    new = ngettext("%(num)s term is new.", "%(num)s terms are new.", taken.added)
    completed = ngettext("%(num)s term was completed.", "%(num)s terms were completed.", taken.changed)
    flash(f"{new} {completed}")
    return redirect(url_for(".glossary", event=event.slug), 303)


@blueprint.get(f"{GLOSSARY}glossary.<any(csv,tsv):form>")
@organiser(Action.SEE_EVENT)
def export_glossary(event: Event, form: str) -> FlaskResponse:
    all_terms = glossary.of_event(event)
    body = glossary_tables.written(all_terms, glossary.languages_of(event, all_terms), form)
    name = f'attachment; filename="{event.slug}-glossary.{form}"'
    kind = {"csv": "text/csv", "tsv": "text/tab-separated-values"}[form]
    return FlaskResponse(body, mimetype=kind, headers={"Content-Disposition": name, "Cache-Control": "no-store"})


def _form(event: Event, term: Term | None = None, **kwargs: Any) -> TermForm:
    stored = {"words": dict(term.words), "note": term.note} if term else None
    return TermForm(languages=glossary.languages_of(event, glossary.of_event(event)), data=stored, **kwargs)


def _page(event: Event, form: TermForm, file_form: GlossaryFileForm) -> str:
    search = one_line(request.args.get("q", ""))[:100]
    found = glossary.of_event(event, search)
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    return render_template(
        "languages/glossary.html", event=event, search=search, number=len(found), page=page, pages=pages,
        terms=found[(page - 1) * PAGE : page * PAGE], languages=glossary.languages_of(event, found), form=form,
        file_form=file_form, edit_address=lambda term: url_for(".edit_term", event=event.slug, term=term.id),
    )  # fmt: skip


def _record(action: str, event: Event, **detail: Any) -> None:
    audit.record(acting_account(), action, subject(event, "glossary"), **detail)
