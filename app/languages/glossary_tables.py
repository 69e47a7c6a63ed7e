"""Glossaries as tables: a column a language, its tag in the first line, and a column `note`.

A table is taken in whole or not at all: every fault is found first, each with its line.
"""

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from babel import Locale
from flask_babel import gettext as _

from app.events.models import Event
from app.languages import glossary
from app.languages.models import Term
from app.lib.text import is_language, one_line
from app.registration.sheets import Row, Unreadable, guarded, rows

NOTE = "note"
MOST_FAULTS = 20
DELIMITERS = {"csv": ",", "tsv": "\t"}

Entry = tuple[dict[str, str], str]
"""Words by language, and the note."""


class Faults(Exception):  # noqa: N818 - it says what is wrong with a table
    """Sentences, each with its line."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(sentences)
        self.sentences = sentences


class TakenIn(NamedTuple):
    added: int
    changed: int
    same: int


def written(terms: Iterable[Term], languages: list[str], form: str) -> bytes:
    """CSV or TSV in UTF-8 with the mark by which spreadsheets know it; nothing in it is taken for a formula."""
    text = io.StringIO()
    table = csv.writer(text, delimiter=DELIMITERS[form])
    table.writerow([*languages, NOTE])
    for term in terms:
        table.writerow([guarded(cell) for cell in (*(term.words.get(tag, "") for tag in languages), term.note)])
    return text.getvalue().encode("utf-8-sig")


def take_in(event: Event, path: Path) -> TakenIn:
    """A term that is there by its word in the first column is completed, the others are added. Raises Faults."""
    first, entries = _read(path)
    known = {word: term for term in glossary.of_event(event) if (word := _key(term.words.get(first, "")))}
    new = {_key(spoken[first]) for spoken, _note in entries} - known.keys()
    if len(known) + len(new) > glossary.MOST_TERMS:
        raise Faults(_("A glossary has at most %(number)s terms.", number=glossary.MOST_TERMS))
    added = changed = 0
    for spoken, note in entries:
        term = known.get(_key(spoken[first]))
        if term is None:
            known[_key(spoken[first])] = glossary.add(event, spoken, note)
            added += 1
        elif (completed := dict(term.words) | spoken, note or term.note) != (dict(term.words), term.note):
            glossary.change(term, completed, note or term.note)
            changed += 1
    return TakenIn(added, changed, len(entries) - added - changed)


def _read(path: Path) -> tuple[str, list[Entry]]:
    """The language of the first column, and what the lines say."""
    faults: list[str] = []
    entries: list[Entry] = []
    try:
        found = rows(path)
        header = next(found, None)
        columns = _columns(header)
        for row in found:
            entry, fault = _entry(row, columns)
            if entry:
                entries.append(entry)
            elif fault:
                faults.append(fault)
            if len(entries) > glossary.MOST_TERMS or len(faults) == MOST_FAULTS:
                break
    except Unreadable as fault:
        raise Faults(str(fault)) from None
    if faults:
        raise Faults(*faults)
    if not entries:
        raise Faults(_("There is no term in the table."))
    return next(tag for tag in columns if tag != NOTE), entries


def _columns(header: Row | None) -> list[str]:
    """What each column holds: a language, or the note."""
    if header is None:
        raise Faults(_("The table is empty."))
    columns, faults = [], []
    for name in header.cells:
        tag = NOTE if name.casefold() == NOTE else name.replace("_", "-")
        if tag != NOTE and (len(tag) > 35 or not is_language(tag)):
            faults.append(_("Line %(line)s: “%(text)s” is no language that we know. The first line has codes such as "
                            "en, ro or pt-BR, and note.", line=header.line, text=name[:80]))  # fmt: skip
            continue
        columns.append(tag if tag == NOTE else str(Locale.parse(tag, sep="-")).replace("_", "-"))
    twice = {tag for tag in columns if columns.count(tag) > 1}
    faults += [_("Line %(line)s: “%(text)s” is there twice.", line=header.line, text=tag) for tag in sorted(twice)]
    if not faults and not [tag for tag in columns if tag != NOTE]:
        faults.append(_("Line %(line)s names no language.", line=header.line))
    if faults:
        raise Faults(*faults[:MOST_FAULTS])
    return columns


def _entry(row: Row, columns: list[str]) -> tuple[Entry | None, str]:
    """What a line says, or what is wrong with it."""
    if len(row.cells) > len(columns):
        return None, _("Line %(line)s has %(number)s cells; the first line has %(most)s.",
                       line=row.line, number=len(row.cells), most=len(columns))  # fmt: skip
    said = dict(zip(columns, map(one_line, row.cells), strict=False))
    note = said.pop(NOTE, "")
    first = next(tag for tag in columns if tag != NOTE)
    if not said.get(first):
        return None, _("Line %(line)s has no word in the first language (%(tag)s).", line=row.line, tag=first)
    if any(len(word) > glossary.LONGEST_WORD for word in said.values()) or len(note) > glossary.LONGEST_NOTE:
        return None, _("Line %(line)s: a term has at most %(number)s characters, a note %(most)s.",
                       line=row.line, number=glossary.LONGEST_WORD, most=glossary.LONGEST_NOTE)  # fmt: skip
    return ({tag: word for tag, word in said.items() if word}, note), ""


def _key(word: str) -> str:
    return one_line(word).casefold()
