"""Large numbers are written as text; an input takes text or numbers, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strawberry.exceptions import StrawberryInputCoercionError

from schema.core.money import BIG_INT, MOST_BYTES, parse

LARGEST = 2**63 - 1


@given(st.integers(-LARGEST - 1, LARGEST))
def test_each_number_of_64_bits_is_read_as_it_was_written(number: int) -> None:
    assert BIG_INT.serialize is not None
    assert parse(BIG_INT.serialize(number)) == parse(number) == number


@pytest.mark.parametrize("value", ["", "1.0", "1e3", " 1", "+1", "٣", "0x1", "1_000", 1.0, True, None, [], "9" * 20])
def test_another_value_is_refused(value: object) -> None:
    with pytest.raises(StrawberryInputCoercionError, match="whole number"):
        parse(value)


@pytest.mark.parametrize("number", [LARGEST + 1, -LARGEST - 2])
def test_a_number_of_more_bits_is_refused(number: int) -> None:
    for value in (number, str(number)):
        with pytest.raises(StrawberryInputCoercionError, match="64 bits"):
            parse(value)


def test_no_number_has_more_bytes_than_are_counted() -> None:
    assert len(f'"{-LARGEST - 1}"') == MOST_BYTES["BigInt"]
