"""The mutations that invite people, and that send invitations again or revoke them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import anyio
import strawberry
from email_validator import EmailNotValidError

from db.core import ids
from db.groups import given_products
from db.invitations import bulk_invitations, invitations
from db.invitations.invitations import InvitationRow
from db.people import members
from db.people.teams import TeamRow
from db.seats import allocation
from db.seats.seats import SeatRow
from db.seats.waits import WaitRow
from domain import text
from domain.actions import Action
from domain.bulk import BulkMode
from domain.mails import MailPurpose
from domain.members import InvitationStatus
from domain.problems import NotFound, UserError, UserErrorCode
from domain.roles import Role
from policies import facts
from resolvers.access.mail_pauses import claim_mail
from resolvers.core import emails
from resolvers.core.changed_lists import TeamLists
from resolvers.core.context import Info
from resolvers.core.member_lists import MAX_PEOPLE
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, mutation, performs, run_mutation
from resolvers.invitations import external_ids
from resolvers.invitations.bulk_invitations import (
    Invitee,
    InviteTerms,
    errors_of,
    expiry,
    invite,
    send_mails,
    target,
)
from resolvers.people.teams import team_lookup

NO_GROUP = "The team has no group with this id."
ACCEPTED = "The person has accepted the invitation, and is a member of the team."
REPLACED = "The invitation was sent again, and only the newer one can be used."


@dataclass
class PersonInput:
    """A person to invite: the name, the e-mail address, and the role and the groups in the team."""

    first_name: str
    last_name: str | None = field(default=None, kw_only=True)
    email: str
    role: Role = Role.USER
    group_ids: list[strawberry.ID] | None = None
    external_id: str | None = None


@dataclass
class InviteMembersInput(MutationInput):
    """The people to invite, and the team."""

    team_id: strawberry.ID
    people: list[PersonInput]
    mode: BulkMode = BulkMode.ALL_OR_NOTHING


@dataclass
class InvitationInput(MutationInput):
    """The team and one of its invitations."""

    team_id: strawberry.ID
    invitation_id: strawberry.ID


class ResendInvitationInput(InvitationInput):
    """The invitation to send again, and its team."""


class RevokeInvitationInput(InvitationInput):
    """The invitation to revoke, and its team."""


@dataclass
class InviteMembersPayload(TeamLists):
    """The people who are invited now; `errors` say why others are not."""

    invitations: list[InvitationRow] = field(
        default_factory=list, metadata={"description": "One invitation for each person, in the order of the list."}
    )
    seats: list[SeatRow] = field(
        default_factory=list, metadata={"description": "The seats that these people got from their groups."}
    )
    waits: list[WaitRow] = field(
        default_factory=list,
        metadata={"description": "The places on the waiting list that these people got from their groups."},
    )
    errors: list[UserError] = field(default_factory=list)


@dataclass
class ResendInvitationPayload:
    """The invitation that replaces the one that was sent again; null if nothing was sent."""

    invitation: InvitationRow | None = field(
        default=None, metadata={"description": "The new invitation, with an id of its own; null if none was sent."}
    )
    errors: list[UserError] = field(default_factory=list)


@dataclass
class RevokeInvitationPayload(TeamLists):
    """The person who is no longer invited, and the freed seats that went to people on the waiting list."""

    revoked_user_id: strawberry.ID | None = field(
        default=None, metadata={"description": "The id of this person; null if nothing was revoked."}
    )
    promoted: list[SeatRow] = field(
        default_factory=list, metadata={"description": "The freed seats that went to people on the waiting list."}
    )
    errors: list[UserError] = field(default_factory=list)


@performs(Action.MEMBERS_INVITE)
async def invite_members(info: Info, input: InviteMembersInput) -> InviteMembersPayload:
    """Invite 1 to 5,000 people to the team, each by a mail with a link that can be used for 30 days.

    They become members at once, with the status PENDING, may do nothing before they accept, join their groups, and get
    the seats that these give. If an address got an invitation less than 5 minutes ago, the mail waits.
    Under ALL_OR_NOTHING, EMAIL_INVALID, NAME_INVALID, EXTERNAL_ID_INVALID, EXTERNAL_ID_TAKEN, DUPLICATE (case does not
    matter), GROUP_NOT_FOUND and NO_SEAT_LEFT stop everything; under the other modes, all but the last stop their row.
    If no seat is left, the person is invited without one (NO_SEAT_LEFT), or under WAITLIST joins the waiting list
    (WAITING). ALREADY_MEMBER is information: the person gets the external id if they have none and you may update
    them, else EXTERNAL_ID_KEPT. External ids need the right to read members, roles the right to change roles, and
    groups the right to change groups and, if they give seats, to assign seats. Raises NOT_FOUND (team), FORBIDDEN.
    """
    context = info.context
    await team_lookup(context, input.team_id).load()
    for role in {person.role for person in input.people}:
        context.require(Action.MEMBERS_INVITE, target(context, input.team_id, role))
    await context.close()
    # In a thread, so that the gateway serves other requests meanwhile.
    addresses, errors = await anyio.to_thread.run_sync(_check, input.people)

    async def work(change: Change, input: InviteMembersInput) -> InviteMembersPayload:
        team = await change.team(input.team_id)
        roles = {person.role for person in input.people} or {Role.USER}
        with_role = [target(change, team.id, role) for role in roles if role is not Role.USER]
        if with_role:
            change.require_also(Action.MEMBERS_CHANGE_ROLE, *with_role)
        await change.decide(*(target(change, team.id, role) for role in roles))
        payload = InviteMembersPayload(errors=list(errors), team_id=team.id)
        await given_products.lock_changes(change.connection, team.id)
        admitted = await _invitees(change, team, input.people, addresses, payload.errors)
        result = await invite(change, team.id, admitted.invitees, InviteTerms(input.mode), refused=bool(payload.errors))
        kept = await external_ids.give(change, team.id, admitted, result)
        payload.errors = sorted([*payload.errors, *errors_of(result), *kept], key=lambda error: error.row or 0)
        payload.invitations, payload.seats, payload.waits = result.invitations, result.seats, result.waits
        result.note_in(payload, team.id)
        return payload

    return await run_mutation(context, Action.MEMBERS_INVITE, work, input, InviteMembersPayload)


@mutation(Action.INVITATIONS_RESEND)
async def resend_invitation(change: Change, input: ResendInvitationInput) -> ResendInvitationPayload:
    """Send an invitation again, with a new link that can be used for 30 days; the old link stops working at once.

    INVITATION_ACCEPTED (information) if the person is already a member; INVITATION_INVALID if the invitation was
    already sent again. MAIL_PAUSED if the last invitation to this e-mail address, of whatever team, is less than 5
    minutes old; `retryAfter` says when it can be sent. Raises NOT_FOUND for the team or the invitation, FORBIDDEN.
    """
    invitation, error = await _lock_invitation(change, input)
    if error is not None:
        return ResendInvitationPayload(errors=[error])
    paused = await claim_mail(change, MailPurpose.INVITATION, invitation.email, "invitationId")
    if paused is not None:
        return ResendInvitationPayload(errors=[paused])
    team_id, user_id, new_id = invitation.team_id, invitation.user_id, ids.new("invite")
    expires_at = expiry()
    created_at = await invitations.replace(change.connection, team_id, user_id, new_id, change.by, expires_at)
    await send_mails(change, team_id, [new_id])
    await change.record(team_id, invitation.member_id, {"invitation": invitation.id}, {"invitation": new_id})
    values = (new_id, team_id, user_id, invitation.member_id, invitation.role, invitation.email)
    times = (created_at, None, expires_at)
    return ResendInvitationPayload(InvitationRow(*values, InvitationStatus.OPEN, *times, change.by))


@mutation(Action.INVITATIONS_REVOKE)
async def revoke_invitation(change: Change, input: RevokeInvitationInput) -> RevokeInvitationPayload:
    """Revoke an invitation: its link stops working, and the invited person leaves the team.

    Their seats go to people on the waiting lists, or back to their pools. INVITATION_ACCEPTED (information) if the
    person has already accepted; INVITATION_INVALID if the invitation was sent again. Raises NOT_FOUND for the team or
    the invitation, FORBIDDEN.
    """
    invitation, error = await _lock_invitation(change, input)
    if error is not None:
        return RevokeInvitationPayload(errors=[error])
    team_id, user_id = invitation.team_id, invitation.user_id
    unassigned = await allocation.end(change.connection, team_id, None, [user_id], None, change.by)
    removed = await members.remove(change.connection, team_id, [user_id])
    before = {"invitation": invitation.id, "user": user_id, "role": invitation.role}
    after: dict[str, Any] = {"freed": {ended.seat_id: user_id for ended in unassigned.ended}}
    if unassigned.promoted:
        after["promoted"] = {seat.id: seat.holder_id for seat in unassigned.promoted}
    await change.record(team_id, invitation.member_id, before, after)
    payload = RevokeInvitationPayload(strawberry.ID(user_id), unassigned.promoted, team_id=team_id)
    payload.note_ended(team_id, unassigned)
    payload.note_removed(removed)
    return payload


def _check(people: Sequence[PersonInput]) -> tuple[dict[int, str], list[UserError]]:
    """The normalised address of each valid row, by row, and the errors of the other rows or of the list."""
    addresses, errors = dict[int, str](), list[UserError]()
    if not people:
        errors.append(UserError(UserErrorCode.LIST_EMPTY, "Name at least one person.", ["people"]))
    if len(people) > MAX_PEOPLE:
        message = f"Invite at most {MAX_PEOPLE} people at a time; this list has {len(people)}."
        return addresses, [UserError(UserErrorCode.LIST_TOO_LONG, message, ["people"])]
    for row, person in enumerate(people):
        wrong = []
        names = (("firstName", text.display_name(person.first_name)), ("lastName", text.last_name(person.last_name)))
        for name, value in names:
            if value is None:
                wrong.append(UserError(UserErrorCode.NAME_INVALID, text.NAME_RULE, ["people", name], row))
        try:
            address = emails.valid(person.email)
        except EmailNotValidError as error:
            wrong.append(UserError(UserErrorCode.EMAIL_INVALID, str(error), ["people", "email"], row))
        errors += wrong
        if not wrong:
            addresses[row] = address
    return addresses, errors


async def _invitees(
    change: Change, team: TeamRow, people: Sequence[PersonInput], addresses: Mapping[int, str], errors: list[UserError]
) -> external_ids.Admitted:
    """The people whose rows are valid; adds an error for each row with an unknown group, or a wrong external id.

    Raises Forbidden.
    """
    named = sorted({str(group_id) for person in people for group_id in person.group_ids or ()})
    known = set[str]()
    if named:
        change.require_also(Action.GROUPS_UPDATE, facts.team(change.actor, team.id))
        known = await bulk_invitations.existing_groups(change.connection, team.id, named)
    invitees = []
    for row, person in enumerate(people):
        group_ids = tuple(dict.fromkeys(person.group_ids or ()))
        if not known.issuperset(group_ids):
            errors.append(UserError(UserErrorCode.GROUP_NOT_FOUND, NO_GROUP, ["people", "groupIds"], row))
        elif row in addresses:
            names = (text.display_name(person.first_name) or "", text.last_name(person.last_name) or "")
            invitees.append(Invitee(row, *names, addresses[row], person.role, group_ids, person.external_id))
    admitted = await external_ids.admit(change, team.id, invitees)
    errors += admitted.errors
    return admitted


async def _lock_invitation(change: Change, input: InvitationInput) -> tuple[InvitationRow, UserError | None]:
    """The invitation with its membership locked, and the error if it is not open. Raises NotFound or Forbidden."""
    team, id_ = await change.team(input.team_id), input.invitation_id
    # Refuse before anything is locked: an actor without the right must not make others wait for a lock.
    change.require([target(change, team.id, Role.USER)])
    before = await _found(change, team, id_)
    if before is not None:
        await given_products.lock_changes(change.connection, team.id)
        await members.lock(change.connection, team.id, [before.user_id])
    invitation = await _found(change, team, id_)
    # Decide also if the invitation is gone: the request may be a repeat, which gets its stored answer.
    manager = invitation is not None and invitation.role is Role.CONTRACT_MANAGER
    user_id = invitation.user_id if invitation else ""
    await change.decide(facts.member(change.actor, team.id, user_id, contract_manager=manager))
    if invitation is None:
        raise NotFound("invitation")
    if invitation.status is InvitationStatus.ACCEPTED:
        return invitation, UserError(UserErrorCode.INVITATION_ACCEPTED, ACCEPTED, ["invitationId"])
    if invitation.status is InvitationStatus.REPLACED:
        return invitation, UserError(UserErrorCode.INVITATION_INVALID, REPLACED, ["invitationId"])
    return invitation, None


async def _found(change: Change, team: TeamRow, id_: str) -> InvitationRow | None:
    """The team's invitation with this id, if there is one within reach."""
    row = (await invitations.by_ids(change.connection, change.reach(Action.MEMBERS_READ), [id_])).get(id_)
    return row if row is not None and row.team_id == team.id else None
