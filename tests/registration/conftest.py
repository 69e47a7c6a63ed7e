"""What only the tests of registration need."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.extensions import db
from app.lib import clock
from tests.conftest import NOON, settings


@pytest.fixture
def busy_app(database: str, tmp_path: Path) -> Iterator[Flask]:
    """For many threads at once: no context is open around them."""
    pool = {"pool_size": 16} if database.startswith("postgresql") else {}
    app = create_app(settings(tmp_path, SQLALCHEMY_DATABASE_URI=database, SQLALCHEMY_ENGINE_OPTIONS=pool))
    with clock.stopped_at(NOON):
        yield app
    with app.app_context():
        db.engine.dispose()
