"""Money: whole numbers of minor units (such as cents), each with the currency of its contract. Never a float."""

from collections.abc import Sequence
from typing import NamedTuple, NewType

BigInt = NewType("BigInt", int)
"""A whole number that may need 64 bits. The graph shows it as text."""
CURRENCY = "^[A-Z]{3}$"
"""The form of a currency: three letters of ISO 4217."""
WHOLE_RATE = 10_000
"""A tax rate is counted in hundredths of a percent: 1,900 are 19 %, and this is 100 %."""


class Money(NamedTuple):
    """An amount of a currency, in minor units."""

    amount: int
    currency: str


def prorated(unit_price: int, quantity: int, days: int, days_in_term: int) -> int:
    """What these seats cost for `days` of a term, half up, rounded once: the amount of one order line."""
    return _half_up(unit_price * quantity * days, days_in_term)


def tax(subtotal: int, rate: int) -> int:
    """The tax on the sum of an invoice, half up, rounded once. `rate` is in hundredths of a percent."""
    return _half_up(subtotal * rate, WHOLE_RATE)


def spread(total: int, amounts: Sequence[int]) -> list[int]:
    """Divide a total in proportion to these amounts; the parts add up to it (largest remainder, first line first).

    If all amounts are 0, so is the total.
    """
    whole = sum(amounts)
    if whole == 0:
        return [0 for _ in amounts]
    parts = [total * amount // whole for amount in amounts]
    order = sorted(range(len(amounts)), key=lambda line: (-(total * amounts[line] % whole), line))
    for line in order[: total - sum(parts)]:
        parts[line] += 1
    return parts


def _half_up(amount: int, divisor: int) -> int:
    return (2 * amount + divisor) // (2 * divisor)
