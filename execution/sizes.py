"""The size of an answer that is built from columns (`execution.code`), known before it is built.

Objects that are read once may be shown many times. So the size of a column is not enough: how often each of its rows is
shown counts, too. The code of a plan first computes an upper bound, with a few calls for each column (`bound_of`).
Only if the bound is over the limit, the size of each row is added up (`Sizes`).
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import repeat
from operator import add
from typing import Any

from execution.budget import MAX_CHARACTER, NULL, PUNCTUATION, AnswerTooLarge, most_bytes, size_of
from execution.columns import Computed, Constant, Edges, Embedded, Leaf, Nodes, Objects, PageInfo, Pages, Related, Value

CURSOR = 64
"""The bytes of a cursor without its sort keys, which need at most four times their JSON: escaped, then base64."""

Columns = list[list[Any]]


def is_bounded(leaf: Leaf | Computed) -> bool:
    """Whether the type of a leaf sets a bound, which is a part of `Selection.bytes`."""
    return leaf.step.most_bytes is not None


def bound_of(root: Objects) -> str:
    """Return a Python expression for the most bytes of the answer. `walked` is the size of what the walk has built."""
    return " + ".join([str(root.selection.bytes), *(term for value in root.values for term in _terms(value))])


def longest(column: Sequence[Any]) -> int:
    """Return the most bytes that a value of a column has in JSON."""
    texts = [value for value in column if value is not None]
    if set(map(type, texts)) <= {str}:
        return MAX_CHARACTER * max(map(len, texts), default=0) + NULL
    return size_of(texts)


def repeats(column: Sequence[Any]) -> int:
    """Return how often a value can be in a column at most."""
    return 1 + len(column) - len({*column})


def check(root: Objects, columns: Columns, limit: int) -> None:
    """Raise AnswerTooLarge if the answer has more bytes than the limit."""
    sizes = Sizes(columns)
    values = [value for value in root.values if not isinstance(value, Constant)]
    if root.selection.bytes + sum(sizes.of(value)[0] for value in values) > limit:
        raise AnswerTooLarge(limit)


def _terms(value: Value) -> Iterator[str]:
    """Yield terms for the most bytes of a value of all objects together."""
    match value:
        case Leaf() | Computed():
            if not is_bounded(value):
                yield f"size_of(c[{value.slot}])"
        case Constant():
            pass
        case Embedded():
            yield from _total(value.objects)
        case Related(many=False) if _is_flat(value.objects):
            yield f"len(c[{value.key}]) * ({' + '.join(_largest(value.objects))})"
        case Related():
            yield f"repeats(c[{value.key}]) * ({' + '.join(_total(value.objects))})"
            yield f"{NULL} * len(c[{value.key}])"
        case Pages():
            yield f"{_page_bytes(value)} * len(c[{value.key}])"
            yield from _page_terms(value)
        case _:
            yield "walked"


def _page_terms(pages: Pages) -> Iterator[str]:
    below = [term for objects in _shown(pages) for term in _total(objects)]
    for part in pages.parts:
        cursors = _cursors(part)
        if isinstance(part, Edges):
            below.append(f"{part.selection.bytes} * len(c[{pages.child_key}])")
            below += [f"{CURSOR * cursors} * len(c[{pages.child_key}])"] if cursors else []
            below += [f"{4 * cursors} * size_of(c[{slot}])" for slot in pages.sort_keys if cursors]
        elif cursors:
            longest_keys = "".join(f" + 4 * longest(c[{slot}])" for slot in pages.sort_keys)
            yield f"{cursors} * len(c[{pages.key}]) * ({CURSOR}{longest_keys})"
    if below:
        times = "" if pages.single else f"repeats(c[{pages.key}]) * "
        yield f"{times}({' + '.join(below)})"


def _total(objects: Objects) -> Iterator[str]:
    """Yield terms for all objects, if each is shown once."""
    yield f"{objects.selection.bytes} * len(c[{objects.size}])"
    for value in objects.values:
        yield from _terms(value)


def _is_flat(objects: Objects) -> bool:
    return all(
        isinstance(value, Leaf | Computed | Constant) or (isinstance(value, Embedded) and _is_flat(value.objects))
        for value in objects.values
    )


def _largest(objects: Objects) -> Iterator[str]:
    """Yield terms for the largest of these objects, which must be flat."""
    yield str(objects.selection.bytes)
    for value in objects.values:
        if isinstance(value, Embedded):
            yield from _largest(value.objects)
        elif isinstance(value, Leaf | Computed) and not is_bounded(value):
            yield f"longest(c[{value.slot}])"


def _shown(pages: Pages) -> list[Objects]:
    """Return the objects of a page, as often as it shows them."""
    shown = [part.objects for part in pages.parts if isinstance(part, Nodes)]
    edges = [part for part in pages.parts if isinstance(part, Edges)]
    return [*shown, *(objects for part in edges for objects in part.objects if objects is not None)]


def _page_bytes(pages: Pages) -> int:
    """Return the size of a page without its rows and cursors."""
    bytes_ = 3
    for part in pages.parts:
        bytes_ += len(part.step.key) + PUNCTUATION
        match part:
            case Constant():
                bytes_ += len(part.value) + 2
            case PageInfo():
                bytes_ += part.selection.bytes + NULL * len(part.names)
            case _:
                bytes_ += most_bytes(part.step.leaf) or NULL if part.step.leaf is not None else NULL
    return bytes_


def _cursors(part: Any) -> int:
    """Return how many cursors a part of a page shows, for each row or for each page."""
    if isinstance(part, Edges):
        return sum(step.name == "cursor" for step in part.selection.steps)
    return sum(name.endswith("Cursor") for name in part.names) if isinstance(part, PageInfo) else 0


class Sizes:
    """The size of each value in bytes, by columns."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns

    def of(self, value: Value) -> list[int]:
        """Return the size of a value of each object, except what its selection counts."""
        match value:
            case Leaf() | Computed():
                column = self._columns[value.slot]
                return [0] * len(column) if is_bounded(value) else _sizes(column)
            case Constant():
                return []
            case Embedded():
                return self._rows(value.objects)
            case Related():
                return self._related(value)
            case Pages():
                return self._pages(value)
            case _:
                return _sizes(self._columns[value.slot])

    def _rows(self, objects: Objects) -> list[int]:
        sizes = [objects.selection.bytes] * len(self._columns[objects.size])
        for value in objects.values:
            if not isinstance(value, Constant):
                sizes = list(map(add, sizes, self.of(value)))
        return sizes

    def _related(self, related: Related) -> list[int]:
        child_keys, sizes = self._columns[related.child_key], self._rows(related.objects)
        by_key = _summed(child_keys, sizes) if related.many else dict(zip(child_keys, sizes, strict=True))
        return [by_key.get(key, NULL) for key in self._columns[related.key]]

    def _pages(self, pages: Pages) -> list[int]:
        keys, bytes_ = self._columns[pages.key], _page_bytes(pages)
        key_bytes = CURSOR + sum(2 + max(map(_in_cursor, self._columns[slot]), default=0) for slot in pages.sort_keys)
        bytes_ += sum(_cursors(part) * key_bytes for part in pages.parts if isinstance(part, PageInfo))
        if pages.child_key is None:
            return [bytes_] * len(keys)
        child_keys = self._columns[pages.child_key]
        edges = [part for part in pages.parts if isinstance(part, Edges)]
        row_bytes = sum(part.selection.bytes + _cursors(part) * key_bytes for part in edges)
        by_key = _summed(child_keys, repeat(row_bytes, len(child_keys)))
        for objects in _shown(pages):
            for key, number in _summed(child_keys, self._rows(objects)).items():
                by_key[key] += number
        if pages.single:
            return [bytes_ + sum(by_key.values())] * len(keys)
        return [bytes_ + by_key.get(key, 0) for key in keys]


def _sizes(values: Sequence[Any]) -> list[int]:
    size: Callable[[Any], int] = lambda value: size_of((value,))  # noqa: E731
    return list(map(size, values))


def _in_cursor(key: Any) -> int:
    """Return the bytes of a sort key in a cursor, which is JSON in base64."""
    return (len(json.dumps(str(key))) + 1) * 4 // 3 + 1


def _summed(keys: Sequence[Any], numbers: Any) -> Counter[Any]:
    summed: Counter[Any] = Counter()
    for key, number in zip(keys, numbers, strict=True):
        summed[key] += number
    return summed
