"""How the graph is declared: fields from resolvers, types from rows, and the directive that shows a field's action."""

import inspect
from collections.abc import Callable
from dataclasses import MISSING
from enum import EnumMeta
from typing import Any, TypeVar, get_args, get_type_hints

import strawberry
from strawberry.schema_directive import Location

from domain.paging import DEFAULT_SIZE, MAX_SIZE
from resolvers.core.repeats import MAX_KEY

T = TypeVar("T")
E = TypeVar("E", bound=EnumMeta)

PAGE_ARGUMENTS = {
    "first": f"The number of rows from the start, or after `after`: 1 to {MAX_SIZE}; {DEFAULT_SIZE} without `last`.",
    "after": "Only the rows after this cursor: an `endCursor`, or the `cursor` of an edge.",
    "last": f"The number of rows from the end, or before `before`: 1 to {MAX_SIZE}; not together with `first`.",
    "before": "Only the rows before this cursor: a `startCursor`, or the `cursor` of an edge.",
}
MUTATION_INPUT_FIELDS = {
    "idempotency_key": (
        f"1 to {MAX_KEY} characters. If you repeat a request with the same key, you get the first answer and nothing "
        "changes again. Another request with the same key is refused."
    ),
    "dry_run": (
        "Make the change, return the result, and then roll the change back. No list changes, so the edges and the "
        "deleted ids in the payload are empty. It signs nobody in: the payload and the rest of the "
        "operation are read as before."
    ),
}


# The descriptions of fields that mean the same in all types. A field with a description of its own keeps that.
OUTPUT_FIELDS = {
    "errors": "Why something was not done, or did not need to be done; empty if everything was done.",
}
INPUT_FIELDS = {
    "team_id": "The id of the team.",
    "group_id": "The id of the group.",
    "product_id": "The id of the product.",
    "first_name": "The first name of the person.",
    "last_name": "The last name. Leave it out if the person has one name only, which is the first name.",
    "delivery": "How the session token is sent: in the answer, or in a cookie for browsers.",
}


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="policy",
    description="The action that `policy.polar` decides for this field.",
)
class Guard:
    """The action of a field: the rules in `policy.polar` decide who may do it."""

    action: str


def expose(resolver: Callable[..., Any], type_: Any, **descriptions: str) -> Any:
    """Make a GraphQL field of the type `type_` from a resolver; the resolver's docstring becomes the description.

    `descriptions` are the descriptions of its arguments, by name. The argument `input` of a mutation has that of its
    type. Raises TypeError if there is no such argument. If the resolver declares its action (by `performs` or
    `mutation`), the field shows it in the directive `@policy`.
    """
    publish_enums(inspect.get_annotations(resolver))
    action = getattr(resolver, "action", None)
    directives = [] if action is None else [Guard(action=action.value)]
    field: Any = strawberry.field(
        resolver, graphql_type=type_, description=inspect.getdoc(resolver), directives=directives
    )
    known = PAGE_ARGUMENTS | {"input": _of_input(resolver)}
    for argument in field.arguments:
        argument.description = descriptions.pop(argument.python_name, known.get(argument.python_name))
    if descriptions:
        raise TypeError(f"{resolver.__name__} has no argument {', '.join(descriptions)}")
    return field


def shows(row: type) -> Callable[[type[T]], type[T]]:
    """Make a GraphQL type that shows the rows of a class.

    Raises TypeError if a field without a resolver is not an attribute of the row. Sets `is_type_of`, which tells the
    type of a row that is returned as an interface.
    """

    def wrap(cls: type[T]) -> type[T]:
        cls.is_type_of = _is_instance_of(row)  # type: ignore[attr-defined]
        type_ = strawberry.type(cls, description=inspect.getdoc(cls))
        attributes = {*dir(row), *get_type_hints(row)}
        for field in type_.__strawberry_definition__.fields:  # type: ignore[attr-defined]
            if field.base_resolver is None and field.python_name not in attributes:
                raise TypeError(f"{cls.__name__}.{field.python_name} is no attribute of {row.__name__}")
            field.description = field.description or OUTPUT_FIELDS.get(field.python_name)
        return type_

    return wrap


def publish_input(cls: type[T], **descriptions: str) -> type[T]:
    """Make a GraphQL input of a dataclass; its docstring becomes the description.

    `descriptions` are the descriptions of its fields, by name. Raises TypeError if there is no such field. Fields
    without a default come first, and the fields of `MutationInput` come last. A name that is a word of Python ends with
    an underscore, which is not published.
    """
    publish_enums(get_type_hints(cls))
    type_ = strawberry.input(cls, description=inspect.getdoc(cls))
    fields = type_.__strawberry_definition__.fields  # type: ignore[attr-defined]
    fields.sort(key=lambda field: (field.default is not MISSING, field.python_name in MUTATION_INPUT_FIELDS))
    shared = MUTATION_INPUT_FIELDS | INPUT_FIELDS
    for field in fields:
        field.description = descriptions.pop(field.python_name, shared.get(field.python_name))
        if field.python_name.endswith("_"):
            field.graphql_name = field.python_name.removesuffix("_")
    if descriptions:
        raise TypeError(f"{cls.__name__} has no {', '.join(descriptions)}")
    return type_


def publish_enum(cls: E) -> E:
    """Make a GraphQL enum of an Enum; its docstring and the `description` of its members become descriptions.

    Does nothing if the Enum is published already: the order in which the schema's files are imported does not matter.
    """
    if "__strawberry_definition__" in vars(cls):
        return cls
    type_ = strawberry.enum(cls, description=inspect.getdoc(cls))
    for value in type_.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = getattr(cls[value.name], "description", None)
    return type_


def _of_input(resolver: Callable[..., Any]) -> str | None:
    """The first paragraph of the docstring of a mutation's input; None if the resolver has no such argument."""
    type_ = inspect.get_annotations(resolver).get("input")
    text = type_ and inspect.getdoc(type_)
    return " ".join(text.split("\n\n")[0].split()) if text else None


def publish_enums(hints: dict[Any, Any]) -> None:
    """Publish the enums among these types by name, because Strawberry would omit the descriptions of their members."""
    for hint in hints.values():
        if isinstance(hint, EnumMeta):
            publish_enum(hint)
        publish_enums(dict(enumerate(get_args(hint))))


def _is_instance_of(row: type) -> Callable[[Any, Any], bool]:
    def is_type_of(value: Any, _info: Any) -> bool:
        return isinstance(value, row)

    is_type_of.row = row  # type: ignore[attr-defined] # for the breadth-first executor
    return is_type_of
