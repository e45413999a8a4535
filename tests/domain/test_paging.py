"""Cursors return their sort key, for their own order only. Invented cursors are refused with BadInput."""

import base64
import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.paging import DEFAULT_SIZE, MAX_SIZE, Page, Paging, cursor, page
from domain.problems import BadInput

# The texts that PostgreSQL can store, and so the texts that a sort key can contain.
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
keys = st.lists(texts, min_size=1, max_size=4).map(tuple)


def invented(content: Any) -> str:
    """Encode content as a cursor that Usher never issued."""
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()


@given(texts, keys, st.integers(1, MAX_SIZE))
def test_a_cursor_returns_its_key(order: str, key: tuple[str, ...], first: int) -> None:
    assert page(Paging(first, cursor(order, key)), order, len(key)) == Page(first, key)


@given(keys)
def test_a_cursor_fits_into_a_url(key: tuple[str, ...]) -> None:
    assert set(cursor("name", key)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=")


def test_without_a_cursor_a_page_begins_at_the_start() -> None:
    assert page(Paging(5), "id", 1) == Page(5, None)


@given(st.text())
def test_any_text_is_refused_as_bad_input(text: str) -> None:
    with pytest.raises(BadInput, match="not a cursor"):
        page(Paging(1, text), "id", 1)


@given(st.binary())
def test_any_encoded_bytes_are_refused_as_bad_input(content: bytes) -> None:
    with pytest.raises(BadInput, match="not a cursor"):
        page(Paging(1, base64.urlsafe_b64encode(content).decode()), "id", 1)


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
        page(Paging(1, invented(content)), "id", 1)


@pytest.mark.parametrize("depth", [900, 100_000])
def test_a_deeply_nested_cursor_is_bad_input(depth: int) -> None:
    nested = base64.urlsafe_b64encode(b"[" * depth + b"]" * depth).decode()
    with pytest.raises(BadInput, match="not a cursor"):
        page(Paging(1, nested), "id", 1)


def test_a_cursor_is_valid_only_for_its_order() -> None:
    with pytest.raises(BadInput, match="another order"):
        page(Paging(1, cursor("name", ("a",))), "email", 1)


@pytest.mark.parametrize("first", [-(2**31), -1, 0, MAX_SIZE + 1, 2**31 - 1])
def test_a_page_has_1_to_100_rows(first: int) -> None:
    with pytest.raises(BadInput, match=f"between 1 and {MAX_SIZE}; it is {first}"):
        page(Paging(first), "id", 1)


@pytest.mark.parametrize("last", [-1, 0, MAX_SIZE + 1])
def test_a_page_backwards_has_1_to_100_rows(last: int) -> None:
    with pytest.raises(BadInput, match=f"`last` must be between 1 and {MAX_SIZE}; it is {last}"):
        page(Paging(last=last), "id", 1)


def test_a_page_has_20_rows_from_the_start_if_nothing_is_asked() -> None:
    assert page(Paging(), "id", 1) == Page(DEFAULT_SIZE)


@given(keys, st.integers(1, MAX_SIZE))
def test_a_page_backwards_ends_before_its_cursor(key: tuple[str, ...], last: int) -> None:
    asked = Paging(last=last, before=cursor("id", key))
    assert page(asked, "id", len(key)) == Page(last, None, key, backwards=True)


def test_nobody_reads_in_both_directions() -> None:
    with pytest.raises(BadInput, match="not both"):
        page(Paging(first=1, last=1), "id", 1)


def test_an_error_names_its_cursor() -> None:
    with pytest.raises(BadInput, match="`before` is not a cursor"):
        page(Paging(last=1, before="x"), "id", 1)


@pytest.mark.parametrize(
    ("asked", "more", "around"),
    [
        (Page(1), False, (False, False)),
        (Page(1), True, (False, True)),
        (Page(1, ("a",)), True, (True, True)),
        (Page(1, None, ("z",)), False, (False, True)),
        (Page(1, backwards=True), False, (False, False)),
        (Page(1, backwards=True), True, (True, False)),
        (Page(1, None, ("z",), backwards=True), True, (True, True)),
        (Page(1, ("a",), backwards=True), False, (True, False)),
    ],
)
def test_a_page_knows_what_is_around_it(asked: Page, more: bool, around: tuple[bool, bool]) -> None:
    assert (asked.has_previous(more), asked.has_next(more)) == around
