"""Relay: what has an id, and the root field that finds it."""

import strawberry

from resolvers import abilities, nodes
from schema.core.fields import expose
from schema.core.refs import AbilityRef


@strawberry.interface(description="Anything with an id that `node(id:)` finds.")
class Node:
    """Anything with an id."""

    id: strawberry.ID = strawberry.field(description="Its id, which tells its type by the prefix.")
    viewer_can: list[AbilityRef] = expose(abilities.viewer_can, list[AbilityRef])


node = expose(nodes.node, Node | None)
