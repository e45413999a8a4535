"""Change the role of a member."""

from sqlalchemy import text

from db.core.connection import Connection
from db.core.statements import Statement
from domain.roles import Role

# Keep the role in the open invitation equal to the role of the membership.
CHANGE = Statement(
    "change_role",
    str,
    text("""
with changed as (
    update memberships set role = :role
    where team_id = :team_id and user_id = :user_id and role <> :role
), invited as (
    update invitations set role = :role
    where team_id = :team_id and user_id = :user_id and role <> :role and accepted_at is null and revoked_at is null
)
select id from memberships where team_id = :team_id and user_id = :user_id
"""),
)


async def change(connection: Connection, team_id: str, user_id: str, role: Role) -> str:
    """Give a member or an invited person this role. Returns the member id. The membership must be locked."""
    [member_id] = await CHANGE.rows(connection, team_id=team_id, user_id=user_id, role=role)
    return member_id
