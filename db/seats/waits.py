"""Reads the waits of people as the graph shows them. `db.seats.waiting_list` changes them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, select
from sqlalchemy.orm import aliased

from db.core.joined_ids import distinct, joined, part_of
from db.core.paging import Definition, Rows, listing
from db.core.reach import any_of, within
from db.core.rows import columns_of
from db.core.statements import RowQuery
from db.tables.people import Membership
from db.tables.seats import Wait
from domain.ids import POOL, WAIT
from domain.reach import Reach


class WaitRow(NamedTuple):
    """A person's place on the waiting list of a product: the first person has position 1.

    `number` is that of the oldest reason to wait, by which the list is sorted.
    """

    id: str
    team_id: str
    product_id: str
    user_id: str
    member_id: str
    position: int
    since: datetime
    number: int


def _position() -> ScalarSelect[int]:
    """The number of people on the waiting list up to this wait, including its own person."""
    ahead = aliased(Wait)
    return (
        select(func.count(ahead.user_id.distinct()))
        .where(ahead.team_id == Wait.team_id, ahead.product_id == Wait.product_id, ahead.id <= Wait.id)
        .scalar_subquery()
    )


WAITS = columns_of(
    WaitRow,
    Wait,
    id=joined(WAIT, Wait.team_id, Wait.product_id, Wait.user_id),
    member_id=Membership.id,
    position=_position(),
    since=Wait.created_at,
    number=Wait.id,
)


@listing
def listed(reach: Reach) -> Definition[WaitRow]:
    """The waiting list of a pool within `reach`, in order."""

    def rows(pool_id: ColumnElement[str]) -> Rows:
        team_id, product_id = (part_of(pool_id, POOL, number) for number in (1, 2))
        of_pool = (Wait.team_id == team_id, Wait.product_id == product_id)
        return _rows().where(*of_pool, within(reach, Wait.team_id, Wait.user_id))

    return Definition(rows, [Wait.id.expression], WAITS)


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


def _by_ids(reach: Reach, ids: Sequence[str]) -> Rows:
    named = distinct(ids)
    columns = (Wait.team_id, Wait.product_id, Wait.user_id)
    parts = [column == part_of(named.c.id, WAIT, number) for number, column in enumerate(columns, start=1)]
    return _rows().join(named, and_(*parts)).where(within(reach, Wait.team_id, Wait.user_id))


BY_IDS = RowQuery(WAITS, _by_ids)
"""Finds the waits within a reach that have these ids."""
