"""Members as actors, to explain what they may do."""

from typing import NamedTuple

from sqlalchemy import text

from db.access.second_factors import HAS_ONE
from db.core.connection import Connection
from db.core.statements import Statement
from domain.roles import Role
from domain.subjects import Person


class RoleRow(NamedTuple):
    """A member's role in a team, and whether the team separates duties.

    `unproven`: the team requires a second factor of those who manage it, and the member has set up none.
    """

    role: Role
    separation_of_duties: bool
    unproven: bool


MEMBER = Statement(
    "member",
    RoleRow,
    text(f"""
select m.role, t.separation_of_duties,
       t.requires_second_factor and not {HAS_ONE.format(user_id="m.user_id")} as unproven
from memberships m join teams t on t.id = m.team_id
where m.team_id = :team_id and m.user_id = :user_id and m.accepted_at is not null
"""),  # noqa: S608 - constants
)


async def member(connection: Connection, team_id: str, user_id: str) -> Person | None:
    """A member of a team as an actor in that team, to explain their rights. Returns None if there is no such member.

    The actor has no session: `session_id` is empty. A member who has set up a second factor counts as having shown it.
    """
    found = await MEMBER.row(connection, team_id=team_id, user_id=user_id)
    if found is None:
        return None
    separated = frozenset([team_id] if found.separation_of_duties else [])
    unproven = frozenset([team_id] if found.unproven else [])
    return Person(user_id, "", {team_id: found.role}, separated, unproven=unproven)
