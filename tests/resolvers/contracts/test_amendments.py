"""Amendments of subscriptions: more and fewer seats, and what is scheduled."""

import asyncio
from typing import Any

import pytest

from domain.actions import Scope
from domain.money import prorated
from domain.roles import Role
from domain.subscriptions import MAX_SEATS
from tests.conftest import Client
from tests.support.deals import Deal, codes, new_deal
from tests.support.locks import lock, waiting
from tests.support.mutations import audit_rows, operation
from tests.support.subscriptions import add_term, day, schedule
from tests.support.world import World


@pytest.mark.parametrize(
    ("quantity", "price", "days", "amount"),
    [
        (5, 29_900, (290, 365), 118_781),
        (5, 29_900, (290, 366), 118_456),
        (5, 29_900, (1, 365), 410),
        (3, 2_000, (14, 28), 3_000),
        (1, 80_000, (932, 1_096), 68_029),
        (1, 1, (15, 30), 1),
        (1, 9_100, (42, 91), 4_200),
        (2, 29_900, (290, 365), 47_512),
        (3, 29_900, (290, 365), 71_268),
        (5, 0, (290, 365), 0),
    ],
)
async def test_new_seats_cost_their_part_of_the_term_and_today_counts(
    client: Client, world: World, quantity: int, price: int, days: tuple[int, int], amount: int
) -> None:
    left, term = days
    deal = await new_deal(client, world, (day(left - term), day(left - 1)), price=price)
    payload = await deal.amend("addSeats", seats=quantity)
    assert (payload.errors, payload.content["subscription"]["seats"]) == ([], 5 + quantity)
    [line] = await deal.lines()
    assert (line.kind, line.ordered_on, line.quantity, line.unit_price) == ("seats", day(0), quantity, price)
    assert (line.starts_on, line.ends_on, line.term_days, line.amount) == (day(0), day(left - 1), term, amount)
    invoices = await deal.run("select subtotal, tax, total from invoices where contract_id = :id", id=deal.contract)
    tax = (amount * 1_900 * 2 + 10_000) // 20_000
    assert [tuple(one) for one in invoices] == ([(amount, tax, amount + tax)] if amount else [])
    state = await deal.state()
    assert (state.seats, state.changes, state.version) == (5 + quantity, 5 + quantity, 2)


async def test_new_seats_go_to_the_waiting_list_first(deal: Deal, world: World) -> None:
    people = await deal.manager.members(8)
    await deal.manager.assign(people, mode="WAITLIST")
    payload = await deal.amend("addSeats", seats=2)
    assert set(await deal.manager.holders()) == set(people[:7])
    assert len(payload.content["seatEdges"]) == len(payload.content["deletedWaitIds"]) == 2
    row = (await audit_rows(world, deal.manager.team))[-1]
    assert (row.action, row.target_id, row.before) == ("contracts:amend", deal.made.id, {"seats": 5})
    assert sorted(row.after.pop("promoted").values()) == sorted(people[5:7])
    assert row.after == {"seats": 7, "order": payload.content["order"]["id"]}


async def test_a_dry_run_shows_the_new_seats_with_their_price_and_changes_nothing(deal: Deal, world: World) -> None:
    before = await world.fingerprint()
    payload = await deal.amend("addSeats", seats=2, dryRun=True)
    assert (payload.errors, payload.content["subscription"]["seats"]) == ([], 7)
    order = payload.content["order"]
    assert order["total"] == {"amount": "35581", "currency": "EUR"}
    assert order["lines"] == [{"quantity": 2, "amount": {"amount": "29900"}}]
    assert await world.fingerprint() == before


async def test_if_the_next_term_is_ordered_new_seats_cost_it_too(deal: Deal) -> None:
    await add_term(deal.world, deal.made, 2, 12, 50_000)
    assert codes(await deal.amend("addSeats", seats=2)) == []
    running, coming = await deal.lines()
    assert (running.term_n, running.amount) == (1, prorated(29_900, 2, 100, 200))
    assert (coming.term_n, coming.starts_on, coming.amount) == (2, day(100), 100_000)


async def test_new_seats_of_a_subscription_that_has_not_begun_cost_the_whole_term(client: Client, world: World) -> None:
    deal = await new_deal(client, world, (day(10), day(209)))
    assert codes(await deal.amend("addSeats", seats=2)) == []
    [line] = await deal.lines()
    assert (line.starts_on, line.amount) == (day(10), 59_800)


@pytest.mark.parametrize("seats", [-1, 0, MAX_SEATS - 4, 1_000_000, 2**31 - 1])
@pytest.mark.parametrize("mutation", ["addSeats", "reduceSeats", "renewSubscription", "moveSeats"])
async def test_the_number_of_seats_has_limits(deal: Deal, world: World, mutation: str, seats: int) -> None:
    more: dict[str, Any] = {}
    if mutation == "moveSeats":
        more["toTeamId"] = await world.team()
        await world.member(more["toTeamId"], Role.CONTRACT_MANAGER, deal.manager.who)
        await deal.run("insert into contract_teams values (:team, :id)", team=more["toTeamId"], id=deal.contract)
    before = await world.fingerprint()
    number = min(seats + 5, 2**31 - 1) if mutation == "renewSubscription" and seats > 0 else seats
    payload = await deal.amend(mutation, seats=number, **more)
    assert [(one["code"], one["field"]) for one in payload.content["errors"]] == [("SEATS_INVALID", ["seats"])]
    assert await world.fingerprint() == before


async def test_a_subscription_may_have_the_most_seats(deal: Deal) -> None:
    assert codes(await deal.amend("addSeats", seats=MAX_SEATS - 5)) == []
    assert (await deal.state()).seats == MAX_SEATS


AMENDMENTS = [
    ("addSeats", {"seats": 1}),
    ("reduceSeats", {"seats": 1}),
    ("setAutoRenew", {"autoRenew": True}),
    ("renewSubscription", {"months": 12}),
]


@pytest.mark.parametrize(("mutation", "values"), AMENDMENTS)
@pytest.mark.parametrize("version", [-1, 0, 2, 2**31 - 1])
async def test_an_amendment_of_another_version_changes_nothing(
    deal: Deal, world: World, mutation: str, values: dict[str, Any], version: int
) -> None:
    before = await world.fingerprint()
    assert codes(await deal.amend(mutation, version=version, **values)) == ["SUBSCRIPTION_CHANGED"]
    assert await world.fingerprint() == before


@pytest.mark.parametrize(("mutation", "values"), AMENDMENTS)
async def test_each_amendment_counts_once(deal: Deal, mutation: str, values: dict[str, Any]) -> None:
    assert codes(await deal.amend(mutation, version=1, **values)) == []
    assert (await deal.state()).version == 2
    assert codes(await deal.amend("setAutoRenew", version=1, autoRenew=True)) == ["SUBSCRIPTION_CHANGED"]


async def test_of_two_amendments_at_once_one_wins(deal: Deal) -> None:
    for version in range(1, 6):
        answers = await asyncio.gather(
            deal.amend("addSeats", version=version, seats=1), deal.amend("addSeats", version=version, seats=2)
        )
        assert sorted(map(codes, answers)) == [[], ["SUBSCRIPTION_CHANGED"]]
    state, lines = await deal.state(), await deal.lines()
    assert state.seats == state.changes == 5 + sum(line.quantity for line in lines)
    assert len(lines) == 5


async def test_64_clients_amend_one_subscription(deal: Deal) -> None:
    answers = await asyncio.gather(*(deal.amend("addSeats", version=1, seats=1) for _ in range(64)))
    assert sorted(map(codes, answers)) == [[], *[["SUBSCRIPTION_CHANGED"]] * 63]
    assert (await deal.state()).seats == 6
    assert len(await deal.lines()) == 1


@pytest.mark.parametrize(("mutation", "values"), [*AMENDMENTS, ("moveSeats", {"seats": 1})])
@pytest.mark.parametrize("who", ["coordinator", "user", "token", "coordinator's token"])
async def test_nobody_else_amends(deal: Deal, world: World, mutation: str, values: dict[str, Any], who: str) -> None:
    role = Role.USER if who == "user" else Role.SOFTWARE_COORDINATOR
    person = await world.member(deal.manager.team, role)
    grantor = deal.manager.who.id if who == "token" else person.id
    scopes = [scope for scope in Scope if who != "token" or scope is not Scope.CONTRACTS_AMEND]
    secret = (await world.token(deal.manager.team, grantor, *scopes))[1] if "token" in who else person.secret
    before = await world.fingerprint()
    more = {"toTeamId": deal.manager.team} if mutation == "moveSeats" else {}
    given = {"subscriptionId": deal.made.id, "version": 1, **values, **more}
    answer = await deal.manager.client(operation(mutation), secret, input=given)
    assert answer.codes == ["NOT_FOUND" if who == "user" else "FORBIDDEN"]
    assert await world.fingerprint() == before


@pytest.mark.parametrize(
    ("ended", "code"), [(1, "SUBSCRIPTION_EXPIRED"), (30, "SUBSCRIPTION_EXPIRED"), (31, "SUBSCRIPTION_ENDED")]
)
@pytest.mark.parametrize("mutation", ["addSeats", "reduceSeats"])
async def test_an_expired_subscription_is_renewed_before_its_seats_change(
    client: Client, world: World, mutation: str, ended: int, code: str
) -> None:
    deal = await new_deal(client, world, (day(-ended - 364), day(-ended)), grace_days=30)
    before = await world.fingerprint()
    assert codes(await deal.amend(mutation, seats=1)) == [code]
    assert await world.fingerprint() == before


async def test_a_reduction_waits_for_the_next_term_and_names_who_would_lose_a_seat(deal: Deal) -> None:
    people = await deal.manager.members(4)
    for one in people:
        await deal.manager.assign([one])
    seats = {
        row.holder_id: row.id
        for row in await deal.run("select holder_id, id from seats where subscription_id = :id", id=deal.made.id)
    }
    text = """mutation ($input: ReduceSeatsInput!) { reduceSeats(input: $input) { errors { code } subscription {
        seats scheduledChange { id seats effectiveOn lostSeats { id holder { id } } } } } }"""
    given = {"subscriptionId": deal.made.id, "version": 1, "seats": 2, "seatIds": [seats[people[0]]], "dryRun": True}
    for dry_run in (True, False):
        answer = await deal.manager.client(text, deal.manager.secret, input={**given, "dryRun": dry_run})
        content = answer.data["reduceSeats"]
        scheduled = content["subscription"]["scheduledChange"]
        assert (content["errors"], content["subscription"]["seats"]) == ([], 5)
        assert [seat["holder"]["id"] for seat in scheduled["lostSeats"]] == [people[0], people[3]]
        assert (scheduled["seats"], scheduled["effectiveOn"]) == (2, day(100).isoformat())
        assert (await deal.pending() is None) is dry_run
    assert set(await deal.manager.holders()) == set(people)
    assert codes(await deal.manager.mutate("cancelScheduledChange", changeId=scheduled["id"])) == []
    assert codes(await deal.manager.mutate("cancelScheduledChange", changeId=scheduled["id"])) == ["CHANGE_ENDED"]
    state = await deal.state()
    assert (state.seats, state.version, await deal.pending(), await deal.lines()) == (5, 3, None, [])


async def test_only_one_change_is_scheduled_at_a_time(deal: Deal) -> None:
    assert codes(await deal.amend("reduceSeats", seats=3)) == []
    assert codes(await deal.amend("reduceSeats", seats=2)) == ["CHANGE_PENDING"]
    pending = await deal.pending()
    assert pending is not None and pending.seats == 3


@pytest.mark.parametrize(("seats", "chosen"), [(4, 2), (1, 5)])
async def test_no_more_seats_are_chosen_than_are_given_up(deal: Deal, world: World, seats: int, chosen: int) -> None:
    people = await deal.manager.members(5)
    await deal.manager.assign(people)
    before = await world.fingerprint()
    payload = await deal.amend("reduceSeats", seats=seats, seatIds=deal.made.seats[:chosen])
    assert [(one["code"], one["field"]) for one in payload.content["errors"]] == [("SEATS_INVALID", ["seatIds"])]
    assert await world.fingerprint() == before


async def test_a_chosen_seat_must_be_held_and_of_the_subscription(deal: Deal, world: World) -> None:
    other = await new_deal(deal.manager.client, world, (day(0), day(99)))
    before = await world.fingerprint()
    payload = await deal.amend("reduceSeats", seats=1, seatIds=deal.made.seats[:1])
    assert payload.errors == [("SEAT_CHANGED", 0)]
    given = {"subscriptionId": deal.made.id, "version": 1, "seats": 1, "seatIds": other.made.seats[:1]}
    assert (await deal.manager.send("reduceSeats", **given)).codes == ["NOT_FOUND"]
    assert await world.fingerprint() == before


async def test_an_amendment_never_drops_a_scheduled_change(deal: Deal) -> None:
    assert codes(await deal.amend("reduceSeats", seats=3)) == []
    assert codes(await deal.amend("addSeats", seats=2)) == []
    assert codes(await deal.amend("setAutoRenew", autoRenew=True)) == []
    assert codes(await deal.amend("renewSubscription")) == []
    pending = await deal.pending()
    assert pending is not None
    assert (pending.seats, pending.effective_on) == (3, day(100))
    assert [(line.kind, line.quantity) for line in await deal.lines()] == [("seats", 2), ("renewal", 3)]
    assert codes(await deal.amend("addSeats", seats=1)) == []
    pending = await deal.pending()
    assert pending is not None and pending.seats == 4
    assert [(line.term_n, line.quantity) for line in (await deal.lines())[2:]] == [(1, 1), (2, 1)]


async def test_a_change_that_was_ordered_cannot_be_cancelled(deal: Deal, world: World) -> None:
    assert codes(await deal.amend("renewSubscription", seats=2)) == []
    [(change,)] = await deal.run("select id from scheduled_changes where subscription_id = :id", id=deal.made.id)
    before = await world.fingerprint()
    assert codes(await deal.manager.mutate("cancelScheduledChange", changeId=change)) == ["ALREADY_RENEWED"]
    assert await world.fingerprint() == before


async def test_the_auto_renewal_is_set_and_said_once(deal: Deal, world: World) -> None:
    payload = await deal.amend("setAutoRenew", autoRenew=True)
    assert payload.content["subscription"]["autoRenew"] is True
    before = await world.fingerprint()
    assert codes(await deal.amend("setAutoRenew", autoRenew=True)) == []
    assert await world.fingerprint() == before
    assert (await audit_rows(world, deal.manager.team))[-1].after == {"autoRenew": True}


async def test_a_day_after_the_calendar_is_no_term(client: Client, world: World) -> None:
    last = day(0).replace(year=9999, month=12, day=31)
    deal = await new_deal(client, world, (day(0), last))
    before = await world.fingerprint()
    assert codes(await deal.amend("reduceSeats", seats=1)) == ["TERM_INVALID"]
    assert codes(await deal.amend("renewSubscription")) == ["TERM_INVALID"]
    assert await world.fingerprint() == before


@pytest.mark.parametrize("mutation", ["addSeats", "cancelScheduledChange"])
async def test_a_manager_who_loses_the_role_while_an_amendment_waits_is_refused(
    deal: Deal, world: World, mutation: str
) -> None:
    change = await schedule(world, deal.made, 1) if mutation == "cancelScheduledChange" else None
    given = {"changeId": change} if change else {"subscriptionId": deal.made.id, "version": 1, "seats": 1}
    before = await deal.state(), await deal.pending()
    async with world.database.transaction() as amending:
        await lock(amending, "subscriptions", deal.made.team, "id", deal.made.id)
        async with waiting(amending, deal.manager.send(mutation, **given)) as sent:
            await world.set_role(deal.manager.team, deal.manager.who.id, Role.SOFTWARE_COORDINATOR)
            await amending.commit()
            assert (await sent).codes == ["FORBIDDEN"]
    assert (await deal.state(), await deal.pending()) == before
