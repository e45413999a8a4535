"""Default products: everybody in the team gets a seat of them, also people who join later."""

import pytest

from db.groups import given_products
from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.database import fetch
from tests.support.mutations import Caller, Payload, audit_rows, new_caller, operation
from tests.support.world import World

SHOWN = "query ($id: ID!) { team(id: $id) { defaultProducts { id } } }"


async def set_defaults(caller: Caller, *products: str, **more: object) -> Payload:
    """Set the products that the team gives to everybody."""
    return await caller.mutate("setDefaultProducts", teamId=caller.team, productIds=list(products), **more)


async def accept(caller: Caller, user_id: str) -> given_products.GivenDefaults:
    """Let an invited person accept, and commit. Returns what they got."""
    async with caller.world.database.transaction() as connection:
        await given_products.lock_changes(connection, caller.team)
        accept = "update memberships set accepted_at = now() where team_id = $1 and user_id = $2"
        await fetch(connection, accept, caller.team, user_id)
        given = await given_products.give_defaults(connection, caller.team, [user_id])
        await connection.commit()
    return given


@pytest.fixture
async def caller(client: Client, world: World) -> Caller:
    """A caller whose pool has three seats."""
    return await new_caller(client, world, seats=3)


async def test_active_members_get_a_seat_and_invited_people_do_not(caller: Caller) -> None:
    [ada] = await caller.members(1)
    await caller.world.invited_member(caller.team)
    payload = await set_defaults(caller, caller.product)
    assert payload.errors == []
    assert sorted(map(str, payload.holders)) == await caller.holders() == sorted([ada, caller.who.id])
    assert {source["kind"] for seat in payload.content["seats"] for source in seat["sources"]} == {"DEFAULT"}
    assert payload.content["team"]["defaultProducts"] == [{"id": caller.product}]
    [row] = await audit_rows(caller.world, caller.team)
    assert (row.action, row.before, row.after["defaults"]) == ("defaults:set", {"defaults": []}, [caller.product])


async def test_a_person_who_accepts_gets_a_seat_from_the_person_who_set_the_default(caller: Caller) -> None:
    await set_defaults(caller, caller.product)
    grace = await caller.world.invited_member(caller.team)
    assert [seat.holder_id for seat in (await accept(caller, grace.id)).seats] == [grace.id]
    assert grace.id in await caller.holders()
    async with caller.world.engine.connect() as connection:
        sql = "select started_by from seat_history where team_id = $1 and holder_id = $2"
        assert (await connection.exec_driver_sql(sql, (caller.team, grace.id))).scalar_one() == caller.who.id


async def test_a_person_who_accepts_joins_the_waiting_list_if_no_seat_is_left(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    await set_defaults(caller, caller.product)
    grace = await world.invited_member(caller.team)
    given = await accept(caller, grace.id)
    assert ([wait.user_id for wait in given.waits], given.seats) == ([grace.id], [])
    assert (await set_defaults(caller)).promoted == []
    assert await caller.holders() == []


async def test_removing_a_default_product_ends_only_that_source(caller: Caller) -> None:
    [ada] = await caller.members(1)
    await caller.assign([ada])
    await set_defaults(caller, caller.product)
    payload = await set_defaults(caller)
    assert (payload.errors, payload.freed) == ([], [None])
    assert await caller.holders() == [ada]
    assert payload.content["team"]["defaultProducts"] == []


async def test_repeating_a_default_product_gives_seats_to_members_without_one(caller: Caller) -> None:
    people = await caller.members(3)
    payload = await set_defaults(caller, caller.product, mode="BEST_EFFORT")
    [short] = [user_id for _, user_id in payload.errors_with_users]
    await caller.world.pool(caller.team, 1, caller.product)
    assert (await set_defaults(caller, caller.product)).holders == [short]
    assert set(people) <= set(await caller.holders())
    before = await caller.world.fingerprint()
    assert (await set_defaults(caller, caller.product)).errors == []
    assert await caller.world.fingerprint() == before


async def test_a_shortage_of_one_product_stops_all_products(caller: Caller) -> None:
    scarce, [ada] = await caller.world.pool(caller.team, 1), await caller.members(1)
    before = await caller.world.fingerprint()
    payload = await set_defaults(caller, caller.product, scarce)
    assert payload.errors == [("NO_SEAT_LEFT", None)]
    assert payload.content["errors"][0]["userId"] in {ada, caller.who.id}
    assert payload.content["errors"][0]["productId"] == scarce
    assert await caller.world.fingerprint() == before


async def test_members_without_a_seat_join_the_waiting_list_once(caller: Caller) -> None:
    await caller.members(3)
    payload = await set_defaults(caller, caller.product, mode="WAITLIST")
    assert (payload.errors, len(payload.waiting_list)) == ([("WAITING", None)], 1)
    assert (await set_defaults(caller, caller.product, mode="WAITLIST")).errors == []


async def test_invalid_lists_of_products_change_nothing(caller: Caller) -> None:
    before = await caller.world.fingerprint()
    assert (await set_defaults(caller, caller.product, caller.product)).errors == [("DUPLICATE", 1)]
    assert (await set_defaults(caller, "product_unknown")).errors == [("NOT_FOUND", 0)]
    assert (await set_defaults(caller, *["product_x"] * 101)).errors == [("LIST_TOO_LONG", None)]
    assert await caller.world.fingerprint() == before


async def test_nobody_gives_themselves_a_default(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=3, separated=True)
    [ada] = await caller.members(1)
    assert (await set_defaults(caller, caller.product)).errors_with_users == [("SEPARATION_OF_DUTIES", caller.who.id)]
    assert await caller.holders() == [ada]
    assert caller.who.id not in [seat.holder_id for seat in (await accept(caller, caller.who.id)).seats]
    assert await caller.holders() == [ada]


async def test_nobody_gives_themselves_a_default_by_a_token(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=3, separated=True)
    _, secret = await world.token(caller.team, caller.who.id, *Scope)
    asked = {"teamId": caller.team, "productIds": [caller.product]}
    [error] = (await client(operation("setDefaultProducts"), secret, input=asked)).data["setDefaultProducts"]["errors"]
    assert error["code"] == "SEPARATION_OF_DUTIES"
    assert (await accept(caller, caller.who.id)).seats == []
    assert await caller.holders() == []


@pytest.mark.parametrize("missing", [Scope.DEFAULTS_SET, Scope.SEATS_ASSIGN, Scope.SEATS_UNASSIGN])
async def test_a_token_also_needs_the_right_to_assign_and_unassign_seats(caller: Caller, missing: Scope) -> None:
    await caller.world.add_default_product(caller.team, await caller.world.pool(caller.team, 1))
    _, secret = await caller.world.token(caller.team, caller.who.id, *(set(Scope) - {missing}))
    before = await caller.world.fingerprint()
    asked = {"teamId": caller.team, "productIds": [caller.product]}
    assert (await caller.client(operation("setDefaultProducts"), secret, input=asked)).codes == ["FORBIDDEN"]
    assert await caller.world.fingerprint() == before


async def test_a_person_who_may_not_see_pools_sees_no_default_products(
    client: Client, world: World, caller: Caller
) -> None:
    await set_defaults(caller, caller.product)
    user = await world.member(caller.team, Role.USER)
    assert (await client(SHOWN, user.secret, id=caller.team)).codes == ["FORBIDDEN"]
    assert (await client(SHOWN, caller.secret, id=caller.team)).data["team"]["defaultProducts"] == [
        {"id": caller.product}
    ]
