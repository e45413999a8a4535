"""A real server with a demo company, on a PostgreSQL that runs only for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from db.embedded import server as embedded
from gateway.runtime.settings import Settings
from tests.support.process import running
from tests.support.second_factors import OPERATORS_SECRET


@dataclass(frozen=True)
class FuzzedServer:
    """The address of the server, and that of its database."""

    address: str
    database_url: str


@contextmanager
def fuzzed_server(folder: Path) -> Iterator[FuzzedServer]:
    """Start the server, with its files in a folder. It trusts a proxy on this machine, so that calls have places.

    Its secret and its site are those for which the tests make passkeys.
    """
    site = {"USHER_SECRET": OPERATORS_SECRET, "USHER_PUBLIC_URL": Settings().address}
    with (
        embedded.throwaway() as postgres,
        running(folder, DATABASE_URL=postgres.url, FORWARDED_ALLOW_IPS="127.0.0.1", **site) as run,
    ):
        yield FuzzedServer(run.address, postgres.url)
