"""Who acts: sessions and partner tokens, looked up by the hash of the secret that came with a request.

Only an accepted membership gives a role: who is invited may do nothing as yet.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.engine import commit, fetch
from db.records import Session
from db.teams import TeamRow
from db.users import UserRow
from domain.actions import Scope
from domain.roles import Role
from domain.subjects import Actor, Partner, Person

PERSON = """
select s.id, u.id, u.email, u.first_name, u.last_name, cast(to_json(u.created_at) as text),
       m.role, t.id, t.name, t.separation_of_duties
from sessions s
join users u on u.id = s.user_id
left join memberships m on m.user_id = s.user_id and m.accepted_at is not null
left join teams t on t.id = m.team_id
where s.token_hash = $1 and s.ended_at is null and s.expires_at > statement_timestamp()
"""

MEMBER = """
select m.user_id, m.role, t.separation_of_duties
from memberships m join teams t on t.id = m.team_id
where m.team_id = $1 and m.user_id = $2 and m.accepted_at is not null
"""

GRANTED = """
select t.id, t.scopes, t.grantor_id, m.role, a.id, a.name, a.separation_of_duties
from partner_tokens t
join teams a on a.id = t.team_id
left join memberships m on m.team_id = t.team_id and m.user_id = t.grantor_id and m.accepted_at is not null
where {which} and t.revoked_at is null and t.expires_at > statement_timestamp()
"""
PARTNER = GRANTED.format(which="t.token_hash = $1")
TOKEN = GRANTED.format(which="t.team_id = $1 and t.id = $2")


TOUCH = """
update partner_tokens set last_used_at = now()
where token_hash = $1 and revoked_at is null and expires_at > now()
  and (last_used_at is null or last_used_at < now() - interval '1 minute')
"""


class Acting(NamedTuple):
    """Who acts, with the teams that they act in, and a person's account."""

    actor: Actor
    teams: dict[str, TeamRow]
    account: UserRow | None = None


async def person(connection: AsyncConnection, token_hash: bytes) -> Acting | None:
    """The person of a session, with their roles now; None when there is none, or it ended or expired."""
    rows = await fetch(connection, PERSON, token_hash)
    if not rows:
        return None
    session_id, user_id = rows[0][:2]
    roles = {row[7]: Role(row[6]) for row in rows if row[7] is not None}
    teams = {row[7]: TeamRow._make(row[7:]) for row in rows if row[7] is not None}
    separated = frozenset(team.id for team in teams.values() if team.separation_of_duties)
    return Acting(Person(user_id, session_id, roles, separated), teams, UserRow._make(rows[0][1:6]))


async def partner(connection: AsyncConnection, token_hash: bytes) -> Acting | None:
    """The partner of a token, with its grantor's role now; None when there is none, or it was revoked or expired."""
    rows = await fetch(connection, PARTNER, token_hash)
    found = _partner(rows)
    return None if found is None else Acting(found, {found.team_id: TeamRow._make(rows[0][4:])})


async def member(connection: AsyncConnection, team_id: str, user_id: str) -> Person | None:
    """A member as an actor in one team, to ask about; without a session. None when there is no such member."""
    rows = await fetch(connection, MEMBER, team_id, user_id)
    if not rows:
        return None
    _, role, separation_of_duties = rows[0]
    separated = frozenset([team_id] if separation_of_duties else [])
    return Person(user_id, "", {team_id: Role(role)}, separated)


async def granted(connection: AsyncConnection, team_id: str, id_: str) -> Partner | None:
    """A team's token as an actor, to ask about; None when there is none, or it was revoked or expired."""
    return _partner(await fetch(connection, TOKEN, team_id, id_))


def _partner(rows: Sequence[Any]) -> Partner | None:
    if not rows:
        return None
    id_, scopes, grantor_id, role, team_id, _, separation_of_duties = rows[0]
    separated = frozenset([team_id] if separation_of_duties else [])
    return Partner(id_, team_id, frozenset(map(Scope, scopes)), grantor_id, role and Role(role), separated)


async def touch(connection: AsyncConnection, token_hash: bytes) -> None:
    """Note that a partner token is in use; to the minute, so that a busy token costs no write a request."""
    await fetch(connection, TOUCH, token_hash)
    await commit(connection)


async def open_session(
    connection: AsyncConnection, id_: str, user_id: str, token_hash: bytes, expires_at: datetime
) -> None:
    """A new session of an account."""
    values = {"id": id_, "user_id": user_id, "token_hash": token_hash, "expires_at": expires_at}
    await connection.execute(insert(Session).values(values))


async def end_session(connection: AsyncConnection, id_: str) -> bool:
    """End a session; False when it had ended already."""
    statement = (
        update(Session)
        .where(Session.id == id_, Session.ended_at.is_(None))
        .values(ended_at=func.now())
        .returning(Session.id)
    )
    return (await connection.execute(statement)).one_or_none() is not None
