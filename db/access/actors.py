"""Actors: load them by the hash of a session token or a partner token, or by id; begin and end sessions.

Only an accepted membership gives a role. An invited person has no rights before they accept.
"""

from collections.abc import Sequence
from datetime import datetime
from types import NoneType
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, text, update

from db.access.second_factors import HAS_ONE
from db.core.connection import Connection
from db.core.fusion import ActorQuery, RolesOverOthers, RolesWithReach
from db.core.rows import ALL
from db.core.statements import Statement
from db.people.teams import TeamRow
from db.people.users import UserRow
from db.tables.access import Session
from domain.actions import Scope
from domain.credentials import Credential, CredentialKind
from domain.roles import Role, Standing, proven
from domain.sign_in_methods import SignInMethod
from domain.subjects import Actor, Partner, Person


class SessionRow(NamedTuple):
    """A session with its account, whether it belongs to the vendor's staff, and one team of the person.

    If the person is a member of no team, there is one row, in which the role and every field of the team are None.
    `second_factor` says whether one was given in this session. `standing` is the role as the policy sees it.
    `is_use_due` is as in `TokenActorRow`.
    """

    session_id: str
    second_factor: bool
    account: UserRow
    vendor: bool
    is_use_due: bool
    role: Role | None
    standing: Standing | None
    team: TeamRow


class NewSession(NamedTuple):
    """A session that begins. `second_factor` says whether the person has just given a second factor."""

    id: str
    user_id: str
    token_hash: bytes
    expires_at: datetime
    method: SignInMethod
    second_factor: bool
    device: str | None
    place: str | None


class TokenActorRow(NamedTuple):
    """A valid partner token with its team.

    `scopes` are separated by blanks. `role` is the grantor's current role, None if they have left the team;
    `standing` is the role as the policy sees it. `is_use_due` says that the stored time of the last use is old, see
    `update_last_used`.
    """

    id: str
    scopes: str
    grantor_id: str
    role: Role | None
    standing: Standing | None
    is_use_due: bool
    team: TeamRow


# What the policy sees of a role, as `domain.roles.standing`. In a fused statement, the reaches follow from it too.
STANDING = """
case when t.requires_second_factor and {missing} then
    case m.role when 'software_coordinator' then 'unproven_coordinator'
                when 'contract_manager' then 'unproven_manager' else m.role end
else m.role end"""

PERSON_SQL = f"""
select s.id as session_id, s.second_factor_at is not null as second_factor,
       u.id as account_id, u.email as account_email, u.first_name as account_first_name,
       u.last_name as account_last_name, cast(to_json(u.created_at) as text) as account_created_at,
       v.user_id is not null as vendor, s.last_used_at < statement_timestamp() - interval '5 minutes' as is_use_due,
       m.role, {STANDING.format(missing="s.second_factor_at is null")} as standing,
       t.id as team_id, t.name as team_name, t.separation_of_duties as team_separation_of_duties,
       t.requires_second_factor as team_requires_second_factor, coalesce(t.language, 'en') as team_language,
       t.last_seats_below as team_last_seats_below
from sessions s
join users u on u.id = s.user_id
left join vendors v on v.user_id = s.user_id
left join memberships m on m.user_id = s.user_id and m.accepted_at is not null
left join teams t on t.id = m.team_id
where s.token_hash = :token_hash and s.ended_at is null and s.expires_at > statement_timestamp()
  and u.email_verified_at is not null
"""  # noqa: S608 - constants
PERSON = Statement("person", SessionRow, text(PERSON_SQL))

PARTNER_QUERY = f"""
select p.id, array_to_string(p.scopes, ' ') as scopes, p.grantor_id, m.role,
       {STANDING.format(missing="not " + HAS_ONE.format(user_id="p.grantor_id"))} as standing,
       coalesce(p.last_used_at < statement_timestamp() - interval '1 minute', true) as is_use_due,
       t.id as team_id, t.name as team_name, t.separation_of_duties as team_separation_of_duties,
       t.requires_second_factor as team_requires_second_factor, t.language as team_language,
       t.last_seats_below as team_last_seats_below
from partner_tokens p
join teams t on t.id = p.team_id
left join memberships m on m.team_id = p.team_id and m.user_id = p.grantor_id and m.accepted_at is not null
where {{which}} and p.revoked_at is null and p.expires_at > statement_timestamp()
"""  # noqa: S608 - constants
PARTNER_SQL = PARTNER_QUERY.format(
    which="""(
    p.token_hash = :token_hash
    or (p.previous_hash = :token_hash and p.previous_secret_ends_at > statement_timestamp())
)"""
)
PARTNER_BY_HASH = Statement("partner_by_hash", TokenActorRow, text(PARTNER_SQL))
PARTNER_BY_ID = Statement(
    "partner_by_id", TokenActorRow, text(PARTNER_QUERY.format(which="p.team_id = :team_id and p.id = :id"))
)

TOUCH = {
    CredentialKind.PARTNER: Statement(
        "touch_partner_token",
        NoneType,
        text("""
update partner_tokens set last_used_at = now()
where (token_hash = :token_hash or previous_hash = :token_hash) and revoked_at is null and expires_at > now()
  and (last_used_at is null or last_used_at < now() - interval '1 minute')
"""),
    ),
    CredentialKind.SESSION: Statement(
        "touch_session",
        NoneType,
        text("""
update sessions set last_used_at = now()
where token_hash = :token_hash and ended_at is null and last_used_at < now() - interval '5 minutes'
"""),
    ),
}

# A change of the password ends the sessions that it sees. The lock lets it wait for this one, or this one for it.
# No session begins without the second factor of the account, whatever the first step was.
OPEN_SESSION = Statement(
    "open_session",
    str,
    text(f"""
insert into sessions (id, user_id, token_hash, expires_at, method, second_factor_at, device, place)
select cast(:id as text), u.id, cast(:token_hash as bytea), cast(:expires_at as timestamptz), cast(:method as text),
       case when cast(:second_factor as boolean) then now() end, cast(:device as text), cast(:place as text)
from users u
where u.id = :user_id and u.email_verified_at is not null
  and u.password_hash is not distinct from coalesce(cast(:password_hash as text), u.password_hash)
  and (cast(:second_factor as boolean) or not {HAS_ONE.format(user_id="u.id")})
for share
returning id
"""),  # noqa: S608 - constants
)

END_SESSION = Statement(
    "end_session",
    str,
    update(Session)
    .where(Session.id == bindparam("id"), Session.ended_at.is_(None))
    .values(ended_at=func.now())
    .returning(Session.id),
)

END_SESSIONS = Statement(
    "end_sessions",
    str,
    update(Session)
    .where(Session.user_id == bindparam("user_id"), Session.ended_at.is_(None))
    .values(ended_at=func.now())
    .returning(Session.id),
)


class LoadedActor(NamedTuple):
    """An actor, their teams by id, and the account if the actor is a person.

    `is_use_due` says that the use of the credential is to be stored by `update_last_used`.
    """

    actor: Actor
    teams: dict[str, TeamRow]
    account: UserRow | None = None
    is_use_due: bool = False


async def person(connection: Connection, token_hash: bytes) -> LoadedActor | None:
    """The person of a session, with their current roles.

    None if there is no such session, it ended or expired, or nobody has verified the e-mail address of the account.
    """
    return _person(await PERSON.rows(connection, token_hash=token_hash))


def query(kind: CredentialKind, roles_with_reach: RolesWithReach, roles_over_others: RolesOverOthers) -> ActorQuery:
    """The query of the actor of a session or a partner token for fused statements.

    The functions are the policy's own tables.
    """
    team_id, role, separated = "team_id", "standing", "team_separation_of_duties"
    tables = (roles_with_reach, roles_over_others)
    if kind is CredentialKind.PARTNER:
        columns = PARTNER_BY_HASH.columns
        return ActorQuery(PARTNER_SQL, columns, "grantor_id", team_id, role, separated, "scopes", *tables)
    return ActorQuery(PERSON_SQL, PERSON.columns, "account_id", team_id, role, separated, None, *tables)


def of_columns(kind: CredentialKind, columns: Sequence[Sequence[Any] | None]) -> LoadedActor | None:
    """The actor of the columns of a `query`; None if they have no rows."""
    rows = list(zip(*(column or () for column in columns), strict=True))
    if kind is CredentialKind.PARTNER:
        return _partner_in_team(PARTNER_BY_HASH.make(rows, ALL))
    return _person(PERSON.make(rows, ALL))


def _person(rows: Sequence[SessionRow]) -> LoadedActor | None:
    if not rows:
        return None
    session_id, second_factor, account, vendor, is_use_due, *_ = rows[0]
    roles = {row.team.id: row.role for row in rows if row.role is not None}
    teams = {row.team.id: row.team for row in rows if row.role is not None}
    separated = frozenset(team.id for team in teams.values() if team.separation_of_duties)
    unproven = frozenset(row.team.id for row in rows if proven(row.standing) is not None)
    actor = Person(account.id, session_id, roles, separated, vendor, unproven, second_factor)
    return LoadedActor(actor, teams, account, is_use_due)


async def partner(connection: Connection, token_hash: bytes) -> LoadedActor | None:
    """The partner of a token, with its grantor's current role. None if the token is unknown, revoked or expired."""
    return _partner_in_team(await PARTNER_BY_HASH.rows(connection, token_hash=token_hash))


async def partner_by_id(connection: Connection, team_id: str, id_: str) -> Partner | None:
    """A partner token of a team as an actor, to explain its rights. None if it is unknown, revoked or expired."""
    found = await PARTNER_BY_ID.row(connection, team_id=team_id, id=id_)
    return None if found is None else _partner(found)


def _partner_in_team(rows: Sequence[TokenActorRow]) -> LoadedActor | None:
    if not rows:
        return None
    [found] = rows
    return LoadedActor(_partner(found), {found.team.id: found.team}, is_use_due=found.is_use_due)


def _partner(token: TokenActorRow) -> Partner:
    team = token.team
    scopes = frozenset(map(Scope, token.scopes.split()))
    separated = frozenset([team.id] if team.separation_of_duties else [])
    unproven = proven(token.standing) is not None
    return Partner(token.id, team.id, scopes, token.grantor_id, token.role, separated, unproven)


async def update_last_used(connection: Connection, credential: Credential) -> None:
    """Set the time of the last use of a partner token (at most once a minute) or a session (in 5 minutes), and commit.

    This saves a write for each request of a busy client.
    """
    await TOUCH[credential.kind].run(connection, token_hash=credential.token_hash)
    await connection.commit()


async def open_session(connection: Connection, session: NewSession, password_hash: str | None) -> bool:
    """Create a session of an account. `password_hash` is None if the person did not prove who they are by a password.

    Returns False, and creates none, if the account has another password hash, is not verified, or has a second factor
    that was not given.
    """
    return await OPEN_SESSION.row(connection, **session._asdict(), password_hash=password_hash) is not None


async def end_session(connection: Connection, id_: str) -> bool:
    """End a session. Returns False if it had already ended."""
    return await END_SESSION.row(connection, id=id_) is not None


async def end_sessions(connection: Connection, user_id: str) -> int:
    """End all sessions of an account. Returns how many had not ended before."""
    return len(await END_SESSIONS.rows(connection, user_id=user_id))
