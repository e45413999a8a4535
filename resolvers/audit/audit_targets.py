"""The objects that the entries of the audit log are about."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.actions import Action
from policies import facts
from resolvers.access.partner_tokens import TOKEN
from resolvers.catalogue.products import PRODUCT
from resolvers.contracts.contracts import CONTRACT
from resolvers.contracts.subscription_fields import SUBSCRIPTION
from resolvers.core.context import Context
from resolvers.core.fields import loaded_by
from resolvers.core.loaders import Loading
from resolvers.core.mutations import performs
from resolvers.core.node_kinds import NodeKind
from resolvers.groups.groups import GROUP
from resolvers.people.members import MEMBER
from resolvers.people.teams import TEAM
from resolvers.people.users import USER
from resolvers.seats.seat_requests import REQUEST
from resolvers.seats.seats import SEAT

# The kinds of objects that a change in a team names as its target.
KINDS: tuple[NodeKind[Any], ...] = (TEAM, USER, MEMBER, GROUP, PRODUCT, SEAT, REQUEST, CONTRACT, SUBSCRIPTION, TOKEN)


@performs(Action.NODES_READ)
@loaded_by("target_id")
def target(context: Context) -> Loading[Any]:
    """The object that was changed, as it is now; null like `targetId`, if it is gone, and if you may not see it."""
    context.require(Action.NODES_READ, facts.GATEWAY)
    return context.loading(_targets)


async def _targets(context: Context, ids: Sequence[str]) -> Mapping[str, Any]:
    """The objects with these ids that the actor may read: one statement for each kind among them."""
    found: dict[str, Any] = {}
    for kind in KINDS:
        of_kind = [id_ for id_ in ids if id_.partition("_")[0] == kind.prefix]
        if of_kind:
            found |= await kind.find(context, of_kind)
    return found
