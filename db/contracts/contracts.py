"""Read and make contracts."""

from typing import NamedTuple

from sqlalchemy import text

from db.core import ids
from db.core.connection import Connection
from db.core.statements import Statement


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


async def default(connection: Connection, team_id: str) -> ContractKey | None:
    """The newest contract that serves a team; None if there is none."""
    return await DEFAULT.row(connection, team_id=team_id)


async def create(connection: Connection, team_id: str, currency: str) -> ContractKey | None:
    """Add a contract of a team, which serves this team only. Returns None if there is no such team."""
    return await CREATE.row(connection, team_id=team_id, id=ids.new("contract"), currency=currency)
