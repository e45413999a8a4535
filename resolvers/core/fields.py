"""Fields that are loaded by a key of their parent, for all parents of a level at once."""

import inspect
from collections.abc import Callable
from operator import attrgetter
from typing import Any, TypeVar

from resolvers.core.context import Info
from resolvers.core.loaders import Loading

F = TypeVar("F", bound=Callable[..., Any])


def of_each(*keys: str) -> Callable[[Callable[..., Loading[Any]]], Callable[..., Any]]:
    """Make a resolver of `(root, info, ...)` from a function of `(context, ...)` that says how to load.

    `keys` are the attributes that a parent is loaded by: one, and where it is None, so is the field; several, whose
    values together are the key; or none, when the parent itself is. The resolver returns a loader's future for one
    parent; `ask` and `key` on it let an executor that has all parents ask once.
    """

    def wrap(ask: Callable[..., Loading[Any]]) -> Callable[..., Any]:
        get: Callable[[Any], Any] = attrgetter(*keys) if keys else _itself

        def resolve(root: Any, info: Info, **arguments: Any) -> Any:
            id_ = get(root)
            return None if id_ is None else ask(info.context, **arguments).load(id_)

        made: Any = resolve
        made.ask, made.key = ask, get
        made.__name__, made.__module__, made.__doc__ = ask.__name__, ask.__module__, ask.__doc__
        own = list(inspect.signature(resolve).parameters.values())[:2]
        asked = list(inspect.signature(ask).parameters.values())[1:]
        made.__signature__ = inspect.Signature([*own, *asked])
        made.__annotations__ = {one.name: one.annotation for one in (*own, *asked)}
        return resolve

    return wrap


def also_by(ask: Callable[..., Any]) -> Callable[[F], F]:
    """Let an executor that goes level by level load a root field by `ask(context, ...)`, in the same way."""

    def mark(resolver: F) -> F:
        resolver.ask, resolver.key = ask, _root  # type: ignore[attr-defined]
        return resolver

    return mark


def _root(_: Any) -> str:
    return ""


def _itself(parent: Any) -> Any:
    return parent
