"""64 clients who want seats of one subscription at once, and who try again until they get them, all get them."""

import asyncio
import random
from fractions import Fraction

import pytest

from tests.support.database import fetch_rows
from tests.support.deals import Deal, codes

pytestmark = pytest.mark.slow

CLIENTS = 64
NUMBERS = """
select o.number, i.number, i.subtotal, i.tax, i.total,
       (select sum(amount) from order_lines l where l.order_id = o.id),
       (select sum(tax) from order_lines l where l.order_id = o.id)
from orders o join invoices i on i.order_id = o.id where o.contract_id = $1 order by o.number
"""
CHANGES = "select n, delta, order_id from seat_changes where subscription_id = $1 order by n"


def rounded(exact: Fraction) -> int:
    """The nearest whole number, half up."""
    return int((2 * exact + 1) // 2)


async def add(deal: Deal, seats: int) -> int:
    """Add seats, and try again in the version that is found then. Returns how often it was tried."""
    for tried in range(1, 200):
        found = codes(await deal.amend("addSeats", seats=seats))
        if not found:
            return tried
        assert found == ["SUBSCRIPTION_CHANGED"]
        # As polite clients do: each waits for a random time, so that they do not all come again at once.
        await asyncio.sleep(random.uniform(0, 0.03 * CLIENTS))  # noqa: S311 - no secret
    raise AssertionError("it never got seats")


async def test_64_clients_who_try_again_all_get_their_seats(deal: Deal) -> None:
    wanted = [1 + number % 3 for number in range(CLIENTS)]
    tries = await asyncio.gather(*(add(deal, seats) for seats in wanted))
    assert sum(tries) > CLIENTS, "they were in each other's way"
    state = await deal.state()
    assert (state.version, state.seats, state.changes) == (1 + CLIENTS, 5 + sum(wanted), 5 + sum(wanted))
    changes = await fetch_rows(deal.world.database, CHANGES, deal.made.id)
    assert [n for n, _, _ in changes] == list(range(1, CLIENTS + 2))
    assert sorted(delta for _, delta, _ in changes[1:]) == sorted(wanted)
    assert len({order for _, _, order in changes[1:]}) == CLIENTS
    rows = await fetch_rows(deal.world.database, NUMBERS, deal.contract)
    for column in (0, 1):
        numbers = [row[column] for row in rows]
        assert numbers == list(range(numbers[0], numbers[0] + CLIENTS)), "no number is missing or used twice"
    amounts = sorted(rounded(Fraction(29_900 * seats * 100, 200)) for seats in wanted)
    assert sorted(row[2] for row in rows) == amounts
    for _, _, subtotal, tax, total, lines, line_taxes in rows:
        assert tax == rounded(Fraction(subtotal * 19, 100))
        assert (lines, line_taxes, total) == (subtotal, tax, subtotal + tax)
