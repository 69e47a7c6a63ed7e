"""Bringing the database to the present schema."""

from pathlib import Path

import click
from alembic import command
from alembic.config import Config as AlembicConfig
from flask import current_app

from app.cli import main, with_app
from app.extensions import db
from app.languages import passages

MIGRATIONS = Path(__file__).parent.parent.parent / "migrations"


def alembic_config() -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.set_main_option("path_separator", "os")
    return config


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Whether the models describe it: what the full text of a database is made of is left alone by Alembic."""
    return kind == "schema" or "full_text" not in str(name)


def upgrade() -> None:
    """Applies what is missing; an up-to-date database is left as it is."""
    current_app.config["HOME"].mkdir(parents=True, exist_ok=True)
    command.upgrade(alembic_config(), "head")
    # Subtitles that an older version published are searched from now on.
    passages.write_missing()
    db.session.commit()


@main.command("migrate")
@with_app
def migrate() -> None:
    """Brings the database to the schema of this version."""
    upgrade()
    click.echo("The database is up to date.")
