"""The waiting list of a pool, and the places of a member on waiting lists."""

from db.core.paging import Listing
from db.people.members import MemberRow
from db.seats import waits
from db.seats.waits import WaitRow
from domain.actions import Action
from domain.ids import WAIT as PREFIX
from domain.paging import Paging
from domain.subjects import Actor
from policies import facts
from policies.engine.policy import Policy
from resolvers.core.context import Context
from resolvers.core.fields import loaded_by, paged
from resolvers.core.loaders import Loading
from resolvers.core.mutations import performs
from resolvers.core.node_kinds import Abilities, NodeKind
from resolvers.core.relations import Relation, one, within
from resolvers.core.relay import ConnectionRow, listing
from resolvers.people.members import MEMBER


@performs(Action.SEATS_READ)
@loaded_by("id")
@paged
def pool_waits(context: Context, paging: Paging) -> Loading[ConnectionRow[WaitRow]]:
    """The waiting list of the pool: the people who wait for a seat, in the order in which they get one."""
    return listing(context, _waiting_list, paging)


@performs(Action.SEATS_READ)
@loaded_by("id")
def member_waits(context: Context) -> Loading[list[WaitRow]]:
    """This person's places on waiting lists, the longest wait first; only those that you may see."""
    return context.loading(_OF_MEMBERS)


@performs(Action.MEMBERS_READ)
@loaded_by("member_id")
def member(context: Context) -> Loading[MemberRow]:
    """The person who waits; null if you may not see them."""
    return context.loading(MEMBER.find)


def _waiting_list(context: Context) -> Listing[WaitRow]:
    return waits.listed(context.reach(Action.SEATS_READ))


def _abilities(policy: Policy, actor: Actor, row: WaitRow) -> Abilities:
    seat = facts.seat(actor, row.team_id, row.user_id)
    asked = (Action.SEATS_READ, Action.SEATS_ASSIGN, Action.SEATS_UNASSIGN)
    return {action: policy.explain(actor, action, seat) for action in asked}


_OF_MEMBERS = Relation(waits.OF_MEMBERS, waits.WAITS, within(Action.SEATS_READ), "member_id", many=True)
WAIT = NodeKind(PREFIX, WaitRow, one(waits.BY_IDS, Action.SEATS_READ), _abilities, explained=True)
