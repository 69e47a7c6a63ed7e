"""Models and migrations say the same, on both databases."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from app import create_app
from app.cli.database import alembic_config, upgrade
from app.extensions import db
from tests.conftest import new_postgresql_database, settings


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'migrated.db'}"
    return new_postgresql_database(request.getfixturevalue("postgresql_server"))


def test_migrations_make_exactly_what_the_models_describe(empty_address: str, tmp_path: Path) -> None:
    app = create_app(settings(tmp_path, SQLALCHEMY_DATABASE_URI=empty_address))
    with app.app_context():
        upgrade()
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            difference = compare_metadata(context, db.metadata)
        db.engine.dispose()
    assert difference == []


def test_migrations_go_down_to_nothing_and_up_again(empty_address: str, tmp_path: Path) -> None:
    app = create_app(settings(tmp_path, SQLALCHEMY_DATABASE_URI=empty_address))
    with app.app_context():
        upgrade()
        tables = set(sa.inspect(db.engine).get_table_names())
        command.downgrade(alembic_config(), "base")
        left = set(sa.inspect(db.engine).get_table_names())
        upgrade()
        again = set(sa.inspect(db.engine).get_table_names())
        db.engine.dispose()
    assert left == {"alembic_version"}
    assert again == tables
    assert set(db.metadata.tables) <= tables
