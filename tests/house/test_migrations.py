"""Models and migrations say the same, on both databases."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from app import create_app
from app.cli.database import alembic_config, is_ours, upgrade
from app.extensions import db
from app.reminders.models import Rule
from app.reminders.rules import usual as rules_of_today
from tests.conftest import new_postgresql_database, settings


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'migrated.db'}"
    return new_postgresql_database(request.getfixturevalue("postgresql_server"))


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
def test_migrations_make_exactly_what_the_models_describe(empty_address: str, tmp_path: Path) -> None:
    app = create_app(settings(tmp_path, SQLALCHEMY_DATABASE_URI=empty_address))
    with app.app_context():
        upgrade()
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": is_ours})
            difference = compare_metadata(context, db.metadata)
        db.engine.dispose()
    assert difference == []


def test_on_sqlite_they_also_make_what_alembic_does_not_compare(tmp_path: Path) -> None:
    """Checks, numbers that are never given out twice, tables without row numbers, conditions of indexes, triggers."""

    def shapes(name: str, make: Callable[[], None]) -> dict[str, tuple[object, ...]]:
        app = create_app(settings(tmp_path, SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path / name}"))
        with app.app_context():
            make()
            with db.engine.connect() as connection:
                made = connection.execute(sa.text("SELECT name, type, sql FROM sqlite_master WHERE sql IS NOT NULL"))
                found = {name: _shape(kind, sql) for name, kind, sql in made if name != "alembic_version"}
            db.engine.dispose()
        return found

    assert shapes("migrated.db", upgrade) == shapes("made.db", db.create_all)


def _shape(kind: str, sql: str) -> tuple[object, ...]:
    if kind == "index":
        return (" ".join(sql.replace('"', " ").split()),)
    return kind, sql.count("CHECK"), "AUTOINCREMENT" in sql, "WITHOUT ROWID" in sql


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


def test_what_was_registered_before_stays_and_gets_the_new_links(empty_address: str, tmp_path: Path) -> None:
    app = create_app(settings(tmp_path, SQLALCHEMY_DATABASE_URI=empty_address))
    with app.app_context():
        command.upgrade(alembic_config(), "0001")
        _execute(BEFORE_WAITING_LISTS)
        upgrade()
        with db.engine.begin() as connection:
            purposes = connection.execute(sa.text("SELECT purpose FROM registration_link ORDER BY purpose"))
            links = list(purposes.scalars())
            person = connection.execute(sa.text("SELECT name, origin, queue_number FROM registration")).one()
            places = connection.execute(sa.text("SELECT event_id, session_id, taken, last_number FROM places")).one()
        db.engine.dispose()
    assert links == ["join", "page", "ticket"]
    assert tuple(person) == ("Ana", "form", None)
    assert tuple(places) == (1, None, 1, 0)


def test_letters_of_before_know_their_event_and_nobody_is_reminded_twice(empty_address: str, tmp_path: Path) -> None:
    app = create_app(settings(tmp_path, SQLALCHEMY_DATABASE_URI=empty_address))
    with app.app_context():
        command.upgrade(alembic_config(), "0001")
        _execute(BEFORE_WAITING_LISTS)
        command.upgrade(alembic_config(), "0003")
        _execute(BEFORE_RULES)
        upgrade()
        with db.engine.begin() as connection:
            letters = connection.execute(
                sa.text("SELECT about, domain, priority, claims, returns_to FROM letter ORDER BY id")
            ).all()
            reminded = connection.execute(sa.text("SELECT session_id, person, ahead FROM session_reminder")).all()
            told = connection.execute(sa.text("SELECT session_id, language FROM publication")).all()
        with db.session() as session:
            rules = session.scalars(sa.select(Rule).order_by(Rule.id)).all()
            usual = [(row["kind"], row["minutes"], row["audience"], row["is_on"]) for row in rules_of_today()]
            kept = [(rule.kind, rule.minutes, rule.audience, rule.is_on) for rule in rules]
        db.engine.dispose()
    assert [tuple(row) for row in letters] == [
        ("event:1", "example.org", 0, 1, "queued"), ("event:1", "example.org", 1, 0, "queued"),
        ("", "example.org", 0, 0, "queued"),
    ]  # fmt: skip
    assert [tuple(row) for row in reminded] == [(1, "r1", 30)]
    assert [tuple(row) for row in told] == [(1, "")]
    assert kept == usual
    assert {tuple(rule.text) for rule in rules} == {()}


def _execute(statements: tuple[str, ...]) -> None:
    with db.engine.begin() as connection:
        for statement in statements:
            connection.execute(
                sa.text(statement), {"now": "2027-03-01 10:00:00"} if ":now" in statement else {}
            )  # fmt: skip


BEFORE_RULES = (
    "INSERT INTO event_session (id, event_id, slug, guid, kind, title, subtitle, abstract, description, languages, "
    "starts_at, ends_at, standing, standing_reason, join_url, join_phone, join_passcode, recording_url, "
    "recording_licence, recorded, source, search, sequence, changed_at) VALUES (1, 1, 's', 'g', 'talk', '{}', '{}', "
    "'{}', '{}', '[]', :now, '2027-03-01 11:00:00', 'confirmed', '{}', '', '', '', 'https://v.example.org', '', "
    "true, '{}', '', 0, :now)",
    *(
        "INSERT INTO letter (key, kind, recipient, recipient_name, language, "  # noqa: S608 - of constants
        "payload, state, created_at, not_before, "
        f"attempts, message_id, subject, last_error) VALUES ('{key}', '{kind}', 'ana@Example.org', 'Ana', 'ro', "
        f"'{payload}', 'sent', :now, :now, {attempts}, '{key}', '', '')"
        for key, kind, payload, attempts in (
            ("a", "registration.confirm", '{"registration" \\: 1}', 1),
            ("b", "reminders.event", '{"event_id" \\: 1}', 0),
            ("c", "people.link", "{}", 0),
        )
    ),
    "INSERT INTO agenda_reminder (registration_id, session_id, starts_at) VALUES (1, 1, :now)",
)  # fmt: skip

BEFORE_WAITING_LISTS = (
    "INSERT INTO event (id, slug, guid, kind, state, standing, standing_reason, title, summary, description, zone, "
    "languages, starts_on, ends_on, day_change, join_opens_minutes, contact_name, contact_email, reply_to, privacy, "
    "recording_consent, website, source, created_at, revision, changed_at) VALUES (1, 'e', 'g', 'webinar', "
    "'published', 'confirmed', '{}', '{}', '{}', '{}', 'UTC', '[]', '2027-05-01', '2027-05-01', 0, 15, '', '', '', "
    "'{}', '{}', '', '{}', :now, 1, :now)",
    "INSERT INTO registration (id, event_id, state, name, email, new_email, country, language, zone, consented_at, "
    "created_at, attempt, agenda_changed_at, search) VALUES (1, 1, 'confirmed', 'Ana', 'ana@example.org', '', 'RO', "
    "'ro', 'UTC', :now, :now, 1, :now, 'ana')",
    "INSERT INTO registration_link (token, registration_id, purpose, created_at) VALUES ('t', 1, 'page', :now)",
    "INSERT INTO places (event_id, taken) VALUES (1, 1)",
)
