"""The mutation that accepts an invitation by the token in its link."""

from dataclasses import dataclass, field, replace
from typing import ClassVar

import strawberry

from db.groups import given_products
from db.groups.given_products import GivenDefaults
from db.invitations import invitations
from db.invitations.invitations import InvitationByToken
from db.people import members, users
from db.people.members import MemberRow
from db.people.teams import TeamRow
from db.people.users import UserRow
from domain import text
from domain.actions import Action
from domain.credentials import CredentialKind, parse
from domain.members import InvitationStatus, MemberStatus
from domain.problems import UserError, UserErrorCode
from domain.sign_in_methods import SignInMethod
from domain.subjects import Actor, Anonymous, Person
from domain.text import NAME_RULE, last_name
from policies import facts
from resolvers.access import passwords
from resolvers.access.admission import Opening, admit_new_account
from resolvers.access.authentication import authenticate, is_current
from resolvers.access.session_delivery import (
    SessionDelivery,
    SessionStart,
    begin_session,
    deliver_session,
    require_deliverable,
)
from resolvers.access.takeover import end_access
from resolvers.core.changed_lists import SeatLists, told
from resolvers.core.context import Context, Info
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, performs, run_mutation
from resolvers.core.relay import BY_ID, EdgeRow
from resolvers.core.rollbacks import roll_back
from resolvers.groups.seat_giving import Outcome

INVALID = UserError(
    UserErrorCode.INVITATION_INVALID, "There is no such invitation, or it was revoked or sent again.", ["token"]
)
EXPIRED = UserError(UserErrorCode.INVITATION_EXPIRED, "The invitation has expired; ask for a new one.", ["token"])
ACCEPTED = UserError(UserErrorCode.INVITATION_ACCEPTED, "This invitation has already been accepted.", ["token"])
DIFFERS = UserError(
    UserErrorCode.EMAIL_DIFFERS,
    "The invitation was sent to another e-mail address than the one you are signed in with.",
    ["token"],
)
SIGN_IN = UserError(
    UserErrorCode.SIGN_IN_FIRST,
    "An account with this e-mail address exists. Sign in to it first, then accept the invitation.",
    ["token"],
)


@dataclass
class AcceptInvitationInput(MutationInput):
    """The token from the link; for a new account also a password, and corrected names if you want to change them."""

    SECRETS: ClassVar = ("token", "password")

    token: str
    first_name: str | None = None
    last_name: str | None = None
    password: str | None = None
    delivery: SessionDelivery = SessionDelivery.BEARER


@dataclass(frozen=True)
class InvitationOffer:
    """What the link in an invitation offers, in the words of its mail."""

    team_name: str
    first_name: str
    last_name: str
    email: str


@dataclass
class AcceptInvitationPayload(SessionStart, SeatLists):
    """The new member, and if the account is new, a session token.

    A dry run shows neither: `errors` says whether the invitation can be accepted.
    """

    NOT_IN_DRY_RUN: ClassVar[tuple[str, ...]] = ("member", *SessionStart.NOT_IN_DRY_RUN)

    member: MemberRow | None = field(
        default=None,
        metadata={"description": "You, as a member of the team; null if nothing was accepted, and in a dry run."},
    )
    offer: InvitationOffer | None = field(
        default=None,
        metadata={
            "description": (
                "The team into which the link leads, and the invited person. Null if the invitation cannot be "
                "accepted, once you have accepted it, and if another person is signed in."
            )
        },
    )
    joined_team: strawberry.Private[TeamRow | None] = None
    errors: list[UserError] = field(default_factory=list)


@performs(Action.INVITATIONS_ACCEPT)
async def accept_invitation(info: Info, input: AcceptInvitationInput) -> AcceptInvitationPayload:
    """Accept an invitation with the token from its link, and join the team.

    If you have no verified account, give a password; this opens the account, ends sessions that others began with your
    address, and signs you in (`token`). Else sign in first (SIGN_IN_FIRST), with the address that was invited
    (EMAIL_DIFFERS). You keep your seats, and get seats of the team's default products, or join their waiting lists.
    INVITATION_EXPIRED; INVITATION_ACCEPTED (information); INVITATION_INVALID if the token is unknown, or the invitation
    was revoked or sent again; PASSWORD_INVALID; NAME_INVALID; TOO_MANY_ATTEMPTS. A repeat with a key needs your
    session, or your password and no session, or it gets INVITATION_ACCEPTED.
    """
    context = info.context
    context.require(Action.INVITATIONS_ACCEPT, facts.GATEWAY)
    require_deliverable(context, input.delivery)
    if (invitation := await _find(context, input.token)) is None:
        return AcceptInvitationPayload(errors=[INVALID])
    errors, offer = _errors(context.actor, invitation, input), _offer(context.actor, invitation)
    if errors and not await _may_repeat(context, invitation, input):
        return AcceptInvitationPayload(errors=errors, offer=offer)
    hashed = (None, None) if errors else await _hash(context, invitation, input.password or "")
    if isinstance(hashed, UserError):
        return AcceptInvitationPayload(errors=[hashed], offer=offer)
    password_hash, counted = hashed

    async def work(change: Change, input: AcceptInvitationInput) -> AcceptInvitationPayload:
        # The invitation owns the key, not the person: a client may send one key for invitations to two teams.
        await change.decide(facts.GATEWAY, key_owner=invitation.id)
        payload = None if errors else await _accept(change, invitation, input, password_hash)
        if payload is None:
            await roll_back(change)
            return AcceptInvitationPayload(errors=errors or [INVALID])
        if counted:
            await counted.give_back(change.connection)
        return payload

    payload = await run_mutation(context, Action.INVITATIONS_ACCEPT, work, input, AcceptInvitationPayload)
    if not input.dry_run:
        # The rest of the operation is read by the actor as a member of the team.
        await context.identify()
    delivered = await deliver_session(context, input, payload, password_hash)
    return replace(delivered, offer=offer) if input.dry_run and not delivered.errors else delivered


@told
async def own_member_edges(root: AcceptInvitationPayload, _info: Info) -> list[EdgeRow[MemberRow]]:
    """You, for the list of your memberships; empty if nothing was accepted."""
    return [] if root.member is None else [EdgeRow(root.member, (root.member.id,), BY_ID)]


@told
async def joined_team_edges(root: AcceptInvitationPayload, info: Info) -> list[EdgeRow[TeamRow]]:
    """The team, for the list of your teams; empty if nothing was accepted, and in a repeat without a session."""
    context, team = info.context, root.joined_team
    # Without a session, nobody has a role in the team, and its fields cannot be read.
    if team is None or isinstance(context.actor, Anonymous) or team.id not in context.reach(Action.TEAMS_READ).teams:
        return []
    return [EdgeRow(team, (team.id,), BY_ID)]


async def _hash(
    context: Context, invitation: InvitationByToken, password: str
) -> tuple[str, Opening] | tuple[None, None] | UserError:
    """The hash of the password of a new account, with what was counted for it; or the error if it has to wait.

    A person who is signed in to the invited account opens none: there is neither.
    """
    if _is_signed_in(context.actor, invitation):
        return None, None
    passwords.require_capacity()
    opening = await admit_new_account(context, invitation.id)
    if isinstance(opening, UserError):
        return opening
    return await passwords.hash_password(password, opening.place), opening


async def _find(context: Context, token: str) -> InvitationByToken | None:
    credential = parse(token)
    if credential is None or credential.kind is not CredentialKind.INVITATION:
        return None
    async with context.reading() as connection:
        found = await invitations.by_token(connection, credential.token_hash)
    return None if found is None or found.status is InvitationStatus.REPLACED else found


async def _may_repeat(context: Context, invitation: InvitationByToken, input: AcceptInvitationInput) -> bool:
    """Whether a request for an accepted invitation may get the first answer: it has a key, and is the person's own.

    The link does not identify the person, because others may have seen it. The session or the password does. A person
    who is signed in reads the answer with their own rights: so another one gets none.
    """
    if not input.idempotency_key or invitation.status is not InvitationStatus.ACCEPTED:
        return False
    if not isinstance(context.actor, Anonymous):
        return _is_signed_in(context.actor, invitation)
    if input.password is None:
        return False
    account = (await authenticate(context, invitation.email, input.password)).account
    if account is None or account.user.id != invitation.user_id:
        return False
    return await is_current(context, account)


def _is_signed_in(actor: Actor, invitation: InvitationByToken) -> bool:
    """Whether the actor is the person who was invited."""
    return isinstance(actor, Person) and actor.user_id == invitation.user_id


def _offer(actor: Actor, invitation: InvitationByToken) -> InvitationOffer | None:
    """What the link offers. Another person who is signed in learns nothing about the one who was invited."""
    is_other = isinstance(actor, Person) and not _is_signed_in(actor, invitation)
    if is_other or invitation.status is not InvitationStatus.OPEN:
        return None
    team = invitation.its_team
    return InvitationOffer(team.name, invitation.first_name, invitation.last_name, invitation.email)


def _errors(actor: Actor, invitation: InvitationByToken, input: AcceptInvitationInput) -> list[UserError]:
    """Why the actor cannot accept the invitation; all errors of the input together."""
    if invitation.status is InvitationStatus.ACCEPTED:
        return [ACCEPTED]
    if invitation.status is InvitationStatus.EXPIRED:
        return [EXPIRED]
    if _is_signed_in(actor, invitation):
        return []
    if isinstance(actor, Person):
        return [DIFFERS]
    if invitation.is_opened:
        return [SIGN_IN]
    errors = [
        replace(error, message=f"A new account needs a password. {error.message}")
        for error in passwords.errors(input.password or "")
    ]
    first_is_valid = input.first_name is None or text.display_name(input.first_name) is not None
    for name, valid in (("firstName", first_is_valid), ("lastName", last_name(input.last_name) is not None)):
        if not valid:
            errors.append(UserError(UserErrorCode.NAME_INVALID, NAME_RULE, [name]))
    return errors


async def _accept(
    change: Change, invitation: InvitationByToken, input: AcceptInvitationInput, password_hash: str | None
) -> AcceptInvitationPayload | None:
    """Accept the invitation and open the account; None if another request did so, or revoked it, meanwhile."""
    connection, team_id, user_id = change.connection, invitation.team_id, invitation.user_id
    await given_products.lock_changes(connection, team_id)
    await members.lock(connection, team_id, [user_id])
    joined = await invitations.accept(connection, team_id, invitation.id, user_id)
    user = await _account(change, invitation, input, password_hash)
    if joined is None or user is None:
        return None
    member_id, role, joined_at, external_id = joined
    given = await given_products.give_defaults(connection, team_id, [user_id])
    outcome = Outcome(seats=given.seats, waits=given.waits, promoted=given.promoted, kept=given.kept)
    after = {"invitation": invitation.id, "user": user_id, **outcome.audit_values()}
    payload = AcceptInvitationPayload(
        MemberRow(member_id, team_id, role, MemberStatus.ACTIVE, joined_at, user, external_id),
        joined_team=invitation.its_team,
        own_id=user_id,
    )
    _note_own(payload, given, team_id, user_id)
    if password_hash is None:
        await change.record(team_id, member_id, {}, after)
        return payload
    # Somebody else may have signed up with the address. The link was sent to it, so its holder gets the account.
    after |= await end_access(connection, user_id)
    begun = await begin_session(change, user_id, password_hash, input.delivery, SignInMethod.LINK)
    await change.record(team_id, member_id, {}, {**after, **begun.audited}, by=user_id)
    return replace(payload, **begun.shown())


def _note_own(payload: AcceptInvitationPayload, given: GivenDefaults, team_id: str, user_id: str) -> None:
    """Note the person's own seats and waits. They may not see those of other people, who were promoted first."""
    payload.note_seats(
        team_id,
        given=[seat for seat in given.seats if seat.id not in given.kept],
        promoted=[seat for seat in given.promoted if seat.holder_id == user_id],
        waiting=given.waits,
        called=given.called,
    )


async def _account(
    change: Change, invitation: InvitationByToken, input: AcceptInvitationInput, password_hash: str | None
) -> UserRow | None:
    """The person's account, opened with the password if there is one; None if it was opened meanwhile."""
    if password_hash is None:
        return await users.get(change.connection, invitation.user_id)
    first = text.display_name(input.first_name or "") or invitation.first_name
    last = invitation.last_name if input.last_name is None else last_name(input.last_name) or ""
    return await users.open_account(change.connection, invitation.user_id, password_hash, first, last)
