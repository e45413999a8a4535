"""Read and make contracts."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, exists, select, text

from db.core import ids
from db.core.connection import Connection
from db.core.paging import Definition, Rows, listing
from db.core.reach import any_of, within
from db.core.rows import by_id, columns_of, with_parent
from db.core.statements import RowQuery, Statement
from db.people.teams import TEAMS
from db.tables.contracts import Contract, ContractTeam
from db.tables.people import Team
from domain.reach import Reach


class ContractRow(NamedTuple):
    """A contract as the graph shows it. `team_id` is its home team; the others are as in the table."""

    id: str
    team_id: str
    number: int
    currency: str
    contact_id: str | None
    grace_days: int
    tax_rate: int


class ContractKey(NamedTuple):
    """A contract as the rows below it refer to it."""

    id: str
    currency: str
    grace_days: int


DEFAULT = Statement(
    "default_contract",
    ContractKey,
    text("""
select c.id, c.currency, c.grace_days
from contract_teams served join contracts c on c.id = served.contract_id
where served.team_id = :team_id
order by c.id desc limit 1
"""),
)
SERVING = Statement(
    "serving_contract",
    ContractKey,
    text("""
select c.id, c.currency, c.grace_days
from contract_teams served join contracts c on c.id = served.contract_id
where served.team_id = :team_id and c.id = :id
"""),
)
# If there is no such team, nothing is inserted.
CREATE = Statement(
    "create_contract",
    ContractKey,
    text("""
with created as (
    insert into contracts (team_id, id, currency)
    select t.id, cast(:id as text), cast(:currency as text) from teams t where t.id = :team_id
    returning team_id, id, currency, grace_days
), served as (
    insert into contract_teams (team_id, contract_id) select team_id, id from created
)
select id, currency, grace_days from created
"""),
)


def served(reach: Reach) -> ColumnElement[bool]:
    """The condition that a contract serves a team within `reach`."""
    return exists().where(ContractTeam.contract_id == Contract.id, within(reach, ContractTeam.team_id))


def _by_ids(reach: Reach, ids: Sequence[str]) -> Rows:
    return select().where(Contract.id == any_of(ids), served(reach))


def _teams(reach: Reach, contract_ids: Sequence[str]) -> Rows:
    return (
        select()
        .select_from(ContractTeam)
        .join(Team, Team.id == ContractTeam.team_id)
        .where(ContractTeam.contract_id == any_of(contract_ids), within(reach, ContractTeam.team_id))
        .order_by(ContractTeam.contract_id, Team.id)
    )


CONTRACTS = columns_of(ContractRow, Contract)
BY_IDS = RowQuery(CONTRACTS, _by_ids)
TEAMS_BY_CONTRACT = RowQuery(with_parent(ContractTeam.contract_id, TEAMS), _teams)
"""Finds the teams within a reach that each of these contracts serves, in the order in which they were created."""


@listing
def listed(reach: Reach) -> Definition[ContractRow]:
    """The contracts that serve a team within `reach`, the newest first."""

    def rows(team_id: ColumnElement[str]) -> Rows:
        return (
            select()
            .select_from(ContractTeam)
            .join(Contract, Contract.id == ContractTeam.contract_id)
            .where(ContractTeam.team_id == team_id, within(reach, ContractTeam.team_id))
        )

    return Definition(rows, [Contract.id.expression], CONTRACTS, descending=True)


async def by_ids(connection: Connection, reach: Reach, ids: Sequence[str]) -> dict[str, ContractRow]:
    """The contracts with these ids that serve a team within `reach`, by id."""
    return by_id(await BY_IDS.rows(connection, reach, list(ids)))


async def serving(connection: Connection, id_: str, team_id: str) -> ContractKey | None:
    """The contract with this id if it serves a team; else None."""
    return await SERVING.row(connection, id=id_, team_id=team_id)


async def default(connection: Connection, team_id: str) -> ContractKey | None:
    """The newest contract that serves a team; None if there is none."""
    return await DEFAULT.row(connection, team_id=team_id)


async def create(connection: Connection, team_id: str, currency: str) -> ContractKey | None:
    """Add a contract of a team, which serves this team only. Returns None if there is no such team."""
    return await CREATE.row(connection, team_id=team_id, id=ids.new("contract"), currency=currency)
