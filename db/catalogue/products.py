"""The catalogue: products and their releases. Reads them, and adds products.

Products belong to no team. An actor who may read the catalogue may read all of it, so its statements take no reach.
"""

from collections.abc import Sequence
from datetime import date
from types import NoneType
from typing import NamedTuple

from sqlalchemy import ColumnElement, Date, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from db.core.connection import Connection
from db.core.paging import Definition, Rows, listing
from db.core.reach import any_of, within
from db.core.rows import by_id, columns_of
from db.core.statements import RowQuery, Statement
from db.core.text_keys import product_keys
from db.tables.catalogue import Product, Release
from db.tables.people import Team
from db.tables.types import ID
from domain.reach import Reach


class ProductRow(NamedTuple):
    """A product as the graph shows it. `sold_until` is the last day (UTC) on which it is sold, or None."""

    id: str
    name: str
    description: str
    sold_until: date | None = None

    def is_sold_on(self, day: date) -> bool:
        """Whether it is sold on a day (UTC)."""
        return self.sold_until is None or day <= self.sold_until

    def is_sold_after(self, day: date) -> bool:
        """Whether it is still sold on the day after another one, which may be the last day of the calendar."""
        return self.sold_until is None or day < self.sold_until


class ReleaseRow(NamedTuple):
    """A version of a product."""

    id: str
    product_id: str
    name: str
    released_on: date


class ProductExistence(NamedTuple):
    """Whether a product exists."""

    exists: bool


PRODUCTS = columns_of(ProductRow, Product)
RELEASES = columns_of(ReleaseRow, Release)
EXISTENCE = columns_of(ProductExistence, Product, exists=Product.id.is_not(None))


ADD = Statement(
    "add_product",
    str,
    insert(Product)
    .values({name: bindparam(name) for name in (*ProductRow._fields, *product_keys(""))})
    .on_conflict_do_nothing(index_elements=[Product.name])
    .returning(Product.id),
)
# Sales of a product go on beside each other. A withdrawal waits for them, and they wait for a withdrawal.
LOCK_FOR_SALE = Statement(
    "lock_product_for_sale",
    ProductRow,
    PRODUCTS.apply_to(select().where(Product.id == bindparam("id", type_=ID)).with_for_update(read=True)),
)
LOCK_FOR_WITHDRAWAL = Statement(
    "lock_product_for_withdrawal",
    ProductRow,
    PRODUCTS.apply_to(select().where(Product.id == bindparam("id", type_=ID)).with_for_update(key_share=True)),
)
SET_SOLD_UNTIL = Statement(
    "set_sold_until",
    NoneType,
    update(Product)
    .where(Product.id == bindparam("product_id", type_=ID))
    .values(sold_until=bindparam("last", type_=Date())),
)
BY_NAME = Statement("product_by_name", ProductRow, PRODUCTS.apply_to(select().where(Product.name == bindparam("name"))))


async def by_ids(connection: Connection, ids: Sequence[str]) -> dict[str, ProductRow]:
    """The products that have one of these ids, by id."""
    return by_id(await BY_IDS.rows(connection, list(ids)))


async def by_name(connection: Connection, name: str) -> ProductRow | None:
    """The product with this name; None if there is none."""
    return await BY_NAME.row(connection, name=name)


async def add(connection: Connection, product: ProductRow) -> bool:
    """Add a product without releases. Returns False if the catalogue has a product with this name."""
    return await ADD.row(connection, **product._asdict(), **product_keys(product.name)) is not None


async def lock_for_sale(connection: Connection, id_: str) -> ProductRow | None:
    """A product, which nobody withdraws until the transaction ends; None if there is none.

    Lock it before any of its subscriptions: a withdrawal locks in this order.
    """
    return await LOCK_FOR_SALE.row(connection, id=id_)


async def lock_for_withdrawal(connection: Connection, id_: str) -> ProductRow | None:
    """A product, of which nobody orders anything until the transaction ends; None if there is none."""
    return await LOCK_FOR_WITHDRAWAL.row(connection, id=id_)


async def set_sold_until(connection: Connection, id_: str, last: date | None) -> None:
    """Store the last day on which a product is sold; None if it has none. The product must be locked."""
    await SET_SOLD_UNTIL.run(connection, product_id=id_, last=last)


@listing
def listed() -> Definition[ProductRow]:
    """All products, ordered by name."""

    def rows(_: ColumnElement[str]) -> Rows:
        return select()

    return Definition(rows, [Product.name_key.expression, Product.id.expression], PRODUCTS)


def _by_ids(ids: Sequence[str]) -> Rows:
    return select().where(Product.id == any_of(ids))


def _team_and_product_exist(reach: Reach, team_id: str, product_id: str) -> Rows:
    query = select().select_from(Team).outerjoin(Product, Product.id == product_id)
    return query.where(Team.id == team_id, within(reach, Team.id))


def _releases_by_ids(ids: Sequence[str]) -> Rows:
    return select().where(Release.id == any_of(ids))


def _releases(product_ids: Sequence[str]) -> Rows:
    return select().where(Release.product_id == any_of(product_ids)).order_by(Release.released_on.desc(), Release.id)


BY_IDS = RowQuery(PRODUCTS, _by_ids)
TEAM_AND_PRODUCT_EXIST = RowQuery(EXISTENCE, _team_and_product_exist)
"""Finds one row if the team exists within the reach: whether the product exists."""
RELEASES_BY_IDS, RELEASES_BY_PRODUCT = RowQuery(RELEASES, _releases_by_ids), RowQuery(RELEASES, _releases)
