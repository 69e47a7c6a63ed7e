"""`polyforum zones …`: what the tz database says now of the hours of sessions."""

import click

from app.cli import main, with_app


@main.group()
def zones() -> None:
    """Time zones whose rules have changed."""


@zones.command()
@click.option("--apply", is_flag=True, help="Move the sessions; the worker does the same when it starts.")
@with_app
def check(apply: bool) -> None:
    """Says which sessions to come are at another moment by the rules of today, their hour being the same."""
    from app.extensions import db
    from app.schedule import zones as rules

    drifts = rules.changed_sessions()
    for drift in drifts:
        session, event = drift.session, drift.session.event
        moments = f"{session.starts_at:%Y-%m-%d %H:%M} → {drift.starts_at:%Y-%m-%d %H:%M} UTC"
        click.echo(f"{event.slug}/{session.slug} ({event.zone}): {moments}")
    if apply:
        rules.follow()
        db.session.commit()
    said = "moved" if apply else "would move; nothing was done"
    click.echo(f"{len(drifts)} sessions {said}" if drifts else "Every session is where its clocks say.")
