"""A product that is sold no more: nothing is ordered of it, and what is held stays until its term ends."""

from datetime import date
from typing import Any

import pytest

from domain.actions import Action
from domain.roles import Role
from domain.subjects import System
from domain.terms import last_day
from resolvers.contracts.calendar import CalendarReport
from resolvers.contracts.withdrawals import Withdrawal, withdraw
from tests.conftest import Client
from tests.support.calendar import days_of_terms, forget, report_on, subscription
from tests.support.database import fetch_rows
from tests.support.deals import Deal, codes, new_deal
from tests.support.locks import waiting
from tests.support.mutations import Caller, audit_rows, new_caller
from tests.support.subscriptions import day
from tests.support.workspaces import workspace
from tests.support.world import World

pytestmark = pytest.mark.slow

COMMAND = System("command product withdraw")
TOLD = "select kind, data ->> 'subscriptionId' from notices where team_id = $1 and kind = 'auto_renew_changed'"
REFUSED = ["PRODUCT_NOT_SOLD"]


async def sell_until(world: World, product: str, last: date | None) -> Withdrawal:
    """Set the last day on which a product is sold, as the command does."""
    async with workspace(world.database).change(COMMAND, Action.PRODUCTS_WITHDRAW, "run_test") as change:
        return await withdraw(change, product, last)


async def told(world: World, team: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in await fetch_rows(world.database, TOLD, team)]


@pytest.fixture
async def deal(client: Client, world: World) -> Deal:
    """A subscription that began 100 days ago, for a year."""
    return await new_deal(client, world, (day(-100), last_day(day(-100), 0, 12)))


@pytest.fixture
async def vendor(client: Client, world: World) -> Caller:
    """A person of the vendor's staff, with a team and a product that is sold no more."""
    caller = await new_caller(client, world, seats=0)
    await world.make_vendor(caller.who.id)
    await sell_until(world, caller.product, day(-1))
    return caller


def first(product: str, **more: object) -> dict[str, object]:
    return {
        "productId": product,
        "seats": 2,
        "startsOn": day(0).isoformat(),
        "endsOn": day(29).isoformat(),
        **more,
    }


@pytest.mark.parametrize(
    ("mutation", "more"), [("addSeats", {"seats": 1}), ("renewSubscription", {}), ("setAutoRenew", {"autoRenew": True})]
)
async def test_amendments_that_order_more_are_refused(
    world: World, deal: Deal, mutation: str, more: dict[str, Any]
) -> None:
    await sell_until(world, deal.made.product, day(-1))
    before = await world.fingerprint()
    assert codes(await deal.amend(mutation, **more)) == REFUSED
    assert await world.fingerprint() == before
    await sell_until(world, deal.made.product, None)
    assert codes(await deal.amend(mutation, **more)) == []


async def test_seats_are_sold_on_the_last_day_and_others_are_still_given_back(world: World, deal: Deal) -> None:
    await sell_until(world, deal.made.product, day(0))
    assert codes(await deal.amend("addSeats", seats=1)) == []
    await sell_until(world, deal.made.product, day(-1))
    assert codes(await deal.amend("reduceSeats", seats=2)) == []


async def test_a_term_may_begin_on_the_last_day_and_not_after_it(world: World, deal: Deal) -> None:
    ends_on = (await deal.state()).ends_on
    await sell_until(world, deal.made.product, ends_on)
    assert codes(await deal.amend("renewSubscription")) == REFUSED
    assert codes(await deal.amend("setAutoRenew", autoRenew=True)) == REFUSED
    await sell_until(world, deal.made.product, date.fromordinal(ends_on.toordinal() + 1))
    assert codes(await deal.amend("setAutoRenew", autoRenew=True)) == []
    assert codes(await deal.amend("renewSubscription")) == []
    state = await deal.state()
    assert (state.last_term, state.auto_renew) == (2, False)
    row = (await audit_rows(world, deal.manager.team))[-1]
    assert (row.before, row.after["autoRenew"]) == ({"autoRenew": True}, False)
    assert await told(world, deal.manager.team) == [("auto_renew_changed", deal.made.id)] * 2


async def test_no_subscription_is_added(world: World, vendor: Caller) -> None:
    before = await world.fingerprint()
    added = await vendor.mutate("addSubscription", teamId=vendor.team, **first(vendor.product))
    assert added.errors == [("PRODUCT_NOT_SOLD", None)]
    manager = {"firstName": "Ada", "email": "withdrawn@tests.example"}
    created = await vendor.mutate(
        "createCompany", name="Withdrawn", contractManager=manager, subscription=first(vendor.product)
    )
    assert created.errors == [("PRODUCT_NOT_SOLD", None)]
    assert await world.fingerprint() == before


async def test_a_subscription_that_begins_or_renews_itself_later_is_not_added(world: World, vendor: Caller) -> None:
    await sell_until(world, vendor.product, day(29))
    later = {"startsOn": day(30).isoformat(), "endsOn": day(60).isoformat()}
    for more in (later, {"autoRenew": True}):
        added = await vendor.mutate("addSubscription", teamId=vendor.team, **first(vendor.product, **more))
        assert codes(added) == REFUSED
    assert codes(await vendor.mutate("addSubscription", teamId=vendor.team, **first(vendor.product))) == []


async def test_the_withdrawal_switches_renewals_off_that_come_later(client: Client, world: World) -> None:
    early = await new_deal(client, world, (day(-10), day(9)), auto_renew=True)
    late = await new_deal(client, world, (day(-10), day(10)), auto_renew=True, product_id=early.made.product)
    done = await sell_until(world, early.made.product, day(10))
    assert (done.product.sold_until, done.stopped) == (day(10), 1)
    assert [(await one.state()).auto_renew for one in (early, late)] == [True, False]
    assert ((await late.state()).version, (await early.state()).version) == (2, 1)
    assert await told(world, late.manager.team) == [("auto_renew_changed", late.made.id)]
    assert await told(world, early.manager.team) == []
    row = (await audit_rows(world, late.manager.team))[-1]
    assert (row.action, row.actor_id, row.target_id) == ("products:withdraw", COMMAND.name, late.made.id)
    assert (row.before, row.after) == ({"autoRenew": True}, {"autoRenew": False})
    before = await world.fingerprint()
    assert (await sell_until(world, early.made.product, day(10))).stopped == 0
    assert await world.fingerprint() == before
    await sell_until(world, early.made.product, None)
    assert not (await late.state()).auto_renew


async def test_an_order_waits_for_a_withdrawal_and_is_refused_then(world: World, deal: Deal) -> None:
    async with workspace(world.database).change(COMMAND, Action.PRODUCTS_WITHDRAW, "run_test") as change:
        await withdraw(change, deal.made.product, day(-1))
        async with waiting(change.connection, deal.amend("addSeats", seats=1)) as order:
            await change.connection.commit()
            assert codes(await order) == REFUSED


async def test_the_calendar_renews_until_the_last_day_and_then_stops(own_world: World) -> None:
    world = own_world
    await forget(world)
    made = await subscription(world, "2031-01-01", "2031-01-31", months=1)
    await world.member(made.team, Role.CONTRACT_MANAGER)
    await sell_until(world, made.product, date(2031, 3, 1))
    assert await report_on(world, "2031-06-15") == CalendarReport(renewed=2)
    [_, _, last] = await days_of_terms(world, made)
    assert last == ("2031-03-01", "2031-03-31")
    assert await told(world, made.team) == [("auto_renew_changed", made.id)]
    row = [one for one in await audit_rows(world, made.team) if one.action == "subscriptions:renew"][-1]
    assert (row.before["autoRenew"], row.after["autoRenew"]) == (True, False)
    assert await report_on(world, "2032-01-01") == CalendarReport()
