"""The demonstration: what the founding documents of 2020 tell of, and what may follow from it.

The archive edition says what its announcement says and nothing more. The next edition and its people are made up;
its dates count from the day of loading, so that registration and reminders are alive.
"""

import click
import sqlalchemy as sa

from app.cli import main, with_app
from app.cli.database import upgrade
from app.cli.demo import dialogue, lab, occupy, openline, programme
from app.events.models import Event
from app.extensions import db
from app.people import links
from app.people import service as accounts
from app.people.models import Account

ORGANISER = "organiser@polyforum.example"


@main.command()
@with_app
def demo() -> None:
    """Loads the demonstration; what is there already stays as it is."""
    upgrade()
    load()
    click.echo("The demonstration is loaded.")


def load_if_empty() -> None:
    if db.session.scalar(sa.select(sa.func.count()).select_from(Event)) == 0:
        load()


def sign_in_link() -> str:
    """A fresh way in as the demonstration's organiser; empty once that account is gone."""
    organiser = accounts.by_address(ORGANISER)
    return links.address_of_link(organiser, links.Purpose.INVITATION, "en") if organiser else ""


def load() -> None:
    """Makes each part that is missing, in one transaction."""
    organiser = accounts.by_address(ORGANISER)
    if organiser is None:
        organiser = Account(email=ORGANISER, name="Ioana Organiser", is_admin=True)
        db.session.add(organiser)
    for part in (occupy.archive, occupy.next_edition, dialogue.webinars, openline.day, lab.day, programme.conference):
        part(organiser)
    db.session.commit()
