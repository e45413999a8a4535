"""Amounts of money, and the scalar for whole numbers that may need 64 bits."""

import re

import strawberry
from strawberry.exceptions import StrawberryInputCoercionError

from domain.money import BigInt
from domain.money import Money as MoneyRow
from schema.core.fields import shows

MOST_BYTES = {"BigInt": len('"-9223372036854775808"')}
"""The most bytes of a value of the scalar in JSON."""
LIMIT = 2**63
DIGITS = re.compile(r"-?[0-9]{1,19}", re.ASCII)
NO_NUMBER = "Send a whole number of at most 64 bits, as text or as a number."


def parse(value: object) -> int:
    """Read a client's value. Raises StrawberryInputCoercionError."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    if whole or (isinstance(value, str) and DIGITS.fullmatch(value)):
        number = int(value)  # type: ignore[call-overload] # one of the two, as checked
        if -LIMIT <= number < LIMIT:
            return int(number)
    raise StrawberryInputCoercionError(NO_NUMBER)


BIG_INT = strawberry.scalar(
    name="BigInt",
    description=(
        "A whole number of up to 64 bits. Answers write it as text, because the numbers of many clients are exact only "
        "up to 53 bits. In an input it may be text or a number."
    ),
    serialize=str,
    parse_value=parse,
)


@shows(MoneyRow)
class Money:
    """An amount of money."""

    amount: BigInt = strawberry.field(
        description="The amount in minor units of the currency, such as cents. It is a whole number."
    )
    currency: str = strawberry.field(description="The currency: three letters of ISO 4217, such as EUR.")
