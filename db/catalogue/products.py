"""The catalogue: products, releases, and a team's pools of seats.

Products belong to no team: whoever may read the catalogue reads all of it, so only pools take a reach.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.core.paging import Definition, Rows, listing
from db.core.reach import any_of, within
from db.core.rows import by_id, columns_of, grouped
from db.core.statements import RowQuery
from db.tables.catalogue import Product, Release
from db.tables.people import Team
from db.tables.seats import Seat, Subscription
from domain.reach import Reach


class ProductRow(NamedTuple):
    """A product as the graph shows it."""

    id: str
    name: str
    description: str


class ReleaseRow(NamedTuple):
    """A version of a product."""

    id: str
    product_id: str
    name: str
    released_on: date


class PoolRow(NamedTuple):
    """A team's seats of one product, in its active subscriptions: `total = assigned + available`."""

    team_id: str
    product_id: str
    total: int
    assigned: int
    available: int


class KnownProduct(NamedTuple):
    """Whether a product that was asked for beside a team is there."""

    product: bool


PRODUCTS = columns_of(ProductRow, Product)
RELEASES = columns_of(ReleaseRow, Release)
POOLS = columns_of(
    PoolRow,
    Seat,
    total=func.count(),
    assigned=func.count(Seat.holder_id),
    available=func.count() - func.count(Seat.holder_id),
)
KNOWN = columns_of(KnownProduct, Product, product=Product.id.is_not(None))


async def by_ids(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, ProductRow]:
    """Products by id."""
    return by_id(await _BY_IDS.rows(connection, list(ids)))


async def in_team(connection: AsyncConnection, reach: Reach, team_id: str, product_id: str) -> tuple[bool, bool]:
    """Whether there is this team within `reach`, and whether there is this product."""
    rows = await _IN_TEAM.rows(connection, reach, team_id, product_id)
    return bool(rows), bool(rows) and rows[0].product


@listing
def listed() -> Definition[ProductRow]:
    """All products, by name."""

    def rows(_: ColumnElement[str]) -> Rows:
        return select()

    return Definition(rows, [func.lower(Product.name), Product.id.expression], PRODUCTS)


async def releases_by_ids(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, ReleaseRow]:
    """Releases by id."""
    return by_id(await RELEASES.read(connection, select().where(Release.id == any_of(ids))))


async def releases(connection: AsyncConnection, product_ids: Sequence[str]) -> dict[str, list[ReleaseRow]]:
    """The releases of each product, the newest first."""
    return grouped((row.product_id, row) for row in await _RELEASES.rows(connection, list(product_ids)))


async def pools(connection: AsyncConnection, reach: Reach, team_ids: Sequence[str]) -> dict[str, list[PoolRow]]:
    """The pools of each team within `reach`, by the name of the product."""
    return grouped((row.team_id, row) for row in await _POOLS.rows(connection, reach, list(team_ids)))


def active() -> ColumnElement[bool]:
    """Whether a subscription gives its seats today (UTC)."""
    return func.current_date().between(Subscription.starts_on, Subscription.ends_on)


def _by_ids(ids: Sequence[str]) -> Rows:
    return select().where(Product.id == any_of(ids))


def _in_team(reach: Reach, team_id: str, product_id: str) -> Rows:
    query = select().select_from(Team).outerjoin(Product, Product.id == product_id)
    return query.where(Team.id == team_id, within(reach, Team.id))


def _releases(product_ids: Sequence[str]) -> Rows:
    return select().where(Release.product_id == any_of(product_ids)).order_by(Release.released_on.desc(), Release.id)


def _pools(reach: Reach, team_ids: Sequence[str]) -> Rows:
    return (
        select()
        .select_from(Seat)
        .join(Subscription, (Subscription.team_id == Seat.team_id) & (Subscription.id == Seat.subscription_id))
        .join(Product, Product.id == Seat.product_id)
        .where(Seat.team_id == any_of(team_ids), active(), within(reach, Seat.team_id))
        .group_by(Seat.team_id, Seat.product_id, Product.name)
        .order_by(func.lower(Product.name), Seat.product_id)
    )


_BY_IDS, _IN_TEAM = RowQuery(PRODUCTS, _by_ids), RowQuery(KNOWN, _in_team)
_RELEASES, _POOLS = RowQuery(RELEASES, _releases), RowQuery(POOLS, _pools)
