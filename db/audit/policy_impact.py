"""Who holds what: those to whom a change of policy means something, counted, and the first of them by name."""

import itertools
from collections.abc import Iterable
from operator import attrgetter
from typing import NamedTuple

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.core.statements import RowStatement
from db.tables.people import User
from domain.actions import Scope
from domain.roles import Role


class Holder(NamedTuple):
    """A member, or a partner token, and the team."""

    id: str
    name: str
    team_id: str
    team: str


class RankedHolder(NamedTuple):
    """One of the first of all who hold the same; see `Holders` for what that is."""

    role: Role | None
    separated: bool
    scopes: list[Scope]
    total: int
    holder: Holder


class Holders(NamedTuple):
    """All who hold the same: a role (of a token: its grantor's, None when they left), and a token's scopes.

    `separated`: their teams separate duties. `first` names the first of all `total`.
    """

    role: Role | None
    separated: bool
    scopes: frozenset[Scope]
    total: int
    first: list[Holder]


MEMBERS = RowStatement(
    RankedHolder,
    text("""
select role, separation_of_duties as separated, array[]::text[] as scopes, total, id as holder_id,
       name as holder_name, team_id as holder_team_id, team as holder_team
from (
    select m.role, t.separation_of_duties, u.id, u.first_name || ' ' || u.last_name as name,
           t.id as team_id, t.name as team,
           count(*) over held as total,
           row_number() over (held order by t.name, t.id, u.last_name, u.first_name, u.id) as place
    from memberships m
    join teams t on t.id = m.team_id
    join users u on u.id = m.user_id
    where m.accepted_at is not null
    window held as (partition by m.role, t.separation_of_duties)
) ranked
where place <= :limit
order by role, separation_of_duties, place
"""),
)

# Tokens that are still good; of their scopes only those asked about tell them apart.
TOKENS = RowStatement(
    RankedHolder,
    text("""
select role, separation_of_duties as separated, scopes, total, id as holder_id, name as holder_name,
       team_id as holder_team_id, team as holder_team
from (
    select *, count(*) over held as total, row_number() over (held order by team, team_id, name, id) as place
    from (
        select m.role, a.separation_of_duties, t.id, t.name, a.id as team_id, a.name as team,
               array(select scope from unnest(t.scopes) scope where scope = any(:scopes) order by scope) as scopes
        from partner_tokens t
        join teams a on a.id = t.team_id
        left join memberships m
          on m.team_id = t.team_id and m.user_id = t.grantor_id and m.accepted_at is not null
        where t.revoked_at is null and t.expires_at > statement_timestamp()
    ) live
    window held as (partition by role, separation_of_duties, scopes)
) ranked
where place <= :limit
order by role, separation_of_duties, scopes, place
"""),
)


_SAME = attrgetter("role", "separated", "scopes", "total")


async def accounts(connection: AsyncConnection) -> int:
    """How many people have an account."""
    return (await connection.execute(select(func.count()).select_from(User))).scalar_one()


async def members(connection: AsyncConnection, limit: int) -> list[Holders]:
    """The members of all teams, by what they hold; at most `limit` (at least 1) of each sort are named."""
    return _holders(await MEMBERS.rows(connection, limit=limit))


async def tokens(connection: AsyncConnection, scopes: Iterable[Scope], limit: int) -> list[Holders]:
    """The partner tokens that are good now, by what they hold of these scopes and by their grantor's role now."""
    asked = sorted(scope.value for scope in scopes)
    return _holders(await TOKENS.rows(connection, scopes=asked, limit=limit))


def _holders(rows: Iterable[RankedHolder]) -> list[Holders]:
    return [
        Holders(role, separated, frozenset(scopes), total, [row.holder for row in first])
        for (role, separated, scopes, total), first in itertools.groupby(rows, key=_SAME)
    ]
