"""The `polyforum` command. Each module of this package holds the commands of one noun."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

import click


class Refusal(click.ClickException):
    """A wrong input: one line on standard error that says where and why, and exit status 2."""

    exit_code = 2


@click.group()
def main() -> None:
    """Polyforum: free webinars and conferences in many languages."""


def with_app(command: Callable[..., Any]) -> Callable[..., Any]:
    """Runs a command inside the application's context; commands that need no database do without it."""

    def inside(*args: Any, **kwargs: Any) -> Any:
        from app import create_app

        with create_app().app_context():
            return command(*args, **kwargs)

    return update_wrapper(inside, command)


# Last, since these modules take `main`, `with_app` and `Refusal` from here.
from app.cli import database, demo, exchange, expire, mail, people, registrations, run  # noqa: E402,F401
