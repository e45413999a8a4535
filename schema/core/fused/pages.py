"""The pages of a statement: what a request knows of each, and which of the rows that were read are on it."""

from collections import Counter
from itertools import pairwise
from typing import Any

from domain.paging import Page
from execution.columns import PageValues


def values_of(page: Page, order: str) -> PageValues:
    """Return what a request knows of a page before its rows are read."""
    following, previous = ((has(False), has(True)) for has in (page.has_next, page.has_previous))
    return PageValues(page.size, order, page.backwards, following, previous)


def cut(keys: list[Any], page: PageValues) -> tuple[PageValues, list[bool]]:
    """Return the page with the keys that have more rows, and for each row whether it is on the page.

    `keys` are those of the rows. The list is empty if all rows are on the page.
    """
    numbers = Counter(keys) if len(keys) > page.size else {}
    more = frozenset(key for key, number in numbers.items() if number > page.size)
    if not more:
        return page, []
    # The rows of a key follow each other, so its first and its last row are beside another key.
    is_last = [*(one != after for one, after in pairwise(keys)), True]
    is_beyond = [True, *is_last[:-1]] if page.backwards else is_last
    shown = [not (beyond and key in more) for key, beyond in zip(keys, is_beyond, strict=True)]
    return page._replace(more=more), shown
