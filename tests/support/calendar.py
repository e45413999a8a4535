"""Runs the calendar on days of a test's own, and reads what it left."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import text

from domain.subjects import System
from resolvers.contracts.calendar import CalendarReport, Step, run_day, total
from tests.support.subscriptions import Made, make_contract, make_subscription
from tests.support.workspaces import workspace
from tests.support.world import World

CALENDAR = System("job calendar")
NO_MORE = "update subscriptions set auto_renew = false"
FAR = "2999-01-01"
TERMS = """
select n, starts_on, ends_on, unit_price from subscription_terms
where team_id = :team and subscription_id = :id order by n
"""
ORDERS = """
select o.kind, o.ordered_on, l.term_n, l.quantity, l.amount, i.issued_on, i.total
from order_lines l join orders o on o.team_id = l.team_id and o.id = l.order_id
left join invoices i on i.order_id = o.id
where l.subscription_team_id = :team and l.subscription_id = :id order by l.term_n
"""
SEATS = """
select (select count(*) from seats where team_id = :team and subscription_id = :id and retired_at is null),
       (select coalesce(sum(delta), 0) from seat_changes where team_id = :team and subscription_id = :id)
"""
CHANGES = """
select c.n, c.effective_on, c.delta, l.term_n
from seat_changes c left join order_lines l on l.order_id = c.order_id
where c.team_id = :team and c.subscription_id = :id order by c.n
"""
HOLDERS = """
select holder_id, id from seats where team_id = :team and product_id = :product and holder_id is not null
order by holder_id
"""
WAITS = "select user_id from waits where team_id = :team and product_id = :product order by id"
VERSION = "select version from subscriptions where team_id = :team and id = :id"


async def subscription(world: World, starts: str, ends: str, seats: int = 3, **values: Any) -> Made:
    """Make a subscription of a new team that renews itself, unless `values` says otherwise."""
    team = await world.team()
    contract = await make_contract(world, team, grace_days=values.pop("grace_days", 0))
    term = (date.fromisoformat(starts), date.fromisoformat(ends))
    return await make_subscription(world, contract, team, term, seats, **{"auto_renew": True, **values})


async def forget(world: World) -> None:
    """Let the subscriptions of the tests before end, so that nothing of them is due."""
    await execute(world, NO_MORE)
    await run_on(world, FAR)
    await execute(world, "delete from waits")


async def run_on(world: World, *days: str) -> list[Step]:
    """Run the calendar once on each of these days."""
    steps = [await run_day(workspace(world.database), CALENDAR, date.fromisoformat(day)) for day in days]
    return [step for one in steps for step in one]


async def report_on(world: World, day: str) -> CalendarReport:
    """Run the calendar on a day. Returns what it did in all."""
    return total(await run_on(world, day))


async def read(world: World, query: str, made: Made) -> list[tuple[Any, ...]]:
    """The rows of a query about a subscription."""
    values = {"team": made.team, "id": made.id, "product": made.product}
    async with world.engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(query), values)]


async def days_of_terms(world: World, made: Made) -> list[tuple[str, str]]:
    """The first and the last day of each term, in order."""
    return [(str(row[1]), str(row[2])) for row in await read(world, TERMS, made)]


async def seats_and_changes(world: World, made: Made) -> tuple[int, int]:
    """The number of seats that are not retired, and the sum of the changes. Both are equal at any time."""
    [(seats, changes)] = await read(world, SEATS, made)
    return int(seats), int(changes)


async def execute(world: World, statement: str, **values: Any) -> None:
    """Change rows by hand."""
    async with world.engine.begin() as connection:
        await connection.execute(text(statement), values)


async def hold(world: World, made: Made, number: int) -> list[str]:
    """Give seats of a subscription to new members, in the order of the seats. Returns the user ids."""
    people = await world.members(made.team, number) if number else []
    for one in people:
        await world.give_seat(made.team, made.product, one)
    return people


async def wait(world: World, made: Made, people: Sequence[str]) -> None:
    """Put people on the waiting list."""
    for one in people:
        await execute(
            world,
            "insert into waits (team_id, product_id, user_id, kind, queued_by) "
            "values (:team, :product, :one, 'direct', 'user_x')",
            team=made.team, product=made.product, one=one,
        )  # fmt: skip
