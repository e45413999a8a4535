"""The fields of a seat."""

from db.people.teams import TeamRow
from db.people.users import UserRow
from db.seats import seats
from db.seats.seats import SeatRow, SourceRow
from domain.actions import Action
from domain.seats import SeatState
from domain.subjects import Actor
from policies import facts
from policies.engine.policy import Policy
from resolvers.core.context import Context
from resolvers.core.fields import loaded_by
from resolvers.core.loaders import Loading
from resolvers.core.mutations import performs
from resolvers.core.node_kinds import Abilities, NodeKind
from resolvers.core.relations import many, one
from resolvers.people.teams import TEAM
from resolvers.people.users import USER


@loaded_by("team_id")
def team(context: Context) -> Loading[TeamRow]:
    """The team that owns the seat."""
    return context.loading(TEAM.find)


def state(root: SeatRow) -> SeatState:
    """Whether somebody holds the seat, also if you may not see this person."""
    return SeatState.AVAILABLE if root.holder_id is None else SeatState.ASSIGNED


@performs(Action.MEMBERS_READ)
@loaded_by("holder_id")
def holder(context: Context) -> Loading[UserRow]:
    """The person who holds the seat; null while it is available, and if you may not see that person.

    `state` tells the two cases apart.
    """
    return context.loading(USER.find)


@performs(Action.SEATS_READ)
@loaded_by("id")
def sources(context: Context) -> Loading[list[SourceRow]]:
    """The reasons why somebody holds the seat, the oldest first; empty while it is available."""
    return context.loading(_SOURCES)


_SOURCES = many(seats.SOURCES_BY_SEAT, seats.SOURCES, Action.SEATS_READ)


def _abilities(policy: Policy, actor: Actor, row: SeatRow) -> Abilities:
    to_others = facts.seat(actor, row.team_id, None)
    return {
        **policy.abilities(actor, facts.seat(actor, row.team_id, row.holder_id)),
        Action.SEATS_ASSIGN: policy.explain(actor, Action.SEATS_ASSIGN, to_others),
        Action.SEATS_REASSIGN: policy.explain(actor, Action.SEATS_REASSIGN, to_others),
    }


SEAT = NodeKind("seat", SeatRow, one(seats.BY_IDS, Action.SEATS_READ), _abilities, explained=True)
