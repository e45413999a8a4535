"""`moveSeats`: free seats move between the teams of a contract, and cost nothing."""

import asyncio
from dataclasses import replace

import pytest

from domain.actions import Scope
from domain.roles import Role
from domain.subscriptions import MAX_SEATS
from tests.support.deals import Deal, codes
from tests.support.mutations import Caller, audit_rows, operation
from tests.support.subscriptions import Made, add_term, day, make_contract, make_subscription, schedule
from tests.support.world import World

COPIED = "select starts_on, ends_on, last_term, months, auto_renew from subscriptions where id = :id"
TERMS = """
select starts_on, ends_on, anchor_on, step, months, unit_price from subscription_terms
where subscription_id = :id and ends_on >= current_date order by n
"""


@pytest.fixture
async def other(deal: Deal, world: World) -> Caller:
    """The manager in another team that the contract serves."""
    team = await world.team()
    await world.member(team, Role.CONTRACT_MANAGER, deal.manager.who)
    await deal.run("insert into contract_teams (team_id, contract_id) values (:team, :id)", team=team, id=deal.contract)
    return replace(deal.manager, team=team)


async def test_seats_move_to_a_new_subscription_with_the_same_terms(deal: Deal, world: World, other: Caller) -> None:
    await add_term(world, deal.made, 2, 12, 50_000)
    payload = await deal.amend("moveSeats", toTeamId=other.team, seats=2)
    target = payload.content["target"]
    assert (codes(payload), payload.content["subscription"]["seats"], target["seats"]) == ([], 3, 2)
    assert await deal.run(TERMS, id=target["id"]) == await deal.run(TERMS, id=deal.made.id)
    assert await deal.run(COPIED, id=target["id"]) == await deal.run(COPIED, id=deal.made.id)
    for id_, seats in ((deal.made.id, 3), (target["id"], 2)):
        state = await deal.state(id_)
        assert (state.seats, state.changes) == (seats, seats)
    lines = [(line.kind, line.subscription_id, line.quantity, line.amount) for line in await deal.lines()]
    assert lines == [("move", deal.made.id, -2, 0), ("move", target["id"], 2, 0)]
    assert await deal.run("select id from invoices where contract_id = :id", id=deal.contract) == []
    moved = {"to": target["id"], "toTeam": other.team, "moved": 2, "order": payload.content["order"]["id"]}
    assert (await audit_rows(world, deal.manager.team))[-1].after == {"seats": 3, **moved}


async def test_seats_that_are_added_after_a_move_cost_as_before(deal: Deal, other: Caller) -> None:
    target = (await deal.amend("moveSeats", toTeamId=other.team, seats=2)).content["target"]["id"]
    payload = await other.mutate("addSeats", subscriptionId=target, version=1, seats=2)
    assert codes(payload) == []
    assert [line.amount for line in await deal.lines()] == [0, 0, 29_900]


async def test_more_seats_join_the_same_subscription(deal: Deal, other: Caller) -> None:
    targets = [(await deal.amend("moveSeats", toTeamId=other.team, seats=1)).content["target"]["id"] for _ in range(2)]
    assert targets[0] == targets[1]
    state = await deal.state(targets[0])
    assert (state.seats, state.changes, state.version) == (2, 2, 2)
    back = await other.mutate("moveSeats", subscriptionId=targets[0], version=2, toTeamId=deal.manager.team, seats=1)
    assert (codes(back), back.content["target"]["id"]) == ([], deal.made.id)
    assert (await deal.state()).seats == 4


@pytest.mark.parametrize("values", [{"auto_renew": True}, {"months": 6}, {"price": 1}, {"ends": 98}, {"scheduled": 1}])
async def test_seats_do_not_join_another_kind_of_subscription(
    deal: Deal, world: World, other: Caller, values: dict[str, int]
) -> None:
    given = {name: value for name, value in values.items() if name in ("auto_renew", "months")}
    term = (day(-100), day(values.get("ends", 99)))
    same = await make_subscription(
        world, deal.contract, other.team, term, 3, values.get("price", 29_900), product_id=deal.made.product, **given
    )
    if "scheduled" in values:
        await schedule(world, same, 1)
    target = (await deal.amend("moveSeats", toTeamId=other.team, seats=1)).content["target"]["id"]
    assert target != same.id
    assert (await deal.state(same.id)).seats == 3


async def test_only_free_seats_move(deal: Deal, world: World, other: Caller) -> None:
    await deal.manager.assign(await deal.manager.members(3))
    before = await world.fingerprint()
    payload = await deal.amend("moveSeats", toTeamId=other.team, seats=3)
    assert codes(payload) == ["SEATS_HELD"]
    assert payload.messages == ["Only 2 seats of the subscription are free. Unassign some first."]
    assert await world.fingerprint() == before
    assert codes(await deal.amend("moveSeats", toTeamId=other.team, seats=2)) == []
    assert len(await deal.manager.holders()) == 3


async def test_the_waiting_list_of_the_other_team_is_served(deal: Deal, world: World, other: Caller) -> None:
    people = await other.members(3)
    for one in people[::-1]:
        await world.wait(other.team, deal.made.product, one)
    payload = await deal.amend("moveSeats", toTeamId=other.team, seats=2)
    assert set(await other.holders()) == set(people[1:])
    assert len(payload.content["seatEdges"]) == len(payload.content["deletedWaitIds"]) == 2
    [row] = await audit_rows(world, other.team)
    assert set(row.after["promoted"].values()) == set(people[1:])
    assert "promoted" not in (await audit_rows(world, deal.manager.team))[-1].after


async def test_a_team_must_be_another_one_that_the_contract_serves(deal: Deal, world: World) -> None:
    team = await world.team()
    await world.member(team, Role.CONTRACT_MANAGER, deal.manager.who)
    before = await world.fingerprint()
    for one in (team, deal.manager.team):
        assert codes(await deal.amend("moveSeats", toTeamId=one, seats=1)) == ["TEAM_NOT_SERVED"]
    assert await world.fingerprint() == before


async def test_seats_do_not_move_while_a_change_is_scheduled(deal: Deal, world: World, other: Caller) -> None:
    assert codes(await deal.amend("reduceSeats", seats=4)) == []
    before = await world.fingerprint()
    assert codes(await deal.amend("moveSeats", toTeamId=other.team, seats=1)) == ["CHANGE_PENDING"]
    assert await world.fingerprint() == before


async def grow(deal: Deal, made: Made, more: int) -> None:
    """Let a subscription count as if it had this number of seats more."""
    await deal.run(
        "insert into seat_changes (team_id, subscription_id, n, effective_on, delta) "
        "values (:team, :id, 2, current_date, :more)",
        team=made.team,
        id=made.id,
        more=more,
    )


async def test_moves_at_once_do_not_exceed_the_limit(deal: Deal, world: World, other: Caller) -> None:
    term, product = (day(-100), day(99)), deal.made.product
    second = await make_subscription(world, deal.contract, deal.manager.team, term, 5, product_id=product)
    full = await make_subscription(world, deal.contract, other.team, term, 1, product_id=product)
    await grow(deal, full, MAX_SEATS - 2)
    moves = [
        deal.manager.mutate("moveSeats", subscriptionId=id_, version=1, toTeamId=other.team, seats=1)
        for id_ in (deal.made.id, second.id)
    ]
    assert sorted(map(codes, await asyncio.gather(*moves))) == [[], ["SEATS_INVALID"]]
    assert (await deal.state(full.id)).changes == MAX_SEATS


async def test_there_are_no_more_seats_than_a_subscription_may_have(deal: Deal, world: World, other: Caller) -> None:
    term, product = (day(-100), day(99)), deal.made.product
    full = await make_subscription(world, deal.contract, other.team, term, 1, product_id=product)
    await grow(deal, full, MAX_SEATS - 1)
    before = await world.fingerprint()
    assert codes(await deal.amend("moveSeats", toTeamId=other.team, seats=1)) == ["SEATS_INVALID"]
    assert await world.fingerprint() == before


@pytest.mark.parametrize("role", [Role.SOFTWARE_COORDINATOR, Role.USER])
async def test_the_right_is_needed_in_both_teams(deal: Deal, world: World, other: Caller, role: Role) -> None:
    given = {"subscriptionId": deal.made.id, "version": 1, "toTeamId": other.team, "seats": 1}
    await world.set_role(other.team, deal.manager.who.id, role)
    token = (await world.token(deal.manager.team, deal.manager.who.id, *Scope))[1]
    before = await world.fingerprint()
    assert (await deal.manager.send("moveSeats", **given)).codes == ["FORBIDDEN"]
    assert (await deal.manager.client(operation("moveSeats"), token, input=given)).codes == ["NOT_FOUND"]
    assert await world.fingerprint() == before


async def test_seats_that_move_and_are_assigned_at_once_are_not_lost(deal: Deal, other: Caller) -> None:
    """Each free seat is either assigned or moved."""
    people = await deal.manager.members(4)
    assigned, moved = await asyncio.gather(
        deal.manager.assign(people, mode="BEST_EFFORT"),
        deal.amend("moveSeats", version=1, toTeamId=other.team, seats=4),
    )
    held, state = await deal.manager.holders(), await deal.state()
    assert state.seats == state.changes == (1 if codes(moved) == [] else 5)
    assert len(held) <= state.seats
    assert len(held) == 4 - len(codes(assigned))


async def test_a_home_team_amends_the_subscription_of_another_team(deal: Deal, world: World) -> None:
    """Its contract managers need not be members of the other team. Those of the other team cannot amend."""
    served = await world.team()
    contract = await make_contract(world, deal.manager.team, served)
    made: Made = await make_subscription(world, contract, served, (day(0), day(99)), 1)
    theirs = await world.member(served, Role.CONTRACT_MANAGER)
    people = await world.members(served, 1)
    await world.give_seat(served, made.product, (await world.members(served, 1))[0])
    await world.wait(served, made.product, people[0])
    given = {"subscriptionId": made.id, "version": 1, "seats": 1}
    answer = await deal.manager.client(operation("addSeats"), theirs.secret, input=given)
    assert answer.codes == ["FORBIDDEN"]
    assert codes(await deal.manager.mutate("addSeats", **given)) == []
    assert people[0] in await world.holders(served, made.product)
    assert [row.action for row in await audit_rows(world, served)] == ["contracts:amend"]
