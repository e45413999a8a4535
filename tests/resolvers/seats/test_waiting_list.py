"""The waiting list: who is put into it, in which order it is served, and who sees it."""

from typing import Any

import pytest

from db.core.engine import commit, transaction
from db.seats import allocation
from db.tables.seats import Wait
from domain.bulk import BulkMode
from domain.roles import Role
from domain.seats import DEFAULT, DIRECT, Source, SourceKind
from tests.conftest import Client
from tests.support.mutations import Desk, audit_rows, desk_of
from tests.support.world import Someone, World

LINE = """
query ($team: ID!, $first: Int = 20, $after: String) { team(id: $team) { pools {
  available waits(first: $first, after: $after) {
    totalCount nodes { position since product { id } member { user { id } } } pageInfo { endCursor hasNextPage }
  }
} } }
"""
MINE = """
query ($team: ID!) { team(id: $team) { members { nodes { user { id } waits { position product { id } } } } } }
"""


async def full(client: Client, world: World) -> Desk:
    """A desk whose coordinator holds the only seat."""
    desk = await desk_of(client, world, seats=1)
    await desk.hold(desk.who.id)
    return desk


async def line(desk: Desk) -> list[str]:
    """Who waits for the desk's product, by what a coordinator sees."""
    [pool] = (await desk.client(LINE, desk.secret, team=desk.team)).data["team"]["pools"]
    waits = pool["waits"]["nodes"]
    assert [wait["position"] for wait in waits] == list(range(1, pool["waits"]["totalCount"] + 1))
    assert {wait["product"]["id"] for wait in waits} <= {desk.product}
    assert not waits or pool["available"] == 0
    return [wait["member"]["user"]["id"] for wait in waits]


async def queue(desk: Desk, people: list[str], **more: Any) -> Any:
    """Give seats, and let wait who gets none."""
    return await desk.assign(people, mode="WAITLIST", **more)


async def give(desk: Desk, user_id: str, source: Source) -> None:
    """Give a seat for another reason than directly, as groups and defaults do."""
    async with transaction(desk.world.engine) as connection:
        pool = (desk.team, desk.product)
        await allocation.give(connection, *pool, [user_id], source, desk.who.id, mode=BulkMode.WAITLIST)
        await commit(connection)


async def test_who_gets_none_waits_in_the_order_of_the_list(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    people = sorted(await desk.members(4), key=lambda id_: id_[::-1])
    told = await queue(desk, people)
    assert told.holders == people[:1]
    assert told.line == [(1, people[1]), (2, people[2]), (3, people[3])]
    assert told.said == [("WAITING", 1), ("WAITING", 2), ("WAITING", 3)]
    assert [error["isInformation"] for error in told.content["errors"]] == [True] * 3
    assert "at position 2" in told.messages[1]
    assert await line(desk) == people[1:]


async def test_five_thousand_wait_at_once(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    people = await desk.members(5_000)
    assert (await queue(desk, people)).line == [(place, one) for place, one in enumerate(people[1:], 1)]


async def test_whoever_waits_already_keeps_their_place(client: Client, world: World) -> None:
    desk = await full(client, world)
    first, second, third = await desk.members(3)
    await queue(desk, [first, second])
    told = await queue(desk, [third, first])
    assert told.line == [(3, third), (1, first)]
    assert await line(desk) == [first, second, third]


async def test_who_holds_a_seat_does_not_wait(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    ada, bob = await desk.members(2)
    await desk.assign([ada])
    assert (await queue(desk, [bob, ada])).said == [("ALREADY_ASSIGNED", 1), ("WAITING", 0)]
    assert await line(desk) == [bob]


async def test_bad_rows_stop_only_themselves(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    [ada] = await desk.members(1)
    assert (await queue(desk, ["user_unknown", ada, ada])).said == [("DUPLICATE", 2), ("NOT_FOUND", 0)]
    assert await desk.holders() == [ada]


async def test_a_seat_taken_back_goes_to_who_waits_longest(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=2)
    people = await desk.members(5)
    given = await queue(desk, people)
    told = await desk.unassign(people[:1])
    assert (told.said, told.promoted) == ([], [people[2]])
    assert told.pool == (2, 2, 0)
    [seat] = told.content["seats"]
    assert (seat["id"], seat["holder"]["id"]) == (given.content["seats"][0]["id"], people[2])
    assert await line(desk) == people[3:]
    told = await desk.unassign(people[1:3])
    assert told.promoted == people[3:]
    assert await line(desk) == []


async def test_the_giver_is_who_put_them_into_the_line(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    ada, bob = await desk.members(2)
    other = await world.member(desk.team, Role.CONTRACT_MANAGER)
    await queue(desk, [ada, bob])
    await Desk(client, world, desk.team, desk.product, other.secret, other).unassign([ada])
    rows = await audit_rows(world, desk.team)
    assert rows[0].after["waiting"] == [bob]
    assert rows[-1].actor_id == other.id
    assert list(rows[-1].after["promoted"].values()) == [bob]
    query = "query ($team: ID!) { team(id: $team) { seats { nodes { id } } } }"
    assert (await client(query, desk.secret, team=desk.team)).data
    async with world.engine.connect() as connection:
        sql = "select started_by from seat_history where team_id = $1 and ended_at is null"
        assert (await connection.exec_driver_sql(sql, (desk.team,))).scalars().all() == [desk.who.id]


async def test_a_member_removed_leaves_their_seat_to_the_line_and_the_line(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    ada, bob, cy = await desk.members(3)
    await queue(desk, [ada, bob, cy])
    told = await desk.remove([bob, ada])
    assert told.promoted == [cy]
    assert await desk.holders() == [cy]
    assert await line(desk) == []


async def test_taking_back_a_wait(client: Client, world: World) -> None:
    desk = await full(client, world)
    ada, bob = await desk.members(2)
    await queue(desk, [ada, bob])
    told = await desk.unassign([ada])
    assert (told.said, told.content["seats"]) == ([], [])
    assert await line(desk) == [bob]
    assert (await audit_rows(world, desk.team))[-1].after == {"product": desk.product, "withdrawn": [ada]}
    assert (await desk.unassign([ada])).said == [("NOT_ASSIGNED", 0)]


async def test_who_is_given_a_seat_otherwise_waits_no_longer(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    ada, bob, cy = await desk.members(3)
    given = await queue(desk, [ada, bob, cy])
    await desk.reassign(given.content["seats"][0]["id"], ada, cy)
    assert await desk.holders() == [cy]
    assert await line(desk) == [bob]


async def test_seats_that_come_anew_go_to_the_line_first(client: Client, world: World) -> None:
    desk = await full(client, world)
    ada, bob, cy = await desk.members(3)
    await queue(desk, [ada, bob])
    await world.pool(desk.team, 1, desk.product)
    told = await queue(desk, [cy])
    assert await desk.holders() == sorted([desk.who.id, ada])
    assert told.line == [(2, cy)]
    assert list((await audit_rows(world, desk.team))[-1].after["promoted"].values()) == [ada]


async def test_every_reason_to_wait_becomes_one_to_hold_the_seat(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    ada, bob, cy = await desk.members(3)
    group = Source(SourceKind.GROUP, await world.group(desk.team, "Design"))
    await desk.assign([ada])
    await give(desk, bob, group)
    await give(desk, cy, DEFAULT)
    for source in (DEFAULT, DIRECT):
        await give(desk, bob, source)
    assert await line(desk) == [bob, cy]
    told = await desk.unassign([ada])
    [seat] = told.content["promoted"]
    assert seat["holder"]["id"] == bob
    assert [source["kind"] for source in seat["sources"]] == ["GROUP", "DEFAULT", "DIRECT"]
    assert (await desk.unassign([bob])).said == [("SOURCE_REMAINS", 0)]
    assert await line(desk) == [cy]


async def test_one_reason_to_wait_ends_and_the_others_keep_their_place(client: Client, world: World) -> None:
    desk = await full(client, world)
    ada, bob = await desk.members(2)
    for user_id, source in ((ada, DIRECT), (bob, DIRECT), (ada, DEFAULT)):
        await give(desk, user_id, source)
    assert await line(desk) == [ada, bob]
    await desk.unassign([ada])
    assert await line(desk) == [bob, ada]


async def test_who_is_invited_may_wait(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    [ada] = await desk.members(1)
    grace = await world.invited(desk.team)
    await queue(desk, [ada, grace.id])
    assert (await desk.unassign([ada])).promoted == [grace.id]


async def test_a_dry_run_moves_nobody(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    ada, bob, cy = await desk.members(3)
    await queue(desk, [ada, bob])
    before = await world.fingerprint()
    assert (await queue(desk, [cy], dryRun=True)).line == [(2, cy)]
    assert (await desk.unassign([ada], dryRun=True)).promoted == [bob]
    assert (await desk.remove([ada], dryRun=True)).promoted == [bob]
    assert await world.fingerprint() == before


async def test_a_repeat_gets_the_first_answer(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    ada, bob = await desk.members(2)
    first = await queue(desk, [ada, bob], idempotencyKey="once")
    assert (await queue(desk, [ada, bob], idempotencyKey="once")).content == first.content
    assert first.line == [(1, bob)]


@pytest.mark.parametrize("mutation", ["unassignSeats", "removeMembers"])
async def test_nobody_waits_to_lose_something(client: Client, world: World, mutation: str) -> None:
    desk = await desk_of(client, world, seats=1)
    asked: dict[str, Any] = {"teamId": desk.team, "userIds": await desk.members(1), "mode": "WAITLIST"}
    if mutation == "unassignSeats":
        asked["productId"] = desk.product
    before = await world.fingerprint()
    assert (await desk.send(mutation, **asked)).codes == ["BAD_USER_INPUT"]
    assert await world.fingerprint() == before


async def test_a_user_sees_their_own_place_and_no_others(client: Client, world: World) -> None:
    desk = await full(client, world)
    people = await desk.members(2)
    me: Someone = await world.member(desk.team)
    await queue(desk, [*people, me.id])
    found = (await client(MINE, me.secret, team=desk.team)).data["team"]["members"]["nodes"]
    assert found == [{"user": {"id": me.id}, "waits": [{"position": 3, "product": {"id": desk.product}}]}]
    all_of_them = (await client(MINE, desk.secret, team=desk.team)).data["team"]["members"]["nodes"]
    places = {one["user"]["id"]: [wait["position"] for wait in one["waits"]] for one in all_of_them}
    assert places == {desk.who.id: [], people[0]: [1], people[1]: [2], me.id: [3]}


async def test_each_pools_line_page_by_page(client: Client, world: World) -> None:
    desk = await full(client, world)
    other, people = await world.pool(desk.team, 1), await desk.members(5)
    await world.hold(desk.team, other, desk.who.id)
    await queue(desk, people)
    await desk.tell("assignSeats", teamId=desk.team, productId=other, userIds=people[3:], mode="WAITLIST")
    seen, after = [], None
    for first in (2, 2, 1):
        pools = (await client(LINE, desk.secret, team=desk.team, first=first, after=after)).data["team"]["pools"]
        assert sorted(pool["waits"]["totalCount"] for pool in pools) == [2, 5]
        [waits] = [pool["waits"] for pool in pools if pool["waits"]["totalCount"] == 5]
        seen += [(wait["position"], wait["member"]["user"]["id"]) for wait in waits["nodes"]]
        after = waits["pageInfo"]["endCursor"]
    assert seen == list(enumerate(people, 1))
    assert not waits["pageInfo"]["hasNextPage"]


async def test_lines_of_many_pools_cost_no_statement_more(client: Client, world: World, statements: list[str]) -> None:
    desk = await desk_of(client, world, seats=1)
    await client(LINE, desk.secret, team=desk.team)
    narrow = len(statements)
    for _ in range(3):
        await world.pool(desk.team, 1)
    ada, bob = await desk.members(2)
    wait = {"team_id": desk.team, "product_id": desk.product, "kind": "direct", "queued_by": desk.who.id}
    await world.hold(desk.team, desk.product, desk.who.id)
    await world.insert(Wait, {**wait, "user_id": ada}, {**wait, "user_id": bob})
    statements.clear()
    await client(LINE, desk.secret, team=desk.team)
    # The members of all lines are read at once, and their products.
    assert len(statements) == narrow + 2
