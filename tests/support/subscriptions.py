"""Makes contracts and subscriptions with prices, terms and seats for tests, and changes them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import insert, text, update

from db.core import ids
from db.tables.contracts import Contract, ContractTeam, ScheduledChange, SeatChange, SubscriptionTerm
from db.tables.seats import Seat, Subscription
from domain.terms import Term, months_between, next_term
from tests.support.world import World

TERM = (
    "select starts_on, ends_on, anchor_on, step, months from subscription_terms where subscription_id = :id and n = :n"
)


class Made(NamedTuple):
    """A subscription that was made: its ids, and those of its seats."""

    id: str
    team: str
    product: str
    seats: list[str]


def day(offset: int) -> date:
    """The day this number of days after today (UTC)."""
    return datetime.now(UTC).date() + timedelta(days=offset)


async def make_contract(world: World, home: str, *served: str, **values: Any) -> str:
    """Make a contract of a home team, which serves other teams, too. Returns its id. `values` are those of its row."""
    id_ = ids.new("contract")
    row = {"currency": "EUR", "tax_rate": 1_900, **values}
    async with world.engine.begin() as connection:
        await connection.execute(insert(Contract), [{"team_id": home, "id": id_, **row}])
        teams = [{"team_id": team, "contract_id": id_} for team in (home, *served)]
        await connection.execute(insert(ContractTeam), teams)
    return id_


async def make_subscription(
    world: World, contract: str, team: str, term: tuple[date, date], seats: int = 1, price: int = 29_900, **values: Any
) -> Made:
    """Make a subscription of a product, by default a new one, with its first term and its seats.

    `values` are those of its row.
    """
    product = values.pop("product_id", None) or await world.product()
    id_, (starts_on, ends_on) = ids.new("sub"), term
    key = {"team_id": team, "subscription_id": id_}
    seat_ids = [ids.new("seat") for _ in range(seats)]
    async with world.engine.begin() as connection:
        found = text("select currency, grace_days from contracts where id = :id")
        kept = (await connection.execute(found, {"id": contract})).one()._asdict()
        own = {"team_id": team, "id": id_, "product_id": product, "contract_id": contract, "months": 12}
        row = {**own, **kept, "starts_on": starts_on, "ends_on": ends_on, **values}
        await connection.execute(insert(Subscription), [row])
        first = {"starts_on": starts_on, "ends_on": ends_on, "anchor_on": starts_on, "step": 0, "unit_price": price}
        months = months_between(starts_on, ends_on)
        await connection.execute(insert(SubscriptionTerm), [{**key, "n": 1, **first, "months": months}])
        if seats:
            bought = {**key, "n": 1, "effective_on": starts_on, "delta": seats}
            await connection.execute(insert(SeatChange), [bought])
            stock = [{"team_id": team, "id": one, "product_id": product, "subscription_id": id_} for one in seat_ids]
            await connection.execute(insert(Seat), stock)
    return Made(id_, team, product, seat_ids)


async def add_term(world: World, made: Made, n: int, months: int, price: int) -> None:
    """Append the n-th term to a subscription."""
    async with world.engine.begin() as connection:
        before = Term(*(await connection.execute(text(TERM), {"id": made.id, "n": n - 1})).one())
        term = next_term(before, months)
        key = {"team_id": made.team, "subscription_id": made.id, "n": n, "previous_ends_on": before.ends_on}
        row = {**key, **term._asdict(), "unit_price": price}
        await connection.execute(insert(SubscriptionTerm), [row])
        extended = update(Subscription).where(Subscription.id == made.id)
        await connection.execute(extended.values(last_term=n, ends_on=term.ends_on))


async def retire_seat(world: World, made: Made, seat: str, n: int) -> None:
    """Let a subscription give up a free seat today, by its n-th change."""
    async with world.engine.begin() as connection:
        await connection.execute(update(Seat).where(Seat.id == seat).values(retired_at=datetime.now(UTC)))
        row = {"team_id": made.team, "subscription_id": made.id, "n": n, "effective_on": day(0), "delta": -1}
        await connection.execute(insert(SeatChange), [row])


async def schedule(world: World, made: Made, seats: int, chosen: Sequence[str] = (), **values: Any) -> str:
    """Schedule another number of seats for the next term, and choose held seats to give up. Returns its id.

    `values` are those of its row.
    """
    id_ = ids.new("change")
    key = {"team_id": made.team, "id": id_, "subscription_id": made.id, "effective_on": day(30)}
    row = {**key, "seats": seats, "seat_ids": list(chosen), "scheduled_by": "user_somebody", **values}
    await world.insert(ScheduledChange, row)
    return id_
