"""The settings of a team, and how they change."""

from types import NoneType

from sqlalchemy import bindparam, select, update

from db.core.connection import Connection, DatabaseError
from db.core.statements import Statement
from db.core.text_keys import team_keys
from db.people.teams import TEAMS, TeamRow
from db.tables.people import Team

UNIQUE_NAME = "uq_teams_name_fold"

# New rows that refer to the team do not have to wait for this lock.
LOCKED = Statement(
    "locked_team",
    TeamRow,
    TEAMS.apply_to(select().where(Team.id == bindparam("id")).with_for_update(key_share=True)),
)
UPDATE = Statement(
    "update_team",
    NoneType,
    update(Team)
    .where(Team.id == bindparam("id"))
    .values({name: bindparam(name) for name in (*TeamRow._fields, *team_keys("")) if name != "id"}),
)


async def locked(connection: Connection, id_: str) -> TeamRow | None:
    """The present settings of a team, locked until the transaction ends. Checks no reach."""
    return await LOCKED.row(connection, id=id_)


async def update_team(connection: Connection, team: TeamRow) -> bool:
    """Store all settings of a team. Returns False if another team has a name that counts as equal."""
    savepoint = await connection.savepoint()
    try:
        await UPDATE.run(connection, **team._asdict(), **team_keys(team.name))
    except DatabaseError as error:
        if error.constraint != UNIQUE_NAME:
            raise
        await savepoint.rollback()
        return False
    return True
