"""Read teams, and create them."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from db.core.connection import Connection
from db.core.paging import Definition, Rows, listing
from db.core.reach import any_of, within
from db.core.rows import by_id, columns_of
from db.core.statements import RowQuery, Statement
from db.core.text_keys import team_keys
from db.tables.people import Membership, Team
from domain.languages import Language
from domain.reach import Reach


class TeamRow(NamedTuple):
    """A team as the graph shows it."""

    id: str
    name: str
    separation_of_duties: bool
    requires_second_factor: bool = False
    language: Language = Language.EN
    last_seats_below: int | None = None


TEAMS = columns_of(TeamRow, Team)

CREATE = Statement(
    "create_team",
    str,
    insert(Team)
    .values({name: bindparam(name) for name in (*TeamRow._fields, *team_keys(""))})
    .on_conflict_do_nothing(index_elements=[Team.name_fold])
    .returning(Team.id),
)


async def by_ids(connection: Connection, reach: Reach, ids: Sequence[str]) -> dict[str, TeamRow]:
    """The teams within `reach` that have one of these ids, by id."""
    return by_id(await BY_IDS.rows(connection, reach, list(ids)))


@listing
def listed(reach: Reach) -> Definition[TeamRow]:
    """The teams within `reach`, in the order in which they were created."""

    def rows(_: ColumnElement[str]) -> Rows:
        return select().where(within(reach, Team.id))

    return Definition(rows, [Team.id.expression], TEAMS)


@listing
def of_user(reach: Reach) -> Definition[TeamRow]:
    """The teams of which a person is a member, by memberships within `reach`, in the order of creation of the teams."""

    def rows(user_id: ColumnElement[str]) -> Rows:
        return (
            select()
            .select_from(Team)
            .join(Membership, Membership.team_id == Team.id)
            .where(
                Membership.user_id == user_id,
                Membership.accepted_at.is_not(None),
                within(reach, Membership.team_id, Membership.user_id),
            )
        )

    return Definition(rows, [Team.id.expression], TEAMS)


async def create(connection: Connection, team: TeamRow) -> bool:
    """Create a team. Nobody is in it at first. Returns False if there is a team whose name counts as equal."""
    return await CREATE.row(connection, **team._asdict(), **team_keys(team.name)) is not None


def _by_ids(reach: Reach, ids: Sequence[str]) -> Rows:
    return select().where(Team.id == any_of(ids), within(reach, Team.id))


BY_IDS = RowQuery(TEAMS, _by_ids)
