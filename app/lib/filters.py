"""What people look for in a long list, as the address of its page says it; what makes no sense there is left out."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar, Self

from app.lib.text import one_line


@dataclass(frozen=True, slots=True)
class Filters:
    """Each field is one of the address, empty where nothing is asked."""

    @property
    def arguments(self) -> dict[str, Any]:
        """The same for an address."""
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True, slots=True)
class SortedFilters(Filters):
    usual: ClassVar[str]
    """How the list is sorted where nothing is asked."""
    sort: str = ""
    """The name of a column, with a `-` before it the other way round."""

    @property
    def narrow(self) -> bool:
        """Whether anything may be left out."""
        return bool(self.arguments.keys() - {"sort"})

    @property
    def sorted_by(self) -> tuple[str, bool]:
        """The name of the column, and whether downwards."""
        sort = self.sort or self.usual
        return sort.removeprefix("-"), sort.startswith("-")

    def by(self, column: str) -> Self:
        """The same sorted by a column; by the present one the other way round."""
        sort = f"-{column}" if self.sorted_by == (column, False) else column
        return replace(self, sort="" if sort == self.usual else sort)

    @classmethod
    def sort_in(cls, arguments: Mapping[str, str], columns: Collection[str]) -> str:
        return one_of({*columns, *(f"-{column}" for column in columns)} - {cls.usual}, arguments.get("sort"))


def one_of(allowed: Collection[str], value: str | None) -> str:
    return value if value and value in allowed else ""


def digits(value: str | None) -> str:
    """The number of a row; none that databases cannot count to."""
    return value if value and value.isascii() and value.isdigit() and len(value) < 10 else ""


def words(value: str | None, most: int) -> str:
    return one_line(value or "")[:most]
