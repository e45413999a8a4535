"""The products that groups and teams give, and the people who have, or lack, a seat because of that."""

from collections.abc import Sequence
from types import NoneType
from typing import NamedTuple

from sqlalchemy import ARRAY, bindparam, delete, func, select, text
from sqlalchemy.dialects.postgresql import insert

from db.catalogue.products import PRODUCTS
from db.core.connection import Connection
from db.core.paging import Rows
from db.core.reach import any_of, within
from db.core.rows import grouped, with_parent
from db.core.statements import RowQuery, Statement
from db.seats import allocation
from db.seats.assignments import PEOPLE
from db.seats.seats import SeatRow
from db.seats.waits import WaitRow
from db.tables.access import PartnerToken
from db.tables.catalogue import Product
from db.tables.groups import DefaultProduct, GroupProduct
from db.tables.people import Membership, Team
from db.tables.types import ID
from domain.bulk import BulkMode
from domain.reach import Reach
from domain.seats import DEFAULT, Source


class GivenProductId(NamedTuple):
    """The id of a product that a group gives."""

    group_id: str
    product_id: str


class DefaultGift(NamedTuple):
    """A product that a team gives to everybody.

    `set_by` is the user or token that made it a default, `giver` the user, or the grantor of the token.
    """

    product_id: str
    set_by: str
    giver: str
    separation_of_duties: bool


class GivenDefaults(NamedTuple):
    """The result for people who joined a team that has default products.

    `seats`: their seats. `kept`: the ids of those that they held before. `waits`: their places on the waiting list.
    `promoted`: seats that went to people who had joined a waiting list before them. `called`: as in `Allocated`, each
    person with the product.
    """

    seats: list[SeatRow]
    waits: list[WaitRow]
    promoted: list[SeatRow]
    kept: set[str]
    called: list[tuple[str, str]]


PRODUCT_IDS = bindparam("product_ids", type_=ARRAY(ID))
LOCK_CHANGES = Statement(
    "lock_changes", NoneType, text("select from pg_advisory_xact_lock(hashtextextended(:team_id, 2736450918))")
)
IDS_OF_GROUPS = Statement(
    "product_ids_of_groups",
    GivenProductId,
    select(GroupProduct.group_id, GroupProduct.product_id)
    .where(
        GroupProduct.team_id == bindparam("team_id"),
        GroupProduct.group_id == any_of(bindparam("group_ids", type_=ARRAY(ID))),
    )
    .order_by(GroupProduct.product_id),
)
IDS_OF_TEAM = Statement(
    "product_ids_of_team",
    str,
    select(DefaultProduct.product_id)
    .where(DefaultProduct.team_id == bindparam("team_id"))
    .order_by(DefaultProduct.product_id),
)
ADD_TO_GROUP = Statement(
    "add_product_to_group",
    str,
    insert(GroupProduct)
    .values({name: bindparam(name) for name in ("team_id", "group_id", "product_id", "given_by")})
    .on_conflict_do_nothing()
    .returning(GroupProduct.product_id),
)
REMOVE_FROM_GROUP = Statement(
    "remove_products_from_group",
    str,
    text("""
delete from group_products
where team_id = :team_id and group_id = :group_id
  and (cast(:product_id as text) is null or product_id = :product_id)
returning product_id
"""),
)
ADD_TO_TEAM = Statement(
    "add_products_to_team",
    NoneType,
    text("""
insert into default_products (team_id, product_id, set_by)
select cast(:team_id as text), product_id, cast(:by as text) from unnest(:product_ids) as given (product_id)
""").bindparams(PRODUCT_IDS),
)
REMOVE_FROM_TEAM = Statement(
    "remove_products_from_team",
    NoneType,
    delete(DefaultProduct).where(
        DefaultProduct.team_id == bindparam("team_id"), DefaultProduct.product_id == any_of(PRODUCT_IDS)
    ),
)
ACTIVE_MEMBERS = Statement(
    "active_members",
    str,
    select(Membership.user_id)
    .where(Membership.team_id == bindparam("team_id"), Membership.accepted_at.is_not(None))
    .order_by(Membership.user_id),
)
PEOPLE_WITH_SOURCE = Statement(
    "people_with_source",
    str,
    text("""
select s.holder_id as user_id from seat_sources r
join seats s on s.team_id = r.team_id and s.id = r.seat_id
where r.team_id = :team_id and r.kind = :kind and r.group_id is not distinct from :group_id
  and (cast(:product_id as text) is null or s.product_id = :product_id)
union
select w.user_id from waits w
where w.team_id = :team_id and w.kind = :kind and w.group_id is not distinct from :group_id
  and (cast(:product_id as text) is null or w.product_id = :product_id)
"""),
)
PEOPLE_WITHOUT_SOURCE = Statement(
    "people_without_source",
    str,
    text("""
select p.user_id from unnest(:user_ids) with ordinality as p (user_id, place)
where p.user_id not in (
    select s.holder_id from seats s
    join seat_sources r on r.team_id = s.team_id and r.seat_id = s.id
    where s.team_id = :team_id and s.product_id = :product_id and s.holder_id = any(:user_ids)
      and r.kind = :kind and r.group_id is not distinct from :group_id
) and p.user_id not in (
    select w.user_id from waits w
    where w.team_id = :team_id and w.product_id = :product_id and w.user_id = any(:user_ids)
      and w.kind = :kind and w.group_id is not distinct from :group_id
)
order by p.place
""").bindparams(PEOPLE),
)
DEFAULTS = Statement(
    "defaults_to_give",
    DefaultGift,
    select(
        DefaultProduct.product_id,
        DefaultProduct.set_by,
        func.coalesce(PartnerToken.grantor_id, DefaultProduct.set_by).label("giver"),
        Team.separation_of_duties,
    )
    .join(Team, Team.id == DefaultProduct.team_id)
    .outerjoin(
        PartnerToken, (PartnerToken.team_id == DefaultProduct.team_id) & (PartnerToken.id == DefaultProduct.set_by)
    )
    .where(DefaultProduct.team_id == bindparam("team_id"))
    .order_by(DefaultProduct.product_id),
)


async def lock_changes(connection: Connection, team_id: str) -> None:
    """Take the advisory lock on who is in the team and its groups, and on what these give, until the transaction ends.

    Call it before memberships are locked or created. Then each person who joins gets exactly the products that are
    given, and each product that is given reaches exactly the people who have joined.
    """
    await LOCK_CHANGES.run(connection, team_id=team_id)


async def ids_of_groups(connection: Connection, team_id: str, group_ids: Sequence[str]) -> dict[str, list[str]]:
    """The ids of the products that each of these groups gives, by group id; the lowest product id comes first."""
    return grouped(await IDS_OF_GROUPS.rows(connection, team_id=team_id, group_ids=list(group_ids)))


async def ids_of_team(connection: Connection, team_id: str) -> list[str]:
    """The ids of the products that a team gives to everybody; the lowest comes first."""
    return await IDS_OF_TEAM.rows(connection, team_id=team_id)


async def add_to_group(connection: Connection, team_id: str, group_id: str, product_id: str, by: str) -> bool:
    """Let a group give a product. Returns False if it already does."""
    given = {"group_id": group_id, "product_id": product_id, "given_by": by}
    return await ADD_TO_GROUP.row(connection, team_id=team_id, **given) is not None


async def remove_from_group(connection: Connection, team_id: str, group_id: str, product_id: str | None = None) -> bool:
    """Stop a group from giving a product (None: every product). Returns False if it gave none of these."""
    values = {"team_id": team_id, "group_id": group_id, "product_id": product_id}
    return bool(await REMOVE_FROM_GROUP.rows(connection, **values))


async def add_to_team(connection: Connection, team_id: str, product_ids: Sequence[str], by: str) -> None:
    """Let a team give these products to everybody."""
    if product_ids:
        await ADD_TO_TEAM.run(connection, team_id=team_id, product_ids=list(product_ids), by=by)


async def remove_from_team(connection: Connection, team_id: str, product_ids: Sequence[str]) -> None:
    """Stop a team from giving these products to everybody."""
    await REMOVE_FROM_TEAM.run(connection, team_id=team_id, product_ids=list(product_ids))


async def active_members(connection: Connection, team_id: str) -> list[str]:
    """The user ids of the members who have accepted their invitation, in ascending order."""
    return await ACTIVE_MEMBERS.rows(connection, team_id=team_id)


async def people_with_source(connection: Connection, team_id: str, product_id: str | None, source: Source) -> list[str]:
    """The user ids of the people who hold, or wait for, a seat of a product (None: of any product) with this source."""
    values = {"team_id": team_id, "product_id": product_id, **source._asdict()}
    return await PEOPLE_WITH_SOURCE.rows(connection, **values)


async def people_without_source(
    connection: Connection, team_id: str, product_id: str, source: Source, user_ids: Sequence[str]
) -> list[str]:
    """Those of these people who neither hold nor wait for a seat of a product with this source, in the same order."""
    values = {"team_id": team_id, "product_id": product_id, "user_ids": list(user_ids), **source._asdict()}
    return await PEOPLE_WITHOUT_SOURCE.rows(connection, **values)


async def give_defaults(connection: Connection, team_id: str, user_ids: Sequence[str]) -> GivenDefaults:
    """Give its default products to people who join a team. If no seat is left, the person joins the waiting list.

    The giver of a seat is the person, or the token, that made the product a default. In a team with separation of
    duties, that person (or the grantor of the token) gets no seat, because nobody may give a seat to themselves.
    Call `lock_changes` first. The memberships must be locked.
    """
    given = GivenDefaults([], [], [], set(), [])
    for default in await DEFAULTS.rows(connection, team_id=team_id):
        people = [one for one in user_ids if one != default.giver or not default.separation_of_duties]
        mode, pool = BulkMode.WAITLIST, (team_id, default.product_id)
        allocated = await allocation.give(connection, *pool, people, DEFAULT, default.set_by, mode=mode)
        given.seats.extend(allocated.seats)
        given.waits.extend(allocated.waiting)
        given.promoted.extend(allocated.promoted)
        given.kept.update(allocated.kept)
        given.called.extend((user_id, default.product_id) for user_id in allocated.called)
    return given


def _of_groups(reach: Reach, group_ids: Sequence[str]) -> Rows:
    return (
        select()
        .select_from(GroupProduct)
        .join(Product, Product.id == GroupProduct.product_id)
        .where(GroupProduct.group_id == any_of(group_ids), within(reach, GroupProduct.team_id))
        .order_by(Product.name_key, Product.id)
    )


def _of_teams(reach: Reach, team_ids: Sequence[str]) -> Rows:
    return (
        select()
        .select_from(DefaultProduct)
        .join(Product, Product.id == DefaultProduct.product_id)
        .where(DefaultProduct.team_id == any_of(team_ids), within(reach, DefaultProduct.team_id))
        .order_by(Product.name_key, Product.id)
    )


OF_GROUPS = RowQuery(with_parent(GroupProduct.group_id, PRODUCTS), _of_groups)
OF_TEAMS = RowQuery(with_parent(DefaultProduct.team_id, PRODUCTS), _of_teams)
