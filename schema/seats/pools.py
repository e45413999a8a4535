"""Pools of seats."""

import strawberry

from db.seats.pools import PoolRow
from resolvers.catalogue import products
from resolvers.seats import waiting_list as waits
from schema.core.fields import expose, shows
from schema.core.nodes import Node
from schema.core.refs import ProductRef, WaitConnection


@shows(PoolRow)
class Pool(Node):
    """The seats of one product in the active subscriptions of a team.

    Its id stays the same as long as the team has seats of the product.
    """

    product: ProductRef = expose(products.product, ProductRef)
    total: int = strawberry.field(description="The number of all seats, assigned and available.")
    assigned: int = strawberry.field(description="The number of seats that have a holder.")
    available: int = strawberry.field(description="The number of seats without a holder.")
    waits: WaitConnection = expose(waits.pool_waits, WaitConnection)
