"""Keyset paging: a client asks for a page by its size and the sort key of the row before it, never by an offset."""

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
class Page:
    """`first` rows (1 to 100) after the row whose sort key is `after`. None: the first page."""

    first: int
    after: Key | None = None


def page(first: int, after: str | None, order: str, width: int) -> Page:
    """Return the page for `first` and the cursor `after`, in an order whose sort keys have `width` parts.

    Raises BadInput if `first` is out of bounds or `after` is not a cursor of this order.
    """
    if not 1 <= first <= MAX_SIZE:
        raise BadInput(f"`first` must be between 1 and {MAX_SIZE}; it is {first}.")
    return Page(first, None if after is None else _decode(after, order, width))


def cursor(order: str, key: Key) -> str:
    """Return the opaque cursor of the row with this sort key. It is valid only for this order."""
    return base64.urlsafe_b64encode(json.dumps([order, *key], separators=(",", ":")).encode()).decode()


def _decode(text: str, order: str, width: int) -> Key:
    try:
        parts = json.loads(base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        parts = None
    if not isinstance(parts, list) or len(parts) != width + 1 or not all(map(_is_text, parts)):
        raise BadInput("`after` is not a cursor of this connection; pass an `endCursor` or `cursor` that it returned.")
    if parts[0] != order:
        raise BadInput("`after` is a cursor of another order; start from the first page if the order changes.")
    return tuple(parts[1:])


def _is_text(part: object) -> bool:
    # PostgreSQL text cannot contain NUL or a lone surrogate, so Usher did not make a cursor with one.
    return isinstance(part, str) and not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in part)
