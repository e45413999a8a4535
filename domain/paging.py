"""Keyset paging: a client asks for a page by its size and the sort key of a row beside it, never by an offset."""

import base64
import binascii
import json
from dataclasses import dataclass

from domain.problems import BadInput

DEFAULT_SIZE = 20
MAX_SIZE = 100
BY_NAME = "sorted-name"
"""What cursors call the order by the stored keys of names. Cursors of "name", with names in lower case, are refused."""

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Paging:
    """What a client asks for: `first` rows after one cursor or `last` rows before one, as in Relay's specification."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """At most `size` rows (1 to 100) between the rows whose sort keys are `after` and `before` (None: no bound).

    These are the first rows, or if it is `backwards`, the last ones. Their order is the same.
    """

    size: int
    after: Key | None = None
    before: Key | None = None
    backwards: bool = False

    def has_next(self, more: bool) -> bool:
        """Whether rows follow the page; `more`: there are rows beyond its end, or beyond its beginning if backwards."""
        return self.before is not None if self.backwards else more or self.before is not None

    def has_previous(self, more: bool) -> bool:
        """Whether rows come before the page; `more` as in `has_next`."""
        return more or self.after is not None if self.backwards else self.after is not None


def page(paging: Paging, order: str, width: int) -> Page:
    """Return the page that a client asks for, in an order whose sort keys have `width` parts.

    Raises BadInput if the size is out of bounds, if both `first` and `last` are given, or if a cursor is none of this
    order.
    """
    if paging.first is not None and paging.last is not None:
        raise BadInput("Give `first` to read forwards or `last` to read backwards, not both.")
    backwards = paging.last is not None
    size, name = (paging.last, "last") if paging.last is not None else (paging.first, "first")
    size = DEFAULT_SIZE if size is None else size
    if not 1 <= size <= MAX_SIZE:
        raise BadInput(f"`{name}` must be between 1 and {MAX_SIZE}; it is {size}.")
    after, before = (
        None if text is None else _decode(text, argument, order, width)
        for text, argument in ((paging.after, "after"), (paging.before, "before"))
    )
    return Page(size, after, before, backwards)


def cursor(order: str, key: Key) -> str:
    """Return the opaque cursor of the row with this sort key. It is valid only for this order."""
    return base64.urlsafe_b64encode(json.dumps([order, *key], separators=(",", ":")).encode()).decode()


def _decode(text: str, argument: str, order: str, width: int) -> Key:
    try:
        parts = json.loads(base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        parts = None
    if not isinstance(parts, list) or len(parts) != width + 1 or not all(map(_is_text, parts)):
        raise BadInput(f"`{argument}` is not a cursor of this connection; pass a cursor that it returned.")
    if parts[0] != order:
        raise BadInput(f"`{argument}` is a cursor of another order; start from the first page if the order changes.")
    return tuple(parts[1:])


def _is_text(part: object) -> bool:
    # PostgreSQL text cannot contain NUL or a lone surrogate, so Usher did not make a cursor with one.
    return isinstance(part, str) and not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in part)
