"""Seats that people get, or lose, because a group or their team gives a product: what it takes, and what is told.

Whatever gives a seat is decided as `seats:assign` for each receiver as well, and whatever takes one as
`seats:unassign`. Who acts in a team with separation of duties is left out of the receivers, and told so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from db.catalogue import products
from db.groups import given_products, groups
from db.seats import allocation
from db.seats.seats import SeatRow
from db.seats.waiting_list import WaitRow
from domain.actions import Action
from domain.bulk import BulkMode
from domain.problems import UserError, UserErrorCode
from domain.seats import Source, SourceKind
from policies import facts
from resolvers.core.mutations import Change

OUT = "This team separates duties: you are left out, because nobody gives themselves a seat."

# How payloads describe what became of seats.
SEATS = {"description": "The seats that members got for this reason, or held already and now hold for this reason too."}
WAITS = {"description": "The places on the waiting list that members got for this reason."}
FREED = {"description": "The seats that were held for no other reason, as they are now."}
PROMOTED = {"description": "Those of the freed seats that went to people on the waiting list."}


class Gift(NamedTuple):
    """A product that these people are to get, in order, for a reason."""

    product_id: str
    source: Source
    user_ids: Sequence[str]


@dataclass
class Outcome:
    """What became of seats: given, waited for, taken back, and handed on to who waited; `errors` tell of the others.

    `short`: a shortage has stopped an ALL_OR_NOTHING; the caller must undo what else it did.
    """

    seats: list[SeatRow] = field(default_factory=list)
    waits: list[WaitRow] = field(default_factory=list)
    freed: list[SeatRow] = field(default_factory=list)
    promoted: list[SeatRow] = field(default_factory=list)
    errors: list[UserError] = field(default_factory=list)
    short: bool = False
    lost: dict[str, str] = field(default_factory=dict)
    withdrawn: list[tuple[str, str]] = field(default_factory=list)

    def recorded(self) -> dict[str, Any]:
        """What an audit row says of it: seats with their people, and people with the products they wait for."""
        told = {
            "assigned": {seat.id: seat.holder_id for seat in self.seats},
            "waiting": _by_product((wait.product_id, wait.user_id) for wait in self.waits),
            "unassigned": self.lost,
            "withdrawn": _by_product((product_id, user_id) for user_id, product_id in self.withdrawn),
            "promoted": {seat.id: seat.holder_id for seat in self.promoted},
        }
        return {what: found for what, found in told.items() if found}


def of_group(group_id: str) -> Source:
    """The reason that a group is."""
    return Source(SourceKind.GROUP, group_id)


def may_give(change: Change, team_id: str, user_ids: Iterable[str]) -> list[str]:
    """Those of these people whom the actor may give a seat in the team: all, or all but themselves.

    Raises Forbidden when they may not give one to others.
    """
    change.require_along(Action.SEATS_ASSIGN, facts.seat(change.actor, team_id, None))
    me = facts.acts_for(change.actor)
    mine = facts.seat(change.actor, team_id, me)
    receivers = list(user_ids)
    if me not in receivers:
        return receivers
    if change.allows(Action.SEATS_ASSIGN, mine):
        change.require_along(Action.SEATS_ASSIGN, mine)
        return receivers
    return [user_id for user_id in receivers if user_id != me]


def may_take(change: Change, team_id: str, user_ids: Iterable[str]) -> None:
    """Go on only if the actor may take seats back from these people. Raises Forbidden."""
    about = {facts.seat(change.actor, team_id, user_id) for user_id in (None, *user_ids)}
    change.require_along(Action.SEATS_UNASSIGN, *about)


async def give(change: Change, team_id: str, given: Sequence[Gift], mode: BulkMode, outcome: Outcome) -> None:
    """Give these people seats and add what came of it to `outcome`; every shortage is told, also where it stops all.

    `gifts.changing` comes first, and the memberships must be locked. What leaves `outcome.short` behind must be
    undone. Raises Forbidden.
    """
    due = sorted(gift for gift in given if gift.user_ids)
    named = await products.by_ids(change.connection, [gift.product_id for gift in due]) if due else {}
    # One gift that is undone by itself would leave its seats to the next, whose shortage then went untold.
    each = BulkMode.BEST_EFFORT if mode is BulkMode.ALL_OR_NOTHING else mode
    for gift in due:
        name = named[gift.product_id].name
        receivers = may_give(change, team_id, gift.user_ids)
        for user_id in set(gift.user_ids).difference(receivers):
            outcome.errors.append(_about(UserErrorCode.SEPARATION_OF_DUTIES, OUT, user_id, gift))
        pool = (team_id, gift.product_id)
        got = await allocation.give(change.connection, *pool, receivers, gift.source, change.by, mode=each)
        message = f"No seat of “{name}” is left."
        outcome.errors += [_about(UserErrorCode.NO_SEAT_LEFT, message, one, gift) for one in got.short]
        outcome.errors += [_waiting(wait, name, gift) for wait in got.waiting]
        outcome.short |= mode is BulkMode.ALL_OR_NOTHING and bool(got.short)
        outcome.seats += got.seats
        outcome.waits += got.waiting
        outcome.promoted += got.promoted
    # Who was to get a product from several groups is told once.
    outcome.errors = list({(one.code, one.user_id, one.product_id): one for one in outcome.errors}.values())
    outcome.waits = list(dict.fromkeys(outcome.waits))


async def take(
    change: Change, team_id: str, product_id: str | None, user_ids: Sequence[str], source: Source, outcome: Outcome
) -> None:
    """End a reason to hold, or to wait for, seats of a product (None: of any), and add what came of it to `outcome`.

    `gifts.changing` comes first, and the memberships must be locked. Raises Forbidden.
    """
    may_take(change, team_id, user_ids)
    taken = await allocation.end(change.connection, team_id, product_id, user_ids, source, change.by)
    now = {seat.id: seat for seat in taken.promoted}
    freed = [SeatRow(one.seat_id, team_id, one.product_id, None, None) for one in taken.ended if one.freed]
    outcome.freed += [now.get(seat.id, seat) for seat in freed]
    outcome.promoted += taken.promoted
    outcome.lost |= {one.seat_id: one.user_id for one in taken.ended if one.ended}
    outcome.withdrawn += taken.withdrawn


async def enter(
    change: Change,
    team_id: str,
    joining: Mapping[str, Sequence[str]],
    mode: BulkMode,
    outcome: Outcome,
    *,
    beside: Sequence[Gift] = (),
) -> None:
    """Put members, by user id, into groups of their team, and `give` them what those give, and what is given beside."""
    await groups.enter(change.connection, team_id, joining)
    entered = sorted({id_ for ids in joining.values() for id_ in ids})
    given = await given_products.of_groups(change.connection, team_id, entered)
    members: dict[str, list[str]] = {id_: [] for id_ in given}
    for user_id, ids in joining.items():
        for id_ in members.keys() & ids:
            members[id_].append(user_id)
    wanted = [Gift(one, of_group(id_), members[id_]) for id_, ids in given.items() for one in ids]
    await give(change, team_id, [*wanted, *beside], mode, outcome)


def in_rows(errors: Iterable[UserError], rows: Mapping[str, int]) -> list[UserError]:
    """These errors with the row of the person that each is about."""
    return [replace(error, row=rows.get(error.user_id or "")) for error in errors]


def _waiting(wait: WaitRow, name: str, gift: Gift) -> UserError:
    message = f"No seat of “{name}” is left; this person waits for one, at position {wait.position}."
    return _about(UserErrorCode.WAITING, message, wait.user_id, gift)


def _about(code: UserErrorCode, message: str, user_id: str, gift: Gift) -> UserError:
    return UserError(code, message, user_id=user_id, product_id=gift.product_id)


def _by_product(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for product_id, user_id in pairs:
        found.setdefault(product_id, []).append(user_id)
    return found
