"""Places on the waiting list."""

from datetime import datetime

import strawberry

from db.seats.waits import WaitRow
from resolvers.catalogue import products
from resolvers.seats import waiting_list
from schema.core.fields import expose, shows
from schema.core.nodes import Node
from schema.core.refs import MemberRef, ProductRef


@shows(WaitRow)
class Wait(Node):
    """A person's place on the waiting list of a product of which the team has no seat left.

    Its id stays the same while the person waits, also if their position changes.
    """

    position: int = strawberry.field(description="The person at position 1 gets the next seat.")
    since: datetime = strawberry.field(description="When the person joined the waiting list.")
    product: ProductRef = expose(products.product, ProductRef)
    member: MemberRef | None = expose(waiting_list.member, MemberRef | None)
