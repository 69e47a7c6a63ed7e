"""Which function does which kind of work. The rooms register theirs when the app is made."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.jobs.models import Job

Progress = Callable[[int, int], None]
"""Told often how much is done, and of how much in all; shows it from time to time. Raises Stopped."""

Work = Callable[[Job, Progress], Iterator[None] | None]


class Refused(Exception):  # noqa: N818 - it is news for the owner
    """Raised by work that cannot be done as it was asked for; says why, in the owner's language."""


class Stopped(Exception):  # noqa: N818 - it is no error
    """The job was cancelled, or given to another worker since this one was not heard of."""


@dataclass(frozen=True, slots=True)
class Kind:
    work: Work
    writes: bool
    names_people: bool = False


_kinds: dict[str, Kind] = {}


def does(kind: str, *, writes: bool = True, names_people: bool = False) -> Callable[[Work], Work]:
    """Registers the function that does a kind of work, with the locale of the job's language in force.

    What it writes and that it is done are one transaction, so a worker that dies leaves nothing. Work that would
    hold others up for long is a generator instead: at each `yield` what it wrote so far is committed, with the
    progress told last, and begun anew it finds that in `job.done`. Work that only reads (`writes=False`) hinders
    nobody on SQLite, however long it takes. What it has to say it sets on the job: `message`, `result`,
    `file_key`, `file_name`. `names_people`: some of that tells of single people, and goes when one of them is erased.
    """

    def register(work: Work) -> Work:
        _kinds[kind] = Kind(work, writes, names_people)
        return work

    return register


def naming_people() -> list[str]:
    return [name for name, kind in _kinds.items() if kind.names_people]


def kind_of(job: Job) -> Kind:
    return _kinds[job.kind]
