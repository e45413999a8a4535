"""The people who are in a team, but not in an imported file: how they are reported, and removed on request."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from db.invitations.member_updates import OtherMember
from db.people import members
from db.people.members import MemberRow
from db.seats import waiting_list as waits
from db.seats.seats import SeatRow
from domain.actions import Action
from domain.imports import Flaw, Reason
from domain.problems import UserError, UserErrorCode
from domain.roles import Role
from domain.text import full_name
from policies import facts
from resolvers.core.member_lists import MAX_PEOPLE
from resolvers.core.mutations import Change
from resolvers.people.members import EndedMemberships, end_memberships

KEPT_SELF = "You are not in the file, but nobody can remove themselves in this way, so you stay in the team."
KEPT = "{} is not in the file, but you may not remove this person, so they stay in the team."


@dataclass
class RemoveLeaversInput:
    """How many people, and how many of their seats, you expect the removal to remove and to free."""

    people: int
    seats: int


@dataclass
class Leavers:
    """The people who are not in the file; None if that is not known.

    `people` and `seats` are the numbers to confirm: those of the people who may be removed. `removed` are the people
    who were removed, and `promoted` the seats that went to people on the waiting list. `ended` is what they had.
    """

    rows: list[MemberRow] | None = None
    people: int = 0
    seats: int = 0
    removed: list[str] = field(default_factory=list)
    promoted: list[SeatRow] = field(default_factory=list)
    ended: EndedMemberships | None = None
    flaws: list[Flaw] = field(default_factory=list)
    error: UserError | None = None

    @property
    def stops(self) -> bool:
        """Whether the error stops the import."""
        return self.error is not None and self.error.code is not UserErrorCode.LEAVERS_UNKNOWN


async def find(change: Change, team_id: str, others: Sequence[OtherMember]) -> Leavers:
    """The report about the people who are not in the file. Nobody is removed."""
    removable = _removable(change, team_id, others)
    ids = [one.member_id for one in others[:MAX_PEOPLE]]
    rows = await members.BY_IDS.rows(change.connection, change.reach(Action.MEMBERS_READ), ids)
    return Leavers(sorted(rows, key=lambda row: row.id), len(removable), sum(one.seats for one in removable))


async def remove(
    change: Change,
    team_id: str,
    others: Sequence[OtherMember],
    confirmed: RemoveLeaversInput,
    *,
    demoted: Sequence[str],
) -> Leavers:
    """Remove these people by the rules of `removeMembers`, as far as the actor may remove them; never the actor.

    `demoted` are the contract managers who lose this role at the same time: together with them, the last one stays.
    If the numbers are not those that were confirmed, `error` says so, and the caller must undo everything. The people
    must be locked. Raises Forbidden.
    """
    change.require_also(Action.MEMBERS_REMOVE, facts.member(change.actor, team_id, "", contract_manager=False))
    leavers = await find(change, team_id, others)
    if len(others) > MAX_PEOPLE:
        message = f"More than {MAX_PEOPLE:,} people are not in the file. At most so many can be removed at a time."
        leavers.error = UserError(UserErrorCode.LIST_TOO_LONG, message, ["removeLeavers"])
        return leavers
    leaving = {one.user_id: one.role for one in _removable(change, team_id, others)}
    if Role.CONTRACT_MANAGER in leaving.values():
        for user_id in await members.last_managers(change.connection, team_id, [*leaving, *demoted]):
            leaving.pop(user_id, None)
    change.require_also(Action.MEMBERS_REMOVE, *(_target(change, team_id, *one) for one in leaving.items()))
    freed = 0
    if leaving:
        # A transaction that also puts people on waiting lists takes this lock before it frees seats.
        await waits.lock_for_joining(change.connection, team_id)
        ended = await end_memberships(change, team_id, leaving)
        freed, leavers.promoted = sum(one.freed for one in ended.seats.ended), ended.seats.promoted
        leavers.ended = ended
    leavers.people, leavers.seats, leavers.removed = len(leaving), freed, list(leaving)
    if (confirmed.people, confirmed.seats) != (len(leaving), freed):
        leavers.error = _confirmation(leavers)
    kept = [row for row in leavers.rows or () if row.user.id not in leaving]
    leavers.rows, leavers.flaws = kept, [Flaw(None, None, Reason.LEAVER_KEPT, _kept(change, row)) for row in kept]
    return leavers


def _removable(change: Change, team_id: str, others: Sequence[OtherMember]) -> list[OtherMember]:
    """Those of these people that the actor may remove; never the actor, or the grantor of a token."""
    me = facts.acts_for(change.actor)
    return [
        one
        for one in others
        if one.user_id != me and change.allows(Action.MEMBERS_REMOVE, _target(change, team_id, one.user_id, one.role))
    ]


def _target(change: Change, team_id: str, user_id: str, role: Role) -> facts.Member:
    return facts.member(change.actor, team_id, user_id, contract_manager=role is Role.CONTRACT_MANAGER)


def _confirmation(leavers: Leavers) -> UserError:
    numbers = f"{{people: {leavers.people}, seats: {leavers.seats}}}"
    message = f"This removes {leavers.people} people and frees {leavers.seats} seats; to go on, send {numbers}."
    return UserError(UserErrorCode.CONFIRM_NEEDED, message, ["removeLeavers"])


def _kept(change: Change, row: MemberRow) -> str:
    if row.user.id == facts.acts_for(change.actor):
        return KEPT_SELF
    return KEPT.format(full_name(row.user.first_name, row.user.last_name))
