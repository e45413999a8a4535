"""When members last used a product of their team."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select

from db.core.paging import Rows
from db.core.reach import any_of, within
from db.core.rows import columns_of
from db.core.statements import RowQuery
from db.core.timestamps import JsonTime, json_time
from db.people.member_columns import LAST_USED
from db.tables.people import Membership
from domain.reach import Reach


class MemberUsageRow(NamedTuple):
    """The usage of the products of a team by one member."""

    member_id: str
    last_used_at: JsonTime | None


MEMBER_USAGE = columns_of(
    MemberUsageRow, Membership, member_id=Membership.id.expression, last_used_at=json_time(LAST_USED)
)


def _by_member(reach: Reach, member_ids: Sequence[str]) -> Rows:
    return select().where(Membership.id == any_of(member_ids), within(reach, Membership.team_id, Membership.user_id))


BY_MEMBER = RowQuery(MEMBER_USAGE, _by_member)
"""The usage of each of these members, if it lies within the reach. A member who never used a product has a row, too."""
