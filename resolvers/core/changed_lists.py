"""What a mutation changes in the lists of clients, as its payload shows it.

For each list that a mutation changes, its payload has the new rows as edges, and the ids of the rows that left the
list. The type of the rows names both fields: `seatEdges: [SeatEdge!]!` and `deletedSeatIds: [ID!]!`. So Relay's
`@appendEdge`, `@prependEdge` and `@deleteEdge` work for it. The cursors are those of the list's default order. A row
that has left a list may still exist: a freed seat left the list of its holder. What else has changed, such as the count
of a pool, is read again: `pools`, `groups`, `team`.

A payload inherits the classes here that fit, and the mutation notes what it changed. `schema.core.changed_lists`
publishes the fields. Each resolver of edges or deleted ids is `told`, and shows only what the actor may see. So do the
other fields of a payload that have seats, waits or subscriptions, which `seen` resolves: people and tokens may change
what they may not read.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

import strawberry

from db.people.members import RemovedMember
from db.seats.allocation import Allocated, Moved, Unassigned
from db.seats.assignments import Ended
from db.seats.seats import SeatRow
from db.seats.waiting_list import Withdrawn
from db.seats.waits import WaitRow
from domain.actions import Action
from domain.ids import pool_id, wait_id
from domain.reach import NOWHERE
from domain.subjects import Anonymous
from resolvers.core.context import Context, Info
from resolvers.core.mutations import performs
from resolvers.core.relay import BY_ID, EdgeRow

T = TypeVar("T")
Told = Callable[[Any, Info], Awaitable[list[T]]]


class Gone(NamedTuple):
    """The id of a row that left a list, its team, and the user whose row it was; None if nobody in particular."""

    id: str
    team_id: str
    user_id: str | None


@dataclass(kw_only=True)
class SeatLists:
    """What changed in the lists of seats and of waits.

    `gained` are the seats that got a holder, `lost` the ids of those that left one. `joined` are the new places on
    waiting lists, `ended` the ids of those that ended. `pool_ids` are the pools of all of these. The person `own_id`
    sees their own rows, also in a repeat without a session.
    """

    gained: strawberry.Private[list[SeatRow]] = field(default_factory=list)
    lost: strawberry.Private[list[Gone]] = field(default_factory=list)
    joined: strawberry.Private[list[WaitRow]] = field(default_factory=list)
    ended: strawberry.Private[list[Gone]] = field(default_factory=list)
    pool_ids: strawberry.Private[list[str]] = field(default_factory=list)
    own_id: strawberry.Private[str | None] = None

    def note_given(self, team_id: str, product_id: str, given: Allocated) -> None:
        """Note the result of giving seats of a product."""
        self.note_seats(
            team_id,
            given=[seat for seat in given.seats if seat.id not in given.kept],
            promoted=given.promoted,
            waiting=given.waiting,
            called=[(user_id, product_id) for user_id in given.called],
        )

    def note_ended(self, team_id: str, unassigned: Unassigned) -> None:
        """Note the result of ending sources of seats."""
        given, ended = unassigned.promoted, unassigned.ended
        self.note_seats(team_id, promoted=given, ended=ended, withdrawn=unassigned.withdrawn)

    def note_pool(self, team_id: str, product_id: str) -> None:
        """Note that a team has another number of seats of a product."""
        self.pool_ids = sorted({*self.pool_ids, pool_id(team_id, product_id)})

    def note_moved(self, moved: Moved) -> None:
        """Note that a seat moved from one holder to another."""
        seat = moved.seat
        called = [(seat.holder_id or "", seat.product_id)] if moved.waited else []
        self.note_seats(seat.team_id, given=[seat], called=called)
        self.lost.append(Gone(seat.id, seat.team_id, None))

    def note_seats(
        self,
        team_id: str,
        *,
        given: Sequence[SeatRow] = (),
        promoted: Sequence[SeatRow] = (),
        ended: Sequence[Ended] = (),
        waiting: Sequence[WaitRow] = (),
        withdrawn: Sequence[Withdrawn] = (),
        called: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Note changes in one team.

        `given` are the seats that people got who did not hold them, and `promoted` those that went to people on a
        waiting list. `called` are the users and products of waits that became seats in another way.
        """
        gained, joined = {seat.id: seat for seat in (*given, *promoted)}, {wait.id: wait for wait in waiting}
        freed = [one for one in ended if one.freed]
        over = [(one.user_id, one.product_id) for one in withdrawn]
        gone = [(one.user_id, one.product_id) for one in withdrawn if not one.waits_on]
        gone += [*called, *((seat.holder_id or "", seat.product_id) for seat in promoted)]
        products = {product_id for _, product_id in (*over, *gone)}
        for rows in (gained.values(), joined.values(), freed):
            products.update(one.product_id for one in rows)
        over_ids = {wait_id(team_id, product_id, user_id): user_id for user_id, product_id in gone}
        self.gained += gained.values()
        self.lost += [Gone(one.seat_id, team_id, one.user_id) for one in freed]
        self.joined += joined.values()
        self.ended += [Gone(id_, team_id, user_id) for id_, user_id in over_ids.items() if id_ not in joined]
        self.pool_ids = sorted({*self.pool_ids, *(pool_id(team_id, one) for one in products)})


@dataclass(kw_only=True)
class MemberLists:
    """What changed in the list of a team's members.

    `group_ids` are the groups that the new members joined, or that the removed ones were in.
    """

    team_id: strawberry.Private[str | None] = None
    new_member_ids: strawberry.Private[list[str]] = field(default_factory=list)
    removed_member_ids: strawberry.Private[list[str]] = field(default_factory=list)
    group_ids: strawberry.Private[list[str]] = field(default_factory=list)
    removed_request_ids: strawberry.Private[list[str]] = field(default_factory=list)

    def note_groups(self, group_ids: Iterable[str]) -> None:
        """Note groups that people joined or left."""
        self.group_ids = sorted({*self.group_ids, *group_ids})

    def note_removed(self, removed: Sequence[RemovedMember], request_ids: Sequence[str] = ()) -> None:
        """Note members who left the team, and the ids of their open requests."""
        self.removed_member_ids += sorted(one.id for one in removed)
        self.removed_request_ids += sorted({*request_ids, *(id_ for one in removed for id_ in one.request_ids)})
        self.note_groups(id_ for one in removed for id_ in one.group_ids)


@dataclass(kw_only=True)
class TeamLists(SeatLists, MemberLists):
    """What changed in who is in a team, and in their seats and waits."""


@dataclass(kw_only=True)
class GroupMemberLists:
    """What changed in who is in a group: the user ids of the people who joined `joined_group_id`, or left a group."""

    group_team_id: strawberry.Private[str] = ""
    joined_group_id: strawberry.Private[str] = ""
    joined_user_ids: strawberry.Private[list[str]] = field(default_factory=list)
    left_user_ids: strawberry.Private[list[str]] = field(default_factory=list)

    def note_members(self, team_id: str, group_id: str, joined: Iterable[str], left: Iterable[str]) -> None:
        """Note who joined a group, and who left a group of the same team."""
        self.group_team_id, self.joined_group_id = team_id, group_id
        self.joined_user_ids, self.left_user_ids = list(joined), list(left)


@dataclass(kw_only=True)
class MemberGroupLists:
    """What changed in the list of a member's groups: the ids of those that they joined and left, all of one team."""

    member_id: strawberry.Private[str | None] = None
    groups_team_id: strawberry.Private[str] = ""
    joined_group_ids: strawberry.Private[list[str]] = field(default_factory=list)
    left_group_ids: strawberry.Private[list[str]] = field(default_factory=list)

    @property
    def group_ids(self) -> list[str]:
        """The groups of which the members changed."""
        return sorted({*self.joined_group_ids, *self.left_group_ids})


def told(resolve: Callable[[Any, Info], Awaitable[list[T]]]) -> Told[T]:
    """Let a resolver of edges or deleted ids tell nothing in a dry run, and let its description say so.

    A dry run changes no list. A client whose cache takes its lists from payloads would show rows that do not exist.
    """

    async def tell(root: Any, info: Info) -> list[T]:
        return [] if info.context.is_dry_run else await resolve(root, info)

    tell.__name__, tell.__module__ = resolve.__name__, resolve.__module__
    tell.__doc__ = f"{inspect.getdoc(resolve)} Empty in a dry run, which changes no list."
    hints = inspect.get_annotations(resolve)
    tell.__annotations__ = {"root": hints["root"], "info": Info, "return": hints["return"]}
    return tell


def seen(name: str, description: str, action: Action) -> Callable[[Any, Info], Any]:
    """A resolver of the attribute `name` of a payload, a row or rows of teams: those that the actor may see.

    `action` is what the actor must be allowed to do there.
    """

    @performs(action)
    def shown(root: Any, info: Info) -> Any:
        sees = _sees(info.context, action, getattr(root, "own_id", None))
        rows: Any = getattr(root, name)
        if isinstance(rows, list):
            return [one for one in rows if sees(one.team_id, _owner(one))]
        return rows if rows is not None and sees(rows.team_id, _owner(rows)) else None

    shown.__name__, shown.__doc__ = name, f"{description} Only what you may see."
    return shown


@performs(Action.SEATS_READ)
@told
async def seat_edges(root: SeatLists, info: Info) -> list[EdgeRow[SeatRow]]:
    """The seats that got a holder, for the lists of seats of their holders; only those that you may see."""
    sees = _sees(info.context, Action.SEATS_READ, root.own_id)
    return [EdgeRow(seat, (seat.id,), BY_ID) for seat in root.gained if sees(seat.team_id, seat.holder_id)]


@performs(Action.SEATS_READ)
@told
async def deleted_seat_ids(root: SeatLists, info: Info) -> list[strawberry.ID]:
    """The ids of the seats that a holder lost; only those that you may see.

    Remove their edges from the lists of their former holders, as with Relay's `@deleteEdge`.
    """
    sees = _sees(info.context, Action.SEATS_READ, root.own_id)
    return [strawberry.ID(one.id) for one in root.lost if sees(one.team_id, one.user_id)]


@performs(Action.SEATS_READ)
@told
async def wait_edges(root: SeatLists, info: Info) -> list[EdgeRow[WaitRow]]:
    """The new places on waiting lists, for the lists of their pools; only those that you may see."""
    sees = _sees(info.context, Action.SEATS_READ, root.own_id)
    return [EdgeRow(wait, (str(wait.number),), BY_ID) for wait in root.joined if sees(wait.team_id, wait.user_id)]


@performs(Action.SEATS_READ)
@told
async def deleted_wait_ids(root: SeatLists, info: Info) -> list[strawberry.ID]:
    """The ids of the places on waiting lists that ended, also because the person got a seat.

    Only those that you may see. Remove their edges from the lists of their pools, as with Relay's `@deleteEdge`.
    """
    sees = _sees(info.context, Action.SEATS_READ, root.own_id)
    return [strawberry.ID(one.id) for one in root.ended if sees(one.team_id, one.user_id)]


@performs(Action.MEMBERS_READ)
@told
async def deleted_member_ids(root: MemberLists, info: Info) -> list[strawberry.ID]:
    """The ids of the members who left the team; none if you may not see its members.

    Remove their edges from the lists of the team and of its groups, as with Relay's `@deleteEdge`.
    """
    sees = _sees(info.context, Action.MEMBERS_READ)
    return [strawberry.ID(id_) for id_ in root.removed_member_ids if sees(root.team_id)]


@performs(Action.REQUESTS_READ)
@told
async def deleted_seat_request_ids(root: MemberLists, info: Info) -> list[strawberry.ID]:
    """The ids of the requests for seats of the members who left the team; none if you may not see its requests."""
    sees = _sees(info.context, Action.REQUESTS_READ)
    return [strawberry.ID(id_) for id_ in root.removed_request_ids if sees(root.team_id)]


@performs(Action.GROUPS_READ)
@told
async def deleted_group_ids(root: MemberGroupLists, info: Info) -> list[strawberry.ID]:
    """The ids of the groups that the member left; none if you may not see the team's groups.

    Remove their edges from the lists of this member, as with Relay's `@deleteEdge`.
    """
    sees = _sees(info.context, Action.GROUPS_READ)
    return [strawberry.ID(id_) for id_ in root.left_group_ids if sees(root.groups_team_id)]


def _owner(row: Any) -> str | None:
    """The user whose seat or whose place on a waiting list it is; None for other rows."""
    return row.user_id if isinstance(row, WaitRow) else getattr(row, "holder_id", None)


def _sees(context: Context, action: Action, own_id: str | None = None) -> Callable[..., bool]:
    """A function of a team and the owner of a row in it: whether the actor, or the person `own_id`, sees the row."""
    reach = NOWHERE if isinstance(context.actor, Anonymous) else context.reach(action)

    def sees(team_id: str | None, owner_id: str | None = None) -> bool:
        return team_id is not None and ((own_id is not None and owner_id == own_id) or reach.has(team_id, owner_id))

    return sees
