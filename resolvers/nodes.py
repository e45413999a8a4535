"""The root field `node`, and the list of all types whose objects it finds by id."""

from typing import Any

import strawberry

from domain.actions import Action
from policies import facts
from resolvers.access.partner_tokens import TOKEN
from resolvers.billing.invoices import INVOICE
from resolvers.billing.orders import ORDER
from resolvers.catalogue.products import PRODUCT, RELEASE
from resolvers.contracts.contracts import CONTRACT
from resolvers.contracts.subscription_fields import SUBSCRIPTION
from resolvers.core.context import Context, Info
from resolvers.core.fields import with_level_loader
from resolvers.core.mutations import performs
from resolvers.core.node_kinds import Lookup, NodeKind
from resolvers.groups.groups import GROUP
from resolvers.invitations.invitation_fields import INVITATION
from resolvers.notices.notices import NOTICE
from resolvers.people.members import MEMBER
from resolvers.people.teams import TEAM
from resolvers.people.users import USER
from resolvers.seats.pools import POOL
from resolvers.seats.seat_requests import REQUEST
from resolvers.seats.seats import SEAT
from resolvers.seats.waiting_list import WAIT

NODES: tuple[NodeKind[Any], ...] = (
    USER,
    TEAM,
    MEMBER,
    INVITATION,
    GROUP,
    SEAT,
    POOL,
    WAIT,
    REQUEST,
    CONTRACT,
    SUBSCRIPTION,
    ORDER,
    INVOICE,
    NOTICE,
    TOKEN,
    PRODUCT,
    RELEASE,
)


def _lookup(context: Context, id: str) -> Lookup[Any]:
    context.require(Action.NODES_READ, facts.GATEWAY)
    return Lookup(context, id, NODES, "object")


@performs(Action.NODES_READ)
@with_level_loader(_lookup)
async def node(info: Info, id: strawberry.ID) -> Any:
    """Any object by its id.

    Raises NOT_FOUND if the id is unknown or if you may not read the object; both give the same answer.
    """
    return await _lookup(info.context, id).load()
