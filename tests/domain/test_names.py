"""Names may have any script and 1 to 100 characters, but no character that cannot be printable or stored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.names import MAX_LENGTH, is_name

printable = st.characters(exclude_categories=["Cc", "Cs", "Z"])


@pytest.mark.parametrize("name", ["Ada", "李", "Þóra", "O'Neil-Łuk", "محمد", "Jean Luc", "👩‍🔧", "  Ada  ", "x" * 100])
def test_these_are_valid_names(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "name", ["", " ", "\t\n", "x" * 101, "A\0", "A\nB", "A\x7fB", "A\x85B", "\x1b[31mA", "\ud800", "A\udfff"], ids=ascii
)
def test_these_are_not_valid_names(name: str) -> None:
    assert not is_name(name)


@given(st.text(printable, min_size=1, max_size=MAX_LENGTH))
def test_any_printable_text_is_a_name(name: str) -> None:
    assert is_name(name)


@given(st.text(printable), st.sampled_from("\0\x01\n\x1f\x7f\x9f\ud800\udbff\udfff"), st.text(printable, min_size=1))
def test_a_text_with_a_control_character_or_surrogate_is_not_a_name(before: str, bad: str, after: str) -> None:
    assert not is_name(f"x{before}{bad}{after}")
