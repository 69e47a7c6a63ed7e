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


@mail.command()
@with_app
def inbox() -> None:
    """Reads what came back: bounces, complaints, answers to invitations; the worker does the same every minute."""
    from flask import current_app

    from app.mail import inbox
    from app.mail.mailboxes import Away

    if not current_app.config["INBOX_URL"]:
        raise Refusal("INBOX_URL is not set, so nobody reads what comes back.")
    try:
        found = inbox.read()
    except Away as fault:
        raise Refusal(str(fault)) from fault
    told = ", ".join(f"{number} {arrival}" for arrival, number in sorted(found.items()))
    click.echo(told or "Nothing new came.")
