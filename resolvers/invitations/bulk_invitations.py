"""Inviting many people at once: the part that `inviteMembers` and `importMembers` share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from db.access import mail_pauses
from db.core import ids
from db.invitations import bulk_invitations
from db.invitations.bulk_invitations import CreatedInvitation, Newcomer
from db.invitations.invitations import InvitationRow
from db.queue import jobs
from db.seats.seats import SeatRow
from db.seats.waits import WaitRow
from domain.bulk import BulkMode
from domain.mails import INVITATION, InvitationMail, MailPurpose
from domain.members import INVITATION_TERM, InvitationStatus
from domain.problems import UserError, UserErrorCode
from domain.roles import Role
from domain.seats import DIRECT
from policies import facts
from resolvers.core.changed_lists import TeamLists
from resolvers.core.context import Context
from resolvers.core.mutations import Change
from resolvers.groups.seat_giving import GivenProduct, Outcome, add_to_groups

ALREADY_MEMBER = "This person is already a member of the team, or is already invited to it."


@dataclass(frozen=True, slots=True)
class Invitee:
    """A person to invite, whose values are valid; `position` is the row of the list or the line of the file."""

    position: int
    first_name: str
    last_name: str
    email: str
    role: Role
    group_ids: tuple[str, ...]
    external_id: str | None = None


class JoiningMember(NamedTuple):
    """A member of the team who joins groups, and the position in the list or file."""

    position: int
    group_ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class InviteTerms:
    """How people are invited.

    `mode` says what happens if it is not possible for all. Each person gets a seat of the product. `invite_removed`:
    invite also people who were removed from the team before.
    """

    mode: BulkMode
    product_id: str | None = None
    invite_removed: bool = True


@dataclass
class InviteResult:
    """What `invite` did with each person, by position in the list or file.

    `already_members` are the positions of people who are in the team or invited to it. `removed` has, for each person
    who is not invited because they were removed from the team, when that was. `repeated` has, for each repeated person,
    the position of their first entry. `seat_errors` are the errors and information about the seats
    that people should get. `stopped` says that ALL_OR_NOTHING stopped everything. `outcome` has the changes of seats,
    and `group_ids` the groups that people joined.
    """

    invitations: list[InvitationRow] = field(default_factory=list)
    already_members: list[int] = field(default_factory=list)
    removed: dict[int, datetime] = field(default_factory=dict)
    repeated: dict[int, int] = field(default_factory=dict)
    seat_errors: list[tuple[int, UserError]] = field(default_factory=list)
    seats: list[SeatRow] = field(default_factory=list)
    waits: list[WaitRow] = field(default_factory=list)
    stopped: bool = False
    outcome: Outcome = field(default_factory=Outcome)
    group_ids: set[str] = field(default_factory=set)

    def note_in(self, payload: TeamLists, team_id: str) -> None:
        """Note these changes in a payload."""
        payload.new_member_ids += [one.member_id for one in self.invitations]
        payload.note_groups(self.group_ids)
        self.outcome.note_in(payload, team_id)


async def invite(
    change: Change,
    team_id: str,
    invitees: Sequence[Invitee],
    terms: InviteTerms,
    *,
    refused: bool,
    joining_members: Mapping[str, JoiningMember] | None = None,
) -> InviteResult:
    """Invite these people to the team. Give each a seat of the product, and the products that their groups give.

    `refused`: other entries of the list are invalid, which stops everything under ALL_OR_NOTHING. `joining_members`, by
    user id, are in the team already; they join their groups and get the products of these. The caller must have decided
    the mutation, the change of groups, and the seats of the product, and must have called
    `given_products.lock_changes`; the right to give the seats of groups is decided here. The number of statements does
    not depend on the number of people. Raises Forbidden.
    """
    result, members, mode, product_id = InviteResult(), joining_members or {}, terms.mode, terms.product_id
    new = await _without_members(change, team_id, invitees, result, invite_removed=terms.invite_removed)
    result.stopped = mode is BulkMode.ALL_OR_NOTHING and (refused or bool(result.repeated))
    if result.stopped or not (new or members):
        return result
    outcome, savepoint = Outcome(), await change.connection.savepoint()
    people, created = await _create(change, team_id, new)
    invited = _invited(people, created, result)
    in_file: dict[str, Invitee | JoiningMember] = {**members, **invited}
    entries = dict(sorted(in_file.items(), key=lambda entry: entry[1].position))
    joining = {user_id: entry.group_ids for user_id, entry in entries.items() if entry.group_ids}
    also = [] if product_id is None else [GivenProduct(product_id, DIRECT, list(invited))]
    await add_to_groups(change, team_id, joining, mode, outcome, also=also)
    result.seat_errors = [(entries[error.user_id or ""].position, error) for error in outcome.errors]
    if outcome.shortage:
        await savepoint.rollback()
        result.stopped = True
        return result
    result.invitations = _rows(change, team_id, people, created)
    await _complete(change, team_id, result, joining, outcome)
    return result


async def _create(
    change: Change, team_id: str, new: Sequence[tuple[Invitee, str | None]]
) -> tuple[dict[Newcomer, Invitee], list[CreatedInvitation]]:
    """Create the missing accounts, the memberships and the invitations of these people."""
    if not new:
        return {}, []
    people = await with_accounts(change, team_id, new)
    return people, await bulk_invitations.invite(change.connection, team_id, list(people), change.by, expiry())


async def _without_members(
    change: Change, team_id: str, invitees: Sequence[Invitee], result: InviteResult, *, invite_removed: bool
) -> list[tuple[Invitee, str | None]]:
    """The people to invite, who are not in the team yet, each once and with the id of their account, if they have one.

    The others are added to `result`.
    """
    emails = [invitee.email for invitee in invitees]
    known = await bulk_invitations.known_addresses(change.connection, team_id, emails) if emails else []
    first_entries: dict[str, Invitee] = {}
    new: list[tuple[Invitee, str | None]] = []
    for invitee, address in zip(invitees, known, strict=True):
        first = first_entries.setdefault(address.folded, invitee)
        if first is not invitee:
            result.repeated[invitee.position] = first.position
        elif address.is_member:
            result.already_members.append(invitee.position)
        elif address.removed_at is not None and not invite_removed:
            result.removed[invitee.position] = address.removed_at
        else:
            new.append((invitee, address.user_id))
    return new


async def with_accounts(
    change: Change, team_id: str, new: Sequence[tuple[Invitee, str | None]]
) -> dict[Newcomer, Invitee]:
    """Create the missing accounts, and return the rows to insert for each person."""
    if change.input.dry_run:
        return await _with_stand_ins(change, team_id, new)
    people = [_newcomer(invitee, user_id) for invitee, user_id in new]
    without_account = [one for one, (_, user_id) in zip(people, new, strict=True) if user_id is None]
    if without_account:
        await bulk_invitations.open_accounts(change.connection, team_id, without_account)
        # Another transaction may have created an account at the same moment; then it has another id.
        known = await bulk_invitations.known_addresses(change.connection, team_id, [one.email for one in people])
        people = [one._replace(user_id=found.user_id or one.user_id) for one, found in zip(people, known, strict=True)]
    return {one: invitee for one, (invitee, _) in zip(people, new, strict=True)}


async def _with_stand_ins(
    change: Change, team_id: str, new: Sequence[tuple[Invitee, str | None]]
) -> dict[Newcomer, Invitee]:
    """Create an account for each person that ends with the dry run, and return the rows to insert.

    The id of an account shows that it exists, and since when. A dry run leaves no trace, so it must not show this.
    """
    people = [_newcomer(invitee, None) for invitee, _ in new]
    stand_ins = [one._replace(email=one.user_id) for one in people]
    await bulk_invitations.open_accounts(change.connection, team_id, stand_ins)
    return {one: invitee for one, (invitee, _) in zip(people, new, strict=True)}


def _newcomer(invitee: Invitee, user_id: str | None) -> Newcomer:
    names = (invitee.first_name, invitee.last_name)
    new_ids = (user_id or ids.new("user"), ids.new("member"), ids.new("invite"))
    return Newcomer(*new_ids, invitee.email, *names, invitee.role)


async def _complete(
    change: Change, team_id: str, result: InviteResult, joining: Mapping[str, Sequence[str]], outcome: Outcome
) -> None:
    """Complete the result, queue the mails, and write the audit row."""
    # A seat that is given for two reasons is one seat.
    result.seats = list({seat.id: seat for seat in outcome.seats}.values())
    result.waits, result.outcome = outcome.waits, outcome
    result.group_ids = {group_id for group_ids in joining.values() for group_id in group_ids}
    if result.invitations:
        addresses = [one.email for one in result.invitations]
        delays = await mail_pauses.book(change.connection, MailPurpose.INVITATION, addresses)
        await send_mails(change, team_id, [one.id for one in result.invitations], delays)
    invited = {one.id: {"user": one.user_id, "role": one.role} for one in result.invitations}
    joined = {"joined": joining} if joining else {}
    await change.record(team_id, team_id, {}, {"invited": invited, **joined, **outcome.audit_values()})


async def send_mails(
    change: Change, team_id: str, invitation_ids: Sequence[str], delays: Sequence[timedelta] | None = None
) -> None:
    """Queue a job for the mail of each of these invitations, which waits for its delay if there are delays."""
    mails = (InvitationMail(team_id, id_) for id_ in invitation_ids)
    await jobs.enqueue(change.connection, INVITATION, mails, delays)


def errors_of(result: InviteResult) -> list[UserError]:
    """The errors and information about members, repeated people and seats, each with its row."""
    path = ["people", "email"]
    errors = [UserError(UserErrorCode.ALREADY_MEMBER, ALREADY_MEMBER, path, row) for row in result.already_members]
    for row, first in result.repeated.items():
        errors.append(UserError(UserErrorCode.DUPLICATE, f"This person is already in row {first}.", path, row))
    of_seats = (replace(error, field=["people", "groupIds"], row=row) for row, error in result.seat_errors)
    return [*errors, *of_seats]


def target(by: Change | Context, team_id: str, role: Role) -> facts.Member:
    """The facts about a person who will join the team with this role."""
    return facts.member(by.actor, team_id, "", contract_manager=role is Role.CONTRACT_MANAGER)


def expiry() -> datetime:
    """The time until which the link of a new invitation can be used."""
    return datetime.now(UTC) + INVITATION_TERM


def _invited(
    people: dict[Newcomer, Invitee], created: Sequence[CreatedInvitation], result: InviteResult
) -> dict[str, Invitee]:
    """The people who have an invitation now, by user id and in order.

    The others joined the team or were invited by another transaction meanwhile; they are added to `result`.
    """
    user_ids, invited = {one.user_id for one in created}, dict[str, Invitee]()
    for one, invitee in people.items():
        if one.user_id in user_ids:
            invited[one.user_id] = invitee
        else:
            result.already_members.append(invitee.position)
    return invited


def _rows(
    change: Change, team_id: str, people: dict[Newcomer, Invitee], created: Sequence[CreatedInvitation]
) -> list[InvitationRow]:
    """The invitations as the graph shows them, in the order of the people."""
    by_user = {one.user_id: one for one in created}
    rows = []
    for one in people:
        if one.user_id in by_user:
            new = by_user[one.user_id]
            values = (new.id, team_id, one.user_id, one.member_id, one.role, one.email)
            rows.append(InvitationRow(*values, InvitationStatus.OPEN, new.created_at, None, new.expires_at, change.by))
    return rows
