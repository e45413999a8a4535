"""The seats that a member holds in the team, and what the team has of which they hold none."""

from db.catalogue.products import PRODUCTS, ProductRow
from db.core.paging import Listing
from db.seats import member_seats as holdings
from db.seats.pools import POOLS, PoolRow
from db.seats.seats import SeatRow
from domain.actions import Action
from domain.paging import Paging
from resolvers.core.context import Context
from resolvers.core.fields import loaded_by, paged
from resolvers.core.loaders import Loading
from resolvers.core.mutations import performs
from resolvers.core.relations import many
from resolvers.core.relay import ConnectionRow, listing


@performs(Action.SEATS_READ)
@loaded_by("id")
@paged
def member_seats(context: Context, paging: Paging) -> Loading[ConnectionRow[SeatRow]]:
    """The seats that this person holds in the team; only those that you may see."""
    return listing(context, _held, paging)


@performs(Action.POOLS_READ)
@loaded_by("id", action=Action.POOLS_READ, also=Action.SEATS_READ)
def unassigned_products(context: Context) -> Loading[list[PoolRow]]:
    """The team's pools of which this person holds no seat, in the order of the product names.

    FORBIDDEN for a plain user, and unless you may read seats: all other pools are those of seats that the person holds.
    """
    return context.loading(_UNHELD)


@performs(Action.REQUESTS_CREATE)
@loaded_by("id")
def requestable_products(context: Context) -> Loading[list[ProductRow]]:
    """The products of which you may ask for a seat here, in the order of their names; none for another person.

    The team has seats of them, and you hold none.
    """
    return context.loading(_REQUESTABLE)


def _held(context: Context) -> Listing[SeatRow]:
    return holdings.held(context.reach(Action.SEATS_READ))


_UNHELD = many(holdings.UNHELD, POOLS, Action.POOLS_READ)
_REQUESTABLE = many(holdings.REQUESTABLE, PRODUCTS, Action.REQUESTS_CREATE)
