"""Runs migrations on the application's own database; the command line has made the application before."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

from app.cli.database import is_ours
from app.extensions import db


def plain_types(kind: str, column_type: Any, _context: Any) -> str | Literal[False]:
    """Migrations name SQLAlchemy's own types, so that an old one never depends on the code of today."""
    if kind != "type":
        return False
    if isinstance(column_type, sa.Enum):
        return f"sa.String({column_type.length})"
    if isinstance(column_type, sa.types.TypeDecorator):
        inner = column_type.impl_instance
        return "sa.DateTime(timezone=True)" if isinstance(inner, sa.DateTime) else f"sa.{inner!r}"
    return False


def run() -> None:
    with db.engine.connect() as connection:
        on_sqlite = connection.dialect.name == "sqlite"
        if on_sqlite:
            # Batch mode drops the table that it copied, which must not take with it what refers to its rows.
            _raw(connection).execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            # SQLite cannot alter a table in place: Alembic's batch mode copies it.
            render_as_batch=on_sqlite,
            compare_type=True,
            include_name=is_ours,
            render_item=plain_types,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
        if on_sqlite:
            broken = _raw(connection).execute("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"after the migration, rows refer to what is not there: {broken[:5]}")
            _raw(connection).execute("PRAGMA foreign_keys=ON")


def _raw(connection: sa.Connection) -> Any:
    """The driver's connection: these statements do nothing inside a transaction."""
    return connection.connection.dbapi_connection


run()
