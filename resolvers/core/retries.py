"""Which transactions run again, from the beginning, because another one was in their way."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from db.core.connection import DatabaseError
from resolvers.core.mutation_types import PeopleMoved

ATTEMPTS = 3
DEADLOCK = "40P01"
# An account was deleted while a team invited the person, or joined a team while it was being deleted.
DELETED_ACCOUNT = "fk_memberships_user_id"

V = TypeVar("V")


async def retried(transaction: Callable[[], Awaitable[V]]) -> V:
    """Run a transaction, and run it again if another one was in its way, at most ATTEMPTS times in all.

    The other one has gone on then. The gateway reports all other database errors.
    """
    for attempt in range(1, ATTEMPTS):
        try:
            return await transaction()
        except PeopleMoved:
            pass
        except DatabaseError as error:
            if error.sqlstate != DEADLOCK and error.constraint != DELETED_ACCOUNT:
                raise
        await asyncio.sleep(0.01 * attempt)
    return await transaction()
