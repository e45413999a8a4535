"""Await everything that a level waits for together: awaitables of single objects, and batches of whole steps."""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import TYPE_CHECKING, Any

from execution.fallback import Failure
from execution.shortcuts import Batch

if TYPE_CHECKING:
    from execution.walk import Waiting


async def settle(waiting: "Sequence[Waiting]") -> None:
    """Replace the awaitables in `waiting` by their outcomes, and fill in the values of its batches."""
    places = [(one.values, at) for one in waiting if one.batch is None for at in one.indices]
    batches = {id(one.batch): one.batch for one in waiting if one.batch is not None}
    if len(places) == 1 and not batches:
        values, at = places[0]
        values[at] = await _outcome(values[at])
        _update_kinds(waiting)
        return
    futures = [asyncio.ensure_future(values[at]) for values, at in places]
    try:
        # One after the other, because a batch may find that an earlier batch has already loaded its keys.
        failures = {key: await _settle_batch(batch) for key, batch in batches.items()}
        for (values, at), future in zip(places, futures, strict=True):
            # A loader completes all its futures at once. So most are done by now and need no coroutine.
            values[at] = _future_outcome(future) if future.done() else await _outcome(future)
    except BaseException:
        for future in futures:
            future.cancel()
        await asyncio.gather(*futures, return_exceptions=True)
        raise
    for one in waiting:
        if one.batch is not None:
            one.values.extend(_batch_values(one.batch, one, failures[id(one.batch)]))
    _update_kinds(waiting)


def _update_kinds(waiting: "Sequence[Waiting]") -> None:
    """Set `kinds` to the types of the values. An exception among the values of a batch becomes a Failure of its key."""
    for one in waiting:
        one.kinds = set(map(type, one.values))
        if one.batch is not None and any(issubclass(kind, Exception) for kind in one.kinds):
            one.values[:] = [Failure(value) if isinstance(value, Exception) else value for value in one.values]
            one.kinds.add(Failure)


def _batch_values(batch: Batch, one: "Waiting", failure: Failure | None) -> list[Any]:
    if failure is not None:
        return [None if key is None else failure for key in one.keys]
    if len(one.indices) == len(one.keys):
        return batch.values(one.keys)
    found = iter(batch.values([one.keys[at] for at in one.indices]))
    return [None if key is None else next(found) for key in one.keys]


async def _settle_batch(batch: Batch) -> Failure | None:
    try:
        await batch.settle()
    except Exception as error:  # noqa: BLE001 - it becomes the error of every field that needs the batch
        return Failure(error)
    return None


def _future_outcome(future: asyncio.Future[Any]) -> Any:
    error = None if future.cancelled() else future.exception()
    return Failure(error) if isinstance(error, Exception) else future.result()


async def _outcome(awaitable: Awaitable[Any]) -> Any:
    try:
        return await awaitable
    except Exception as error:  # noqa: BLE001 - every error of a resolver becomes an error of its field
        return Failure(error)
