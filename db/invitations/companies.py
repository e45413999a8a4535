"""The contract managers of a company that nobody manages yet."""

from typing import NamedTuple

from sqlalchemy import text

from db.core.connection import Connection
from db.core.statements import Statement


class ManagersOfTeam(NamedTuple):
    """Whether a team has a contract manager who accepted, and the user ids of those who did not, in order."""

    is_managed: bool
    invited: list[str]


MANAGERS_OF_TEAM = Statement(
    "managers_of_team",
    ManagersOfTeam,
    text("""
select coalesce(bool_or(m.accepted_at is not null), false) as is_managed,
       coalesce(array_agg(m.user_id) filter (where m.accepted_at is null and m.user_id is not null),
                '{}') as invited
from teams t left join memberships m on m.team_id = t.id and m.role = 'contract_manager'
where t.id = :team_id
group by t.id
"""),
)


async def managers(connection: Connection, team_id: str) -> ManagersOfTeam | None:
    """The contract managers of a team; None if there is no such team.

    Call `given_products.lock_changes` first: then nobody accepts an invitation until the transaction ends.
    """
    return await MANAGERS_OF_TEAM.row(connection, team_id=team_id)
