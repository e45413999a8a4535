"""Create contracts, and set their contact persons."""

from collections.abc import Sequence
from types import NoneType
from typing import NamedTuple

from sqlalchemy import ARRAY, Integer, bindparam, func, select, text

from db.contracts.contracts import ContractRow
from db.core.connection import Connection
from db.core.statements import Statement
from db.tables.people import Team
from db.tables.types import ID
from domain.roles import Role


class Agreed(NamedTuple):
    """A contract to create. `team_id` is its home team, and the others are as in the table."""

    team_id: str
    id: str
    currency: str
    tax_rate: int
    grace_days: int


COUNT_TEAMS = Statement(
    "count_teams",
    int,
    select(func.count()).where(Team.id == func.any(bindparam("team_ids", type_=ARRAY(ID)))),
)
CREATE = Statement(
    "create_contract_of_teams",
    NoneType,
    text("""
with created as (
    insert into contracts (team_id, id, currency, tax_rate, grace_days)
    values (:team_id, :id, :currency, :tax_rate, :grace_days) returning id
)
insert into contract_teams (team_id, contract_id)
select served.team_id, created.id from created, unnest(:team_ids) as served (team_id)
""").bindparams(
        bindparam("team_ids", type_=ARRAY(ID)),
        *(bindparam(name, type_=Integer()) for name in ("tax_rate", "grace_days")),
    ),
)
# The membership is locked, so that the person is still a contract manager when this is committed.
SET_CONTACT = Statement(
    "set_contact",
    str,
    text("""
with manager as (
    select user_id from memberships
    where team_id = :team_id and user_id = :contact_id and role = :role and accepted_at is not null
    for share
)
update contracts set contact_id = cast(:contact_id as text)
where team_id = :team_id and id = :id and (cast(:contact_id as text) is null or exists (select from manager))
returning id
""").bindparams(bindparam("role", Role.CONTRACT_MANAGER.value)),
)


async def count_teams(connection: Connection, team_ids: Sequence[str]) -> int:
    """How many of these teams there are."""
    [number] = await COUNT_TEAMS.rows(connection, team_ids=list(team_ids))
    return number


async def create(connection: Connection, agreed: Agreed, team_ids: Sequence[str]) -> None:
    """Add a contract, which serves these teams, the home team among them. All of them must exist."""
    await CREATE.run(connection, **agreed._asdict(), team_ids=list(team_ids))


async def set_contact(connection: Connection, contract: ContractRow) -> bool:
    """Store the contact person of a contract. Returns False if this person is no contract manager of the home team."""
    key = {"team_id": contract.team_id, "id": contract.id}
    return bool(await SET_CONTACT.rows(connection, **key, contact_id=contract.contact_id))
