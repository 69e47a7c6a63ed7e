"""`polyforum registrations expire`: deletes what organisers wanted to be deleted by now."""

import click

from app.cli import with_app
from app.cli.registrations import registrations
from app.registration import erasure


@registrations.command()
@click.option("--dry-run", is_flag=True, help="Only say what would be deleted.")
@with_app
def expire(dry_run: bool) -> None:
    """Deletes the data of events whose time has come; the worker does the same every day."""
    if dry_run:
        found = {event: erasure.number_of(event) for event in erasure.due()}
        said = "would be deleted; nothing was"
    else:
        found = erasure.sweep()
        said = "deleted"
    for event, number in found.items():
        click.echo(f"{event.slug}: {number} registrations {said}")
    if not found:
        click.echo("Nothing is due.")
