"""How the graph is declared: fields from resolvers, types from rows, and the directive that names an action."""

import inspect
from collections.abc import Callable
from enum import EnumMeta
from typing import Any, TypeVar, get_type_hints

import strawberry
from strawberry.schema_directive import Location

T = TypeVar("T")
E = TypeVar("E", bound=EnumMeta)

EVERY_INPUT = {
    "idempotency_key": "A repeat with the same key gets the first answer; another request with it is refused.",
    "dry_run": "Do everything, answer with what would change, and take it back.",
}


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="policy",
    description="The action that `policy.polar` decides for this field.",
)
class Guard:
    """Who may see or do this: `usher` decides `action` by `policy.polar`."""

    action: str


def expose(resolver: Callable[..., Any], type_: Any, name: str | None = None) -> Any:
    """A field that is answered by `resolver` with a `type_`; its docstring becomes the description.

    A resolver that names its action (`performs`, `mutation`) publishes it.
    """
    action = getattr(resolver, "action", None)
    directives = [] if action is None else [Guard(action=action.value)]
    return strawberry.field(
        resolver, graphql_type=type_, description=inspect.getdoc(resolver), directives=directives, name=name
    )


def shows(row: type) -> Callable[[type[T]], type[T]]:
    """Make a GraphQL type that shows rows of a class; every plain field must be an attribute of the row.

    `is_type_of` is set, because behind an interface nothing else tells which type a row is.
    """

    def wrap(cls: type[T]) -> type[T]:
        cls.is_type_of = lambda value, _: isinstance(value, row)  # type: ignore[attr-defined]
        shown = strawberry.type(cls, description=inspect.getdoc(cls))
        known = {*dir(row), *get_type_hints(row)}
        for field in shown.__strawberry_definition__.fields:  # type: ignore[attr-defined]
            if field.base_resolver is None and field.python_name not in known:
                raise TypeError(f"{cls.__name__}.{field.python_name} is no attribute of {row.__name__}")
        return shown

    return wrap


def accepts(cls: type[T], **meanings: str) -> type[T]:
    """Make a GraphQL input of a dataclass; its docstring becomes the description, and `meanings` its fields'."""
    taken = strawberry.input(cls, description=inspect.getdoc(cls))
    for field in taken.__strawberry_definition__.fields:  # type: ignore[attr-defined]
        field.description = {**EVERY_INPUT, **meanings}.get(field.python_name)
    return taken


def names(cls: E) -> E:
    """Make a GraphQL enum of an Enum; its docstring becomes the description."""
    return strawberry.enum(cls, description=inspect.getdoc(cls))
