"""What a mutation changes in the lists of clients, as its payload shows it.

For each list that a mutation changes, its payload has the new rows as edges, and the ids of the rows that left the
list. The type of the rows names both fields: `seatEdges: [SeatEdge!]!` and `deletedSeatIds: [ID!]!`. So Relay's
`@appendEdge`, `@prependEdge` and `@deleteEdge` work for it. The cursors are those of the list's default order. A row
that has left a list may still exist: a freed seat left the list of its holder. What else has changed, such as the count
of a pool, is read again: `pools`, `groups`, `team`.

A payload inherits the classes here that fit, and the mutation notes what it changed. `schema.core.changed_lists`
publishes the fields.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import cast

import strawberry

from db.people.members import RemovedMember
from db.seats.allocation import Allocated, Moved, Unassigned
from db.seats.assignments import Ended
from db.seats.seats import SeatRow
from db.seats.waiting_list import Withdrawn
from db.seats.waits import WaitRow
from domain.ids import pool_id, wait_id
from resolvers.core.relay import BY_ID, EdgeRow


@dataclass(kw_only=True)
class SeatLists:
    """What changed in the lists of seats and of waits.

    `gained` are the seats that got a holder, `lost` the ids of those that left one. `joined` are the new places on
    waiting lists, `ended` the ids of those that ended. `pool_ids` are the pools of all of these.
    """

    gained: strawberry.Private[list[SeatRow]] = field(default_factory=list)
    lost: strawberry.Private[list[str]] = field(default_factory=list)
    joined: strawberry.Private[list[WaitRow]] = field(default_factory=list)
    ended: strawberry.Private[list[str]] = field(default_factory=list)
    pool_ids: strawberry.Private[list[str]] = field(default_factory=list)

    @property
    def seat_edges(self) -> list[EdgeRow[SeatRow]]:
        """The seats that got a holder, in the order of ids that all lists of seats have."""
        return [EdgeRow(seat, (seat.id,), BY_ID) for seat in self.gained]

    @property
    def deleted_seat_ids(self) -> list[strawberry.ID]:
        """The ids of the seats that left the list of a holder."""
        return cast("list[strawberry.ID]", self.lost)

    @property
    def wait_edges(self) -> list[EdgeRow[WaitRow]]:
        """The new places on waiting lists, in the order of these."""
        return [EdgeRow(wait, (str(wait.number),), BY_ID) for wait in self.joined]

    @property
    def deleted_wait_ids(self) -> list[strawberry.ID]:
        """The ids of the places on waiting lists that ended."""
        return cast("list[strawberry.ID]", self.ended)

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

    def note_moved(self, moved: Moved) -> None:
        """Note that a seat moved from one holder to another."""
        seat = moved.seat
        called = [(seat.holder_id or "", seat.product_id)] if moved.waited else []
        self.note_seats(seat.team_id, given=[seat], called=called)
        self.lost.append(seat.id)

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
        ids = dict.fromkeys(wait_id(team_id, product_id, user_id) for user_id, product_id in gone)
        self.gained += gained.values()
        self.lost += [one.seat_id for one in freed]
        self.joined += joined.values()
        self.ended += [id_ for id_ in ids if id_ not in joined]
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

    @property
    def deleted_member_ids(self) -> list[strawberry.ID]:
        """The ids of the members who left the team."""
        return cast("list[strawberry.ID]", self.removed_member_ids)

    @property
    def deleted_seat_request_ids(self) -> list[strawberry.ID]:
        """The ids of the requests for seats of the members who left the team."""
        return cast("list[strawberry.ID]", self.removed_request_ids)

    def note_joined_groups(self, group_ids: Iterable[str]) -> None:
        """Note groups that people joined or left."""
        self.group_ids = sorted({*self.group_ids, *group_ids})

    def note_removed(self, removed: Sequence[RemovedMember], request_ids: Sequence[str] = ()) -> None:
        """Note members who left the team, and the ids of their open requests."""
        self.removed_member_ids += sorted(one.id for one in removed)
        self.removed_request_ids += sorted({*request_ids, *(id_ for one in removed for id_ in one.request_ids)})
        self.note_joined_groups(id_ for one in removed for id_ in one.group_ids)


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
    """What changed in the list of a member's groups: the ids of those that they joined and left."""

    member_id: strawberry.Private[str | None] = None
    joined_group_ids: strawberry.Private[list[str]] = field(default_factory=list)
    left_group_ids: strawberry.Private[list[str]] = field(default_factory=list)

    @property
    def group_ids(self) -> list[str]:
        """The groups of which the members changed."""
        return sorted({*self.joined_group_ids, *self.left_group_ids})

    @property
    def deleted_group_ids(self) -> list[strawberry.ID]:
        """The ids of the groups that the member left."""
        return cast("list[strawberry.ID]", self.left_group_ids)
