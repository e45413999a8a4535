"""The pools of a team."""

from collections.abc import Mapping, Sequence

from db.seats import pools
from db.seats.pools import PoolRow
from domain.actions import Action
from domain.problems import Forbidden
from resolvers.core.context import Context
from resolvers.core.fields import loaded_by
from resolvers.core.loaders import Loading
from resolvers.core.mutations import performs


@performs(Action.POOLS_READ)
@loaded_by("id")
def team_pools(context: Context) -> Loading[list[PoolRow]]:
    """The pools of the team: its seats, counted by product. FORBIDDEN for a plain user."""
    return context.loading(pools_by_team)


async def pools_by_team(context: Context, team_ids: Sequence[str]) -> Mapping[str, list[PoolRow] | Forbidden]:
    """The pools of each team, or Forbidden; a batch for `Context.load`."""
    reach = context.reach(Action.POOLS_READ)
    async with context.reading() as connection:
        found = await pools.by_team(connection, reach, team_ids)
    return {
        id_: found.get(id_, []) if id_ in reach.teams else context.refused_in(Action.POOLS_READ, id_)
        for id_ in team_ids
    }
