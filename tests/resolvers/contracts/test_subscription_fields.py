"""The fields of a subscription: its status, terms, prices, seats and scheduled change."""

from datetime import date
from typing import Any

import pytest

from domain.actions import Scope
from domain.roles import Role
from domain.terms import SubscriptionStatus, add_months
from tests.conftest import Client
from tests.support.subscriptions import Made, add_term, day, make_contract, make_subscription, retire_seat, schedule
from tests.support.world import Account, World

SUBSCRIPTIONS = """
query ($team: ID!, $product: ID, $status: SubscriptionStatus, $first: Int, $after: String) {
  team(id: $team) { subscriptions(productId: $product, status: $status, first: $first, after: $after) {
    totalCount nodes { id status } pageInfo { hasNextPage endCursor }
  } }
}
"""
SUBSCRIPTION = """
query ($id: ID!) { node(id: $id) { ... on Subscription {
  team { id } product { id } contract { id } status startsOn endsOn heldUntil autoRenew months version
  seats assignedSeats unitPrice { amount currency } terms { n startsOn endsOn months unitPrice { amount currency } }
  seatChanges { effectiveOn delta } scheduledChange { id effectiveOn seats lostSeats { id holder { id } } }
  viewerCan { action allowed }
} } }
"""
LOST = """
query ($id: ID!) { node(id: $id) { ... on Subscription { seats scheduledChange { seats lostSeats { id } } } } }
"""
# Each status with the first and the last day of a subscription that has it, for 30 days of grace.
DAYS = {
    SubscriptionStatus.UPCOMING: [(1, 400), (1, 1)],
    SubscriptionStatus.ACTIVE: [(0, 91), (-10, 400)],
    SubscriptionStatus.EXPIRING: [(-10, 90), (0, 0)],
    SubscriptionStatus.EXPIRED: [(-10, -1), (-40, -15)],
    SubscriptionStatus.SUSPENDED: [(-40, -16), (-40, -30)],
    SubscriptionStatus.ENDED: [(-40, -31), (-900, -400)],
}


async def manager_of(world: World) -> tuple[str, Account]:
    """A new team, and its contract manager."""
    team = await world.team()
    return team, await world.member(team, Role.CONTRACT_MANAGER)


async def read(client: Client, secret: str, made: Made) -> Any:
    """A subscription."""
    return (await client(SUBSCRIPTION, secret, id=made.id)).data["node"]


async def test_a_subscription_shows_its_terms_prices_and_seats(client: Client, world: World) -> None:
    team, boss = await manager_of(world)
    contract = await make_contract(world, team, currency="USD", grace_days=30)
    start = day(-400)
    term = (start, add_months(start, 12) - (day(1) - day(0)))
    made = await make_subscription(world, contract, team, term, 3, 29_900, auto_renew=True, months=1, version=4)
    await add_term(world, made, 2, 12, 31_000)
    await add_term(world, made, 3, 1, 2_600)
    await world.give_seat(team, made.product, boss.id)
    await retire_seat(world, made, made.seats[-1], 2)
    found = await read(client, boss.secret, made)
    terms = found.pop("terms")
    assert [(one["n"], one["months"], one["unitPrice"]["amount"]) for one in terms] == [
        (1, 12, "29900"),
        (2, 12, "31000"),
        (3, 1, "2600"),
    ]
    assert [one["startsOn"] for one in terms[1:]] == [
        (date.fromisoformat(one["endsOn"]) + (day(1) - day(0))).isoformat() for one in terms[:-1]
    ]
    ends = date.fromisoformat(terms[-1]["endsOn"])
    assert found == {
        "team": {"id": team},
        "product": {"id": made.product},
        "contract": {"id": contract},
        "status": "ACTIVE",
        "startsOn": start.isoformat(),
        "endsOn": ends.isoformat(),
        "heldUntil": (ends + (day(30) - day(0))).isoformat(),
        "autoRenew": True,
        "months": 1,
        "version": 4,
        "seats": 2,
        "assignedSeats": 1,
        # The second term is the last one that has begun.
        "unitPrice": {"amount": "31000", "currency": "USD"},
        "seatChanges": [
            {"effectiveOn": start.isoformat(), "delta": 3},
            {"effectiveOn": day(0).isoformat(), "delta": -1},
        ],
        "scheduledChange": None,
        "viewerCan": [{"action": one, "allowed": True} for one in ("CONTRACTS_READ", "CONTRACTS_AMEND", "ORDERS_READ")],
    }


async def test_the_first_price_holds_before_the_first_day_and_the_last_one_after_the_end(
    client: Client, world: World
) -> None:
    team, boss = await manager_of(world)
    contract = await make_contract(world, team)
    upcoming = await make_subscription(world, contract, team, (day(5), add_months(day(5), 1) - (day(1) - day(0))), 1, 0)
    await add_term(world, upcoming, 2, 1, 900)
    start = day(-400)
    ended = await make_subscription(world, contract, team, (start, add_months(start, 1) - (day(1) - day(0))), 0, 100)
    await add_term(world, ended, 2, 1, 200)
    shown = {one.id: await read(client, boss.secret, one) for one in (upcoming, ended)}
    assert [shown[one.id]["unitPrice"]["amount"] for one in (upcoming, ended)] == ["0", "200"]
    assert (shown[ended.id]["seats"], shown[ended.id]["assignedSeats"]) == (0, 0)


async def test_subscriptions_are_found_by_status_and_product_the_newest_first(client: Client, world: World) -> None:
    team, boss = await manager_of(world)
    contract, product = await make_contract(world, team, grace_days=30), await world.product()
    made: dict[SubscriptionStatus, list[str]] = {status: [] for status in DAYS}
    for status, terms in DAYS.items():
        for starts, ends in terms:
            term, known = (day(starts), day(ends)), product if starts < 0 else None
            made[status].append((await make_subscription(world, contract, team, term, product_id=known)).id)
    every = [(id_, status.name) for status, ids in made.items() for id_ in ids][::-1]

    async def listed(**chosen: object) -> list[tuple[str, str]]:
        found = (await client(SUBSCRIPTIONS, boss.secret, team=team, **chosen)).data["team"]["subscriptions"]
        assert found["totalCount"] == len(found["nodes"])
        return [(one["id"], one["status"]) for one in found["nodes"]]

    assert await listed() == every
    for status, ids in made.items():
        assert await listed(status=status.name) == [(id_, status.name) for id_ in reversed(ids)]
    assert [name for _, name in await listed(product=product)] == [
        "ENDED", "ENDED", "SUSPENDED", "SUSPENDED", "EXPIRED", "EXPIRED", "EXPIRING", "ACTIVE",
    ]  # fmt: skip
    assert [name for _, name in await listed(product=product, status="ACTIVE")] == ["ACTIVE"]
    assert await listed(product=await world.product()) == []


async def test_subscriptions_are_read_page_by_page(client: Client, world: World) -> None:
    team, boss = await manager_of(world)
    contract = await make_contract(world, team)
    made = [(await make_subscription(world, contract, team, (day(0), day(9)))).id for _ in range(5)]
    seen, after = [], None
    while True:
        page = (await client(SUBSCRIPTIONS, boss.secret, team=team, first=2, after=after)).data["team"]["subscriptions"]
        seen += [one["id"] for one in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert seen == made[::-1]


async def test_a_user_and_a_token_without_the_scope_see_no_subscriptions(client: Client, world: World) -> None:
    team, boss = await manager_of(world)
    ada = await world.member(team)
    _, token = await world.token(team, boss.id, *(set(Scope) - {Scope.CONTRACTS_READ}))
    for secret in (ada.secret, token):
        answer = await client(SUBSCRIPTIONS, secret, team=team)
        assert (answer.codes, answer.content["data"]["team"]["subscriptions"]) == (["FORBIDDEN"], None)


async def scheduled(world: World) -> tuple[Made, Account, dict[str, str]]:
    """A subscription of six seats, its manager, and the holders of its first four seats, by seat, in that order."""
    team, boss = await manager_of(world)
    contract = await make_contract(world, team)
    made = await make_subscription(world, contract, team, (day(-300), day(30)), 6)
    people = await world.members(team, 4)
    return made, boss, {await world.give_seat(team, made.product, one): one for one in people}


@pytest.mark.parametrize(
    ("seats", "chosen", "lost"),
    [
        (9, [], []),
        (4, [], []),
        (3, [], [3]),
        (2, [], [3, 2]),
        (5, [0], [0]),
        (3, [0], [0]),
        (2, [0], [0, 3]),
        (1, [1, 0], [1, 0, 3]),
    ],
)
async def test_a_scheduled_change_names_the_seats_that_people_would_lose(
    client: Client, world: World, seats: int, chosen: list[int], lost: list[int]
) -> None:
    made, boss, holders = await scheduled(world)
    held = list(holders)
    id_ = await schedule(world, made, seats, [held[one] for one in chosen])
    found = (await read(client, boss.secret, made))["scheduledChange"]
    assert (found["id"], found["effectiveOn"], found["seats"]) == (id_, day(30).isoformat(), seats)
    expected = {held[one]: holders[held[one]] for one in lost}
    assert {one["id"]: one["holder"]["id"] for one in found["lostSeats"]} == expected


async def test_a_change_that_was_cancelled_is_not_shown(client: Client, world: World) -> None:
    made, boss, _ = await scheduled(world)
    await schedule(world, made, 3, state="cancelled", ended_at=day(0), ended_by=boss.id)
    assert (await read(client, boss.secret, made))["scheduledChange"] is None


async def test_a_retired_seat_is_no_seat_that_a_change_takes(client: Client, world: World) -> None:
    made, boss, holders = await scheduled(world)
    await retire_seat(world, made, made.seats[-1], 2)
    await schedule(world, made, 4)
    assert (await read(client, boss.secret, made))["scheduledChange"]["lostSeats"] == []
    assert len(holders) == 4


async def test_a_token_without_the_scope_of_seats_learns_no_holder(client: Client, world: World) -> None:
    made, boss, _ = await scheduled(world)
    await schedule(world, made, 1)
    _, secret = await world.token(made.team, boss.id, Scope.CONTRACTS_READ, Scope.MEMBERS_READ)
    found = (await client(LOST, secret, id=made.id)).data["node"]
    assert found == {"seats": 6, "scheduledChange": {"seats": 1, "lostSeats": []}}
