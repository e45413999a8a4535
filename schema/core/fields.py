"""How the graph is declared: fields from resolvers, types from rows, and the directive that names an action."""

import inspect
from collections.abc import Callable
from dataclasses import MISSING
from enum import EnumMeta
from typing import Any, TypeVar, get_args, get_type_hints

import strawberry
from strawberry.schema_directive import Location

from domain.paging import MAX_SIZE
from resolvers.core.mutations import MAX_KEY

T = TypeVar("T")
E = TypeVar("E", bound=EnumMeta)

EVERY_PAGE = {
    "first": f"How many, 1 to {MAX_SIZE}.",
    "after": "Go on behind this cursor: an `endCursor`, or the `cursor` of an edge.",
}
EVERY_INPUT = {
    "idempotency_key": (
        f"1 to {MAX_KEY} characters. A repeat with the same key gets the first answer; another request with it is "
        "refused."
    ),
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


def expose(resolver: Callable[..., Any], type_: Any) -> Any:
    """A field that is answered by `resolver` with a `type_`; its docstring becomes the description.

    A resolver that names its action (`performs`, `mutation`) publishes it.
    """
    _name_enums(inspect.get_annotations(resolver))
    action = getattr(resolver, "action", None)
    directives = [] if action is None else [Guard(action=action.value)]
    field: Any = strawberry.field(
        resolver, graphql_type=type_, description=inspect.getdoc(resolver), directives=directives
    )
    for argument in field.arguments:
        argument.description = EVERY_PAGE.get(argument.python_name)
    return field


def shows(row: type) -> Callable[[type[T]], type[T]]:
    """Make a GraphQL type that shows rows of a class; every plain field must be an attribute of the row.

    `is_type_of` is set, because behind an interface nothing else tells which type a row is.
    """

    def wrap(cls: type[T]) -> type[T]:
        cls.is_type_of = _of(row)  # type: ignore[attr-defined]
        shown = strawberry.type(cls, description=inspect.getdoc(cls))
        known = {*dir(row), *get_type_hints(row)}
        for field in shown.__strawberry_definition__.fields:  # type: ignore[attr-defined]
            if field.base_resolver is None and field.python_name not in known:
                raise TypeError(f"{cls.__name__}.{field.python_name} is no attribute of {row.__name__}")
        return shown

    return wrap


def accepts(cls: type[T], **meanings: str) -> type[T]:
    """Make a GraphQL input of a dataclass; its docstring becomes the description, and `meanings` its fields'.

    Fields without a default come first, and the fields of `MutationInput` come last.
    """
    _name_enums(get_type_hints(cls))
    taken = strawberry.input(cls, description=inspect.getdoc(cls))
    fields = taken.__strawberry_definition__.fields  # type: ignore[attr-defined]
    fields.sort(key=lambda field: (field.default is not MISSING, field.python_name in EVERY_INPUT))
    for field in fields:
        field.description = meanings.pop(field.python_name, EVERY_INPUT.get(field.python_name))
    if meanings:
        raise TypeError(f"{cls.__name__} has no {', '.join(meanings)}")
    return taken


def names(cls: E) -> E:
    """Make a GraphQL enum of an Enum; its docstring and the `description` of its members become descriptions.

    Nothing happens if it is one already: the file that first uses an enum need not be the file that names it.
    """
    if "__strawberry_definition__" in vars(cls):
        return cls
    named = strawberry.enum(cls, description=inspect.getdoc(cls))
    for value in named.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = getattr(cls[value.name], "description", None)
    return named


def _name_enums(hints: dict[str, Any]) -> None:
    """Name the enums among these types: Strawberry would publish them without the descriptions of their members."""
    for hint in hints.values():
        for part in (hint, *get_args(hint)):
            if isinstance(part, EnumMeta):
                names(part)


def _of(row: type) -> Callable[[Any, Any], bool]:
    def is_type_of(value: Any, _info: Any) -> bool:
        return isinstance(value, row)

    is_type_of.row = row  # type: ignore[attr-defined] # for an executor that asks about the types of many values
    return is_type_of
