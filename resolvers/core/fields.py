"""Fields that are loaded by a key of the parent object, for all parents of a level at once."""

import inspect
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, TypeVar, get_type_hints

from domain.actions import Action
from domain.paging import Paging
from domain.problems import Forbidden
from resolvers.core.context import Info
from resolvers.core.loaders import GuardedLoading, Loading
from resolvers.core.relations import Given, OwnRow

F = TypeVar("F", bound=Callable[..., Any])
R = TypeVar("R")
KEYWORD_ONLY = inspect.Parameter.KEYWORD_ONLY
PAGING = get_type_hints(Paging)


def loaded_by(
    *keys: str, action: Action | None = None, also: Action | None = None, team: str = "team_id"
) -> Callable[[Callable[..., Loading[Any]]], Any]:
    """Make a resolver of `(root, info, ...)` from a function of `(context, ...)` that returns a `Loading`.

    `keys` name the attributes of the parent that form its key. With one name, the field is null if the attribute is
    None. With several names, the key is the tuple of the values. Without names, the parent itself is the key.
    If there is an `action`, the field is Forbidden unless the actor may do it, and the action `also`, in the team whose
    id is the parent's attribute `team`.

    The resolver returns a future for one parent. Its attributes let the executors do more: `get_loading` and `key` (a
    function from the parent to its key) load the field for all parents of a level at once; `sketch` (the function),
    `keys` and `guard` (the actions and `team`) let one statement read several levels.
    """

    def wrap(load: Callable[..., Loading[Any]]) -> Any:
        key_of: Callable[[Any], Any] = attrgetter(*keys) if keys else _parent_itself
        get_loading: Callable[..., Any] = load
        actions = [one for one in (action, also) if one is not None]
        if actions:
            key_of = attrgetter(*keys, team)
            get_loading = _guarded(load, actions)

        def resolve(root: Any, info: Info, **arguments: Any) -> Any:
            key = key_of(root)
            return None if key is None else get_loading(info.context, **arguments).load(key)

        resolver: Any = resolve
        resolver.get_loading, resolver.key = get_loading, key_of
        resolver.sketch, resolver.keys, resolver.guard = load, keys, (actions, team)
        resolver.__name__, resolver.__module__ = load.__name__, load.__module__
        resolver.__doc__ = load.__doc__
        root_and_info = list(inspect.signature(resolve).parameters.values())[:2]
        arguments = list(inspect.signature(load).parameters.values())[1:]
        resolver.__signature__ = inspect.Signature([*root_and_info, *arguments])
        resolver.__annotations__ = {one.name: one.annotation for one in (*root_and_info, *arguments)}
        return resolver

    return wrap


def paged(load: Callable[..., R]) -> Callable[..., R]:
    """Give a function the arguments of a connection, `first` and so on, in place of its last parameter `paging`."""

    def read(*args: Any, **arguments: Any) -> R:
        given = {name: arguments.pop(name, None) for name in PAGING}
        return load(*args, **arguments, paging=Paging(**given))

    others = [one for one in inspect.signature(load).parameters.values() if one.name != "paging"]
    asked = [inspect.Parameter(name, KEYWORD_ONLY, default=None, annotation=hint) for name, hint in PAGING.items()]
    resolver: Any = read
    resolver.__name__, resolver.__module__, resolver.__doc__ = load.__name__, load.__module__, load.__doc__
    resolver.__signature__ = inspect.Signature([*others, *asked])
    resolver.__annotations__ = {one.name: one.annotation for one in (*others, *asked)}
    return read


def with_level_loader(get_loading: Callable[..., Any], key: str = "") -> Callable[[F], F]:
    """Let the breadth-first executor load a root field by `get_loading(context, ...)`, like the fields of a level.

    `key` is the one key that is loaded.
    """

    def mark(resolver: F) -> F:
        resolver.get_loading, resolver.key = get_loading, lambda _: key  # type: ignore[attr-defined]
        resolver.sketch, resolver.own_key = get_loading, key  # type: ignore[attr-defined]
        return resolver

    return mark


def given(row_type: type, key: OwnRow, row: Callable[..., Any], *, loads: bool = False) -> Callable[[F], F]:
    """Declare that the row of a root field is read with the actor, so that one statement can read what is below it."""

    def mark(resolver: F) -> F:
        resolver.given = Given(row_type, key, row, loads)  # type: ignore[attr-defined]
        return resolver

    return mark


def _guarded(load: Callable[..., Loading[Any]], actions: Sequence[Action]) -> Callable[..., Any]:
    def get_loading(context: Any, **arguments: Any) -> GuardedLoading[Any]:
        def refusal(team_id: str) -> Forbidden | None:
            refused = (context.refusal_in_team(action, team_id) for action in actions)
            return next((one for one in refused if one is not None), None)

        return GuardedLoading(load(context, **arguments), refusal)

    return get_loading


def _parent_itself(parent: Any) -> Any:
    return parent
