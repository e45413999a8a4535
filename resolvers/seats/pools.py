"""The pools of a team."""

from db.seats import pools
from db.seats.pools import PoolRow
from domain.actions import Action
from domain.ids import POOL as PREFIX
from domain.subjects import Actor, Anonymous
from policies import facts
from policies.engine.policy import Policy
from resolvers.core.changed_lists import SeatLists
from resolvers.core.context import Context, Info
from resolvers.core.fields import loaded_by
from resolvers.core.loaders import Loading
from resolvers.core.mutations import performs
from resolvers.core.node_kinds import Abilities, NodeKind
from resolvers.core.relations import Relation, one, within

_BY_TEAM = Relation(pools.BY_TEAM, pools.POOLS, within(Action.POOLS_READ), "team_id", many=True)


@performs(Action.POOLS_READ)
@loaded_by("id", action=Action.POOLS_READ, team="id")
def team_pools(context: Context) -> Loading[list[PoolRow]]:
    """The pools of the team: its seats, counted by product. FORBIDDEN for a plain user."""
    return context.loading(_BY_TEAM)


@performs(Action.POOLS_READ)
async def changed_pools(root: SeatLists, info: Info) -> list[PoolRow]:
    """The pools that changed, as they are now; only those that you may see.

    In a dry run, only if you may see seats, too: otherwise it would tell who holds one.
    """
    # Nobody is signed in after the repeat of an acceptance with the password.
    ids = [] if isinstance(info.context.actor, Anonymous) else root.pool_ids
    found = await info.context.loading(POOL.find).load_all(ids)
    if not ids or not info.context.is_dry_run:
        return found
    seen = info.context.reach(Action.SEATS_READ)
    return [pool for pool in found if seen.has(pool.team_id)]


def _abilities(policy: Policy, actor: Actor, row: PoolRow) -> Abilities:
    to_others = facts.seat(actor, row.team_id, None)
    oneself = facts.member(actor, row.team_id, facts.acts_for(actor) or "", contract_manager=False)
    return {
        Action.POOLS_READ: policy.explain(actor, Action.POOLS_READ, facts.team(actor, row.team_id)),
        Action.SEATS_ASSIGN: policy.explain(actor, Action.SEATS_ASSIGN, to_others),
        Action.SEATS_UNASSIGN: policy.explain(actor, Action.SEATS_UNASSIGN, to_others),
        Action.REQUESTS_CREATE: policy.explain(actor, Action.REQUESTS_CREATE, oneself),
    }


POOL = NodeKind(PREFIX, PoolRow, one(pools.BY_IDS, Action.POOLS_READ), _abilities, explained=True)
