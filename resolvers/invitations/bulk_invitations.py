"""What inviting people by a list and importing them from a file have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from db.core import ids
from db.invitations import bulk_invitations
from db.invitations.bulk_invitations import Made, Newcomer
from db.invitations.invitations import InvitationRow
from db.queue import jobs
from db.seats.seats import SeatRow
from db.seats.waiting_list import WaitRow
from domain.actions import Action
from domain.bulk import BulkMode
from domain.mails import INVITATION, InvitationMail
from domain.members import INVITATION_TERM, InvitationStatus
from domain.problems import UserError
from domain.roles import Role
from domain.seats import DIRECT
from policies import facts
from resolvers.core.context import Context
from resolvers.core.mutations import Change
from resolvers.groups.seat_giving import Gift, Outcome, enter

ALREADY = "This person is a member of the team already, or is invited to be."


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody to be invited: `place` is where they stand in what was sent. All values are in order."""

    place: int
    first_name: str
    last_name: str
    email: str
    role: Role
    group_ids: tuple[str, ...]


@dataclass
class Invited:
    """What became of people, by their places; `repeated` has the earlier place of the same account.

    `told`: with what is to be said of the seats they were to get.
    """

    invitations: list[InvitationRow] = field(default_factory=list)
    members: list[int] = field(default_factory=list)
    repeated: dict[int, int] = field(default_factory=dict)
    told: list[tuple[int, UserError]] = field(default_factory=list)
    seats: list[SeatRow] = field(default_factory=list)
    waits: list[WaitRow] = field(default_factory=list)


async def invite(
    change: Change,
    team_id: str,
    guests: Sequence[Guest],
    mode: BulkMode,
    *,
    refused: bool,
    product_id: str | None = None,
) -> Invited:
    """Invite these people to the team, and give each a seat of the product and of what their groups give.

    `refused`: others of the list are not fit to be invited, which stops an ALL_OR_NOTHING. The caller has decided, and
    has called `gifts.changing`. Giving seats and changing groups is decided here. The number of statements depends on
    what is given, and not on how many people there are. Raises Forbidden.
    """
    if product_id is not None:
        # Who is invited is never who invites, so nobody gives a seat to themselves here.
        change.require_along(Action.SEATS_ASSIGN, facts.seat(change.actor, team_id, None))
    became = Invited()
    fresh = await _newcomers(change, team_id, guests, became)
    if not fresh or (mode is BulkMode.ALL_OR_NOTHING and (refused or became.repeated)):
        return became
    served = Outcome()
    async with change.connection.begin_nested() as attempt:
        people = await _with_accounts(change, team_id, fresh)
        made = await bulk_invitations.invite(change.connection, team_id, list(people), change.by, expiry())
        places = _places(people, made, became)
        joining = {user_id: guest.group_ids for user_id, guest in places.items() if guest.group_ids}
        beside = [] if product_id is None else [Gift(product_id, DIRECT, list(places))]
        await enter(change, team_id, joining, mode, served, beside=beside)
        became.told = [(places[error.user_id or ""].place, error) for error in served.errors]
        if served.short:
            await attempt.rollback()
            return became
    became.invitations = _rows(change, team_id, people, made)
    await _settle(change, team_id, became, joining, served)
    return became


async def _newcomers(
    change: Change, team_id: str, guests: Sequence[Guest], became: Invited
) -> list[tuple[Guest, str | None]]:
    """Those who are neither in the team nor named before, with their accounts; `became` is told of the others."""
    emails = [guest.email for guest in guests]
    known = await bulk_invitations.places(change.connection, team_id, emails) if emails else []
    first: dict[str, Guest] = {}
    fresh: list[tuple[Guest, str | None]] = []
    for guest, place in zip(guests, known, strict=True):
        before = first.setdefault(place.folded, guest)
        if before is not guest:
            became.repeated[guest.place] = before.place
        elif place.is_member:
            became.members.append(guest.place)
        else:
            fresh.append((guest, place.user_id))
    return fresh


async def _with_accounts(
    change: Change, team_id: str, fresh: Sequence[tuple[Guest, str | None]]
) -> dict[Newcomer, Guest]:
    """These people, each with an account now."""
    people = [_newcomer(guest, user_id) for guest, user_id in fresh]
    new = [one for one, (_, user_id) in zip(people, fresh, strict=True) if user_id is None]
    if new:
        await bulk_invitations.open_accounts(change.connection, new)
        # Whoever opened one of them at the same moment did so under an id of their own.
        known = await bulk_invitations.places(change.connection, team_id, [one.email for one in people])
        people = [one._replace(user_id=place.user_id or one.user_id) for one, place in zip(people, known, strict=True)]
    return {one: guest for one, (guest, _) in zip(people, fresh, strict=True)}


def _newcomer(guest: Guest, user_id: str | None) -> Newcomer:
    names = (guest.first_name, guest.last_name)
    place = (user_id or ids.new("user"), ids.new("member"), ids.new("invite"))
    return Newcomer(*place, guest.email, *names, guest.role)


async def _settle(
    change: Change, team_id: str, became: Invited, joining: Mapping[str, Sequence[str]], served: Outcome
) -> None:
    """Tell what was served, queue the mails, and record it all."""
    # A seat that two reasons give is one.
    became.seats = list({seat.id: seat for seat in served.seats}.values())
    became.waits = served.waits
    await send(change, team_id, [one.id for one in became.invitations])
    invited = {one.id: {"user": one.user_id, "role": one.role} for one in became.invitations}
    joined = {"joined": joining} if joining else {}
    await change.record(team_id, team_id, {}, {"invited": invited, **joined, **served.recorded()})


async def send(change: Change, team_id: str, invitation_ids: Sequence[str]) -> None:
    """Queue the mails of these invitations."""
    letters = (InvitationMail(team_id, id_) for id_ in invitation_ids)
    await jobs.enqueue(change.connection, INVITATION, letters)


def target(by: Change | Context, team_id: str, role: Role) -> facts.Member:
    """Somebody who is to come into the team with this role, as the policy sees them."""
    return facts.member(by.actor, team_id, "", contract_manager=role is Role.CONTRACT_MANAGER)


def expiry() -> datetime:
    """When the link of an invitation that is made now stops working."""
    return datetime.now(UTC) + INVITATION_TERM


def _places(people: dict[Newcomer, Guest], made: Sequence[Made], became: Invited) -> dict[str, Guest]:
    """Who is invited now, by user id, in order; the others came into the team at the same moment by another way."""
    known, places = {one.user_id for one in made}, dict[str, Guest]()
    for one, guest in people.items():
        if one.user_id in known:
            places[one.user_id] = guest
        else:
            became.members.append(guest.place)
    return places


def _rows(change: Change, team_id: str, people: dict[Newcomer, Guest], made: Sequence[Made]) -> list[InvitationRow]:
    """The invitations as the graph shows them, in the order of the people."""
    known = {one.user_id: one for one in made}
    rows = []
    for one in people:
        if one.user_id in known:
            new = known[one.user_id]
            place = (new.id, team_id, one.user_id, one.member_id, one.role, one.email)
            rows.append(InvitationRow(*place, InvitationStatus.OPEN, new.created_at, None, new.expires_at, change.by))
    return rows
