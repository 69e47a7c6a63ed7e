"""`polyforum import schedule` and `polyforum export schedule`."""

from collections.abc import Callable
from pathlib import Path

import click
import sqlalchemy as sa
from tqdm import tqdm

from app.cli import Refusal, main, with_app
from app.events.checks import blocking
from app.events.models import Event
from app.exchange import exporting, reading, service, table
from app.exchange.frab import Unreadable
from app.extensions import db

WRITERS: dict[str, Callable[[Event, str], bytes]] = {
    "xml": exporting.xml, "json": exporting.json, "csv": table.csv_of,
}  # fmt: skip


@main.group("import")
def import_() -> None:
    """Takes data in."""


@main.group("export")
def export() -> None:
    """Gives data out."""


@import_.command("schedule")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--event", "slug", default="", help="The event to import into; it is made if it is new.")
@click.option("--zone", default="", help="IANA zone, where the file names none.")
@click.option("--publish", is_flag=True, help="Publish the event at once; what it lacks is listed.")
@with_app
def import_schedule(file: Path, slug: str, zone: str, publish: bool) -> None:
    """Imports a frab, c3voc or pretalx schedule (XML or JSON), or brings an imported one up to date."""
    try:
        reading.check_size(file.stat().st_size)
        schedule = reading.read(file.read_bytes())
        outcome = service.take_in(
            schedule, slug=slug, zone=zone, publish=publish,
            progress=lambda sessions: tqdm(sessions, unit=" sessions", disable=None),
        )  # fmt: skip
    except (Unreadable, OSError) as fault:
        db.session.rollback()
        raise Refusal(f"{file}: {fault}") from fault
    db.session.commit()
    for sentence, places in outcome.report.notes.items():
        click.echo(f"{sentence} ({len(places)}):", err=True)
        for place in places:
            click.echo(f"  {place}", err=True)
    if publish:
        for lack in blocking(outcome.event):
            click.echo(f"Published, but: {lack.text}", err=True)
    click.echo(
        f"{outcome.event.slug}: {outcome.days} days, {outcome.rooms} rooms, {outcome.sessions} sessions, "
        f"{outcome.persons} persons; {outcome.made} new, {outcome.changed} changed, {outcome.cancelled} cancelled."
    )


@export.command("schedule")
@click.argument("slug")
@click.option("--format", "kind", type=click.Choice(["xml", "json", "csv"]), required=True)
@click.option("--lang", default="", help="The language to prefer, as a BCP 47 tag.")
@with_app
def export_schedule(slug: str, kind: str, lang: str) -> None:
    """Writes the programme of an event, also of a draft, to standard output."""
    event = db.session.scalar(sa.select(Event).where(Event.slug == slug))
    if event is None:
        raise Refusal(f"There is no event {slug}.")
    click.echo(WRITERS[kind](event, lang), nl=False)
