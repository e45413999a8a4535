"""Invitations: read, made for many people at once, sent, accepted, replaced and taken back."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.paging import Rows
from db.prepared import Prepared
from db.promises import Invitation
from db.reach import any_of, within
from db.tables import ID, Membership, User
from domain.members import InvitationStatus
from domain.reach import Reach
from domain.roles import Role


class InvitationRow(NamedTuple):
    """An invitation as the graph shows it; `role` is what the person is to be by now."""

    id: str
    team_id: str
    user_id: str
    member_id: str
    role: Role
    email: str
    status: InvitationStatus
    created_at: datetime
    sent_at: datetime | None
    expires_at: datetime
    invited_by: str


class Invited(NamedTuple):
    """What a person was invited with, and what became of it; `has_password` is about their account."""

    team_id: str
    id: str
    user_id: str
    email: str
    first_name: str
    last_name: str
    status: InvitationStatus
    has_password: bool


class Letter(NamedTuple):
    """What the mail of an invitation is written with."""

    email: str
    first_name: str
    last_name: str
    expires_at: datetime
    team: str
    inviter: str | None


HERE = (Membership.team_id == Invitation.team_id) & (Membership.user_id == Invitation.user_id)
OPEN = (Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
ENDS = (Invitation.accepted_at, Invitation.revoked_at)
COLUMNS = (
    Invitation.id,
    Invitation.team_id,
    Invitation.user_id,
    Membership.id.label("member_id"),
    Membership.role,
    Invitation.email,
    Invitation.created_at,
    Invitation.sent_at,
    Invitation.expires_at,
    Invitation.invited_by,
    *ENDS,
)

LETTER = text("""
update invitations i set token_hash = :token_hash
from teams t
where i.team_id = :team_id and i.id = :id and t.id = i.team_id
  and i.accepted_at is null and i.revoked_at is null and i.expires_at > now()
returning i.email, i.first_name, i.last_name, i.expires_at, t.name, (
    select trim(u.first_name || ' ' || u.last_name) from users u where u.id = coalesce(
        (select p.grantor_id from partner_tokens p where p.team_id = i.team_id and p.id = i.invited_by), i.invited_by
    )
)
""")

REPLACE = text("""
with old as (
    update invitations set revoked_at = now()
    where team_id = :team_id and user_id = :user_id and accepted_at is null and revoked_at is null
    returning team_id, user_id, email, first_name, last_name
)
insert into invitations (team_id, id, user_id, email, first_name, last_name, role, invited_by, expires_at)
select old.team_id, cast(:id as text), old.user_id, old.email, old.first_name, old.last_name, m.role,
       cast(:by as text), cast(:expires_at as timestamptz)
from old join memberships m on m.team_id = old.team_id and m.user_id = old.user_id
returning created_at
""").bindparams(bindparam("id", type_=ID), bindparam("by", type_=ID))


async def by_ids(connection: AsyncConnection, reach: Reach, ids: Sequence[str]) -> dict[str, InvitationRow]:
    """Invitations by id, to memberships within `reach`."""
    return {row[0]: _row(row) for row in await _BY_IDS.rows(connection, reach, list(ids))}


async def of_members(connection: AsyncConnection, reach: Reach, ids: Sequence[str]) -> dict[str, InvitationRow]:
    """The open invitation of each member who has not accepted it, within `reach`, by member id."""
    return {row[3]: _row(row) for row in await _OF_MEMBERS.rows(connection, reach, list(ids))}


async def by_token(connection: AsyncConnection, token_hash: bytes) -> Invited | None:
    """What was sent with this token; None for one that was never made, or that another has taken the place of."""
    columns = (Invitation.team_id, Invitation.id, Invitation.user_id, Invitation.email, Invitation.first_name)
    query = (
        select(*columns, Invitation.last_name, Invitation.expires_at, *ENDS, User.password_hash.is_not(None))
        .join(User, User.id == Invitation.user_id)
        .where(Invitation.token_hash == token_hash)
    )
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else Invited(*row[:6], _status(*row[6:9]), row[9])


async def accept(
    connection: AsyncConnection, team_id: str, id_: str, user_id: str
) -> tuple[str, Role, datetime] | None:
    """Make who was invited a member: their member id, role and time of joining; None when it is open no longer.

    The membership must be locked.
    """
    of_this = (Invitation.team_id == team_id, Invitation.id == id_, *OPEN, Invitation.expires_at > func.now())
    ended = update(Invitation).where(*of_this).values(accepted_at=func.now()).returning(Invitation.id)
    if (await connection.execute(ended)).one_or_none() is None:
        return None
    joined = (
        update(Membership)
        .where(Membership.team_id == team_id, Membership.user_id == user_id)
        .values(accepted_at=func.now())
        .returning(Membership.id, Membership.role, Membership.created_at)
    )
    row = (await connection.execute(joined)).one()
    return row.id, Role(row.role), row.created_at


async def replace(
    connection: AsyncConnection, team_id: str, user_id: str, id_: str, by: str, expires_at: datetime
) -> datetime:
    """End the open invitation of somebody and make another like it, of the id given; when that was made."""
    values = {"team_id": team_id, "user_id": user_id, "id": id_, "by": by, "expires_at": expires_at}
    created_at: datetime = (await connection.execute(REPLACE, values)).scalar_one()
    return created_at


async def letter(connection: AsyncConnection, team_id: str, id_: str, token_hash: bytes) -> Letter | None:
    """Give an invitation the token of a new link, and tell what to write; None when it is open no longer."""
    row = (await connection.execute(LETTER, {"team_id": team_id, "id": id_, "token_hash": token_hash})).one_or_none()
    return None if row is None else Letter._make(row)


async def sent(connection: AsyncConnection, team_id: str, id_: str) -> None:
    """Note that the mail of an invitation is out."""
    of_this = (Invitation.team_id == team_id, Invitation.id == id_, Invitation.token_hash.is_not(None))
    await connection.execute(update(Invitation).where(*of_this).values(sent_at=func.now()))


def _row(values: Sequence[Any]) -> InvitationRow:
    id_, team_id, user_id, member_id, role, email, created_at, sent_at, expires_at, invited_by, *ends = values
    status = _status(expires_at, *ends)
    place = (id_, team_id, user_id, member_id, Role(role))
    return InvitationRow(*place, email, status, created_at, sent_at, expires_at, invited_by)


def _status(expires_at: datetime, accepted_at: datetime | None, revoked_at: datetime | None) -> InvitationStatus:
    if accepted_at is not None:
        return InvitationStatus.ACCEPTED
    if revoked_at is not None:
        return InvitationStatus.REPLACED
    return InvitationStatus.OPEN if expires_at > datetime.now(UTC) else InvitationStatus.EXPIRED


def _within(reach: Reach) -> Rows:
    return select(*COLUMNS).join(Membership, HERE).where(within(reach, Invitation.team_id, Invitation.user_id))


def _by_ids(reach: Reach, ids: Sequence[str]) -> Rows:
    return _within(reach).where(Invitation.id == any_of(ids))


def _of_members(reach: Reach, ids: Sequence[str]) -> Rows:
    return _within(reach).where(Membership.id == any_of(ids), *OPEN)


_BY_IDS, _OF_MEMBERS = Prepared(_by_ids), Prepared(_of_members)
