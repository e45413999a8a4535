"""Members and partner tokens, grouped by what the policy knows of them: the subjects that a new policy may affect.

Each group has a count and the names of its first subjects.
"""

import itertools
from collections.abc import Iterable
from operator import attrgetter
from typing import NamedTuple

from sqlalchemy import func, select, text

from db.core.connection import Connection
from db.core.statements import Statement
from db.tables.access import Vendor
from db.tables.people import User
from domain.actions import Scope
from domain.roles import Role


class SubjectName(NamedTuple):
    """The id and name of a member or a partner token, and of its team."""

    id: str
    name: str
    team_id: str
    team: str


class RankedSubject(NamedTuple):
    """One of the first subjects of a group, with the fields of its `SubjectGroup`."""

    role: Role | None
    separated: bool
    scopes: list[Scope]
    total: int
    subject: SubjectName


class SubjectGroup(NamedTuple):
    """All members, or all partner tokens, to which the policy gives the same rights.

    `role` is the member's role, or the role of the token's grantor (None if the grantor has left the team). `separated`
    tells whether their teams separate duties. `scopes` are the scopes of a token that the caller asked for; a member
    has none. `total` is the size of the group, and `first` names its first subjects.
    """

    role: Role | None
    separated: bool
    scopes: frozenset[Scope]
    total: int
    first: list[SubjectName]


class AccountCounts(NamedTuple):
    """The number of accounts that are not deleted, and the number of those that belong to the vendor's staff."""

    accounts: int
    vendors: int


MEMBERS = Statement(
    "members",
    RankedSubject,
    text("""
select role, separation_of_duties as separated, array[]::text[] as scopes, total, id as subject_id,
       name as subject_name, team_id as subject_team_id, team as subject_team
from (
    select m.role, t.separation_of_duties, u.id, trim(u.first_name || ' ' || u.last_name) as name,
           t.id as team_id, t.name as team,
           count(*) over held as total,
           row_number() over (held order by t.name, t.id, m.name_key, u.id) as place
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

# Only valid tokens, grouped by those of their scopes that are in :scopes.
TOKENS = Statement(
    "tokens",
    RankedSubject,
    text("""
select role, separation_of_duties as separated, scopes, total, id as subject_id, name as subject_name,
       team_id as subject_team_id, team as subject_team
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

COUNT_ACCOUNTS = Statement(
    "count_accounts",
    AccountCounts,
    select(func.count().label("accounts"), select(func.count()).select_from(Vendor).scalar_subquery().label("vendors"))
    .select_from(User)
    .where(User.deleted_at.is_(None)),
)

_GROUP_KEY = attrgetter("role", "separated", "scopes", "total")


async def count_accounts(connection: Connection) -> AccountCounts:
    """How many accounts exist, and how many of them belong to the vendor's staff."""
    [numbers] = await COUNT_ACCOUNTS.rows(connection)
    return numbers


async def members(connection: Connection, limit: int) -> list[SubjectGroup]:
    """The groups of members of all teams. At most `limit` subjects of each group are named; `limit` is at least 1."""
    return _subject_groups(await MEMBERS.rows(connection, limit=limit))


async def tokens(connection: Connection, scopes: Iterable[Scope], limit: int) -> list[SubjectGroup]:
    """The groups of valid partner tokens of all teams, by their grantor's current role and those of `scopes` they have.

    At most `limit` subjects of each group are named; `limit` is at least 1.
    """
    values = sorted(scope.value for scope in scopes)
    return _subject_groups(await TOKENS.rows(connection, scopes=values, limit=limit))


def _subject_groups(rows: Iterable[RankedSubject]) -> list[SubjectGroup]:
    return [
        SubjectGroup(role, separated, frozenset(scopes), total, [row.subject for row in first])
        for (role, separated, scopes, total), first in itertools.groupby(rows, key=_GROUP_KEY)
    ]
