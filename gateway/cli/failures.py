"""Expected failures of the command line. They are shown as a sentence, never as a traceback."""

import unicodedata
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import ParamSpec, TypeVar

import typer
from rich.console import Console

from db.core.connection import DatabaseError
from domain import times
from domain.failures import Failure
from policies.refusal import Refused

P = ParamSpec("P")
R = TypeVar("R")


class CommandFailed(Failure):
    """An argument cannot be used, or a check failed. The message is one sentence that says how to correct it."""


UNSHOWN = {"Cc", "Cs", "Zl", "Zp"}


def command(body: Callable[P, R]) -> Callable[P, R]:
    """Print an expected failure on standard error, and exit with its code."""

    @wraps(body)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return body(*args, **kwargs)
        except Failure as failure:
            code = failure.exit_code
            _print_error(f"usher: {failure}" if code == 1 else f"usher: {failure} Exit code {code}.")
            raise typer.Exit(code) from None
        except Refused as refusal:
            # Printed without a prefix, as `file:line: …`: editors and terminals turn that into a link.
            _print_error(str(refusal))
        except DatabaseError as error:
            # Only the first line of the server's message, because the next lines may contain a row.
            _print_error(f"usher: The database refused: {str(error).splitlines()[0]}")
        raise typer.Exit(1)

    return run


def day(name: str, text: str) -> date:
    """Return the day that an option names. Raises CommandFailed."""
    try:
        return times.day(text)
    except ValueError:
        raise CommandFailed(f"{name} '{text}' is not a day. Write it as 2026-01-31.") from None


def printable(text: str) -> str:
    """Return a text of a server with its control characters replaced: on a terminal they could start a command."""
    return "".join("\ufffd" if unicodedata.category(letter) in UNSHOWN else letter for letter in text)


def _print_error(text: str) -> None:
    Console(stderr=True).print(text, style="red", markup=False, emoji=False, highlight=False, soft_wrap=True)
