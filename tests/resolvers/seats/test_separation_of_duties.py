"""Separation of duties: where a team asks for it, nobody is both the one who assigns and the one who receives."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import update

from db.tables.people import Team
from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Answer, Client
from tests.support.mutations import Desk, desk_of, operation
from tests.support.world import World

ADMINS = [Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER]
Path = Callable[[Desk, dict[str, object]], Awaitable[Answer]]


async def alone(desk: Desk, more: dict[str, object]) -> Answer:
    """They assign themselves a seat."""
    return await desk.send("assignSeats", **pool_of(desk), userIds=[desk.who.id], **more)


async def in_a_list(desk: Desk, more: dict[str, object]) -> Answer:
    """They stand in the middle of a list."""
    people = await desk.members(4)
    return await desk.send("assignSeats", **pool_of(desk), userIds=[*people[:2], desk.who.id, *people[2:]], **more)


async def in_a_list_by_best_effort(desk: Desk, more: dict[str, object]) -> Answer:
    """They stand in a list of which as much as possible shall be done."""
    people = await desk.members(1)
    more = {**more, "mode": "BEST_EFFORT"}
    return await desk.send("assignSeats", **pool_of(desk), userIds=[*people, desk.who.id, desk.who.id], **more)


async def by_their_token(desk: Desk, more: dict[str, object]) -> Answer:
    """A token that acts for them assigns to them."""
    _, secret = await desk.world.token(desk.team, desk.who.id, *Scope)
    asked = {**pool_of(desk), "userIds": [desk.who.id], **more}
    return await desk.client(operation("assignSeats"), secret, input=asked)


async def by_moving(desk: Desk, more: dict[str, object]) -> Answer:
    """They move somebody's seat to themselves."""
    [ada] = await desk.members(1)
    seat = await desk.hold(ada)
    return await desk.send("reassignSeat", seatId=seat, fromUserId=ada, toUserId=desk.who.id, **more)


async def by_assigning_and_moving(desk: Desk, more: dict[str, object]) -> Answer:
    """They assign to a helper first, which they may, and move the seat to themselves then."""
    [ada] = await desk.members(1)
    [seat] = (await desk.assign([ada])).content["seats"]
    return await desk.send("reassignSeat", seatId=seat["id"], fromUserId=ada, toUserId=desk.who.id, **more)


async def by_moving_with_their_token(desk: Desk, more: dict[str, object]) -> Answer:
    """A token that acts for them moves somebody's seat to them."""
    [ada] = await desk.members(1)
    seat = await desk.hold(ada)
    _, secret = await desk.world.token(desk.team, desk.who.id, *Scope)
    asked = {"seatId": seat, "fromUserId": ada, "toUserId": desk.who.id, **more}
    return await desk.client(operation("reassignSeat"), secret, input=asked)


PATHS: list[Path] = [
    alone,
    in_a_list,
    in_a_list_by_best_effort,
    by_their_token,
    by_moving,
    by_assigning_and_moving,
    by_moving_with_their_token,
]


def pool_of(desk: Desk) -> dict[str, object]:
    """What names the desk's pool."""
    return {"teamId": desk.team, "productId": desk.product}


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize("role", ADMINS)
@pytest.mark.parametrize("path", PATHS)
async def test_nobody_gives_themselves_a_seat(
    client: Client, world: World, path: Path, role: Role, dry_run: bool
) -> None:
    desk = await desk_of(client, world, seats=9, role=role, separated=True)
    answer = await path(desk, {"dryRun": dry_run})
    assert answer.codes == ["FORBIDDEN"]
    assert desk.who.id not in await desk.holders()
    assert await world.trail(desk.team) == (["seats:assign"] if path is by_assigning_and_moving else [])


@pytest.mark.parametrize("role", ADMINS)
@pytest.mark.parametrize("path", PATHS)
async def test_a_team_that_does_not_ask_for_it_allows_each_path(
    client: Client, world: World, path: Path, role: Role
) -> None:
    desk = await desk_of(client, world, seats=9, role=role)
    assert (await path(desk, {})).codes == []
    assert desk.who.id in await desk.holders()


@pytest.mark.parametrize("path", [alone, in_a_list, by_moving])
async def test_a_user_gives_themselves_none_in_any_team(client: Client, world: World, path: Path) -> None:
    desk = await desk_of(client, world, seats=9, role=Role.USER)
    assert (await path(desk, {})).codes in (["FORBIDDEN"], ["NOT_FOUND"])
    assert desk.who.id not in await desk.holders()


async def test_who_holds_one_already_is_refused_all_the_same(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1, separated=True)
    await desk.hold(desk.who.id, "group", await world.group(desk.team))
    before = await world.fingerprint()
    assert (await alone(desk, {})).codes == ["FORBIDDEN"]
    assert await world.fingerprint() == before


async def test_the_others_of_the_list_can_be_served_without_them(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=3, separated=True)
    people = await desk.members(3)
    assert (await desk.assign(people)).holders == people


async def test_somebody_else_may_give_it_to_them(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1, separated=True)
    other = await world.member(desk.team, Role.SOFTWARE_COORDINATOR)
    assert (await desk.assign([other.id])).holders == [other.id]


async def test_a_token_of_somebody_else_may_give_it_to_them(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1, separated=True)
    other = await world.member(desk.team, Role.SOFTWARE_COORDINATOR)
    _, secret = await world.token(desk.team, other.id, *Scope)
    asked = {**pool_of(desk), "userIds": [desk.who.id]}
    assert (await client(operation("assignSeats"), secret, input=asked)).codes == []
    assert await desk.holders() == [desk.who.id]


async def test_giving_up_ones_own_seat_is_no_receiving(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1, separated=True)
    [ada] = await desk.members(1)
    seat = await desk.hold(desk.who.id)
    assert (await desk.reassign(seat, desk.who.id, ada)).said == []
    await desk.unassign([ada])
    await desk.hold(desk.who.id)
    assert (await desk.unassign([desk.who.id])).said == []


async def test_it_holds_from_the_moment_it_is_asked_for(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    await desk.assign([desk.who.id], idempotencyKey="before")
    await desk.unassign([desk.who.id])
    async with world.engine.begin() as connection:
        await connection.execute(update(Team).where(Team.id == desk.team).values(separation_of_duties=True))
    assert (await alone(desk, {})).codes == ["FORBIDDEN"]
    assert (await alone(desk, {"idempotencyKey": "before"})).codes == ["FORBIDDEN"]


async def test_each_team_asks_for_itself(client: Client, world: World) -> None:
    strict = await desk_of(client, world, seats=1, separated=True)
    lax = await world.team()
    await world.pool(lax, 1, strict.product)
    await world.member(lax, Role.SOFTWARE_COORDINATOR, strict.who)
    own = {"teamId": lax, "productId": strict.product, "userIds": [strict.who.id]}
    assert (await strict.send("assignSeats", **own)).codes == []
    assert (await alone(strict, {})).codes == ["FORBIDDEN"]
