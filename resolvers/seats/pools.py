"""The pools of a team.

In a dry run, their counts are shown only to those who may read seats. Otherwise a dry run that takes the seat of one
person would tell a token that may take seats but not read them who holds one.
"""

from typing import Any

from db.seats import pools
from db.seats.pools import PoolRow
from domain.actions import Action
from domain.ids import POOL as PREFIX
from domain.reach import Reach
from domain.subjects import Actor, Anonymous
from policies import facts
from policies.engine.policy import Policy
from resolvers.core.changed_lists import SeatLists
from resolvers.core.context import Context, Info
from resolvers.core.fields import loaded_by
from resolvers.core.loaders import Loading
from resolvers.core.mutations import performs
from resolvers.core.node_kinds import Abilities, NodeKind
from resolvers.core.relations import Relation


def _arguments(context: Context, keys: Any) -> tuple[Any, ...]:
    reach = context.reach(Action.POOLS_READ)
    if context.is_dry_run:
        seats = context.reach(Action.SEATS_READ)
        reach = Reach(tuple(team_id for team_id in reach.teams if seats.has(team_id)))
    return (reach, keys)


_BY_TEAM = Relation(pools.BY_TEAM, pools.POOLS, _arguments, "team_id", many=True)


@performs(Action.POOLS_READ)
@loaded_by("id", action=Action.POOLS_READ, team="id")
def team_pools(context: Context) -> Loading[list[PoolRow]]:
    """The pools of the team: its seats, counted by product. FORBIDDEN for a plain user.

    A dry run shows them only to those who may read seats.
    """
    return context.loading(_BY_TEAM)


@performs(Action.POOLS_READ)
async def changed_pools(root: SeatLists, info: Info) -> list[PoolRow]:
    """The pools that changed, as they are now; only those that you may see.

    A dry run shows them only to those who may read seats.
    """
    # Nobody is signed in after the repeat of an acceptance with the password.
    ids = [] if isinstance(info.context.actor, Anonymous) else root.pool_ids
    return await info.context.loading(POOL.find).load_all(ids)


def _abilities(policy: Policy, actor: Actor, row: PoolRow) -> Abilities:
    to_others = facts.seat(actor, row.team_id, None)
    oneself = facts.member(actor, row.team_id, facts.acts_for(actor) or "", contract_manager=False)
    return {
        Action.POOLS_READ: policy.explain(actor, Action.POOLS_READ, facts.team(actor, row.team_id)),
        Action.SEATS_ASSIGN: policy.explain(actor, Action.SEATS_ASSIGN, to_others),
        Action.SEATS_UNASSIGN: policy.explain(actor, Action.SEATS_UNASSIGN, to_others),
        Action.REQUESTS_CREATE: policy.explain(actor, Action.REQUESTS_CREATE, oneself),
    }


POOL = NodeKind(PREFIX, PoolRow, Relation(pools.BY_IDS, pools.POOLS, _arguments), _abilities, explained=True)
