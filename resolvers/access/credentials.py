"""The credentials of requests, before and after their actor is looked up."""

from collections.abc import Sequence

from db.access import credentials
from db.core.database import Database
from domain.credentials import Credential
from domain.problems import InvalidCredential


async def valid_session(database: Database, sessions: Sequence[Credential]) -> Credential:
    """The valid one of several sessions of a browser; the first one if none is valid.

    Another host of the same domain can add cookies to a request. They must not stand in the way of the right one.
    """
    async with database.connection() as connection:
        return await credentials.first_valid(connection, sessions) or sessions[0]


async def explained(database: Database, credential: Credential) -> InvalidCredential:
    """The error that says why a credential is invalid. Only its holder can have sent it, so it reveals nothing."""
    async with database.connection() as connection:
        return InvalidCredential(await credentials.fault(connection, credential))
