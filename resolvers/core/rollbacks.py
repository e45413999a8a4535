"""Take a change back, so that the mutation can answer with an error."""

from resolvers.core.mutations import Change


async def roll_back(change: Change) -> None:
    """Roll back all that the change did, and forget who owns its idempotency key.

    So no answer is stored for repeats, and the same request may succeed later. Return the errors after it.
    """
    await change.connection.rollback()
    change.key_owner = None
