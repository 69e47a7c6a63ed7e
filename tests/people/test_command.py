"""`polyforum user create`."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from app.cli import main
from app.extensions import db
from app.people import service

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr("app.create_app", lambda: app)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["user", "create", *arguments])

    return run


def test_the_command_makes_an_administrator_and_prints_a_link_that_signs_in(app: Flask, run: Run) -> None:
    done = run("Ana@Example.org", "--admin", "--name", "Ana")
    assert done.exit_code == 0
    address = done.output.strip()
    assert address.startswith("http://polyforum.test/en/sign-in/link/")
    account = service.by_address("ana@example.org")
    assert account is not None
    assert (account.name, account.is_admin) == ("Ana", True)
    client = app.test_client()
    assert client.get(address).status_code == 200
    assert client.post(address).status_code == 302
    assert client.get("/en/account/").status_code == 200


def test_running_it_again_changes_nothing_but_gives_a_new_link(run: Run) -> None:
    run("ana@example.org", "--name", "Ana")
    again = run("ana@example.org", "--admin", "--name", "Somebody else")
    run("ana@example.org")
    assert again.exit_code == 0
    (account,) = service.accounts()
    db.session.refresh(account)
    assert (account.name, account.is_admin) == ("Ana", True)


@pytest.mark.parametrize("email", ["ana", "", "ana@example.org\nBcc: x@example.org", "a@b@c"])
def test_a_faulty_address_ends_with_one_line_and_status_2(run: Run, email: str) -> None:
    done = run(email)
    assert done.exit_code == 2
    assert len(done.output.strip().splitlines()) == 1
    assert service.accounts() == []
