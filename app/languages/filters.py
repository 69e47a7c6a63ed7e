"""What organisers look for in the matrix of an event's languages."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Self

from app.events.models import Event
from app.languages.coverage import Cell, Coverage, Row
from app.languages.models import LanguageTrack, TrackKind, TrackState
from app.lib import filters
from app.lib.filters import digits, one_of, words

NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Filters(filters.Filters):
    day: str = ""
    """ISO 8601, of the programme."""
    language: str = ""
    """A column of the matrix."""
    kind: str = ""
    state: str = ""
    responsible: str = ""
    """The number of a person of the team, or NOBODY."""
    gaps: str = ""
    """`yes`: only sessions that lack something."""

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> Self:
        responsible = arguments.get("responsible")
        return cls(
            day=_day(arguments.get("day", "")),
            language=words(arguments.get("language"), 35),
            kind=one_of(set(TrackKind), arguments.get("kind")),
            state=one_of(set(TrackState), arguments.get("state")),
            responsible=NOBODY if responsible == NOBODY else digits(responsible),
            gaps=one_of({"yes"}, arguments.get("gaps")),
        )

    def columns(self, coverage: Coverage) -> list[str]:
        return [self.language] if self.language in coverage.columns else coverage.columns

    def rows(self, event: Event, coverage: Coverage) -> list[Row]:
        """The sessions that match, with those of their tracks and gaps that do."""
        columns = self.columns(coverage)
        rows = (self._narrowed(row, columns) for row in coverage.rows if self._is_of_day(event, row))
        return [row for row in rows if self._matches(row)]

    def _is_of_day(self, event: Event, row: Row) -> bool:
        starts_at = row.session.starts_at
        return not self.day or (starts_at is not None and event.day_of(starts_at).isoformat() == self.day)

    def _narrowed(self, row: Row, columns: list[str]) -> Row:
        return Row(row.session, {column: self._part(row.cells[column]) for column in columns})

    def _part(self, cell: Cell) -> Cell:
        tracks = [track for track in cell.tracks if self._wants(track)]
        gaps = [gap for gap in cell.gaps if not self.kind or gap.kind == self.kind]
        return replace(cell, tracks=tracks, gaps=gaps)

    def _wants(self, track: LanguageTrack) -> bool:
        responsible = str(track.linguist_id or NOBODY)
        wanted = (self.kind, track.kind), (self.state, track.state), (self.responsible, responsible)
        return all(not asked or asked == said for asked, said in wanted)

    def _matches(self, row: Row) -> bool:
        has_track = any(cell.tracks for cell in row.cells.values())
        if (self.state or self.responsible) and not has_track:
            return False
        if self.kind and not (has_track or row.gaps):
            return False
        return bool(row.gaps) or not self.gaps


def _day(value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        return ""
