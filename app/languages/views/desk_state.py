"""What a desk shows, as its page and its script read it: who is on air, the last lines, and those of the source."""

from collections.abc import Mapping
from typing import Any

from flask import render_template, url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from app.languages import glossary
from app.languages.captions import cues, desk, lines
from app.languages.glossary import Finder
from app.languages.models import CaptionCue, CaptionStream, CueState, Linguist, LinkPurpose
from app.languages.views.desk_acts import colleagues_of


class DeskState:
    """Of one stream, as one person sees it."""

    def __init__(self, linguist: Linguist, stream: CaptionStream) -> None:
        self._linguist, self._stream = linguist, stream
        source = stream.source
        self._finder = None if source is None else Finder(
            glossary.of_event(linguist.event), source.track.language, stream.track.language
        )  # fmt: skip

    def since(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What changed after the versions that the script has."""
        stream, source = self._stream, self._stream.source
        said = cues.since(source.id, _version(given, "source_after")) if source else []
        return {
            "csrf": generate_csrf(),
            "desk": self.desk(),
            "panel": self.panel(),
            "version": stream.version,
            "lines": [self.line(cue) for cue in cues.since(stream.id, _version(given, "after"))],
            "source_version": source.version if source else 0,
            "source": [self.said(cue) for cue in said],
        }

    def line(self, cue: CaptionCue) -> dict[str, Any]:
        is_own = cue.linguist_id == self._linguist.id
        return {
            "cue": cue.id, "version": cue.version, "place": cue.place, "seq": cue.seq, "text": cue.text,
            "state": cue.state.value, "by": cue.linguist.name if cue.linguist else "",
            "line": cue.line if is_own else None, "corrected_by": cue.corrected_by, "machine": cue.is_machine,
            "source": cue.source_id, "source_version": cue.source_version,
        }  # fmt: skip

    def pair(self, pair: lines.Pair) -> dict[str, Any]:
        done = pair.translation
        return {"source": self.said(pair.source), "line": self.line(done) if done else None,
                "is_overtaken": pair.is_overtaken}  # fmt: skip

    def said(self, cue: CaptionCue) -> dict[str, Any]:
        """A line of the source, with the words of the glossary marked and what they are to be in the translation."""
        html, terms = self._marked(cue.text) if cue.state is CueState.FINAL else (escape(cue.text), [])
        return {
            "cue": cue.id, "version": cue.version, "place": cue.place, "seq": cue.seq, "state": cue.state.value,
            "html": html, "terms": terms,
        }  # fmt: skip

    def desk(self) -> dict[str, Any]:
        stream, linguist = self._stream, self._linguist
        return {
            "on_air": stream.on_air.name if stream.on_air else "", "own": stream.on_air_id == linguist.id,
            "offered": stream.offered_to.name if stream.offered_to else "",
            "offered_to_me": stream.offered_to_id == linguist.id, "open": desk.is_open_to(stream, linguist),
            "deserted": desk.is_deserted(stream),
        }  # fmt: skip

    def panel(self) -> str:
        """Who is on air, and what this person can do about it."""
        return render_template(
            "languages/_desk_panel.html", stream=self._stream, desk=self.desk(), address=self.address(".desk_act"),
            colleagues=colleagues_of(self._linguist, self._stream) if self._stream.on_air is self._linguist else [],
            zone=self._linguist.zone or self._linguist.event.zone,
        )  # fmt: skip

    def address(self, endpoint: str, **values: Any) -> str:
        return url_for(endpoint, token=self._linguist.token(LinkPurpose.PAGE), stream=self._stream.id, **values)

    def _marked(self, text: str) -> tuple[Markup, list[tuple[str, str]]]:
        html, at = Markup(), 0
        terms: dict[str, str] = {}
        for found in self._finder.find(text) if self._finder else ():
            word = text[found.start : found.end]
            html += escape(text[at : found.start]) + Markup("<mark>%s</mark>") % word
            terms[word] = found.term.word(self._stream.track.language).text
            at = found.end
        return html + escape(text[at:]), list(terms.items())


def _version(given: Mapping[str, Any], name: str) -> int:
    written = str(given.get(name, 0))
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 10 else 0
