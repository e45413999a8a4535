"""Gives and takes the seats that people hold because a group or their team gives a product.

Every mutation that gives such a seat also needs `seats:assign` for each receiver, and every one that takes such a seat
also needs `seats:unassign`. A mutation about the members of a group needs them if the group gives a product, also if
nobody joins or leaves: a refusal must not tell who is in the group. In a team with separation of duties, the actor gets
no seat, and an error says so.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from db.catalogue import products
from db.groups import given_products, groups
from db.seats import allocation
from db.seats.assignments import Ended
from db.seats.seats import SeatRow
from db.seats.waiting_list import Withdrawn
from db.seats.waits import WaitRow
from domain.actions import Action
from domain.bulk import BulkMode
from domain.problems import UserError, UserErrorCode
from domain.seats import Source, SourceKind
from policies import facts
from resolvers.core.changed_lists import SeatLists
from resolvers.core.member_lists import Place
from resolvers.core.mutations import Change

SELF_EXCLUDED = "You get no seat, because in this team nobody may give a seat to themselves (separation of duties)."

# The descriptions of these fields, which several payloads have.
SEATS = {"description": "The seats that members got for this reason, or already held and now hold for this reason too."}
WAITS = {"description": "The places on the waiting list that members got for this reason."}
FREED = {
    "description": "The seats that their holders lost, because they had no other reason to hold them. They are shown "
    "as they are after the change."
}
PROMOTED = {"description": "Those of the freed seats that went to people on the waiting list."}


class GivenProduct(NamedTuple):
    """A product that these people are to get, in order, with this source."""

    product_id: str
    source: Source
    user_ids: Sequence[str]


@dataclass
class Outcome:
    """The changes of seats in one mutation; `give` and `take` add to it.

    `seats`: the seats that people got for the reason. `waits`: their places on waiting lists. `freed`: the seats that
    people lost. `promoted`: the seats that went to people on a waiting list. `errors`: the people who got no seat, and
    why. `shortage`: there are too few seats for ALL_OR_NOTHING, so the caller must undo everything. `kept`: the ids of
    those of `seats` that their holders had before. `ended`: the seats of which a source ended. `withdrawn`: the waits
    that ended. `called`: the waits, as user id and product id, of people who got a seat in another way.
    """

    seats: list[SeatRow] = field(default_factory=list)
    waits: list[WaitRow] = field(default_factory=list)
    freed: list[SeatRow] = field(default_factory=list)
    promoted: list[SeatRow] = field(default_factory=list)
    errors: list[UserError] = field(default_factory=list)
    shortage: bool = False
    kept: set[str] = field(default_factory=set)
    ended: list[Ended] = field(default_factory=list)
    withdrawn: list[Withdrawn] = field(default_factory=list)
    called: list[tuple[str, str]] = field(default_factory=list)

    def note_in(self, payload: SeatLists, team_id: str) -> None:
        """Note these changes in a payload."""
        payload.note_seats(
            team_id,
            given=[seat for seat in self.seats if seat.id not in self.kept],
            promoted=self.promoted,
            ended=self.ended,
            waiting=self.waits,
            withdrawn=self.withdrawn,
            called=self.called,
        )

    def audit_values(self) -> dict[str, Any]:
        """The values for the audit row: people by seat id, and lists of people by product id; without empty values."""
        values = {
            **allocation.assigned_or_kept(self.seats, self.kept),
            "waiting": by_product((wait.product_id, wait.user_id) for wait in self.waits),
            **allocation.freed_or_kept(self.ended),
            "withdrawn": by_product((one.product_id, one.user_id) for one in self.withdrawn),
            "promoted": {seat.id: seat.holder_id for seat in self.promoted},
        }
        return {what: found for what, found in values.items() if found}


def group_source(group_id: str) -> Source:
    """The source of the seats that this group gives."""
    return Source(SourceKind.GROUP, group_id)


def may_give(change: Change, team_id: str, user_ids: Iterable[str]) -> list[str]:
    """The people in this list who may get a seat from the actor in the team: all, or all but the actor.

    Raises Forbidden if the actor may not give seats to others.
    """
    change.require_also(Action.SEATS_ASSIGN, facts.seat(change.actor, team_id, None))
    me = facts.acts_for(change.actor)
    mine = facts.seat(change.actor, team_id, me)
    receivers = list(user_ids)
    if me not in receivers:
        return receivers
    if change.allows(Action.SEATS_ASSIGN, mine):
        change.require_also(Action.SEATS_ASSIGN, mine)
        return receivers
    return [user_id for user_id in receivers if user_id != me]


def may_take(change: Change, team_id: str, user_ids: Iterable[str]) -> None:
    """Raise Forbidden if the actor may not take seats back from these people."""
    about = {facts.seat(change.actor, team_id, user_id) for user_id in (None, *user_ids)}
    change.require_also(Action.SEATS_UNASSIGN, *about)


async def require_giving(change: Change, team_id: str, group_id: str) -> list[str]:
    """The ids of the products that a group gives. Raises Forbidden if there are some and the actor may not give seats.

    Decide this before the members of the group are read.
    """
    given = await given_products.ids_of_groups(change.connection, team_id, [group_id])
    if given:
        may_give(change, team_id, [])
    return given.get(group_id, [])


async def require_taking(change: Change, team_id: str, group_id: str) -> None:
    """Raise Forbidden if a group gives products, or is a source of seats, and the actor may not take seats back.

    Decide this before the members of the group are read.
    """
    source = group_source(group_id)
    given = await given_products.ids_of_groups(change.connection, team_id, [group_id])
    if given or await given_products.people_with_source(change.connection, team_id, None, source):
        may_take(change, team_id, [])


async def give(change: Change, team_id: str, given: Sequence[GivenProduct], mode: BulkMode, outcome: Outcome) -> None:
    """Give these people seats and add the results to `outcome`, with an error for each person who gets none.

    The caller has called `given_products.lock_changes` and then locked the memberships. If `outcome.shortage` is set
    afterwards, the caller must undo everything. Raises Forbidden.
    """
    due = sorted(product for product in given if product.user_ids)
    named = await products.by_ids(change.connection, [product.product_id for product in due]) if due else {}
    # All products are tried as BEST_EFFORT: ALL_OR_NOTHING would give the seats of one product back, and then a
    # shortage of the next one could be overlooked.
    each = BulkMode.BEST_EFFORT if mode is BulkMode.ALL_OR_NOTHING else mode
    for product in due:
        name = named[product.product_id].name
        receivers = may_give(change, team_id, product.user_ids)
        for user_id in set(product.user_ids).difference(receivers):
            outcome.errors.append(_error(UserErrorCode.SEPARATION_OF_DUTIES, SELF_EXCLUDED, user_id, product))
        pool = (team_id, product.product_id)
        allocated = await allocation.give(change.connection, *pool, receivers, product.source, change.by, mode=each)
        message = f"No seat of “{name}” is left."
        outcome.errors += [_error(UserErrorCode.NO_SEAT_LEFT, message, one, product) for one in allocated.unserved]
        outcome.errors += [_waiting_error(wait, name, product) for wait in allocated.waiting]
        outcome.shortage |= mode is BulkMode.ALL_OR_NOTHING and bool(allocated.unserved)
        # A seat that two groups give is new for the first of them only.
        outcome.kept.update(set(allocated.kept).difference(seat.id for seat in outcome.seats))
        outcome.seats += allocated.seats
        outcome.waits += allocated.waiting
        outcome.promoted += allocated.promoted
        outcome.called += [(user_id, product.product_id) for user_id in allocated.called]
    # If several groups give the same product to a person, its error and its wait are listed once.
    outcome.errors = list({(one.code, one.user_id, one.product_id): one for one in outcome.errors}.values())
    outcome.waits = list(dict.fromkeys(outcome.waits))


async def take(
    change: Change, team_id: str, product_id: str | None, user_ids: Sequence[str], source: Source, outcome: Outcome
) -> None:
    """End a source of seats, and of waits, for a product (None: for all), and add the results to `outcome`.

    The caller has called `given_products.lock_changes` and then locked the memberships. Raises Forbidden.
    """
    may_take(change, team_id, user_ids)
    result = await allocation.end(change.connection, team_id, product_id, user_ids, source, change.by)
    now = {seat.id: seat for seat in result.promoted}
    freed = [SeatRow(one.seat_id, team_id, one.product_id, None, None) for one in result.ended if one.freed]
    outcome.freed += [now.get(seat.id, seat) for seat in freed]
    outcome.promoted += result.promoted
    outcome.ended += result.ended
    outcome.withdrawn += result.withdrawn


async def add_to_groups(
    change: Change,
    team_id: str,
    joining: Mapping[str, Sequence[str]],
    mode: BulkMode,
    outcome: Outcome,
    *,
    also: Sequence[GivenProduct] = (),
) -> None:
    """Add members to groups of their team, and `give` them what these groups give, and the products in `also`.

    `joining` maps user ids to group ids.
    """
    await groups.add_members(change.connection, team_id, joining)
    entered = sorted({id_ for ids in joining.values() for id_ in ids})
    given = await given_products.ids_of_groups(change.connection, team_id, entered)
    members: dict[str, list[str]] = {id_: [] for id_ in given}
    for user_id, ids in joining.items():
        for id_ in members.keys() & ids:
            members[id_].append(user_id)
    wanted = [GivenProduct(one, group_source(id_), members[id_]) for id_, ids in given.items() for one in ids]
    await give(change, team_id, [*wanted, *also], mode, outcome)


def with_rows(errors: Iterable[UserError], people: Mapping[str, Place]) -> list[UserError]:
    """These errors, each with the list and the row of its person, if the input names them."""
    placed = ((error, people.get(error.user_id or "")) for error in errors)
    return [error if place is None else replace(error, field=[place.field], row=place.row) for error, place in placed]


def for_unnamed(change: Change, team_id: str, errors: Sequence[UserError]) -> list[UserError]:
    """These errors about people that the input does not name, as the actor may hear them.

    People that the actor may not read are counted: one error for each code and product has their number.
    """
    reach = change.reach(Action.MEMBERS_READ)
    told = [error for error in errors if reach.has(team_id, error.user_id)]
    others = Counter((one.code, one.product_id) for one in errors if not reach.has(team_id, one.user_id))
    for (code, product_id), count in others.items():
        if code in _UNNAMED:
            told.append(UserError(code, _UNNAMED[code].format(count), product_id=product_id, count=count))
    return told


# Not the actor's own error about separation of duties: it is information, and says that they are among the people.
_UNNAMED = {
    UserErrorCode.NO_SEAT_LEFT: "No seat of this product is left for some people; their number is {}.",
    UserErrorCode.WAITING: "No seat of this product is left; the number of people who joined its waiting list is {}.",
}


def _waiting_error(wait: WaitRow, name: str, product: GivenProduct) -> UserError:
    message = f"No seat of “{name}” is left; this person is on the waiting list, at position {wait.position}."
    return _error(UserErrorCode.WAITING, message, wait.user_id, product)


def _error(code: UserErrorCode, message: str, user_id: str, product: GivenProduct) -> UserError:
    return UserError(code, message, user_id=user_id, product_id=product.product_id)


def by_product(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The people of these pairs of a product id and a user id, by product id."""
    found: dict[str, list[str]] = {}
    for product_id, user_id in pairs:
        found.setdefault(product_id, []).append(user_id)
    return found
