"""`polyforum registrations import` and `polyforum registrations export`, as they are typed."""

from pathlib import Path

import pytest
from flask import Flask

from app.extensions import db
from app.jobs.models import Job
from app.registration.models import Registration
from tests.exchange.test_command import polyforum, process
from tests.factories import make_event, make_registration


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text("name,email,country\nAna,ana@example.org,RO\nIon,ion@example.org,MD\n")
    return path


def test_people_are_registered_and_exported(app: Flask, people: Path, tmp_path: Path) -> None:
    make_event(slug="forum")
    dry = process(app, "registrations", "import", "forum", str(people), "--dry-run", capture_output=True)
    assert (dry.returncode, dry.stderr) == (0, b"")
    assert dry.stdout.startswith(b"forum: 2 rows; 2 to be registered, 0 registered already, 0 left out")
    assert db.session.query(Registration).count() == 0
    db.session.rollback()
    done = polyforum(app, "registrations", "import", "forum", str(people), "--silent")
    assert (done.exit_code, done.stdout) == (0, "forum: 2 people are registered.\n")
    assert db.session.query(Registration).count() == 2
    assert db.session.query(Job).count() == 0
    db.session.rollback()
    for kind, start in (("csv", b"\xef\xbb\xbfName,E-mail"), ("xlsx", b"PK\x03\x04")):
        file = tmp_path / f"out.{kind}"
        done = polyforum(app, "registrations", "export", "forum", str(file))
        assert (done.exit_code, done.stdout) == (0, "forum: 2 registrations.\n")
        assert file.read_bytes().startswith(start)


def test_faults_are_listed_and_nothing_is_imported(app: Flask, people: Path) -> None:
    make_registration(make_event(slug="forum"))
    people.write_text("name,email,country\n,a@example.org,RO\nIon,ion,Atlantis\nAna,ana@example.org,RO\n")
    done = polyforum(app, "registrations", "import", "forum", str(people))
    assert done.exit_code == 2
    lines = done.stderr.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith(f"{people}: line 3, column email: “ion”: Write an e-mail address")
    assert lines[-1] == f"Error: {people}: line 2, column name: It is empty. (3 faults in all)"
    assert db.session.query(Registration).count() == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["import", "nowhere", "{people}"], "There is no event nowhere."),
        (["import", "forum", "{large}"], "{large}: The file has 200 MB, and at most 16 MB are taken."),
        (["export", "forum", "out.pdf"], "out.pdf: the name must end in .csv or .xlsx."),
        (["export", "forum", "/nowhere/out.csv"], "/nowhere/out.csv: No such file or directory"),
        (["export", "nowhere", "out.csv"], "There is no event nowhere."),
    ],
)
def test_a_wrong_input_ends_with_status_two_and_one_line(
    app: Flask, people: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    make_event(slug="forum")
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    names = {"people": people, "large": large}
    monkeypatch.chdir(tmp_path)
    done = polyforum(app, "registrations", *(word.format(**names) for word in words))
    assert (done.exit_code, done.stderr) == (2, f"Error: {said.format(**names)}\n")
    assert not (tmp_path / "out.csv").exists()
