"""The pools of a team."""

from db.seats import pools
from db.seats.pools import PoolRow
from domain.actions import Action
from resolvers.core.context import Context
from resolvers.core.fields import loaded_by
from resolvers.core.loaders import Loading
from resolvers.core.mutations import performs
from resolvers.core.relations import Relation, within

POOLS_BY_TEAM = Relation(pools.BY_TEAM, pools.POOLS, within(Action.POOLS_READ), "team_id", many=True)


@performs(Action.POOLS_READ)
@loaded_by("id", action=Action.POOLS_READ, team="id")
def team_pools(context: Context) -> Loading[list[PoolRow]]:
    """The pools of the team: its seats, counted by product. FORBIDDEN for a plain user."""
    return context.loading(POOLS_BY_TEAM)
