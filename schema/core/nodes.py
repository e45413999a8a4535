"""Relay's `Node`: the interface of all objects that have an id, and the root field that finds them."""

import strawberry

from resolvers import abilities, nodes
from schema.core.fields import expose
from schema.core.refs import AbilityRef


@strawberry.interface(description="An object with an id, by which `node(id:)` finds it.")
class Node:
    """An object with an id, by which `node(id:)` finds it."""

    id: strawberry.ID = strawberry.field(description="The id of the object; its prefix shows the type.")
    viewer_can: list[AbilityRef] = expose(
        abilities.viewer_can,
        list[AbilityRef],
        actions="The actions to answer, as far as the object has them; null for all of them.",
    )


node = expose(nodes.node, Node | None, id="The id of the object, as any answer shows it.")
