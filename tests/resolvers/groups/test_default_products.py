"""Default products: whoever is in the team gets one, whoever joins later too."""

import pytest
from sqlalchemy import func, update

from db.core.engine import commit, transaction
from db.groups import given_products
from db.tables.people import Membership
from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import Desk, Told, audit_rows, desk_of, operation
from tests.support.world import World

SHOWN = "query ($id: ID!) { team(id: $id) { defaultProducts { id } } }"


async def put(desk: Desk, *products: str, **more: object) -> Told:
    """Say what the team gives."""
    return await desk.tell("setDefaultProducts", teamId=desk.team, productIds=list(products), **more)


async def accepted(desk: Desk, user_id: str) -> given_products.Defaults:
    """Somebody who was invited accepts."""
    async with transaction(desk.world.engine) as connection:
        await given_products.changing(connection, desk.team)
        row = update(Membership).where(Membership.team_id == desk.team, Membership.user_id == user_id)
        await connection.execute(row.values(accepted_at=func.now()))
        given = await given_products.give_defaults(connection, desk.team, [user_id])
        await commit(connection)
    return given


@pytest.fixture
async def desk(client: Client, world: World) -> Desk:
    """A desk with three seats."""
    return await desk_of(client, world, seats=3)


async def test_everybody_in_the_team_gets_one_and_who_is_only_invited_does_not(desk: Desk) -> None:
    [ada] = await desk.members(1)
    await desk.world.invited(desk.team)
    told = await put(desk, desk.product)
    assert told.said == []
    assert sorted(map(str, told.holders)) == await desk.holders() == sorted([ada, desk.who.id])
    assert {source["kind"] for seat in told.content["seats"] for source in seat["sources"]} == {"DEFAULT"}
    assert told.content["team"]["defaultProducts"] == [{"id": desk.product}]
    [row] = await audit_rows(desk.world, desk.team)
    assert (row.action, row.before, row.after["defaults"]) == ("defaults:set", {"defaults": []}, [desk.product])


async def test_whoever_accepts_gets_one_from_who_made_it_a_default(desk: Desk) -> None:
    await put(desk, desk.product)
    grace = await desk.world.invited(desk.team)
    assert [seat.holder_id for seat in (await accepted(desk, grace.id)).seats] == [grace.id]
    assert grace.id in await desk.holders()
    async with desk.world.engine.connect() as connection:
        sql = "select started_by from seat_history where team_id = $1 and holder_id = $2"
        assert (await connection.exec_driver_sql(sql, (desk.team, grace.id))).scalar_one() == desk.who.id


async def test_whoever_accepts_and_gets_none_waits(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    await put(desk, desk.product)
    grace = await world.invited(desk.team)
    given = await accepted(desk, grace.id)
    assert ([wait.user_id for wait in given.waits], given.seats) == ([grace.id], [])
    assert (await put(desk)).promoted == []
    assert await desk.holders() == []


async def test_a_product_off_the_list_ends_that_reason_only(desk: Desk) -> None:
    [ada] = await desk.members(1)
    await desk.assign([ada])
    await put(desk, desk.product)
    told = await put(desk)
    assert (told.said, told.freed) == ([], [None])
    assert await desk.holders() == [ada]
    assert told.content["team"]["defaultProducts"] == []


async def test_one_that_stays_serves_who_has_got_none_so_far(desk: Desk) -> None:
    people = await desk.members(3)
    told = await put(desk, desk.product, mode="BEST_EFFORT")
    [short] = [user_id for _, user_id in told.about]
    await desk.world.pool(desk.team, 1, desk.product)
    assert (await put(desk, desk.product)).holders == [short]
    assert set(people) <= set(await desk.holders())
    before = await desk.world.fingerprint()
    assert (await put(desk, desk.product)).said == []
    assert await desk.world.fingerprint() == before


async def test_a_shortage_of_one_product_stops_all(desk: Desk) -> None:
    scarce, [ada] = await desk.world.pool(desk.team, 1), await desk.members(1)
    before = await desk.world.fingerprint()
    told = await put(desk, desk.product, scarce)
    assert told.said == [("NO_SEAT_LEFT", None)]
    assert told.content["errors"][0]["userId"] in {ada, desk.who.id}
    assert told.content["errors"][0]["productId"] == scarce
    assert await desk.world.fingerprint() == before


async def test_who_waits_is_told_and_keeps_the_place(desk: Desk) -> None:
    await desk.members(3)
    told = await put(desk, desk.product, mode="WAITLIST")
    assert (told.said, len(told.line)) == ([("WAITING", None)], 1)
    assert (await put(desk, desk.product, mode="WAITLIST")).said == []


async def test_bad_lists_change_nothing(desk: Desk) -> None:
    before = await desk.world.fingerprint()
    assert (await put(desk, desk.product, desk.product)).said == [("DUPLICATE", 1)]
    assert (await put(desk, "product_unknown")).said == [("NOT_FOUND", 0)]
    assert (await put(desk, *["product_x"] * 101)).said == [("LIST_TOO_LONG", None)]
    assert await desk.world.fingerprint() == before


async def test_nobody_gives_themselves_a_default(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=3, separated=True)
    [ada] = await desk.members(1)
    assert (await put(desk, desk.product)).about == [("SEPARATION_OF_DUTIES", desk.who.id)]
    assert await desk.holders() == [ada]
    assert desk.who.id not in [seat.holder_id for seat in (await accepted(desk, desk.who.id)).seats]
    assert await desk.holders() == [ada]


async def test_nobody_gives_themselves_a_default_by_a_token(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=3, separated=True)
    _, secret = await world.token(desk.team, desk.who.id, *Scope)
    asked = {"teamId": desk.team, "productIds": [desk.product]}
    [error] = (await client(operation("setDefaultProducts"), secret, input=asked)).data["setDefaultProducts"]["errors"]
    assert error["code"] == "SEPARATION_OF_DUTIES"
    assert (await accepted(desk, desk.who.id)).seats == []
    assert await desk.holders() == []


@pytest.mark.parametrize("missing", [Scope.DEFAULTS_SET, Scope.SEATS_ASSIGN, Scope.SEATS_UNASSIGN])
async def test_a_token_needs_the_right_to_move_seats_too(desk: Desk, missing: Scope) -> None:
    await desk.world.default(desk.team, await desk.world.pool(desk.team, 1))
    _, secret = await desk.world.token(desk.team, desk.who.id, *(set(Scope) - {missing}))
    before = await desk.world.fingerprint()
    asked = {"teamId": desk.team, "productIds": [desk.product]}
    assert (await desk.client(operation("setDefaultProducts"), secret, input=asked)).codes == ["FORBIDDEN"]
    assert await desk.world.fingerprint() == before


async def test_who_may_not_see_pools_sees_no_defaults(client: Client, world: World, desk: Desk) -> None:
    await put(desk, desk.product)
    user = await world.member(desk.team, Role.USER)
    assert (await client(SHOWN, user.secret, id=desk.team)).codes == ["FORBIDDEN"]
    assert (await client(SHOWN, desk.secret, id=desk.team)).data["team"]["defaultProducts"] == [{"id": desk.product}]
