"""`polyforum mail …`: the outbox."""

import click

from app.cli import Refusal, main, with_app


@main.group()
def mail() -> None:
    """Letters that wait to be sent."""


@mail.command()
@with_app
def sweep() -> None:
    """Sends every letter that is due; the worker does the same every few seconds."""
    from app.mail import outbox

    try:
        fates = outbox.sweep()
    except ValueError as fault:
        raise Refusal(str(fault)) from fault
    told = ", ".join(f"{number} {state}" for state, number in sorted(fates.items()))
    click.echo(told or "Nothing is due.")
