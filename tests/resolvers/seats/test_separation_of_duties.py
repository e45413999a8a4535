"""Separation of duties: if a team has it, nobody assigns a seat to themselves."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import update

from db.tables.people import Team
from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Answer, Client
from tests.support.mutations import Caller, new_caller, operation
from tests.support.world import World

ADMINS = [Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER]
Path = Callable[[Caller, dict[str, object]], Awaitable[Answer]]


async def alone(caller: Caller, more: dict[str, object]) -> Answer:
    """They assign themselves a seat."""
    return await caller.send("assignSeats", **pool_of(caller), userIds=[caller.who.id], **more)


async def in_a_list(caller: Caller, more: dict[str, object]) -> Answer:
    """They assign seats to a list of people that includes themselves."""
    people = await caller.members(4)
    return await caller.send(
        "assignSeats", **pool_of(caller), userIds=[*people[:2], caller.who.id, *people[2:]], **more
    )


async def in_a_list_by_best_effort(caller: Caller, more: dict[str, object]) -> Answer:
    """They assign seats, under BEST_EFFORT, to a list of people that includes themselves."""
    people = await caller.members(1)
    more = {**more, "mode": "BEST_EFFORT"}
    return await caller.send("assignSeats", **pool_of(caller), userIds=[*people, caller.who.id, caller.who.id], **more)


async def by_their_token(caller: Caller, more: dict[str, object]) -> Answer:
    """A token that acts for them assigns a seat to them."""
    _, secret = await caller.world.token(caller.team, caller.who.id, *Scope)
    asked = {**pool_of(caller), "userIds": [caller.who.id], **more}
    return await caller.client(operation("assignSeats"), secret, input=asked)


async def by_moving(caller: Caller, more: dict[str, object]) -> Answer:
    """They move somebody's seat to themselves."""
    [ada] = await caller.members(1)
    seat = await caller.give_seat(ada)
    return await caller.send("reassignSeat", seatId=seat, fromUserId=ada, toUserId=caller.who.id, **more)


async def by_assigning_and_moving(caller: Caller, more: dict[str, object]) -> Answer:
    """They first assign a seat to another member, which is allowed, and then move it to themselves."""
    [ada] = await caller.members(1)
    [seat] = (await caller.assign([ada])).content["seats"]
    return await caller.send("reassignSeat", seatId=seat["id"], fromUserId=ada, toUserId=caller.who.id, **more)


async def by_moving_with_their_token(caller: Caller, more: dict[str, object]) -> Answer:
    """A token that acts for them moves somebody's seat to them."""
    [ada] = await caller.members(1)
    seat = await caller.give_seat(ada)
    _, secret = await caller.world.token(caller.team, caller.who.id, *Scope)
    asked = {"seatId": seat, "fromUserId": ada, "toUserId": caller.who.id, **more}
    return await caller.client(operation("reassignSeat"), secret, input=asked)


PATHS: list[Path] = [
    alone,
    in_a_list,
    in_a_list_by_best_effort,
    by_their_token,
    by_moving,
    by_assigning_and_moving,
    by_moving_with_their_token,
]


def pool_of(caller: Caller) -> dict[str, object]:
    """The input fields that identify the caller's pool."""
    return {"teamId": caller.team, "productId": caller.product}


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize("role", ADMINS)
@pytest.mark.parametrize("path", PATHS)
async def test_nobody_gives_themselves_a_seat(
    client: Client, world: World, path: Path, role: Role, dry_run: bool
) -> None:
    caller = await new_caller(client, world, seats=9, role=role, separated=True)
    answer = await path(caller, {"dryRun": dry_run})
    assert answer.codes == ["FORBIDDEN"]
    assert caller.who.id not in await caller.holders()
    assert await world.audit_actions(caller.team) == (["seats:assign"] if path is by_assigning_and_moving else [])


@pytest.mark.parametrize("role", ADMINS)
@pytest.mark.parametrize("path", PATHS)
async def test_a_team_without_separation_of_duties_allows_each_path(
    client: Client, world: World, path: Path, role: Role
) -> None:
    caller = await new_caller(client, world, seats=9, role=role)
    assert (await path(caller, {})).codes == []
    assert caller.who.id in await caller.holders()


@pytest.mark.parametrize("path", [alone, in_a_list, by_moving])
async def test_a_user_gives_themselves_no_seat_in_any_team(client: Client, world: World, path: Path) -> None:
    caller = await new_caller(client, world, seats=9, role=Role.USER)
    assert (await path(caller, {})).codes in (["FORBIDDEN"], ["NOT_FOUND"])
    assert caller.who.id not in await caller.holders()


async def test_a_person_who_already_holds_a_seat_is_refused_too(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1, separated=True)
    await caller.give_seat(caller.who.id, "group", await world.group(caller.team))
    before = await world.fingerprint()
    assert (await alone(caller, {})).codes == ["FORBIDDEN"]
    assert await world.fingerprint() == before


async def test_a_list_of_other_people_gets_seats(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=3, separated=True)
    people = await caller.members(3)
    assert (await caller.assign(people)).holders == people


async def test_a_coordinator_can_give_a_seat_to_another_coordinator(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1, separated=True)
    other = await world.member(caller.team, Role.SOFTWARE_COORDINATOR)
    assert (await caller.assign([other.id])).holders == [other.id]


async def test_a_token_of_another_person_can_give_a_seat_to_them(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1, separated=True)
    other = await world.member(caller.team, Role.SOFTWARE_COORDINATOR)
    _, secret = await world.token(caller.team, other.id, *Scope)
    asked = {**pool_of(caller), "userIds": [caller.who.id]}
    assert (await client(operation("assignSeats"), secret, input=asked)).codes == []
    assert await caller.holders() == [caller.who.id]


async def test_people_can_give_up_their_own_seat(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1, separated=True)
    [ada] = await caller.members(1)
    seat = await caller.give_seat(caller.who.id)
    assert (await caller.reassign(seat, caller.who.id, ada)).errors == []
    await caller.unassign([ada])
    await caller.give_seat(caller.who.id)
    assert (await caller.unassign([caller.who.id])).errors == []


async def test_separation_of_duties_applies_as_soon_as_it_is_set(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    await caller.assign([caller.who.id], idempotencyKey="before")
    await caller.unassign([caller.who.id])
    async with world.engine.begin() as connection:
        await connection.execute(update(Team).where(Team.id == caller.team).values(separation_of_duties=True))
    assert (await alone(caller, {})).codes == ["FORBIDDEN"]
    assert (await alone(caller, {"idempotencyKey": "before"})).codes == ["FORBIDDEN"]


async def test_separation_of_duties_applies_to_each_team_by_itself(client: Client, world: World) -> None:
    strict = await new_caller(client, world, seats=1, separated=True)
    lax = await world.team()
    await world.pool(lax, 1, strict.product)
    await world.member(lax, Role.SOFTWARE_COORDINATOR, strict.who)
    own = {"teamId": lax, "productId": strict.product, "userIds": [strict.who.id]}
    assert (await strict.send("assignSeats", **own)).codes == []
    assert (await alone(strict, {})).codes == ["FORBIDDEN"]
