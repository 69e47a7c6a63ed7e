"""Runs migrations on the application's own database; the command line has made the application before."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

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
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            # SQLite cannot alter a table in place: Alembic's batch mode copies it.
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
            render_item=plain_types,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
