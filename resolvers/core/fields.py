"""Fields that are loaded by a key of the parent object, for all parents of a level at once."""

import inspect
from collections.abc import Callable
from operator import attrgetter
from typing import Any, TypeVar

from resolvers.core.context import Info
from resolvers.core.loaders import Loading

F = TypeVar("F", bound=Callable[..., Any])


def loaded_by(*keys: str) -> Callable[[Callable[..., Loading[Any]]], Callable[..., Any]]:
    """Make a resolver of `(root, info, ...)` from a function of `(context, ...)` that returns a `Loading`.

    `keys` name the attributes of the parent that form its key. With one name, the field is null if the attribute is
    None. With several names, the key is the tuple of the values. Without names, the parent itself is the key.
    The resolver returns a future for one parent. Its attributes `get_loading` (the function) and `key` (a function from
    the parent to its key) let the breadth-first executor load the field for all parents of a level at once.
    """

    def wrap(get_loading: Callable[..., Loading[Any]]) -> Callable[..., Any]:
        key_of: Callable[[Any], Any] = attrgetter(*keys) if keys else _parent_itself

        def resolve(root: Any, info: Info, **arguments: Any) -> Any:
            key = key_of(root)
            return None if key is None else get_loading(info.context, **arguments).load(key)

        resolver: Any = resolve
        resolver.get_loading, resolver.key = get_loading, key_of
        resolver.__name__, resolver.__module__ = get_loading.__name__, get_loading.__module__
        resolver.__doc__ = get_loading.__doc__
        root_and_info = list(inspect.signature(resolve).parameters.values())[:2]
        arguments = list(inspect.signature(get_loading).parameters.values())[1:]
        resolver.__signature__ = inspect.Signature([*root_and_info, *arguments])
        resolver.__annotations__ = {one.name: one.annotation for one in (*root_and_info, *arguments)}
        return resolve

    return wrap


def with_level_loader(get_loading: Callable[..., Any]) -> Callable[[F], F]:
    """Let the breadth-first executor load a root field by `get_loading(context, ...)`, like the fields of a level."""

    def mark(resolver: F) -> F:
        resolver.get_loading, resolver.key = get_loading, _root_key  # type: ignore[attr-defined]
        return resolver

    return mark


def _root_key(_: Any) -> str:
    return ""


def _parent_itself(parent: Any) -> Any:
    return parent
