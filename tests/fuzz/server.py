"""A real server with a demo company, on a PostgreSQL that runs only for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from db.embedded import server as embedded
from gateway.runtime.settings import Settings
from tests.support.process import running
from tests.support.second_factors import OPERATORS_SECRET

PROVIDER = {
    "USHER_OIDC_ISSUER": "https://provider.example",
    "USHER_OIDC_CLIENT_ID": "usher",
    "USHER_OIDC_CLIENT_SECRET": "a secret of tests, which is long enough",
}
"""Settings of an OpenID provider that does not exist. Usher asks it only when somebody begins to sign in."""


@dataclass(frozen=True)
class FuzzedServer:
    """The address of the server, and that of its database."""

    address: str
    database_url: str


@contextmanager
def fuzzed_server(folder: Path) -> Iterator[FuzzedServer]:
    """Start the server, with its files in a folder. It trusts a proxy on this machine, so that calls have places.

    Its secret and its site are those for which the tests make passkeys. Nobody asks its OpenID provider.
    """
    site = {"USHER_SECRET": OPERATORS_SECRET, "USHER_PUBLIC_URL": Settings().address, **PROVIDER}
    with (
        embedded.throwaway() as postgres,
        running(folder, DATABASE_URL=postgres.url, FORWARDED_ALLOW_IPS="127.0.0.1", **site) as run,
    ):
        yield FuzzedServer(run.address, postgres.url)
