"""What every command of the command line shares: an expected failure is a sentence, never a traceback."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import typer
from alembic.util import CommandError
from rich.console import Console
from sqlalchemy.exc import DBAPIError

from db.demo import seed as seeding
from db.embedded import server
from gateway import serving
from gateway.runtime import settings
from policies.facts import UnknownFact
from policies.refusal import Refused
from schema.build import UnguardedField

P = ParamSpec("P")
R = TypeVar("R")


class Unusable(Exception):
    """An argument that cannot be used, or a check that failed; one sentence that says how to mend it."""


EXPECTED = (
    server.EmbeddedPostgresError,
    serving.Unstartable,
    settings.SettingsError,
    seeding.SeedRefused,
    UnguardedField,
    UnknownFact,
    Unusable,
    CommandError,
)


def command(body: Callable[P, R]) -> Callable[P, R]:
    """Say an expected failure on standard error and exit with 1."""

    @wraps(body)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return body(*args, **kwargs)
        except Refused as refusal:
            # As it is, `file:line: …`: editors and terminals make a link of that.
            _complain(str(refusal))
        except DBAPIError as error:
            # The server's first line only: what follows it may hold a row.
            _complain(f"usher: The database refused: {str(error.orig).splitlines()[0]}")
        except EXPECTED as error:
            _complain(f"usher: {error}")
        raise typer.Exit(1)

    return run


def _complain(text: str) -> None:
    Console(stderr=True).print(text, style="red", markup=False, highlight=False, soft_wrap=True)
