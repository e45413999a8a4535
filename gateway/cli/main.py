"""The command line: all commands, each with the module that is loaded when it is used."""

from collections import UserDict
from importlib import metadata
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from gateway.runtime.loading import load

# What a command needs can take two seconds to load. So no module of a command is loaded for another command.
COMMANDS = {
    "import": "import_members:app",
    "export": "export_members:app",
    "shell": "shell:app",
    "explain-plan": "explain_plan:app",
    "run": "run:app",
    "worker": "worker:app",
    "mail": "mail:app",
    "seed": "seed:app",
    "schema": "schema:app",
    "db": "database:app",
    "policy": "policy:app",
    "audit": "audit:app",
    "account": "account:app",
    "calendar": "calendar:app",
    "company": "business:company",
    "subscription": "business:subscription",
    "product": "business:product",
    "orders": "business:orders",
    "vendor": "vendor:app",
}


class _Loaded(UserDict[str, Any]):
    """The commands by name. Each is loaded when it is looked up."""

    def __getitem__(self, name: str) -> Any:
        module, _, attribute = self.data[name].partition(":")
        command = typer.main.get_command(getattr(load(f"gateway.cli.{module}"), attribute))
        command.name = name
        return command


class _Commands(TyperGroup):
    """All commands of `usher`."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = _Loaded(COMMANDS)


app = typer.Typer(cls=_Commands, no_args_is_help=True, add_completion=False)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"usher {metadata.version('usher')}")
        raise typer.Exit


@app.callback()
def options(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """A GraphQL gateway for software seats."""


def main() -> None:
    """Run the command line."""
    app()
