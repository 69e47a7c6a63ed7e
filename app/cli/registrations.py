"""`polyforum registrations import` and `polyforum registrations export`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import sqlalchemy as sa
from tqdm import tqdm

from app.cli import Refusal, main, with_app
from app.events.models import Event
from app.extensions import db, reading_only
from app.registration import exporting, importing, transfers
from app.registration.importing import Defaults
from app.registration.sheets import ENCODINGS, Unreadable


@main.group()
def registrations() -> None:
    """People who are registered for an event."""


@registrations.command("import")
@click.argument("slug")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would come of it.")
@click.option("--silent", is_flag=True, help="Write no letters.")
@click.option("--encoding", type=click.Choice(ENCODINGS), help="Of a CSV file that is not in UTF-8.")
@click.option("--country", default="", help="ISO 3166, for whom the file names none.")
@click.option("--language", default="", help="Of letters, for whom the file names none.")
@with_app
def import_(
    slug: str, file: Path, dry_run: bool, silent: bool, encoding: str | None, country: str, language: str
) -> None:
    """Registers the people of a table (CSV or XLSX), all of them or none."""
    reading_only()
    try:
        with _bar(" rows") as progress:
            report = importing.check(_event(slug), file, encoding or "", Defaults(country, language), progress)
    except (Unreadable, OSError) as fault:
        raise Refusal(f"{file}: {fault}") from fault
    finally:
        db.session.rollback()
    if report.faults:
        for each in report.faults[1:]:
            click.echo(f"{file}: {each}", err=True)
        more = f" ({report.number_of_faults} faults in all)" if report.number_of_faults > 1 else ""
        raise Refusal(f"{file}: {report.faults[0]}{more}")
    if dry_run:
        click.echo(
            f"{slug}: {report.rows} rows; {len(report.entries)} to be registered, {report.known} registered already, "
            f"{report.ended} left out since their registrations had ended. Nothing was written."
        )
        return
    with _bar(" people") as progress:
        arrived = transfers.enter(_event(slug), report, None, tell=not silent, progress=progress)
    db.session.commit()
    click.echo(f"{slug}: {transfers.in_words(report, arrived)}")


@registrations.command("export")
@click.argument("slug")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@with_app
def export(slug: str, file: Path) -> None:
    """Writes all registrations of an event to a file that ends in .csv or .xlsx."""
    kind = file.suffix.lower().removeprefix(".")
    if kind not in ("csv", "xlsx"):
        raise Refusal(f"{file}: the name must end in .csv or .xlsx.")
    reading_only()
    event = _event(slug)
    part = file.with_name(f".{file.name}.part")
    try:
        with part.open("wb") as opened, _bar(" registrations") as progress:
            number = exporting.write(event, opened, kind, event.language, progress=progress)
        part.replace(file)
    except OSError as fault:
        raise Refusal(f"{file}: {fault.strerror}") from fault
    finally:
        part.unlink(missing_ok=True)
    click.echo(f"{slug}: {number} registrations.")


def _event(slug: str) -> Event:
    event = db.session.scalar(sa.select(Event).where(Event.slug == slug))
    if event is None:
        raise Refusal(f"There is no event {slug}.")
    return event


@contextmanager
def _bar(unit: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on a terminal, and nothing anywhere else."""
    with tqdm(unit=unit, disable=None) as bar:

        def progress(done: int, total: int) -> None:
            if total and bar.total != total:
                bar.reset(total)
            bar.update(done - bar.n)

        yield progress
