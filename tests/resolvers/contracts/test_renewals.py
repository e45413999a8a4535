"""`renewSubscription`: the next term, its price, and the number of its seats."""

import asyncio
from datetime import date

import pytest

from domain.orders import MAX_PRICE
from domain.terms import MAX_MONTHS, last_day
from tests.conftest import Client
from tests.support.deals import Deal, codes, new_deal
from tests.support.mutations import audit_rows
from tests.support.subscriptions import day
from tests.support.world import World

TERMS = """
select n, starts_on, ends_on, anchor_on, step, months, unit_price from subscription_terms
where subscription_id = :id order by n
"""


async def yearly(client: Client, world: World, price: int = 29_900) -> Deal:
    """A subscription that is in its first year, which began 100 days ago."""
    starts = day(-100)
    return await new_deal(client, world, (starts, last_day(starts, 0, 12)), price=price)


async def test_the_next_term_follows_with_the_price_of_the_last(client: Client, world: World) -> None:
    deal = await yearly(client, world)
    payload = await deal.amend("renewSubscription")
    assert codes(payload) == []
    first, second = await deal.run(TERMS, id=deal.made.id)
    assert second.starts_on.toordinal() == first.ends_on.toordinal() + 1
    assert (second.anchor_on, second.step, second.months, second.unit_price) == (first.starts_on, 12, 12, 29_900)
    [line] = await deal.lines()
    assert (line.kind, line.ordered_on, line.term_n, line.quantity) == ("renewal", day(0), 2, 5)
    assert (line.starts_on, line.ends_on, line.amount) == (second.starts_on, second.ends_on, 149_500)
    state = await deal.state()
    assert (state.last_term, state.ends_on, state.seats, state.version) == (2, second.ends_on, 5, 2)
    assert await deal.pending() is None
    term = {"starts": second.starts_on.isoformat(), "ends": second.ends_on.isoformat()}
    after = (await audit_rows(world, deal.manager.team))[-1].after
    assert after == {"term": term, "seats": 5, "order": payload.content["order"]["id"]}


@pytest.mark.parametrize(("months", "price"), [(24, 59_800), (1, 2_492), (120, 299_000)])
async def test_another_length_begins_to_count_anew(client: Client, world: World, months: int, price: int) -> None:
    deal = await yearly(client, world)
    assert codes(await deal.amend("renewSubscription", months=months)) == []
    _, second = await deal.run(TERMS, id=deal.made.id)
    assert (second.anchor_on, second.step, second.months) == (second.starts_on, 0, months)
    assert second.unit_price == price
    assert (await deal.state()).months == months


async def test_after_an_irregular_term_a_day_costs_the_same(client: Client, world: World) -> None:
    deal = await new_deal(client, world, (day(-10), day(9)), price=2_000, months=1)
    assert codes(await deal.amend("renewSubscription")) == []
    _, second = await deal.run(TERMS, id=deal.made.id)
    assert (second.starts_on, second.step, second.months) == (day(10), 0, 1)
    assert second.unit_price == 100 * (second.ends_on - second.starts_on).days + 100


async def test_terms_are_counted_from_the_first_day(client: Client, world: World) -> None:
    """A term that began on 29 February or on a 31st is followed by the same day, or by the last of a shorter month."""
    starts = date(2024, 2, 29)
    deal = await new_deal(client, world, (starts, last_day(starts, 0, 48)), months=48)
    assert codes(await deal.amend("renewSubscription")) == []
    _, second = await deal.run(TERMS, id=deal.made.id)
    assert (second.starts_on, second.ends_on) == (date(2028, 2, 29), date(2032, 2, 28))
    deal = await new_deal(client, world, (starts, last_day(starts, 0, 12 * 9)), months=12 * 9)
    assert codes(await deal.amend("renewSubscription")) == []
    _, second = await deal.run(TERMS, id=deal.made.id)
    assert (second.starts_on, second.ends_on) == (date(2033, 2, 28), date(2042, 2, 27))


@pytest.mark.parametrize(("seats", "amount"), [(8, 239_200), (2, 59_800)])
async def test_another_number_of_seats_comes_with_the_next_term(
    client: Client, world: World, seats: int, amount: int
) -> None:
    deal = await yearly(client, world)
    assert codes(await deal.amend("renewSubscription", seats=seats)) == []
    pending, [line] = await deal.pending(), await deal.lines()
    assert pending is not None
    assert (pending.seats, pending.effective_on, list(pending.seat_ids)) == (seats, line.starts_on, [])
    assert (line.quantity, line.amount, (await deal.state()).seats) == (seats, amount, 5)


async def test_a_scheduled_number_is_ordered_and_no_other(client: Client, world: World) -> None:
    deal = await yearly(client, world)
    assert codes(await deal.amend("reduceSeats", seats=3)) == []
    assert codes(await deal.amend("renewSubscription", seats=4)) == ["CHANGE_PENDING"]
    assert codes(await deal.amend("renewSubscription")) == []
    assert [line.quantity for line in await deal.lines()] == [3]
    pending = await deal.pending()
    assert pending is not None and pending.seats == 3


async def test_nothing_is_renewed_before_the_last_term_has_begun(client: Client, world: World) -> None:
    deal = await yearly(client, world)
    assert codes(await deal.amend("renewSubscription")) == []
    before = await world.fingerprint()
    assert codes(await deal.amend("renewSubscription")) == ["ALREADY_RENEWED"]
    assert await world.fingerprint() == before
    upcoming = await new_deal(client, world, (day(1), day(30)))
    assert codes(await upcoming.amend("renewSubscription")) == ["ALREADY_RENEWED"]
    begun = await new_deal(client, world, (day(0), day(30)))
    assert codes(await begun.amend("renewSubscription")) == []


async def test_many_renew_at_once_and_one_term_is_added(client: Client, world: World) -> None:
    deal = await yearly(client, world)
    answers = await asyncio.gather(*(deal.amend("renewSubscription", version=1) for _ in range(16)))
    assert sorted(map(codes, answers)) == [[], *[["SUBSCRIPTION_CHANGED"]] * 15]
    assert len(await deal.run(TERMS, id=deal.made.id)) == 2
    assert len(await deal.lines()) == 1


async def test_an_expired_subscription_is_renewed_without_a_gap_and_serves_the_waiting_list(
    client: Client, world: World
) -> None:
    deal = await new_deal(client, world, (day(-200), day(-30)), grace_days=30, months=12)
    people = await deal.manager.members(6)
    for one in people:
        await world.wait(deal.manager.team, deal.made.product, one)
    assert codes(await deal.amend("renewSubscription")) == []
    [line] = await deal.lines()
    assert (line.starts_on, line.ordered_on) == (day(-29), day(0))
    assert line.amount == line.unit_price * 5
    assert set(await deal.manager.holders()) == set(people[:5])


async def test_an_ended_subscription_is_not_renewed(client: Client, world: World) -> None:
    deal = await new_deal(client, world, (day(-200), day(-31)), grace_days=30)
    before = await world.fingerprint()
    assert codes(await deal.amend("renewSubscription")) == ["SUBSCRIPTION_ENDED"]
    assert codes(await deal.amend("setAutoRenew", autoRenew=True)) == ["SUBSCRIPTION_ENDED"]
    assert await world.fingerprint() == before


@pytest.mark.parametrize("months", [-1, 0, MAX_MONTHS + 1, 2**31 - 1])
async def test_a_term_has_a_number_of_months_that_the_calendar_has(deal: Deal, world: World, months: int) -> None:
    before = await world.fingerprint()
    payload = await deal.amend("renewSubscription", months=months)
    assert [(one["code"], one["field"]) for one in payload.content["errors"]] == [("TERM_INVALID", ["months"])]
    assert await world.fingerprint() == before


async def test_a_seat_of_a_longer_term_must_not_cost_too_much(client: Client, world: World) -> None:
    deal = await yearly(client, world, price=MAX_PRICE)
    before = await world.fingerprint()
    assert codes(await deal.amend("renewSubscription", months=13)) == ["PRICE_INVALID"]
    assert await world.fingerprint() == before
    assert codes(await deal.amend("renewSubscription")) == []


async def test_a_renewal_that_costs_nothing_has_an_order_and_no_invoice(client: Client, world: World) -> None:
    deal = await yearly(client, world, price=0)
    assert codes(await deal.amend("renewSubscription")) == []
    assert [line.amount for line in await deal.lines()] == [0]
    assert await deal.run("select id from invoices where contract_id = :id", id=deal.contract) == []
