"""Accounts from the command line: how the first administrator gets in."""

import click
from flask import current_app

from app.cli import Refusal, main, with_app
from app.extensions import db
from app.people import service
from app.people.addresses import InvalidAddress, normal_address
from app.people.links import Purpose, address_of_link


@main.group("user")
def user() -> None:
    """Accounts of those who organise."""


@user.command("create")
@click.argument("email")
@click.option("--name", default="", help="Name of a new account.")
@click.option("--admin", is_flag=True, help="Make it an administrator.")
@with_app
def create(email: str, name: str, admin: bool) -> None:
    """Makes the account of EMAIL, if there is none, and prints a link to sign in, good for an hour."""
    try:
        address = normal_address(email)
    except InvalidAddress as fault:
        raise Refusal(f"{email!r} is not an address: {fault}") from None
    account = service.ensure(address, by=None, language=current_app.config["DEFAULT_LANGUAGE"], name=name, admin=admin)
    db.session.commit()
    click.echo(address_of_link(account, Purpose.SIGN_IN, account.language))
