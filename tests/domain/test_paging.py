"""Cursors return their sort key, for their own order only. Invented cursors are refused with BadInput."""

import base64
import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.paging import MAX_SIZE, Page, cursor, page
from domain.problems import BadInput

# The texts that PostgreSQL can store, and so the texts that a sort key can contain.
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
keys = st.lists(texts, min_size=1, max_size=4).map(tuple)


def invented(content: Any) -> str:
    """Encode content as a cursor that Usher never issued."""
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()


@given(texts, keys, st.integers(1, MAX_SIZE))
def test_a_cursor_returns_its_key(order: str, key: tuple[str, ...], first: int) -> None:
    assert page(first, cursor(order, key), order, len(key)) == Page(first, key)


@given(keys)
def test_a_cursor_fits_into_a_url(key: tuple[str, ...]) -> None:
    assert set(cursor("name", key)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=")


def test_without_a_cursor_a_page_begins_at_the_start() -> None:
    assert page(5, None, "id", 1) == Page(5, None)


@given(st.text())
def test_any_text_is_refused_as_bad_input(text: str) -> None:
    with pytest.raises(BadInput, match="not a cursor"):
        page(1, text, "id", 1)


@given(st.binary())
def test_any_encoded_bytes_are_refused_as_bad_input(content: bytes) -> None:
    with pytest.raises(BadInput, match="not a cursor"):
        page(1, base64.urlsafe_b64encode(content).decode(), "id", 1)


@pytest.mark.parametrize(
    "content",
    [
        None,
        7,
        "id",
        {"id": "a"},
        [],
        ["id"],
        ["id", "a", "b"],
        ["id", 7],
        ["id", None],
        ["id", ["a"]],
        [0, "a"],
        ["id", "a\0b"],
        ["id", "\ud800"],
        ["id", "a\udfffb"],
    ],
    ids=repr,
)
def test_an_invented_cursor_is_bad_input(content: Sequence[object]) -> None:
    with pytest.raises(BadInput, match="not a cursor"):
        page(1, invented(content), "id", 1)


@pytest.mark.parametrize("depth", [900, 100_000])
def test_a_deeply_nested_cursor_is_bad_input(depth: int) -> None:
    nested = base64.urlsafe_b64encode(b"[" * depth + b"]" * depth).decode()
    with pytest.raises(BadInput, match="not a cursor"):
        page(1, nested, "id", 1)


def test_a_cursor_is_valid_only_for_its_order() -> None:
    with pytest.raises(BadInput, match="another order"):
        page(1, cursor("name", ("a",)), "email", 1)


@pytest.mark.parametrize("first", [-(2**31), -1, 0, MAX_SIZE + 1, 2**31 - 1])
def test_a_page_has_1_to_100_rows(first: int) -> None:
    with pytest.raises(BadInput, match=f"between 1 and {MAX_SIZE}; it is {first}"):
        page(first, None, "id", 1)
