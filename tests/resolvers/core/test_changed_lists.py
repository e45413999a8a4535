"""Payloads tell what changed in lists: all lists are read before and after each mutation, and compared with it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from db.core import ids
from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.examples.example import Input
from tests.support.examples.registry import EXAMPLES
from tests.support.mutations import Caller, Payload, caller_with_input, new_caller, operation
from tests.support.published_fields import seat_fields, told_fields
from tests.support.world import World

pytestmark = pytest.mark.slow

IDS = "{ edges { cursor node { id } } }"
LISTS = f"""
query ($team: ID!) {{
  teams {IDS}
  viewer {{ id memberships {IDS} teams {IDS} seats {IDS} sessions {IDS} identities {IDS} passkeys {IDS} }}
  team(id: $team) {{
    id groups {{ edges {{ cursor node {{ id members {IDS} }} }} }} requests {IDS} partnerTokens {IDS}
    pools {{ id total assigned available waits {IDS} }}
    members {{ edges {{ cursor node {{
      id groups {IDS} seats {IDS} requests {IDS} user {{ id memberships {IDS} teams {IDS} seats {IDS} }}
    }} }} }}
  }}
}}
"""
TYPES = {
    "group": "Group",
    "identity": "Identity",
    "member": "Member",
    "passkey": "Passkey",
    "request": "SeatRequest",
    "seat": "Seat",
    "session": "Session",
    "team": "Team",
    "token": "PartnerToken",
    "wait": "Wait",
}
# The lists whose objects a payload shows again, in this field.
AGAIN = {
    ("updateMember", "group", "members"): "groups",
    ("importMembers", "group", "members"): "groups",
    ("importMembers", "member", "groups"): "members",
    ("setGroupMembers", "member", "groups"): "members",
    ("addGroupMembers", "member", "groups"): "members",
    ("removeGroupMembers", "member", "groups"): "members",
    ("moveGroupMembers", "member", "groups"): "members",
}
# Mutations that end the caller's session or begin one of another account, so the caller has no lists to compare.
WITHOUT_SESSION = {"deleteAccount", "signIn", "signInWithPasskey", "signOut", "signUp"}


@dataclass
class Lists:
    """What the caller sees: the cursor of each row, by the list (the id of its object, and its name) and the row."""

    rows: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    counts: dict[str, Any] = field(default_factory=dict)

    @property
    def objects(self) -> set[str]:
        """The ids of the objects that have a list."""
        return {id_ for id_, _ in self.rows}

    def add(self, found: Any, id_: str = "") -> None:
        """Add all lists of an object, and of the objects below it."""
        for name, value in found.items():
            if isinstance(value, dict) and "edges" in value:
                self.rows[id_, name] = {edge["node"]["id"]: edge["cursor"] for edge in value["edges"]}
            for inner in objects_of(value):
                self.add(inner, inner["id"])
        if "total" in found:
            self.counts[id_] = [found[name] for name in ("total", "assigned", "available")]


def objects_of(value: Any) -> Iterator[dict[str, Any]]:
    """The objects in the value of a field."""
    if isinstance(value, list):
        yield from value
    elif isinstance(value, dict):
        yield from [edge["node"] for edge in value["edges"]] if "edges" in value else [value]


async def read(caller: Caller) -> Lists:
    """All lists that the caller sees."""
    lists = Lists()
    lists.add((await caller.client(LISTS, caller.secret, team=caller.team)).data)
    return lists


async def compared(caller: Caller, mutation: str, **input: Any) -> dict[str, Any]:
    """Send a mutation, and compare its payload with what changed in all lists. Returns the payload."""
    before = await read(caller)
    payload: dict[str, Any] = (await caller.send(mutation, **input)).data[mutation]
    after = await read(caller)
    for (id_, name), rows in after.rows.items():
        old = before.rows.get((id_, name), {})
        shown = AGAIN.get((mutation, id_.partition("_")[0], name))
        if id_ not in before.objects:
            continue  # no client has a list of a new object
        for row in rows.keys() ^ old.keys():
            told = in_edges(payload, row) if row in rows else in_ids(payload, row)
            again = shown is not None and id_ in {one["id"] for one in payload[shown]}
            assert told or again, (id_, name, row)
    cursors: dict[str, set[str]] = {}
    for rows in after.rows.values():
        for row, cursor in rows.items():
            cursors.setdefault(row, set()).add(cursor)
    for edge in all_edges(payload):
        assert edge["cursor"] in cursors.get(edge["node"]["id"], {edge["cursor"]})
    for id_, numbers in after.counts.items():
        shown_pools = {one["id"]: one for one in payload.get("pools", ())}
        # The vendor's staff does not see pools, unless they are in the team too, as the caller here is.
        if numbers != before.counts.get(id_) and not EXAMPLES[mutation].vendor:
            assert [shown_pools[id_][name] for name in ("total", "assigned", "available")] == numbers
    return payload


def all_edges(payload: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All edges of a payload."""
    for name, value in payload.items():
        if name.endswith("Edges"):
            yield from value


def in_edges(payload: dict[str, Any], row: str) -> bool:
    """Whether the payload has the row as an edge."""
    type_ = TYPES[row.partition("_")[0]]
    edges = payload.get(f"{type_[0].lower()}{type_[1:]}Edges") or ()
    return row in {edge["node"]["id"] for edge in edges}


def in_ids(payload: dict[str, Any], row: str) -> bool:
    """Whether the payload has the row as a deleted id."""
    return row in (payload.get(f"deleted{TYPES[row.partition('_')[0]]}Ids") or ())


@pytest.mark.parametrize("mutation", [name for name in EXAMPLES if name not in WITHOUT_SESSION])
async def test_the_payload_tells_every_change_in_a_list(client: Client, world: World, mutation: str) -> None:
    caller, values = await caller_with_input(client, world, mutation)
    assert (await compared(caller, mutation, **values))["errors"] == []


async def full(client: Client, world: World, *waiting: str) -> tuple[Caller, str, str, list[str]]:
    """A caller with a pool of one seat, its holder, the seat, and people who wait for it in this order."""
    caller = await new_caller(client, world, seats=1)
    [ada] = await caller.members(1)
    seat = await caller.give_seat(ada)
    people = await caller.members(len(waiting)) if waiting else []
    places = [await world.wait(caller.team, caller.product, one, caller.who.id) for one in people]
    return caller, ada, seat, [*people, *places]


async def test_an_assignment_shows_who_joined_the_waiting_list(client: Client, world: World) -> None:
    caller, _, _, _ = await full(client, world)
    [eve] = await caller.members(1)
    values: Input = {"teamId": caller.team, "productId": caller.product, "userIds": [eve], "mode": "WAITLIST"}
    payload = await compared(caller, "assignSeats", **values)
    assert (len(payload["waitEdges"]), payload["seatEdges"], payload["deletedWaitIds"]) == (1, [], [])


async def test_a_freed_seat_leaves_one_list_and_joins_another(client: Client, world: World) -> None:
    caller, ada, seat, (_, place) = await full(client, world, "first")
    values: Input = {"teamId": caller.team, "productId": caller.product, "userIds": [ada]}
    payload = await compared(caller, "unassignSeats", **values)
    assert [edge["node"]["id"] for edge in payload["seatEdges"]] == payload["deletedSeatIds"] == [seat]
    assert payload["deletedWaitIds"] == [place]


async def test_a_person_who_waits_for_another_reason_stays_on_the_list(client: Client, world: World) -> None:
    caller, _, _, (eve, place) = await full(client, world, "first")
    group = await world.group(caller.team)
    await world.add_to_group(caller.team, group, eve)
    await caller.mutate("assignGroupProduct", groupId=group, productId=caller.product, mode="WAITLIST")
    payload = await compared(caller, "unassignGroupProduct", groupId=group, productId=caller.product)
    assert payload["deletedWaitIds"] == []
    values: Input = {"teamId": caller.team, "productId": caller.product, "userIds": [eve]}
    assert (await compared(caller, "unassignSeats", **values))["deletedWaitIds"] == [place]


async def test_a_moved_seat_ends_the_wait_of_its_receiver(client: Client, world: World) -> None:
    caller, ada, seat, (eve, place) = await full(client, world, "first")
    payload = await compared(caller, "reassignSeat", seatId=seat, fromUserId=ada, toUserId=eve)
    assert (payload["deletedSeatIds"], payload["deletedWaitIds"]) == ([seat], [place])


async def test_a_removal_ends_everything_that_the_person_had(client: Client, world: World) -> None:
    caller, ada, seat, (_, place) = await full(client, world, "first")
    group, other = await world.group(caller.team), await world.pool(caller.team, 1)
    await world.add_to_group(caller.team, group, ada)
    request = await world.request(caller.team, other, ada)
    payload = await compared(caller, "removeMembers", teamId=caller.team, userIds=[ada])
    assert (payload["deletedSeatIds"], payload["deletedWaitIds"]) == ([seat], [place])
    assert payload["deletedSeatRequestIds"] == [request]
    assert payload["groups"] == [{"id": group}]
    assert payload["team"] == {"id": caller.team}
    assert payload["deletedTeamIds"] == []


async def test_a_person_who_leaves_is_told_that_the_team_left_their_lists(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    other = await world.team()
    await world.member(other, Role.USER, caller.who)
    assert (await caller.remove([caller.who.id], dryRun=True)).content["deletedTeamIds"] == []
    payload = await caller.remove([caller.who.id])
    assert payload.content["deletedTeamIds"] == [caller.team]
    rows = {"nodes": [{"id": other}]}
    lists = "{ teams { nodes { id } } viewer { teams { nodes { id } } } }"
    assert (await client(lists, caller.secret)).data == {"teams": rows, "viewer": {"teams": rows}}


async def test_a_contract_manager_who_has_to_stay_is_told_of_no_team(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1, role=Role.CONTRACT_MANAGER)
    [ada] = await caller.members(1)
    payload = await caller.remove([caller.who.id, ada], mode="BEST_EFFORT")
    assert payload.errors == [("LAST_CONTRACT_MANAGER", 0)]
    assert payload.content["deletedTeamIds"] == []


async def test_a_token_that_removes_its_grantor_is_told_of_no_team(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    _, secret = await world.token(caller.team, caller.who.id, Scope.MEMBERS_REMOVE, Scope.MEMBERS_READ)
    removal = operation("removeMembers", "removedUserIds deletedTeamIds errors { code }")
    answer = await client(removal, secret, input={"teamId": caller.team, "userIds": [caller.who.id]})
    assert answer.data == {"removeMembers": {"removedUserIds": [caller.who.id], "deletedTeamIds": [], "errors": []}}


async def test_an_import_tells_who_came_and_who_left(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=3, role=Role.CONTRACT_MANAGER)
    [ada] = await caller.members(1)
    await caller.give_seat(ada)
    group = f"Crew {ids.new('x')}"
    await world.group(caller.team, group)
    text = f"First name,Last name,Email address,Group\nGrace,Hopper,{ids.new('x')}@tests.example,{group}"
    values: Input = {"teamId": caller.team, "text": text, "productId": caller.product, "mode": "UPSERT"}
    payload = await compared(caller, "importMembers", **values, removeLeavers={"people": 1, "seats": 1})
    assert [len(payload[name]) for name in ("memberEdges", "deletedMemberIds", "seatEdges", "deletedSeatIds")] == [
        1
    ] * 4


async def test_an_import_shows_the_people_who_join_a_group_again(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1, role=Role.CONTRACT_MANAGER)
    ada, eve = await world.member(caller.team), await world.member(caller.team)
    group = f"Crew {ids.new('x')}"
    await world.add_to_group(caller.team, await world.group(caller.team, group), eve.id)
    rows = [f"Ada,Byron,{one.email},{group}" for one in (ada, eve)]
    text = "\n".join(["First name,Last name,Email address,Group", *rows])
    payload = await compared(caller, "importMembers", teamId=caller.team, text=text, mode="UPSERT")
    assert (payload["updated"], len(payload["members"])) == (1, 1)


async def test_an_import_that_stops_tells_of_no_change(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1, role=Role.CONTRACT_MANAGER)
    [ada] = await caller.members(1)
    await caller.give_seat(ada)
    text = f"First name,Last name,Email address\nGrace,Hopper,{ids.new('x')}@tests.example"
    values: Input = {"teamId": caller.team, "text": text, "productId": caller.product, "mode": "UPSERT"}
    payload = await compared(caller, "importMembers", **values, removeLeavers={"people": 7, "seats": 1})
    assert payload["errors"][0]["code"] == "CONFIRM_NEEDED"
    told = [name for name in payload if name.endswith("Edges") or name.startswith("deleted") or name == "pools"]
    assert len(told) == 8
    assert [payload[name] for name in told] == [[]] * 8


async def test_a_group_tells_who_joined_and_who_left(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=2)
    ada, eve = await caller.members(2)
    group = await world.group(caller.team)
    await world.add_group_product(caller.team, group, caller.product)
    await compared(caller, "setGroupMembers", groupId=group, userIds=[ada])
    payload = await compared(caller, "setGroupMembers", groupId=group, userIds=[eve])
    assert [len(payload[name]) for name in ("memberEdges", "deletedMemberIds", "members")] == [1, 1, 2]
    other = await world.group(caller.team)
    added = await compared(caller, "addGroupMembers", groupId=group, userIds=[ada, eve])
    assert [len(added[name]) for name in ("memberEdges", "seatEdges", "members")] == [1, 1, 1]
    gone = await compared(caller, "removeGroupMembers", groupId=group, userIds=[ada])
    assert [len(gone[name]) for name in ("deletedMemberIds", "deletedSeatIds", "members")] == [1, 1, 1]
    moved = {"fromGroupId": group, "toGroupId": other, "userIds": [eve]}
    await compared(caller, "moveGroupMembers", **moved)


async def test_a_person_who_joins_is_not_told_of_the_seats_of_others(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    [first] = await caller.members(1)
    await world.add_default_product(caller.team, caller.product)
    await world.wait(caller.team, caller.product, first, caller.who.id)
    invited = await world.invited_member(caller.team)
    token = await world.invitation_token(caller.team, invited.id)
    payload = (await client(operation("acceptInvitation"), invited.secret, input={"token": token})).data
    assert payload["acceptInvitation"]["seatEdges"] == []
    assert len(payload["acceptInvitation"]["waitEdges"]) == 1


READS = {scope for scope in Scope if scope.value.endswith(":read")}
# What a token must be able to read so that it can send these mutations at all, and what it is told of because of that.
NEEDED: dict[str, tuple[set[Scope], set[str]]] = {
    **dict.fromkeys(["addSeats", "renewSubscription"], ({Scope.CONTRACTS_READ}, set())),
    "addGroupMembers": ({Scope.GROUPS_READ}, set()),
    "answerRequest": ({Scope.REQUESTS_READ}, set()),
    "assignGroupProduct": ({Scope.GROUPS_READ}, set()),
    "deleteGroup": ({Scope.GROUPS_READ, Scope.SEATS_READ}, {"deletedGroupIds", "deletedSeatIds"}),
    "moveGroupMembers": ({Scope.GROUPS_READ}, set()),
    "reassignSeat": ({Scope.SEATS_READ}, {"seat", "seatEdges", "deletedSeatIds"}),
    "removeGroupMembers": ({Scope.GROUPS_READ}, set()),
    "revokeInvitation": ({Scope.MEMBERS_READ}, {"deletedMemberIds"}),
    "setGroupMembers": ({Scope.GROUPS_READ}, set()),
    "unassignGroupProduct": ({Scope.GROUPS_READ}, set()),
}
SCOPES = {scope.value for scope in Scope}
# A token belongs to one team, so it moves no seats to another.
BY_TOKENS = [
    name for name, one in EXAMPLES.items() if one.action.value in SCOPES and told_fields(name) and name != "moveSeats"
]


@pytest.mark.parametrize("mutation", BY_TOKENS)
async def test_a_token_that_may_not_read_lists_is_told_of_no_row(client: Client, world: World, mutation: str) -> None:
    caller, values = await caller_with_input(client, world, mutation)
    needed, shown = NEEDED.get(mutation, ({Scope.SEATS_ASSIGN}, set()))
    _, secret = await world.token(caller.team, caller.who.id, *(set(Scope) - READS), *needed)
    rows = {one: f"{one} {{ cursor }}" if one.endswith("Edges") else one for one in told_fields(mutation)}
    rows |= {one: f"{one} {{ id }}" for one in seat_fields(mutation)}
    answer = await client(operation(mutation, f"{' '.join(rows.values())} errors {{ code row }}"), secret, input=values)
    payload = Payload(answer.content["data"][mutation])
    assert payload.errors == []
    assert {name for name in rows if payload.content[name]} == shown


@pytest.mark.parametrize("reads", [True, False])
async def test_only_who_may_see_seats_is_told_of_those_of_others(client: Client, world: World, *, reads: bool) -> None:
    caller, ada, seat, (eve, place) = await full(client, world, "first")
    scopes = [Scope.SEATS_UNASSIGN, Scope.MEMBERS_READ, *([Scope.SEATS_READ] if reads else [])]
    _, secret = await world.token(caller.team, caller.who.id, *scopes)
    values: Input = {"teamId": caller.team, "productId": caller.product, "userIds": [ada]}
    told = "seatEdges { node { id } } deletedSeatIds deletedWaitIds seats { id } promoted { holder { id } }"
    answer = await client(operation("unassignSeats", f"{told} errors {{ code row }}"), secret, input=values)
    shown = {
        "seatEdges": [{"node": {"id": seat}}],
        "deletedSeatIds": [seat],
        "deletedWaitIds": [place],
        "seats": [{"id": seat}],
        "promoted": [{"holder": {"id": eve}}],
    }
    expected = shown if reads else {name: [] for name in shown}
    assert answer.data["unassignSeats"] == {**expected, "errors": []}
    assert await caller.holders() == [eve]
