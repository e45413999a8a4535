"""Invitations: read, find by token, accept and replace them, and record their mails."""

from collections.abc import Sequence
from datetime import datetime
from types import NoneType
from typing import NamedTuple

from sqlalchemy import and_, bindparam, case, func, literal_column, select, text, update

from db.core.connection import Connection
from db.core.paging import Rows
from db.core.reach import any_of, within
from db.core.rows import by_id, columns_of
from db.core.statements import RowQuery, Statement
from db.people.teams import TEAMS, TeamRow
from db.tables.invitations import Invitation
from db.tables.people import Membership, Team, User
from db.tables.types import ID
from domain.languages import Language
from domain.mails import MailOutcome, MailState
from domain.members import InvitationStatus
from domain.reach import Reach
from domain.roles import Role


class InvitationRow(NamedTuple):
    """An invitation as the graph shows it; `role` is the current role of the membership, pending or not."""

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
    # With defaults, because a stored answer to an idempotency key may be older than these fields.
    mail_state: MailState = MailState.QUEUED
    mail_reason: str | None = None


class InvitationByToken(NamedTuple):
    """The invitation that a link's token belongs to; `is_opened` says whether the account is verified and
    has a password, so that the link alone gives no right to it."""

    team_id: str
    id: str
    user_id: str
    email: str
    first_name: str
    last_name: str
    status: InvitationStatus
    is_opened: bool
    its_team: TeamRow


class MailContent(NamedTuple):
    """The values that the mail of an invitation shows; `inviter` is a name, or None if the account is gone."""

    email: str
    first_name: str
    last_name: str
    expires_at: datetime
    team: str
    inviter: str | None
    language: Language


class AcceptedMembership(NamedTuple):
    """The membership of a person who has accepted an invitation."""

    id: str
    role: Role
    joined_at: datetime
    external_id: str | None


ITS_MEMBERSHIP = (Membership.team_id == Invitation.team_id) & (Membership.user_id == Invitation.user_id)
OPEN = (Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
STATUS = case(
    (Invitation.accepted_at.is_not(None), literal_column(f"'{InvitationStatus.ACCEPTED.value}'")),
    (Invitation.revoked_at.is_not(None), literal_column(f"'{InvitationStatus.REPLACED.value}'")),
    (Invitation.expires_at > func.clock_timestamp(), literal_column(f"'{InvitationStatus.OPEN.value}'")),
    else_=literal_column(f"'{InvitationStatus.EXPIRED.value}'"),
)
INVITATIONS = columns_of(InvitationRow, Invitation, member_id=Membership.id, role=Membership.role, status=STATUS)
IS_OPENED = and_(User.password_hash.is_not(None), User.email_verified_at.is_not(None))
BY_TOKEN = columns_of(InvitationByToken, Invitation, status=STATUS, is_opened=IS_OPENED, its_team=TEAMS)

STORE_TOKEN = Statement(
    "store_token",
    MailContent,
    text("""
update invitations i set token_hash = :token_hash
from teams t
where i.team_id = :team_id and i.id = :id and t.id = i.team_id
  and i.accepted_at is null and i.revoked_at is null and i.expires_at > now()
returning i.email, i.first_name, i.last_name, i.expires_at, t.name as team, (
    select trim(u.first_name || ' ' || u.last_name) from users u where u.id = coalesce(
        (select p.grantor_id from partner_tokens p where p.team_id = i.team_id and p.id = i.invited_by), i.invited_by
    )
) as inviter, (select u.language from users u where u.id = i.user_id) as language
"""),
)

FIND_BY_TOKEN = Statement(
    "invitation_by_token",
    InvitationByToken,
    BY_TOKEN.apply_to(
        select()
        .select_from(Invitation)
        .join(User, User.id == Invitation.user_id)
        .join(Team, Team.id == Invitation.team_id)
        .where(Invitation.token_hash == bindparam("token_hash"))
    ),
)

ACCEPT = Statement(
    "accept_invitation",
    str,
    update(Invitation)
    .where(
        Invitation.team_id == bindparam("team_id"),
        Invitation.id == bindparam("id"),
        *OPEN,
        Invitation.expires_at > func.now(),
    )
    .values(accepted_at=func.now())
    .returning(Invitation.id),
)

JOIN = Statement(
    "join_team",
    AcceptedMembership,
    update(Membership)
    .where(Membership.team_id == bindparam("team_id"), Membership.user_id == bindparam("user_id"))
    .values(accepted_at=func.now())
    .returning(
        Membership.id, Membership.role, Membership.created_at.label("joined_at"), Membership.external_id.expression
    ),
)

RECORD_MAIL = Statement(
    "record_invitation_mail",
    NoneType,
    text("""
update invitations
set mail_state = :state, mail_reason = :reason, sent_at = case when :state = 'sent' then now() end
where team_id = :team_id and id = :id
"""),
)

REPLACE = Statement(
    "replace_invitation",
    datetime,
    text("""
with old as (
    update invitations set revoked_at = now()
    where team_id = :team_id and user_id = :user_id and accepted_at is null and revoked_at is null
    returning team_id, user_id, email, first_name, last_name, name_key, name_search, email_search, text_version
)
insert into invitations (
    team_id, id, user_id, email, first_name, last_name, role, invited_by, expires_at, name_key, name_search,
    email_search, text_version
)
select old.team_id, cast(:id as text), old.user_id, old.email, old.first_name, old.last_name, m.role,
       cast(:by as text), cast(:expires_at as timestamptz), old.name_key, old.name_search, old.email_search,
       old.text_version
from old join memberships m on m.team_id = old.team_id and m.user_id = old.user_id
returning created_at
""").bindparams(bindparam("id", type_=ID), bindparam("by", type_=ID)),
)


async def by_ids(connection: Connection, reach: Reach, ids: Sequence[str]) -> dict[str, InvitationRow]:
    """The invitations with these ids whose memberships lie within `reach`, by id."""
    return by_id(await BY_IDS.rows(connection, reach, list(ids)))


async def by_token(connection: Connection, token_hash: bytes) -> InvitationByToken | None:
    """The invitation that has this token; None if there is none: it is forged, or a newer link was mailed."""
    return await FIND_BY_TOKEN.row(connection, token_hash=token_hash)


async def accept(connection: Connection, team_id: str, id_: str, user_id: str) -> AcceptedMembership | None:
    """Accept an invitation and return the membership; None if the invitation is not open.

    The caller must have locked the membership.
    """
    if await ACCEPT.row(connection, team_id=team_id, id=id_) is None:
        return None
    [membership] = await JOIN.rows(connection, team_id=team_id, user_id=user_id)
    return membership


async def replace(
    connection: Connection, team_id: str, user_id: str, id_: str, by: str, expires_at: datetime
) -> datetime:
    """Revoke the open invitation of a person and insert a copy with the id `id_`; return the time of its creation."""
    values = {"team_id": team_id, "user_id": user_id, "id": id_, "by": by, "expires_at": expires_at}
    [created_at] = await REPLACE.rows(connection, **values)
    return created_at


async def store_token(connection: Connection, team_id: str, id_: str, token_hash: bytes) -> MailContent | None:
    """Store the token of a new link and return the values for the mail; None if the invitation is not open."""
    return await STORE_TOKEN.row(connection, team_id=team_id, id=id_, token_hash=token_hash)


async def record_mail(connection: Connection, team_id: str, id_: str, outcome: MailOutcome) -> None:
    """Store what became of the mail of an invitation, and when it was sent."""
    state, reason = outcome.state.value, outcome.reason
    await RECORD_MAIL.run(connection, team_id=team_id, id=id_, state=state, reason=reason)


def _within(reach: Reach) -> Rows:
    query = select().select_from(Invitation).join(Membership, ITS_MEMBERSHIP)
    return query.where(within(reach, Invitation.team_id, Invitation.user_id))


def _by_ids(reach: Reach, ids: Sequence[str]) -> Rows:
    return _within(reach).where(Invitation.id == any_of(ids))


def _of_members(reach: Reach, ids: Sequence[str]) -> Rows:
    return _within(reach).where(Membership.id == any_of(ids), *OPEN)


BY_IDS, OF_MEMBERS = RowQuery(INVITATIONS, _by_ids), RowQuery(INVITATIONS, _of_members)
