"""Change the roles of members."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import ARRAY, Text, bindparam, text

from db.core.connection import Connection
from db.core.statements import Statement
from db.tables.types import ID
from domain.roles import Role


class FoundMember(NamedTuple):
    """The user id and the member id of a person."""

    user_id: str
    member_id: str


# Keep the role in an open invitation equal to the role of the membership.
CHANGE = Statement(
    "change_roles",
    FoundMember,
    text("""
with wanted as (
    select * from unnest(:user_ids, :roles) as w (user_id, role)
), changed as (
    update memberships m set role = w.role from wanted w
    where m.team_id = :team_id and m.user_id = w.user_id and m.role <> w.role
), invited as (
    update invitations i set role = w.role from wanted w
    where i.team_id = :team_id and i.user_id = w.user_id and i.role <> w.role
      and i.accepted_at is null and i.revoked_at is null
)
select m.user_id, m.id as member_id from memberships m join wanted w on w.user_id = m.user_id
where m.team_id = :team_id
""").bindparams(bindparam("user_ids", type_=ARRAY(ID)), bindparam("roles", type_=ARRAY(Text()))),
)


async def change(connection: Connection, team_id: str, given: Mapping[str, Role]) -> dict[str, str]:
    """Give these members or invited people their new roles, by user id. Returns their member ids, by user id.

    The memberships must be locked.
    """
    if not given:
        return {}
    values = {"user_ids": list(given), "roles": list(given.values())}
    return dict(await CHANGE.rows(connection, team_id=team_id, **values))
