"""`addSubscription`: the seats of a new subscription, and the people who wait for them."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from db.tables.seats import Seat, Subscription
from domain.orders import MAX_PRICE
from domain.roles import Role
from domain.subscriptions import MAX_SEATS
from domain.terms import MAX_MONTHS
from tests.conftest import Client
from tests.support.mutations import Caller, Payload, audit_rows, new_caller
from tests.support.subscriptions import make_contract
from tests.support.world import World

TODAY = datetime.now(UTC).date()
YEAR = timedelta(days=364)


@dataclass(frozen=True)
class Sale:
    """A person of the vendor's staff, and a team of which they are no member. `buyer` is its coordinator."""

    vendor: Caller
    buyer: Caller

    async def add(self, seats: int, starts: date = TODAY, ends: date = TODAY + YEAR, **more: object) -> Payload:
        """Add a subscription to the team."""
        given = {"teamId": self.buyer.team, "productId": self.buyer.product, "seats": seats}
        term = {"startsOn": starts.isoformat(), "endsOn": ends.isoformat()}
        return await self.vendor.mutate("addSubscription", **{**given, **term, **more})


@pytest.fixture
async def sale(client: Client, world: World) -> Sale:
    """A team with one seat, which somebody holds."""
    buyer, vendor = await new_caller(client, world, seats=1), await new_caller(client, world, seats=0)
    await world.make_vendor(vendor.who.id)
    await buyer.give_seat((await buyer.members(1))[0])
    return Sale(vendor, buyer)


async def stored(world: World, team: str) -> list[tuple[date, date, int]]:
    """The first day, the last day and the number of seats of each subscription of a team, sorted."""
    async with world.engine.connect() as connection:
        terms = {
            row.id: (row.starts_on, row.ends_on)
            for row in await connection.execute(select(Subscription.__table__).where(Subscription.team_id == team))
        }
        of_seats = (await connection.execute(select(Seat.subscription_id).where(Seat.team_id == team))).scalars().all()
    return sorted((*term, of_seats.count(id_)) for id_, term in terms.items())


async def test_a_subscription_adds_its_seats_to_the_pool(sale: Sale, world: World) -> None:
    result = await sale.add(3)
    assert result.errors == []
    assert (TODAY, TODAY + YEAR, 3) in await stored(world, sale.buyer.team)
    people = await sale.buyer.members(4)
    assigned = await sale.buyer.assign(people, mode="BEST_EFFORT")
    assert (assigned.pool, assigned.errors) == ((4, 4, 0), [("NO_SEAT_LEFT", 3)])
    [row, _] = await audit_rows(world, sale.buyer.team)
    assert (row.action, row.actor_id, row.target_id) == (
        "subscriptions:add",
        sale.vendor.who.id,
        result.content["subscriptionId"],
    )
    term = {"starts": TODAY.isoformat(), "ends": (TODAY + YEAR).isoformat()}
    order = row.after.pop("order")
    assert row.after == {"product": sale.buyer.product, "seats": 3, **term}
    assert order.startswith("order_")
    assert row.facts == [{"kind": "Person"}, {"kind": "Business", "staff": True}]
    assert await world.audit_actions(sale.buyer.team) == ["subscriptions:add", "seats:assign"]


async def test_people_on_the_waiting_list_get_the_new_seats_in_order(sale: Sale, world: World) -> None:
    people = await sale.buyer.members(3)
    waiting = people[::-1]  # in another order than that of their ids
    await sale.buyer.assign(waiting, mode="WAITLIST")
    assert (await sale.add(2)).errors == []
    assert set(await sale.buyer.holders()) >= set(waiting[:2])
    assert waiting[2] not in await sale.buyer.holders()
    row = (await audit_rows(world, sale.buyer.team))[-1]
    assert sorted(row.after["promoted"].values()) == sorted(waiting[:2])
    assert (await sale.add(2)).errors == []
    assert waiting[2] in await sale.buyer.holders()
    assert len(await world.free_seats(sale.buyer.team, sale.buyer.product)) == 1


async def test_a_subscription_that_begins_later_gives_no_seat_today(sale: Sale) -> None:
    [waiting] = await sale.buyer.members(1)
    await sale.buyer.assign([waiting], mode="WAITLIST")
    tomorrow = TODAY + timedelta(days=1)
    assert (await sale.add(1, tomorrow, tomorrow)).errors == []
    assert waiting not in await sale.buyer.holders()


@pytest.mark.parametrize("seats", [0, -1, MAX_SEATS + 1, 2**31 - 1])
async def test_the_number_of_seats_has_limits(sale: Sale, world: World, seats: int) -> None:
    before = await world.fingerprint()
    result = await sale.add(seats)
    assert [(one["code"], one["field"]) for one in result.content["errors"]] == [("SEATS_INVALID", ["seats"])]
    assert await world.fingerprint() == before


@pytest.mark.parametrize(
    ("starts", "ends"),
    [(TODAY, TODAY - timedelta(days=1)), (TODAY + YEAR, TODAY), (date.min, TODAY), (TODAY, date.max)],
)
async def test_a_subscription_ends_after_it_starts_and_not_before_today(
    sale: Sale, world: World, starts: date, ends: date
) -> None:
    before = await world.fingerprint()
    result = await sale.add(1, starts, ends)
    assert [(one["code"], one["field"]) for one in result.content["errors"]] == [("TERM_INVALID", ["endsOn"])]
    assert await world.fingerprint() == before


async def test_a_subscription_may_last_one_day_and_may_have_begun_long_ago(sale: Sale) -> None:
    assert (await sale.add(1, TODAY, TODAY)).errors == []
    assert (await sale.add(1, date(2, 1, 1), date(9998, 12, 31))).errors == []


@pytest.mark.parametrize(("field", "id_"), [("teamId", "team_unknown"), ("productId", "product_unknown")])
async def test_an_unknown_team_or_product_is_not_found(sale: Sale, world: World, field: str, id_: str) -> None:
    before = await world.fingerprint()
    given = {"teamId": sale.buyer.team, "productId": sale.buyer.product, "seats": 1, field: id_}
    term = {"startsOn": TODAY.isoformat(), "endsOn": TODAY.isoformat()}
    assert (await sale.vendor.send("addSubscription", **given, **term)).codes == ["NOT_FOUND"]
    assert await world.fingerprint() == before


async def test_the_right_ends_with_the_role(sale: Sale, world: World) -> None:
    assert (await sale.add(1)).errors == []
    await world.remove_vendor(sale.vendor.who.id)
    term = {"startsOn": TODAY.isoformat(), "endsOn": TODAY.isoformat()}
    given = {"teamId": sale.buyer.team, "productId": sale.buyer.product, "seats": 1}
    answer = await sale.vendor.send("addSubscription", **given, **term)
    assert answer.codes == ["FORBIDDEN"]
    assert "the role vendor" in answer.content["errors"][0]["extensions"]["policy"]["needs"]


async def test_people_who_join_the_waiting_list_meanwhile_are_not_forgotten(client: Client, world: World) -> None:
    """No seat is available while somebody waits, whichever of two simultaneous requests is first."""
    for _ in range(10):
        buyer, vendor = await new_caller(client, world, seats=1), await new_caller(client, world, seats=0)
        await world.make_vendor(vendor.who.id)
        await buyer.give_seat((await buyer.members(1))[0])
        people = await buyer.members(4)
        sale = Sale(vendor, buyer)
        await asyncio.gather(
            *(buyer.assign([one], mode="WAITLIST") for one in people), *(sale.add(1) for _ in range(3))
        )
        assert len(await buyer.holders()) == 4
        assert await world.free_seats(buyer.team, buyer.product) == []


async def test_the_number_of_statements_does_not_depend_on_the_number_of_seats(
    sale: Sale, statements: list[str]
) -> None:
    counts = []
    for seats in (1, 1, 500):
        statements.clear()
        assert (await sale.add(seats)).errors == []
        counts.append(len(statements))
    assert counts[1] == counts[2]


async def test_a_contract_manager_cannot_sell_to_themselves(client: Client, world: World, sale: Sale) -> None:
    manager = await new_caller(client, world, seats=0, role=Role.CONTRACT_MANAGER)
    given = {"teamId": manager.team, "productId": sale.buyer.product, "seats": 1}
    term = {"startsOn": TODAY.isoformat(), "endsOn": TODAY.isoformat()}
    assert (await manager.send("addSubscription", **given, **term)).codes == ["FORBIDDEN"]


ORDERED = """
select o.kind, o.ordered_on, l.term_n, l.quantity, l.unit_price, l.starts_on, l.ends_on, l.amount, l.tax, i.total
from orders o join order_lines l on l.team_id = o.team_id and l.order_id = o.id
left join invoices i on i.order_id = o.id
where l.subscription_id = :id
"""
CHANGES = "select effective_on, delta, order_id is not null as ordered from seat_changes where subscription_id = :id"


async def read(world: World, statement: str, id_: str) -> list[tuple[object, ...]]:
    """The rows that a statement finds for an id."""
    async with world.engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(statement), {"id": id_})]


async def test_a_subscription_is_ordered_under_its_contract_and_invoiced(sale: Sale, world: World) -> None:
    contract = await make_contract(world, sale.buyer.team)
    newest = await make_contract(world, sale.buyer.team)
    assert contract < newest
    more: dict[str, Any] = {"unitPrice": 29_900, "months": 24, "autoRenew": True, "contractId": contract}
    id_ = (await sale.add(3, **more)).content["subscriptionId"]
    line = (1, 3, 29_900, TODAY, TODAY + YEAR, 89_700, 17_043)
    assert await read(world, ORDERED, id_) == [("purchase", TODAY, *line, 106_743)]
    assert await read(world, CHANGES, id_) == [(TODAY, 3, True)]
    kept = "select contract_id, months, auto_renew, version from subscriptions where id = :id"
    assert await read(world, kept, id_) == [(contract, 24, True, 1)]


async def test_a_subscription_without_a_price_is_ordered_without_an_invoice(sale: Sale, world: World) -> None:
    id_ = (await sale.add(3)).content["subscriptionId"]
    assert await read(world, ORDERED, id_) == [("purchase", TODAY, 1, 3, 0, TODAY, TODAY + YEAR, 0, 0, None)]


async def test_a_contract_must_serve_the_team(sale: Sale, world: World) -> None:
    elsewhere = await make_contract(world, await world.team())
    before = await world.fingerprint()
    given = {"teamId": sale.buyer.team, "productId": sale.buyer.product, "seats": 1}
    term = {"startsOn": TODAY.isoformat(), "endsOn": TODAY.isoformat()}
    for contract in (elsewhere, "contract_unknown"):
        answer = await sale.vendor.send("addSubscription", **given, **term, contractId=contract)
        assert answer.codes == ["NOT_FOUND"]
    assert await world.fingerprint() == before


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("unitPrice", -1, "PRICE_INVALID"),
        ("unitPrice", MAX_PRICE + 1, "PRICE_INVALID"),
        ("unitPrice", 2**63 - 1, "PRICE_INVALID"),
        ("months", 0, "TERM_INVALID"),
        ("months", MAX_MONTHS + 1, "TERM_INVALID"),
    ],
)
async def test_prices_and_months_have_limits(sale: Sale, world: World, field: str, value: int, code: str) -> None:
    before = await world.fingerprint()
    more: dict[str, Any] = {field: str(value) if field == "unitPrice" else value}
    result = await sale.add(1, **more)
    assert [(one["code"], one["field"]) for one in result.content["errors"]] == [(code, [field])]
    assert await world.fingerprint() == before


async def test_the_dearest_subscription_is_invoiced_to_the_cent(sale: Sale, world: World) -> None:
    contract = await make_contract(world, sale.buyer.team, tax_rate=10_000)
    id_ = (await sale.add(MAX_SEATS, unitPrice=str(MAX_PRICE), contractId=contract)).content["subscriptionId"]
    [row] = await read(world, ORDERED, id_)
    assert row[-1] == 2 * MAX_PRICE * MAX_SEATS
