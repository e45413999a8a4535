"""The products that groups and teams give, and who has, or lacks, a seat for such a reason."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from db.catalogue.products import PRODUCTS, ProductRow
from db.core.paging import Rows
from db.core.reach import any_of, within
from db.core.rows import grouped, with_parent
from db.core.statements import RowQuery
from db.seats import allocation
from db.seats.assignments import PEOPLE
from db.seats.seats import SeatRow
from db.seats.waiting_list import WaitRow
from db.tables.access import PartnerToken
from db.tables.catalogue import Product
from db.tables.groups import DefaultProduct, GroupProduct
from db.tables.people import Membership, Team
from db.tables.seats import Seat
from domain.bulk import BulkMode
from domain.reach import Reach
from domain.seats import DEFAULT, Source


class Defaults(NamedTuple):
    """What newcomers got of a team's default products: seats, or a place in the line; whom seats went to before."""

    seats: list[SeatRow]
    waits: list[WaitRow]
    promoted: list[SeatRow]


CHANGING = text("select pg_advisory_xact_lock(hashtextextended(:team_id, 2736450918))")

BOUND = text("""
select s.holder_id as user_id from seat_sources r
join seats s on s.team_id = r.team_id and s.id = r.seat_id
where r.team_id = :team_id and r.kind = :kind and r.group_id is not distinct from :group_id
  and (cast(:product_id as text) is null or s.product_id = :product_id)
union
select w.user_id from waits w
where w.team_id = :team_id and w.kind = :kind and w.group_id is not distinct from :group_id
  and (cast(:product_id as text) is null or w.product_id = :product_id)
""")

LACKING = text("""
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
""").bindparams(PEOPLE)


async def changing(connection: AsyncConnection, team_id: str) -> None:
    """Let nobody else change who is in a group of the team or in the team, or what is given there, until the end.

    To be called before memberships are locked or made: whoever joins gets exactly what is given, and whatever is given
    reaches exactly who has joined.
    """
    await connection.execute(CHANGING, {"team_id": team_id})


async def of_groups(connection: AsyncConnection, team_id: str, group_ids: Sequence[str]) -> dict[str, list[str]]:
    """The products that each of these groups gives, by id; the least id comes first."""
    query = (
        select(GroupProduct.group_id, GroupProduct.product_id)
        .where(GroupProduct.team_id == team_id, GroupProduct.group_id == any_of(group_ids))
        .order_by(GroupProduct.product_id)
    )
    found: dict[str, list[str]] = {}
    for row in await connection.execute(query):
        found.setdefault(row.group_id, []).append(row.product_id)
    return found


async def of_team(connection: AsyncConnection, team_id: str) -> list[str]:
    """The products that a team gives to everybody, by id; the least id comes first."""
    query = select(DefaultProduct.product_id).where(DefaultProduct.team_id == team_id)
    return [row.product_id for row in await connection.execute(query.order_by(DefaultProduct.product_id))]


async def shown_of_groups(
    connection: AsyncConnection, reach: Reach, group_ids: Sequence[str]
) -> dict[str, list[ProductRow]]:
    """The products that each of these groups within `reach` gives, by name."""
    return grouped(await _OF_GROUPS.rows(connection, reach, list(group_ids)))


async def shown_of_teams(
    connection: AsyncConnection, reach: Reach, team_ids: Sequence[str]
) -> dict[str, list[ProductRow]]:
    """The products that each of these teams within `reach` gives to everybody, by name."""
    return grouped(await _OF_TEAMS.rows(connection, reach, list(team_ids)))


async def add_to_group(connection: AsyncConnection, team_id: str, group_id: str, product_id: str, by: str) -> bool:
    """Let a group give a product; False when it does already."""
    row = {"team_id": team_id, "group_id": group_id, "product_id": product_id, "given_by": by}
    added = insert(GroupProduct).values(row).on_conflict_do_nothing().returning(GroupProduct.product_id)
    return (await connection.execute(added)).one_or_none() is not None


async def drop_from_group(
    connection: AsyncConnection, team_id: str, group_id: str, product_id: str | None = None
) -> bool:
    """Let a group give a product (None: anything) no more; False when it gave none of that."""
    dropped = delete(GroupProduct).where(GroupProduct.team_id == team_id, GroupProduct.group_id == group_id)
    if product_id is not None:
        dropped = dropped.where(GroupProduct.product_id == product_id)
    return bool((await connection.execute(dropped.returning(GroupProduct.product_id))).all())


async def add_to_team(connection: AsyncConnection, team_id: str, product_ids: Sequence[str], by: str) -> None:
    """Let a team give these products to everybody."""
    rows = [{"team_id": team_id, "product_id": id_, "set_by": by} for id_ in product_ids]
    if rows:
        await connection.execute(insert(DefaultProduct), rows)


async def drop_from_team(connection: AsyncConnection, team_id: str, product_ids: Sequence[str]) -> None:
    """Let a team give these products to everybody no more."""
    of_team = (DefaultProduct.team_id == team_id, DefaultProduct.product_id == any_of(product_ids))
    await connection.execute(delete(DefaultProduct).where(*of_team))


async def assigned(connection: AsyncConnection, team_id: str) -> int:
    """How many seats of a team somebody holds."""
    query = select(func.count()).where(Seat.team_id == team_id, Seat.holder_id.is_not(None))
    return (await connection.execute(query)).scalar_one()


async def active(connection: AsyncConnection, team_id: str) -> list[str]:
    """Who is in a team, and not only invited to be, by user id."""
    query = select(Membership.user_id).where(Membership.team_id == team_id, Membership.accepted_at.is_not(None))
    return [row.user_id for row in await connection.execute(query.order_by(Membership.user_id))]


async def bound(connection: AsyncConnection, team_id: str, product_id: str | None, source: Source) -> list[str]:
    """Who holds, or waits for, a seat of a product (None: of any) for a reason."""
    values = {"team_id": team_id, "product_id": product_id, **source._asdict()}
    return [row.user_id for row in await connection.execute(BOUND, values)]


async def lacking(
    connection: AsyncConnection, team_id: str, product_id: str, source: Source, user_ids: Sequence[str]
) -> list[str]:
    """Who of these people neither holds nor waits for a seat of a product for a reason, in the order of the list."""
    values = {"team_id": team_id, "product_id": product_id, "user_ids": list(user_ids), **source._asdict()}
    return [row.user_id for row in await connection.execute(LACKING, values)]


async def give_defaults(connection: AsyncConnection, team_id: str, user_ids: Sequence[str]) -> Defaults:
    """Give people who join a team its default products; whom no seat is left for waits for one.

    A seat is given by whoever made the product a default. In a team with separation of duties that person gets none:
    they would give it to themselves. `changing` comes first, and the memberships must be locked.
    """
    given = Defaults([], [], [])
    query = (
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
        .where(DefaultProduct.team_id == team_id)
        .order_by(DefaultProduct.product_id)
    )
    for default in (await connection.execute(query)).all():
        people = [one for one in user_ids if one != default.giver or not default.separation_of_duties]
        mode, pool = BulkMode.WAITLIST, (team_id, default.product_id)
        seats, _, _, waiting, promoted = await allocation.give(
            connection, *pool, people, DEFAULT, default.set_by, mode=mode
        )
        given.seats.extend(seats)
        given.waits.extend(waiting)
        given.promoted.extend(promoted)
    return given


def _of_groups(reach: Reach, group_ids: Sequence[str]) -> Rows:
    return (
        select()
        .select_from(GroupProduct)
        .join(Product, Product.id == GroupProduct.product_id)
        .where(GroupProduct.group_id == any_of(group_ids), within(reach, GroupProduct.team_id))
        .order_by(func.lower(Product.name), Product.id)
    )


def _of_teams(reach: Reach, team_ids: Sequence[str]) -> Rows:
    return (
        select()
        .select_from(DefaultProduct)
        .join(Product, Product.id == DefaultProduct.product_id)
        .where(DefaultProduct.team_id == any_of(team_ids), within(reach, DefaultProduct.team_id))
        .order_by(func.lower(Product.name), Product.id)
    )


_OF_GROUPS = RowQuery(with_parent(GroupProduct.group_id, PRODUCTS), _of_groups)
_OF_TEAMS = RowQuery(with_parent(DefaultProduct.team_id, PRODUCTS), _of_teams)
