"""The usage of a seat by its holder."""

from datetime import date, timedelta

from db.usage import seat_usage as usage
from db.usage.seat_usage import UsageRow
from domain.actions import Action
from domain.problems import BadInput
from resolvers.core.context import Context
from resolvers.core.fields import loaded_by
from resolvers.core.loaders import Loading
from resolvers.core.mutations import performs
from resolvers.core.relations import one

DEFAULT_DAYS = 30
MAX_DAYS = 366


@performs(Action.USAGE_READ)
@loaded_by("id")
def seat_usage(context: Context, since: date | None = None, until: date | None = None) -> Loading[UsageRow]:
    """Hours, sessions and last use by the current holder, on the days from `since` to `until` (UTC, both included).

    The default is the last 30 days; the maximum is 366 days. The usage of former holders is not included. FORBIDDEN
    unless it is your own seat or you may read the usage of the team.
    """
    until = until or context.today
    since = since or until - timedelta(days=min(DEFAULT_DAYS - 1, (until - date.min).days))
    if not 0 <= (until - since).days < MAX_DAYS:
        raise BadInput(f"`since` must not be after `until`, and the range may have at most {MAX_DAYS} days.")
    return context.loading(_SUMS, since, until)


_SUMS = one(usage.SUMS_BY_SEAT, Action.USAGE_READ, key="seat_id", missing=Action.USAGE_READ)
