"""Turn columns into the rows of a response."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

Build = Callable[[list[list[Any]]], list[dict[str, Any]]]


@lru_cache(maxsize=2048)
def builder(keys: tuple[str, ...]) -> Build:
    """Return a function that makes a dictionary with these keys from each row of the columns. Needs at least one key.

    The dictionary is written as source code and compiled; this takes a quarter of the time of `dict(zip(keys, row))`.
    The keys are GraphQL names, so they are safe in source code. The function is cached by its keys and not with the
    plan, because a document that is parsed again has the same keys.
    """
    names = [f"v{index}" for index in range(len(keys))]
    items = ", ".join(f"{key!r}: {name}" for key, name in zip(keys, names, strict=True))
    source = f"lambda columns: [{{{items}}} for {', '.join(names)}, in zip(*columns)]"
    build: Build = eval(source, {"__builtins__": {}, "zip": zip})  # noqa: S307 - the source contains only GraphQL names
    return build
