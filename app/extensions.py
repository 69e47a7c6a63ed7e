"""The extensions, created here and bound in `create_app()`."""

from functools import reduce
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask import Flask, Response, current_app, g, has_request_context, request
from flask.sessions import SecureCookieSessionInterface
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager, current_user
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from itsdangerous import BadSignature, TimestampSigner, URLSafeTimedSerializer
from sqlalchemy import orm
from sqlalchemy.dialects import postgresql, sqlite

from app.lib import clock
from app.lib.bell import Bell

CONSTRAINT_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(orm.DeclarativeBase):
    metadata = sa.MetaData(naming_convention=CONSTRAINT_NAMES)


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


class Login(LoginManager):
    def init_app(self, app: Flask, add_context_processor: bool = False) -> None:
        """Without its context processor, which loads the account for every template; this one waits to be used."""
        super().init_app(app, add_context_processor)
        app.jinja_env.globals["current_user"] = current_user

    def _update_remember_cookie(self, response: Response) -> Response:
        """A page that is the same for everyone must not look at the session, which makes it vary by cookie."""
        return response if g.get("cacheable") else super()._update_remember_cookie(response)


class Sessions(SecureCookieSessionInterface):
    """The session in a cookie; what signs it is made once, not with every request."""

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if "session-serializer" not in app.extensions:
            app.extensions["session-serializer"] = super().get_signing_serializer(app)
        serializer: URLSafeTimedSerializer | None = app.extensions["session-serializer"]
        return serializer


login = Login()
csrf = CSRFProtect()
bell = Bell()
babel = Babel()
# Counts in REDIS_URL, and by itself while that is away: people can still sign in then.
limiter = Limiter(get_remote_address, default_limits=[], in_memory_fallback_enabled=True)


class ClockSigner(TimestampSigner):
    def get_timestamp(self) -> int:
        return int(clock.now().timestamp())


class Signer:
    """Signs what a mailed link of an account says, so that nothing secret is kept in the database."""

    def init_app(self, app: Flask) -> None:
        self._serializer = URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="polyforum", signer=ClockSigner)

    def sign(self, purpose: str, payload: Any) -> str:
        return str(self._serializer.dumps([purpose, payload]))

    def read(self, purpose: str, token: str, max_age: int) -> Any | None:
        """The payload, or None when the token is forged, older than `max_age` seconds or made for something else."""
        try:
            signed_for, payload = self._serializer.loads(token, max_age=max_age)
        except (BadSignature, ValueError, TypeError):
            return None
        return payload if signed_for == purpose else None


signer = Signer()

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


@sa.event.listens_for(sa.Engine, "connect")
def _configure_sqlite(connection: Any, _record: object) -> None:
    if type(connection).__module__.split(".")[0] != "sqlite3":
        return
    # The driver must not open transactions by itself: `_begin_sqlite` chooses their kind.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA busy_timeout=10000")
    cursor.close()
    # Its own `lower` knows no letters but those of ASCII.
    connection.create_function("folded", 1, lambda text: text and text.lower(), deterministic=True)


@sa.event.listens_for(sa.Engine, "begin")
def _begin_sqlite(connection: sa.Connection) -> None:
    """Takes SQLite's write lock at the start of a transaction that may write.

    A transaction that reads first and writes later cannot wait for another writer in between (SQLITE_BUSY
    comes at once), so only the safe methods of HTTP open with a read lock.
    """
    options = connection.get_execution_options()
    if connection.dialect.name == "sqlite" and not options.get("single"):
        reads_only = options.get("reads_only") or (has_request_context() and request.method in SAFE_METHODS)
        connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


def reading_only() -> None:
    """Begins a transaction of the session that sees one moment, writes nothing and keeps nobody from writing."""
    snapshot = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    is_sqlite = db.session.get_bind().dialect.name == "sqlite"
    db.session.connection(execution_options={"reads_only": True} if is_sqlite else snapshot)


def holds(part: str, *texts: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Whether one of the texts holds a part, in capitals or not and in every script; for what no index is kept of."""
    is_sqlite = db.session.get_bind().dialect.name == "sqlite"
    if part.isascii():
        # Each by itself and without regard to other scripts, in hardly more time than it takes to read the rows.
        plain = texts if is_sqlite else [sa.func.lower(sa.collate(text, "C")) for text in texts]
        return sa.or_(*(text.contains(part.lower(), autoescape=True) for text in plain))
    together = reduce(lambda some, text: some + " " + text, texts)
    if is_sqlite:
        return sa.func.folded(together, type_=sa.String()).contains(part.lower(), autoescape=True)
    return together.icontains(part, autoescape=True)


def insert_into(table: Any) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that can say what happens on a conflict, which each database spells alike and SQLAlchemy does not."""
    return (postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert)(table)


def lock_row(row: Model) -> None:
    """Reads a row anew and lets nobody else change it until the transaction ends.

    Rows that belong to it can still be added: who adds one holds other locks, for which we may wait next.
    """
    db.session.refresh(row, with_for_update={"key_share": True, "of": type(row)})


def single_statements() -> sa.Engine:
    """On its connections each statement is a transaction of its own, with no word to the database before or after."""
    engine: sa.Engine | None = current_app.extensions.get("single-statements")
    if engine is None:
        is_sqlite = db.engine.dialect.name == "sqlite"
        options = {"single": True} if is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        engine = current_app.extensions["single-statements"] = db.engine.execution_options(**options)
    return engine


def first_row(statement: sa.Select[*tuple[Any, ...]], **values: object) -> sa.Row[*tuple[Any, ...]] | None:
    """What one statement finds, past the session and with no transaction around it: the cheapest look-up there is."""
    with single_statements().connect() as connection:
        row: sa.Row[*tuple[Any, ...]] | None = connection.execute(statement, values).first()
    return row
