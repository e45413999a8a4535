"""What people are in a team, changed."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.roles import Role

# Who is invited accepts what the invitation says, so it says the same.
CHANGE = text("""
with changed as (
    update memberships set role = :role
    where team_id = :team_id and user_id = :user_id and role <> :role
), invited as (
    update invitations set role = :role
    where team_id = :team_id and user_id = :user_id and role <> :role and accepted_at is null and revoked_at is null
)
select id from memberships where team_id = :team_id and user_id = :user_id
""")


async def change(connection: AsyncConnection, team_id: str, user_id: str, role: Role) -> str:
    """Give somebody who is a member, or is invited to be, this role; the member's id. They must be locked."""
    values = {"team_id": team_id, "user_id": user_id, "role": role.value}
    member_id: str = (await connection.execute(CHANGE, values)).scalar_one()
    return member_id
