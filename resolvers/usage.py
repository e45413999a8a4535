"""What a seat's holder did with it."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from db import usage
from db.seats import SeatRow
from db.usage import UsageRow
from domain.actions import Action
from domain.problems import BadInput, Forbidden
from resolvers.changes import performs
from resolvers.context import Context, Info

DEFAULT_DAYS = 30
MAX_DAYS = 366


@performs(Action.USAGE_READ)
def seat_usage(
    root: SeatRow, info: Info, since: date | None = None, until: date | None = None
) -> "asyncio.Future[UsageRow | None]":
    """Hours, sessions and last use by the holder of now, on the days from `since` to `until` (UTC, both included).

    The last 30 days when not given; at most 366. What former holders did is not in it. FORBIDDEN unless it is your own
    seat or you may read the team's usage.
    """
    until = until or info.context.today
    since = since or until - timedelta(days=min(DEFAULT_DAYS - 1, (until - date.min).days))
    if not 0 <= (until - since).days < MAX_DAYS:
        raise BadInput(f"`since` must not lie behind `until`, and the range may have at most {MAX_DAYS} days.")
    return info.context.load(_sums, root.id, since, until)


async def _sums(
    context: Context, seat_ids: Sequence[str], since: date, until: date
) -> Mapping[str, UsageRow | Forbidden]:
    reach = context.reach(Action.USAGE_READ)
    async with context.reading() as connection:
        sums = await usage.sums(connection, reach, seat_ids, since, until)
    refused = context.refused_in(Action.USAGE_READ)
    return {id_: sums.get(id_, refused) for id_ in seat_ids}
