"""An invitation accepted, by who has its link."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from db.core.engine import rollback
from db.groups import given_products
from db.invitations import invitations
from db.invitations.invitations import Invited
from db.people import members, users
from db.people.members import MemberRow
from db.people.users import UserRow
from domain.actions import Action
from domain.credentials import CredentialKind, parse
from domain.members import InvitationStatus, MemberStatus
from domain.names import NAME_RULE, is_name
from domain.problems import UserError, UserErrorCode
from domain.subjects import Actor, Person
from policies import facts
from resolvers.access import passwords
from resolvers.access.session_delivery import SessionDelivery, begun, deliverable, delivered
from resolvers.core.context import Context, Info
from resolvers.core.mutations import Change, MutationInput, carry_out, performs
from resolvers.groups.seat_giving import Outcome

INVALID = UserError(
    UserErrorCode.INVITATION_INVALID, "There is no such invitation, or it was taken back or sent again.", ["token"]
)
EXPIRED = UserError(UserErrorCode.INVITATION_EXPIRED, "The invitation has expired; ask for a new one.", ["token"])
ACCEPTED = UserError(UserErrorCode.INVITATION_ACCEPTED, "This invitation has been accepted already.", ["token"])
DIFFERS = UserError(
    UserErrorCode.EMAIL_DIFFERS, "You are signed in as somebody else than this invitation was sent to.", ["token"]
)
SIGN_IN = UserError(
    UserErrorCode.SIGN_IN_FIRST, "This e-mail address has an account: sign in to it, and accept then.", ["token"]
)


@dataclass
class AcceptInvitationInput(MutationInput):
    """The token out of the link, and for a new account a password of 10 to 200 characters, and names to correct."""

    SECRETS: ClassVar = ("token", "password")

    token: str
    first_name: str | None = None
    last_name: str | None = None
    password: str | None = None
    delivery: SessionDelivery = SessionDelivery.BEARER


@dataclass
class AcceptInvitationPayload:
    """The new member, and if the account is new, a session token to send as `Authorization: Bearer …`."""

    SECRETS: ClassVar = ("token",)

    member: MemberRow | None = field(
        default=None, metadata={"description": "You, as a member of the team; null if nothing was accepted."}
    )
    token: str | None = field(
        default=None,
        metadata={
            "description": "Null if you were signed in before, if it went into a cookie, in a dry run, and in a repeat."
        },
    )
    expires_at: datetime | None = field(
        default=None, metadata={"description": "When the session ends; null if none was started."}
    )
    errors: list[UserError] = field(default_factory=list)


@performs(Action.INVITATIONS_ACCEPT)
async def accept_invitation(info: Info, input: AcceptInvitationInput) -> AcceptInvitationPayload:
    """Join the team that an invitation is to, with the token in its link.

    Who has no account yet opens one with a password, and is signed in (`token`); who has one signs in first
    (SIGN_IN_FIRST), and as whom the invitation was sent to (EMAIL_DIFFERS). They keep the seats they were given
    meanwhile, and get the default products of the team, or wait for them. INVITATION_EXPIRED; INVITATION_ACCEPTED
    (information); INVITATION_INVALID for a token that is unknown, taken back or replaced, alike; PASSWORD_INVALID,
    NAME_INVALID.
    """
    context = info.context
    context.require(Action.INVITATIONS_ACCEPT, facts.GATEWAY)
    deliverable(context, input.delivery)
    known = await _find(context, input.token)
    if known is None or known.status is InvitationStatus.REPLACED:
        return AcceptInvitationPayload(errors=[INVALID])
    invited, objections = known, _objections(context.actor, known, input)
    # A repeat finds it accepted, and is told under its key that this was its own doing.
    if objections and not (input.idempotency_key and objections == [ACCEPTED]):
        return AcceptInvitationPayload(errors=objections)
    password_hash = None
    if not objections and not _is_theirs(context.actor, invited):
        passwords.ready()
        # Whoever waits for this turn keeps no connection from the others.
        await context.close()
        password_hash = await passwords.hashed(input.password or "")

    async def work(change: Change, input: AcceptInvitationInput) -> AcceptInvitationPayload:
        # The key is the invitation's: one key for the invitations to two teams would answer the second by the first.
        await change.decide(facts.GATEWAY, keeper=invited.id)
        payload = None if objections else await _accepted(change, invited, input, password_hash)
        if payload is None:
            await rollback(change.connection)
            change.keeper = None
            return AcceptInvitationPayload(errors=objections or [INVALID])
        return payload

    payload = await carry_out(context, Action.INVITATIONS_ACCEPT, work, input, AcceptInvitationPayload)
    # The rest of the operation is read as who is a member by now.
    await context.identify()
    return await delivered(context, input, payload)


async def _find(context: Context, token: str) -> Invited | None:
    credential = parse(token)
    if credential is None or credential.kind is not CredentialKind.INVITATION:
        return None
    async with context.reading() as connection:
        return await invitations.by_token(connection, credential.token_hash)


def _is_theirs(actor: Actor, invited: Invited) -> bool:
    return isinstance(actor, Person) and actor.user_id == invited.user_id


def _objections(actor: Actor, invited: Invited, input: AcceptInvitationInput) -> list[UserError]:
    """What is in the way; all that is wrong with the input at once."""
    if invited.status is InvitationStatus.ACCEPTED:
        return [ACCEPTED]
    if invited.status is InvitationStatus.EXPIRED:
        return [EXPIRED]
    if _is_theirs(actor, invited):
        return []
    if isinstance(actor, Person):
        return [DIFFERS]
    if invited.has_password:
        return [SIGN_IN]
    errors = []
    if not passwords.MIN_LENGTH <= len(input.password or "") <= passwords.MAX_LENGTH:
        message = f"A new account needs a password of {passwords.MIN_LENGTH} to {passwords.MAX_LENGTH} characters."
        errors.append(UserError(UserErrorCode.PASSWORD_INVALID, message, ["password"]))
    for name, value in (("firstName", input.first_name), ("lastName", input.last_name)):
        if value is not None and not is_name(value):
            errors.append(UserError(UserErrorCode.NAME_INVALID, NAME_RULE, [name]))
    return errors


async def _accepted(
    change: Change, invited: Invited, input: AcceptInvitationInput, password_hash: str | None
) -> AcceptInvitationPayload | None:
    """The person as a member, with the account open; None when somebody was quicker."""
    connection, team_id, user_id = change.connection, invited.team_id, invited.user_id
    await given_products.changing(connection, team_id)
    await members.lock(connection, team_id, [user_id])
    joined = await invitations.accept(connection, team_id, invited.id, user_id)
    user = await _account(change, invited, input, password_hash)
    if joined is None or user is None:
        return None
    member_id, role, joined_at = joined
    given = await given_products.give_defaults(connection, team_id, [user_id])
    served = Outcome(seats=given.seats, waits=given.waits, promoted=given.promoted)
    after = {"invitation": invited.id, "user": user_id, **served.recorded()}
    member = MemberRow(member_id, team_id, role, MemberStatus.ACTIVE, joined_at, user)
    if password_hash is None:
        await change.record(team_id, member_id, {}, after)
        return AcceptInvitationPayload(member)
    session_id, token, expires_at = await begun(connection, user_id)
    await change.record(team_id, member_id, {}, {**after, "session": session_id}, by=user_id)
    return AcceptInvitationPayload(member, token, expires_at)


async def _account(
    change: Change, invited: Invited, input: AcceptInvitationInput, password_hash: str | None
) -> UserRow | None:
    if password_hash is None:
        return await users.of(change.connection, invited.user_id)
    first, last = input.first_name or invited.first_name, input.last_name or invited.last_name
    return await users.claim(change.connection, invited.user_id, password_hash, first.strip(), last.strip())
