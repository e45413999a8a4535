"""What a level waits for, awaited together: awaitables of single objects, and batches of whole steps."""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import TYPE_CHECKING, Any

from execution.fallback import Failure
from execution.shortcuts import Batch

if TYPE_CHECKING:
    from execution.walk import Waiting


async def settle(waiting: "Sequence[Waiting]") -> None:
    """Put the outcomes in the place of what is awaitable, and the values of batches where they are wanted."""
    slots = [(one.values, at) for one in waiting if one.batch is None for at in one.indices]
    batches = {id(one.batch): one.batch for one in waiting if one.batch is not None}
    if len(slots) == 1 and not batches:
        values, at = slots[0]
        values[at] = await _outcome(values[at])
        _look(waiting)
        return
    futures = [asyncio.ensure_future(values[at]) for values, at in slots]
    try:
        # One after the other: a batch asked while another is at work may find its keys there already.
        failures = {key: await _failure(batch) for key, batch in batches.items()}
        for (values, at), future in zip(slots, futures, strict=True):
            # A loader settles all its futures at once: most are done by now, and cost no coroutine.
            values[at] = _settled(future) if future.done() else await _outcome(future)
    except BaseException:
        for future in futures:
            future.cancel()
        await asyncio.gather(*futures, return_exceptions=True)
        raise
    for one in waiting:
        if one.batch is not None:
            one.values.extend(_found(one.batch, one, failures[id(one.batch)]))
    _look(waiting)


def _look(waiting: "Sequence[Waiting]") -> None:
    """Note of what types the values are now; an exception among those of a batch is the failure of its key."""
    for one in waiting:
        one.kinds = set(map(type, one.values))
        if one.batch is not None and any(issubclass(kind, Exception) for kind in one.kinds):
            one.values[:] = [Failure(value) if isinstance(value, Exception) else value for value in one.values]
            one.kinds.add(Failure)


def _found(batch: Batch, one: "Waiting", failure: Failure | None) -> list[Any]:
    if failure is not None:
        return [None if key is None else failure for key in one.keys]
    if len(one.indices) == len(one.keys):
        return batch.values(one.keys)
    given = iter(batch.values([one.keys[at] for at in one.indices]))
    return [None if key is None else next(given) for key in one.keys]


async def _failure(batch: Batch) -> Failure | None:
    try:
        await batch.settle()
    except Exception as error:  # noqa: BLE001 - whatever it raises becomes the error of every field that asked
        return Failure(error)
    return None


def _settled(future: asyncio.Future[Any]) -> Any:
    error = None if future.cancelled() else future.exception()
    return Failure(error) if isinstance(error, Exception) else future.result()


async def _outcome(awaitable: Awaitable[Any]) -> Any:
    try:
        return await awaitable
    except Exception as error:  # noqa: BLE001 - whatever a resolver raises becomes an error of its field
        return Failure(error)
