"""Every type that has an id, and the root field that finds any object by its id."""

from typing import Any

import strawberry

from domain.actions import Action
from policies import facts
from resolvers.access.partner_tokens import TOKEN
from resolvers.catalogue.products import PRODUCT, RELEASE
from resolvers.core.context import Context, Info
from resolvers.core.fields import also_by
from resolvers.core.mutations import performs
from resolvers.core.node_kinds import Lookup, NodeKind
from resolvers.groups.groups import GROUP
from resolvers.invitations.invitation_fields import INVITATION
from resolvers.people.members import MEMBER
from resolvers.people.teams import TEAM
from resolvers.people.users import USER
from resolvers.seats.seat_requests import REQUEST
from resolvers.seats.seats import SEAT

NODES: tuple[NodeKind[Any], ...] = (
    USER,
    TEAM,
    MEMBER,
    INVITATION,
    GROUP,
    SEAT,
    REQUEST,
    TOKEN,
    PRODUCT,
    RELEASE,
)


def _node(context: Context, id: str) -> Lookup[Any]:
    context.require(Action.NODES_READ, facts.GATEWAY)
    return Lookup(context, id, NODES, "object")


@performs(Action.NODES_READ)
@also_by(_node)
async def node(info: Info, id: strawberry.ID) -> Any:
    """Any object by its id.

    Raises NOT_FOUND for an id that is unknown and for one you may not read, with the same answer.
    """
    return await _node(info.context, id).load()
