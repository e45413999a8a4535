"""Invitations: sent to many people, seen, sent again and taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from db.seats.waiting_list import WaitRow
from domain.actions import Action
from domain.bulk import BulkMode
from domain.members import InvitationStatus
from domain.names import NAME_RULE, is_name
from domain.problems import NotFound, UserError, UserErrorCode
from domain.roles import Role
from policies import facts
from resolvers.core import emails
from resolvers.core.context import Info
from resolvers.core.member_lists import MAX_PEOPLE
from resolvers.core.mutations import Change, MutationInput, carry_out, mutation, performs
from resolvers.invitations.bulk_invitations import ALREADY, Guest, Invited, expiry, invite, send, target
from resolvers.people.teams import team_lookup

NO_GROUP = "The team has no group with this id."
ACCEPTED = "They have accepted it, and are a member of the team."
REPLACED = "It was sent again since: the newer one counts."


@dataclass
class PersonInput:
    """Somebody to invite: what they are called, where they get their mail, and what they are to be in the team."""

    first_name: str
    last_name: str
    email: str
    role: Role = Role.USER
    group_ids: list[strawberry.ID] | None = None


@dataclass
class InviteMembersInput(MutationInput):
    """Whom to invite to which team."""

    team_id: strawberry.ID
    people: list[PersonInput]
    mode: BulkMode = BulkMode.ALL_OR_NOTHING


@dataclass
class InvitationInput(MutationInput):
    """An invitation to a team."""

    team_id: strawberry.ID
    invitation_id: strawberry.ID


class ResendInvitationInput(InvitationInput):
    """Which invitation to send again."""


class RevokeInvitationInput(InvitationInput):
    """Which invitation to take back."""


@dataclass
class InviteMembersPayload:
    """The people who are invited now; `errors` say why others are not."""

    invitations: list[InvitationRow] = field(
        default_factory=list, metadata={"description": "One invitation for each person, in the order asked for."}
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
        default=None, metadata={"description": "The new invitation, with an id of its own."}
    )
    errors: list[UserError] = field(default_factory=list)


@dataclass
class RevokeInvitationPayload:
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

    They are members at once, with the status PENDING, and may do nothing before they accept. They come into their
    groups, and get the seats that those give. EMAIL_INVALID, NAME_INVALID, DUPLICATE (whatever the case),
    GROUP_NOT_FOUND and NO_SEAT_LEFT stop everything under ALL_OR_NOTHING; otherwise the first four stop their own row,
    and who got no seat is invited without one, and waits for it under WAITLIST (WAITING). ALREADY_MEMBER is
    information. Naming groups takes the right to change groups, and where those give seats, to assign seats; inviting
    somebody as more than a plain user, the right to change roles.
    Raises NOT_FOUND for the team, FORBIDDEN.
    """
    context = info.context
    await team_lookup(context, input.team_id).load()
    for role in {person.role for person in input.people}:
        context.require(Action.MEMBERS_INVITE, target(context, input.team_id, role))
    await context.close()
    checked, errors = await anyio.to_thread.run_sync(_checked, input.people)

    async def work(change: Change, input: InviteMembersInput) -> InviteMembersPayload:
        team = await change.team(input.team_id)
        roles = {person.role for person in input.people} or {Role.USER}
        raised = [target(change, team.id, role) for role in roles if role is not Role.USER]
        if raised:
            change.require_along(Action.MEMBERS_CHANGE_ROLE, *raised)
        await change.decide(*(target(change, team.id, role) for role in roles))
        payload = InviteMembersPayload(errors=list(errors))
        await given_products.changing(change.connection, team.id)
        guests = await _guests(change, team, input.people, checked, payload.errors)
        became = await invite(change, team.id, guests, input.mode, refused=bool(payload.errors))
        payload.errors = sorted([*payload.errors, *_said(became)], key=lambda error: error.row or 0)
        payload.invitations, payload.seats, payload.waits = became.invitations, became.seats, became.waits
        return payload

    return await carry_out(context, Action.MEMBERS_INVITE, work, input, InviteMembersPayload)


@mutation(Action.INVITATIONS_RESEND)
async def resend_invitation(change: Change, input: ResendInvitationInput) -> ResendInvitationPayload:
    """Send an invitation again, at once, with a new link that can be used for 30 days; the old link is dead.

    INVITATION_ACCEPTED (information) when they are a member by now, INVITATION_INVALID when it was sent again already.
    Raises NOT_FOUND for the team or the invitation, FORBIDDEN.
    """
    invitation, error = await _open(change, input)
    if error is not None:
        return ResendInvitationPayload(errors=[error])
    team_id, user_id, fresh = invitation.team_id, invitation.user_id, ids.new("invite")
    ends = expiry()
    made = await invitations.replace(change.connection, team_id, user_id, fresh, change.by, ends)
    await send(change, team_id, [fresh])
    await change.record(team_id, invitation.member_id, {"invitation": invitation.id}, {"invitation": fresh})
    place = (fresh, team_id, user_id, invitation.member_id, invitation.role, invitation.email)
    return ResendInvitationPayload(InvitationRow(*place, InvitationStatus.OPEN, made, None, ends, change.by))


@mutation(Action.INVITATIONS_REVOKE)
async def revoke_invitation(change: Change, input: RevokeInvitationInput) -> RevokeInvitationPayload:
    """Take an invitation back: its link is dead, and who was invited is no member of the team any more.

    Their seats go to those who wait for one, or back to their pools. INVITATION_ACCEPTED (information) when they are a
    member by now, INVITATION_INVALID when it was sent again since. Raises NOT_FOUND for the team or the invitation,
    FORBIDDEN.
    """
    invitation, error = await _open(change, input)
    if error is not None:
        return RevokeInvitationPayload(errors=[error])
    team_id, user_id = invitation.team_id, invitation.user_id
    taken = await allocation.end(change.connection, team_id, None, [user_id], None, change.by)
    await members.remove(change.connection, team_id, [user_id])
    before = {"invitation": invitation.id, "user": user_id, "role": invitation.role}
    after: dict[str, Any] = {"freed": [ended.seat_id for ended in taken.ended]}
    if taken.promoted:
        after["promoted"] = {seat.id: seat.holder_id for seat in taken.promoted}
    await change.record(team_id, invitation.member_id, before, after)
    return RevokeInvitationPayload(strawberry.ID(user_id), taken.promoted)


def _checked(people: Sequence[PersonInput]) -> tuple[dict[int, str], list[UserError]]:
    """The addresses of the rows that are fit, in their normal form, and all that is wrong with the others."""
    fit, errors = dict[int, str](), list[UserError]()
    if not people:
        errors.append(UserError(UserErrorCode.LIST_EMPTY, "Name at least one person.", ["people"]))
    if len(people) > MAX_PEOPLE:
        message = f"Invite at most {MAX_PEOPLE} people at a time; these are {len(people)}."
        return fit, [UserError(UserErrorCode.LIST_TOO_LONG, message, ["people"])]
    for row, person in enumerate(people):
        wrong = []
        for name, value in (("firstName", person.first_name), ("lastName", person.last_name)):
            if not is_name(value):
                wrong.append(UserError(UserErrorCode.NAME_INVALID, NAME_RULE, ["people", name], row))
        try:
            address = emails.valid(person.email)
        except EmailNotValidError as error:
            wrong.append(UserError(UserErrorCode.EMAIL_INVALID, str(error), ["people", "email"], row))
        errors += wrong
        if not wrong:
            fit[row] = address
    return fit, errors


async def _guests(
    change: Change, team: TeamRow, people: Sequence[PersonInput], fit: Mapping[int, str], errors: list[UserError]
) -> list[Guest]:
    """The people whose rows are fit and whose groups are there; the errors are told of groups that are not."""
    asked = sorted({str(group_id) for person in people for group_id in person.group_ids or ()})
    known = set[str]()
    if asked:
        change.require_along(Action.GROUPS_UPDATE, facts.team(change.actor, team.id))
        known = await bulk_invitations.groups(change.connection, team.id, asked)
    guests = []
    for row, person in enumerate(people):
        group_ids = tuple(dict.fromkeys(person.group_ids or ()))
        if not known.issuperset(group_ids):
            errors.append(UserError(UserErrorCode.GROUP_NOT_FOUND, NO_GROUP, ["people", "groupIds"], row))
        elif row in fit:
            names = (person.first_name.strip(), person.last_name.strip())
            guests.append(Guest(row, *names, fit[row], person.role, group_ids))
    return guests


def _said(became: Invited) -> list[UserError]:
    errors = [UserError(UserErrorCode.ALREADY_MEMBER, ALREADY, ["people", "email"], row) for row in became.members]
    for row, first in became.repeated.items():
        message = f"This person stands in row {first} already."
        errors.append(UserError(UserErrorCode.DUPLICATE, message, ["people", "email"], row))
    told = (replace(error, field=["people", "groupIds"], row=row) for row, error in became.told)
    return [*errors, *told]


async def _open(change: Change, input: InvitationInput) -> tuple[InvitationRow, UserError | None]:
    """The invitation, with the membership locked, or what is in the way. Raises NotFound or Forbidden."""
    team, id_ = await change.team(input.team_id), input.invitation_id
    # Refused before anything is locked: whoever may do neither must keep nobody waiting.
    change.require([target(change, team.id, Role.USER)])
    before = await _found(change, team, id_)
    if before is not None:
        await given_products.changing(change.connection, team.id)
        await members.lock(change.connection, team.id, [before.user_id])
    now = await _found(change, team, id_)
    # Also decided for one that is gone: it may be a repeat that asks for what became of it.
    manager = now is not None and now.role is Role.CONTRACT_MANAGER
    about = now.user_id if now else ""
    await change.decide(facts.member(change.actor, team.id, about, contract_manager=manager))
    if now is None:
        raise NotFound("invitation")
    if now.status is InvitationStatus.ACCEPTED:
        return now, UserError(UserErrorCode.INVITATION_ACCEPTED, ACCEPTED, ["invitationId"])
    if now.status is InvitationStatus.REPLACED:
        return now, UserError(UserErrorCode.INVITATION_INVALID, REPLACED, ["invitationId"])
    return now, None


async def _found(change: Change, team: TeamRow, id_: str) -> InvitationRow | None:
    row = (await invitations.by_ids(change.connection, change.reach(Action.MEMBERS_READ), [id_])).get(id_)
    return row if row is not None and row.team_id == team.id else None
