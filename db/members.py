"""Memberships under change: locked while others act on them, and ended."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.reach import any_of
from db.tables import Membership, Team
from domain.roles import Role


async def lock(connection: AsyncConnection, team_id: str, user_ids: Sequence[str]) -> dict[str, Role]:
    """Lock the memberships of these people, in id order; the role of each who is a member.

    Two assignments of one person queue here instead of colliding on the unique index, and nobody is removed under an
    assignment. Not FOR UPDATE: foreign keys that point here must not wait.
    """
    query = (
        select(Membership.user_id, Membership.role)
        .where(Membership.team_id == team_id, Membership.user_id == any_of(user_ids))
        .order_by(Membership.user_id)
        .with_for_update(key_share=True)
    )
    return {row.user_id: Role(row.role) for row in await connection.execute(query)}


async def last_managers(connection: AsyncConnection, team_id: str, leaving: Sequence[str]) -> list[str]:
    """Which of these people must stay, because no contract manager would be left without them.

    The team's row is locked first: two contract managers who remove each other at the same time must not both succeed.
    """
    await connection.execute(select(Team.id).where(Team.id == team_id).with_for_update(key_share=True))
    query = select(Membership.user_id).where(Membership.team_id == team_id, Membership.role == Role.CONTRACT_MANAGER)
    managers = {row.user_id for row in await connection.execute(query)}
    return sorted(managers) if managers <= set(leaving) else []


async def remove(connection: AsyncConnection, team_id: str, user_ids: Sequence[str]) -> None:
    """Take these people out of a team, and so out of its groups. Their seats must be free already."""
    await connection.execute(
        delete(Membership).where(Membership.team_id == team_id, Membership.user_id == any_of(user_ids))
    )
