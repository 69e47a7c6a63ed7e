"""Organisers read the trail in words: every action that the code records has its own."""

import ast
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import app as house
from app.extensions import db
from app.people import audit
from app.people.deeds import DEEDS, deed
from tests.factories import make_account, sign_in

ROOMS = Path(house.__file__).parent


def recorded() -> set[str]:
    """What every call of `record`, or of a track's `note`, names as its action; what is computed, as a pattern."""
    found = set()
    for path in ROOMS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and re.search(r"(^|[._])(record|note)$", ast.unparse(node.func)):
                found.update(pattern for argument in node.args[:2] for pattern in patterns(argument))
            elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "action":
                found.update(patterns(node.value))
    return found


def named_by(found: set[str]) -> set[str]:
    return {action for action in DEEDS if any(re.fullmatch(pattern, action) for pattern in found)}


def patterns(argument: ast.expr) -> set[str]:
    if isinstance(argument, ast.IfExp):
        return patterns(argument.body) | patterns(argument.orelse)
    if isinstance(argument, ast.Constant) and re.fullmatch(r"[a-z]+\.[a-z-]+", str(argument.value)):
        return {re.escape(argument.value)}
    if isinstance(argument, ast.JoinedStr):
        parts = [re.escape(part.value) if isinstance(part, ast.Constant) else "[a-z-]+" for part in argument.values]
        return {"".join(map(str, parts))}
    return set()


def test_every_recorded_action_has_its_words() -> None:
    found = recorded()
    assert len(found) > 30
    assert [pattern for pattern in found if not any(re.fullmatch(pattern, action) for action in DEEDS)] == []
    # Some are chosen from a table, or named by a constant, before they are recorded.
    written = "".join(path.read_text() for path in ROOMS.rglob("*.py") if path.name != "deeds.py")
    named = {action for action in DEEDS if f'"{action}"' in written}
    assert [action for action in DEEDS.keys() - named_by(found) if action not in named] == []


@pytest.mark.parametrize("noun", ["event", "session"])
def test_every_change_of_an_event_or_session_has_its_words(noun: str) -> None:
    for change in ("cancelled", "postponed", "restored"):
        assert deed(f"{noun}.{change}") != f"{noun}.{change}"


def test_a_moved_session_is_told_with_both_times_of_the_reader(client: FlaskClient) -> None:
    reader = make_account(is_admin=True, zone="Europe/Kyiv")
    sign_in(client, reader)
    audit.record(
        reader, "session.moved", "event:1/session:2", title={"en": "Opening"},
        before=datetime(2027, 3, 10, 8, tzinfo=UTC).isoformat(), after=None,
    )  # fmt: skip
    db.session.commit()
    page = client.get("/en/manage/trail/").text
    assert "<strong>Session moved</strong> · Opening" in page
    assert "10 Mar 2027, 10:00 → –" in page
