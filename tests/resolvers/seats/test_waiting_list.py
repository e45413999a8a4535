"""The waiting list: who joins it, in which order it is served, and who sees it."""

from typing import Any

import pytest

from db.seats import allocation
from db.tables.seats import Wait
from domain.bulk import BulkMode
from domain.roles import Role
from domain.seats import DEFAULT, DIRECT, Source, SourceKind
from tests.conftest import Client
from tests.support.mutations import Caller, audit_rows, new_caller
from tests.support.world import Account, World

pytestmark = pytest.mark.slow

WAITING_LISTS = """
query ($team: ID!, $first: Int = 20, $after: String) { team(id: $team) { pools {
  available waits(first: $first, after: $after) {
    totalCount nodes { position since product { id } member { user { id } } } pageInfo { endCursor hasNextPage }
  }
} } }
"""
MINE = """
query ($team: ID!) { team(id: $team) { members { nodes { user { id } waits { position product { id } } } } } }
"""


async def full_pool(client: Client, world: World) -> Caller:
    """A coordinator who holds the only seat of the pool."""
    caller = await new_caller(client, world, seats=1)
    await caller.give_seat(caller.who.id)
    return caller


async def waiting_list(caller: Caller) -> list[str]:
    """The user ids of the people on the waiting list of the caller's product, as the caller sees it."""
    [pool] = (await caller.client(WAITING_LISTS, caller.secret, team=caller.team)).data["team"]["pools"]
    waits = pool["waits"]["nodes"]
    assert [wait["position"] for wait in waits] == list(range(1, pool["waits"]["totalCount"] + 1))
    assert {wait["product"]["id"] for wait in waits} <= {caller.product}
    assert not waits or pool["available"] == 0
    return [wait["member"]["user"]["id"] for wait in waits]


async def assign_or_join(caller: Caller, people: list[str], **more: Any) -> Any:
    """Assign seats to these people; those who get none join the waiting list."""
    return await caller.assign(people, mode="WAITLIST", **more)


async def give(caller: Caller, user_id: str, source: Source) -> None:
    """Give a seat with this source, as groups and default products do, and commit."""
    async with caller.world.database.transaction() as connection:
        pool = (caller.team, caller.product)
        await allocation.give(connection, *pool, [user_id], source, caller.who.id, mode=BulkMode.WAITLIST)
        await connection.commit()


async def test_people_without_a_seat_join_the_waiting_list_in_the_order_of_the_list(
    client: Client, world: World
) -> None:
    caller = await new_caller(client, world, seats=1)
    people = sorted(await caller.members(4), key=lambda id_: id_[::-1])
    payload = await assign_or_join(caller, people)
    assert payload.holders == people[:1]
    assert payload.waiting_list == [(1, people[1]), (2, people[2]), (3, people[3])]
    assert payload.errors == [("WAITING", 1), ("WAITING", 2), ("WAITING", 3)]
    assert [error["isInformation"] for error in payload.content["errors"]] == [True] * 3
    assert "at position 2" in payload.messages[1]
    assert await waiting_list(caller) == people[1:]


async def test_five_thousand_people_join_the_waiting_list_at_once(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    people = await caller.members(5_000)
    assert (await assign_or_join(caller, people)).waiting_list == [
        (place, one) for place, one in enumerate(people[1:], 1)
    ]


async def test_a_person_who_already_waits_keeps_their_place(client: Client, world: World) -> None:
    caller = await full_pool(client, world)
    first, second, third = await caller.members(3)
    await assign_or_join(caller, [first, second])
    payload = await assign_or_join(caller, [third, first])
    assert payload.waiting_list == [(3, third), (1, first)]
    assert await waiting_list(caller) == [first, second, third]


async def test_a_person_who_holds_a_seat_does_not_join_the_waiting_list(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    ada, bob = await caller.members(2)
    await caller.assign([ada])
    assert (await assign_or_join(caller, [bob, ada])).errors == [("ALREADY_ASSIGNED", 1), ("WAITING", 0)]
    assert await waiting_list(caller) == [bob]


async def test_invalid_rows_stop_only_themselves(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    [ada] = await caller.members(1)
    assert (await assign_or_join(caller, ["user_unknown", ada, ada])).errors == [("DUPLICATE", 2), ("NOT_FOUND", 0)]
    assert await caller.holders() == [ada]


async def test_a_freed_seat_goes_to_the_person_who_has_waited_longest(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=2)
    people = await caller.members(5)
    given = await assign_or_join(caller, people)
    payload = await caller.unassign(people[:1])
    assert (payload.errors, payload.promoted) == ([], [people[2]])
    assert payload.pool == (2, 2, 0)
    [seat] = payload.content["seats"]
    assert (seat["id"], seat["holder"]["id"]) == (given.content["seats"][0]["id"], people[2])
    assert await waiting_list(caller) == people[3:]
    payload = await caller.unassign(people[1:3])
    assert payload.promoted == people[3:]
    assert await waiting_list(caller) == []


async def test_the_giver_is_the_person_who_put_them_on_the_waiting_list(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    ada, bob = await caller.members(2)
    other = await world.member(caller.team, Role.CONTRACT_MANAGER)
    await assign_or_join(caller, [ada, bob])
    await Caller(client, world, caller.team, caller.product, other.secret, other).unassign([ada])
    rows = await audit_rows(world, caller.team)
    assert rows[0].after["waiting"] == [bob]
    assert rows[-1].actor_id == other.id
    assert list(rows[-1].after["promoted"].values()) == [bob]
    query = "query ($team: ID!) { team(id: $team) { seats { nodes { id } } } }"
    assert (await client(query, caller.secret, team=caller.team)).data
    async with world.engine.connect() as connection:
        sql = "select started_by from seat_history where team_id = $1 and ended_at is null"
        assert (await connection.exec_driver_sql(sql, (caller.team,))).scalars().all() == [caller.who.id]


async def test_the_seat_of_a_removed_member_goes_to_the_waiting_list(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    ada, bob, cy = await caller.members(3)
    await assign_or_join(caller, [ada, bob, cy])
    payload = await caller.remove([bob, ada])
    assert payload.promoted == [cy]
    assert await caller.holders() == [cy]
    assert await waiting_list(caller) == []


async def test_unassigning_ends_a_wait(client: Client, world: World) -> None:
    caller = await full_pool(client, world)
    ada, bob = await caller.members(2)
    await assign_or_join(caller, [ada, bob])
    payload = await caller.unassign([ada])
    assert (payload.errors, payload.content["seats"]) == ([], [])
    assert await waiting_list(caller) == [bob]
    assert (await audit_rows(world, caller.team))[-1].after == {"product": caller.product, "withdrawn": [ada]}
    assert (await caller.unassign([ada])).errors == [("NOT_ASSIGNED", 0)]


async def test_a_person_who_gets_a_seat_in_another_way_no_longer_waits(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    ada, bob, cy = await caller.members(3)
    given = await assign_or_join(caller, [ada, bob, cy])
    await caller.reassign(given.content["seats"][0]["id"], ada, cy)
    assert await caller.holders() == [cy]
    assert await waiting_list(caller) == [bob]


async def test_new_seats_go_to_the_waiting_list_first(client: Client, world: World) -> None:
    caller = await full_pool(client, world)
    ada, bob, cy = await caller.members(3)
    await assign_or_join(caller, [ada, bob])
    await world.pool(caller.team, 1, caller.product)
    payload = await assign_or_join(caller, [cy])
    assert await caller.holders() == sorted([caller.who.id, ada])
    assert payload.waiting_list == [(2, cy)]
    assert list((await audit_rows(world, caller.team))[-1].after["promoted"].values()) == [ada]


async def test_every_wait_becomes_a_source_of_the_seat(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    ada, bob, cy = await caller.members(3)
    group = Source(SourceKind.GROUP, await world.group(caller.team, "Design"))
    await caller.assign([ada])
    await give(caller, bob, group)
    await give(caller, cy, DEFAULT)
    for source in (DEFAULT, DIRECT):
        await give(caller, bob, source)
    assert await waiting_list(caller) == [bob, cy]
    payload = await caller.unassign([ada])
    [seat] = payload.content["promoted"]
    assert seat["holder"]["id"] == bob
    assert [source["kind"] for source in seat["sources"]] == ["GROUP", "DEFAULT", "DIRECT"]
    assert (await caller.unassign([bob])).errors == [("SOURCE_REMAINS", 0)]
    assert await waiting_list(caller) == [cy]


async def test_when_one_wait_ends_the_others_keep_their_place(client: Client, world: World) -> None:
    caller = await full_pool(client, world)
    ada, bob = await caller.members(2)
    for user_id, source in ((ada, DIRECT), (bob, DIRECT), (ada, DEFAULT)):
        await give(caller, user_id, source)
    assert await waiting_list(caller) == [ada, bob]
    await caller.unassign([ada])
    assert await waiting_list(caller) == [bob, ada]


async def test_invited_people_can_wait(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    [ada] = await caller.members(1)
    grace = await world.invited_member(caller.team)
    await assign_or_join(caller, [ada, grace.id])
    assert (await caller.unassign([ada])).promoted == [grace.id]


async def test_a_dry_run_changes_no_place(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    ada, bob, cy = await caller.members(3)
    await assign_or_join(caller, [ada, bob])
    before = await world.fingerprint()
    assert (await assign_or_join(caller, [cy], dryRun=True)).waiting_list == [(2, cy)]
    assert (await caller.unassign([ada], dryRun=True)).promoted == [bob]
    assert (await caller.remove([ada], dryRun=True)).promoted == [bob]
    assert await world.fingerprint() == before


async def test_a_repeat_gets_the_stored_answer(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    ada, bob = await caller.members(2)
    first = await assign_or_join(caller, [ada, bob], idempotencyKey="once")
    assert (await assign_or_join(caller, [ada, bob], idempotencyKey="once")).content == first.content
    assert first.waiting_list == [(1, bob)]


@pytest.mark.parametrize("mutation", ["unassignSeats", "removeMembers"])
async def test_waitlist_is_refused_where_nothing_is_given(client: Client, world: World, mutation: str) -> None:
    caller = await new_caller(client, world, seats=1)
    asked: dict[str, Any] = {"teamId": caller.team, "userIds": await caller.members(1), "mode": "WAITLIST"}
    if mutation == "unassignSeats":
        asked["productId"] = caller.product
    before = await world.fingerprint()
    assert (await caller.send(mutation, **asked)).codes == ["BAD_USER_INPUT"]
    assert await world.fingerprint() == before


async def test_a_user_sees_only_their_own_place(client: Client, world: World) -> None:
    caller = await full_pool(client, world)
    people = await caller.members(2)
    me: Account = await world.member(caller.team)
    await assign_or_join(caller, [*people, me.id])
    found = (await client(MINE, me.secret, team=caller.team)).data["team"]["members"]["nodes"]
    assert found == [{"user": {"id": me.id}, "waits": [{"position": 3, "product": {"id": caller.product}}]}]
    all_of_them = (await client(MINE, caller.secret, team=caller.team)).data["team"]["members"]["nodes"]
    places = {one["user"]["id"]: [wait["position"] for wait in one["waits"]] for one in all_of_them}
    assert places == {caller.who.id: [], people[0]: [1], people[1]: [2], me.id: [3]}


async def test_the_waiting_list_of_each_pool_is_read_page_by_page(client: Client, world: World) -> None:
    caller = await full_pool(client, world)
    other, people = await world.pool(caller.team, 1), await caller.members(5)
    await world.give_seat(caller.team, other, caller.who.id)
    await assign_or_join(caller, people)
    await caller.mutate("assignSeats", teamId=caller.team, productId=other, userIds=people[3:], mode="WAITLIST")
    seen, after = [], None
    for first in (2, 2, 1):
        pools = (await client(WAITING_LISTS, caller.secret, team=caller.team, first=first, after=after)).data["team"][
            "pools"
        ]
        assert sorted(pool["waits"]["totalCount"] for pool in pools) == [2, 5]
        [waits] = [pool["waits"] for pool in pools if pool["waits"]["totalCount"] == 5]
        seen += [(wait["position"], wait["member"]["user"]["id"]) for wait in waits["nodes"]]
        after = waits["pageInfo"]["endCursor"]
    assert seen == list(enumerate(people, 1))
    assert not waits["pageInfo"]["hasNextPage"]


async def test_the_waiting_lists_of_more_pools_need_no_more_statements(
    client: Client, world: World, statements: list[str]
) -> None:
    caller = await new_caller(client, world, seats=1)
    await client(WAITING_LISTS, caller.secret, team=caller.team)
    narrow = len(statements)
    for _ in range(3):
        await world.pool(caller.team, 1)
    ada, bob = await caller.members(2)
    wait = {"team_id": caller.team, "product_id": caller.product, "kind": "direct", "queued_by": caller.who.id}
    await world.give_seat(caller.team, caller.product, caller.who.id)
    await world.insert(Wait, {**wait, "user_id": ada}, {**wait, "user_id": bob})
    statements.clear()
    await client(WAITING_LISTS, caller.secret, team=caller.team)
    assert len(statements) == narrow == 1
