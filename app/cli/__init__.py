"""The `polyforum` command. Each module of this package holds the commands of one noun."""

from collections.abc import Callable
from functools import update_wrapper
from importlib import import_module
from typing import Any

import click


class Refusal(click.ClickException):
    """A wrong input: one line on standard error that says where and why, and exit status 2."""

    exit_code = 2


_HOMES = {
    "captions": ("captions",), "demo": ("demo",), "export": ("exchange",), "import": ("exchange",),
    "mail": ("mail",), "migrate": ("database",), "registrations": ("registrations", "expire"), "run": ("run",),
    "subtitles": ("subtitles",), "user": ("people",),
    "zones": ("zones",),
}  # fmt: skip
"""The modules of each command."""


class _Commands(click.Group):
    """Imports what a command needs when it is called: to check a file nobody waits for the whole application."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return sorted(_HOMES)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        for module in _HOMES.get(name, ()):
            import_module(f"app.cli.{module}")
        return super().get_command(context, name)


@click.group(cls=_Commands)
def main() -> None:
    """Polyforum: free webinars and conferences in many languages."""


def with_app(command: Callable[..., Any]) -> Callable[..., Any]:
    """Runs a command inside the application's context; commands that need no database do without it."""

    def inside(*args: Any, **kwargs: Any) -> Any:
        from app import create_app

        try:
            app = create_app()
        except ValueError as fault:  # A setting.
            raise Refusal(str(fault)) from fault
        with app.app_context():
            return command(*args, **kwargs)

    return update_wrapper(inside, command)
