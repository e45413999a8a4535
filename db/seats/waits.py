"""Reads the waits of people as the graph shows them. `db.seats.waiting_list` changes them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, distinct, exists, func, select
from sqlalchemy.orm import aliased

from db.core.paging import Definition, Rows, listing
from db.core.reach import any_of, within
from db.core.rows import columns_of
from db.core.statements import RowQuery
from db.tables.people import Membership
from db.tables.seats import Wait
from db.tables.types import ID
from domain.reach import Reach


class WaitRow(NamedTuple):
    """A person's place on the waiting list of a product: the first person has position 1."""

    team_id: str
    product_id: str
    user_id: str
    member_id: str
    position: int
    since: datetime


def _position() -> ScalarSelect[int]:
    """The number of people on the waiting list up to this wait, including its own person."""
    ahead = aliased(Wait)
    return (
        select(func.count(distinct(ahead.user_id)))
        .where(ahead.team_id == Wait.team_id, ahead.product_id == Wait.product_id, ahead.id <= Wait.id)
        .scalar_subquery()
    )


WAITS = columns_of(WaitRow, Wait, member_id=Membership.id, position=_position(), since=Wait.created_at)


@listing
def listed(reach: Reach) -> Definition[WaitRow]:
    """The waiting list of a pool within `reach`, in order. Its parent key is a `pool_key`."""

    def rows(key: ColumnElement[str]) -> Rows:
        of_team = Wait.team_id == func.split_part(key, " ", 1, type_=ID)
        of_product = Wait.product_id == func.split_part(key, " ", 2, type_=ID)
        return _rows().where(of_team, of_product, within(reach, Wait.team_id, Wait.user_id))

    return Definition(rows, [Wait.id.expression], WAITS)


def pool_key(team_id: str, product_id: str) -> str:
    """The key of a pool, which has no id of its own: its team id and its product id, with a space between them."""
    return f"{team_id} {product_id}"


def _rows() -> Rows:
    """One row for each person and product: their oldest wait, which determines their place."""
    earlier = aliased(Wait)
    first = ~exists().where(
        earlier.team_id == Wait.team_id,
        earlier.product_id == Wait.product_id,
        earlier.user_id == Wait.user_id,
        earlier.id < Wait.id,
    )
    member = (Membership.team_id == Wait.team_id) & (Membership.user_id == Wait.user_id)
    return select().select_from(Wait).join(Membership, member).where(first)


def _of_members(reach: Reach, ids: Sequence[str]) -> Rows:
    of_theirs = (Membership.id == any_of(ids), within(reach, Wait.team_id, Wait.user_id))
    return _rows().where(*of_theirs).order_by(Wait.id)


OF_MEMBERS = RowQuery(WAITS, _of_members)
"""Finds the waits of each of these members within a reach, the longest wait first."""
