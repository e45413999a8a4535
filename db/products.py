"""The catalogue: products, releases, and a team's pools of seats.

Products belong to no team: whoever may read the catalogue reads all of it, so only pools take a reach.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.paging import Definition, Rows, listing
from db.prepared import Prepared
from db.reach import any_of, within
from db.rows import by_first, making
from db.tables import Product, Release, Seat, Subscription, Team
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


PRODUCT_COLUMNS = (Product.id, Product.name, Product.description)
_MAKE = making(ProductRow)
RELEASE_COLUMNS = (Release.id, Release.product_id, Release.name, Release.released_on)


async def by_ids(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, ProductRow]:
    """Products by id."""
    return by_first(_MAKE, await _BY_IDS.rows(connection, list(ids)))


async def in_team(connection: AsyncConnection, reach: Reach, team_id: str, product_id: str) -> tuple[bool, bool]:
    """Whether there is this team within `reach`, and whether there is this product."""
    rows = await _IN_TEAM.rows(connection, reach, team_id, product_id)
    return bool(rows), bool(rows) and rows[0][0]


@listing
def listed() -> Definition[ProductRow]:
    """All products, by name."""

    def rows(_: ColumnElement[str]) -> Rows:
        return select(*PRODUCT_COLUMNS)

    return Definition(rows, [func.lower(Product.name), Product.id.expression], _MAKE)


async def releases_by_ids(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, ReleaseRow]:
    """Releases by id."""
    query = select(*RELEASE_COLUMNS).where(Release.id == any_of(ids))
    return {row.id: ReleaseRow._make(row) for row in await connection.execute(query)}


async def releases(connection: AsyncConnection, product_ids: Sequence[str]) -> dict[str, list[ReleaseRow]]:
    """The releases of each product, the newest first."""
    found: dict[str, list[ReleaseRow]] = {}
    for row in await _RELEASES.rows(connection, list(product_ids)):
        found.setdefault(row[1], []).append(ReleaseRow._make(row))
    return found


async def pools(connection: AsyncConnection, reach: Reach, team_ids: Sequence[str]) -> dict[str, list[PoolRow]]:
    """The pools of each team within `reach`, by the name of the product."""
    found: dict[str, list[PoolRow]] = {}
    for row in await _POOLS.rows(connection, reach, list(team_ids)):
        found.setdefault(row[0], []).append(PoolRow._make(row))
    return found


def active() -> ColumnElement[bool]:
    """Whether a subscription gives its seats today (UTC)."""
    return func.current_date().between(Subscription.starts_on, Subscription.ends_on)


def _by_ids(ids: Sequence[str]) -> Rows:
    return select(*PRODUCT_COLUMNS).where(Product.id == any_of(ids))


def _in_team(reach: Reach, team_id: str, product_id: str) -> Rows:
    known = exists().where(Product.id == product_id)
    return select(known).select_from(Team).where(Team.id == team_id, within(reach, Team.id))


def _releases(product_ids: Sequence[str]) -> Rows:
    return (
        select(*RELEASE_COLUMNS)
        .where(Release.product_id == any_of(product_ids))
        .order_by(Release.released_on.desc(), Release.id)
    )


def _pools(reach: Reach, team_ids: Sequence[str]) -> Rows:
    return (
        select(
            Seat.team_id,
            Seat.product_id,
            func.count(),
            func.count(Seat.holder_id),
            func.count() - func.count(Seat.holder_id),
        )
        .join(Subscription, (Subscription.team_id == Seat.team_id) & (Subscription.id == Seat.subscription_id))
        .join(Product, Product.id == Seat.product_id)
        .where(Seat.team_id == any_of(team_ids), active(), within(reach, Seat.team_id))
        .group_by(Seat.team_id, Seat.product_id, Product.name)
        .order_by(func.lower(Product.name), Seat.product_id)
    )


_BY_IDS, _RELEASES, _POOLS = Prepared(_by_ids), Prepared(_releases), Prepared(_pools)
_IN_TEAM = Prepared(_in_team)
