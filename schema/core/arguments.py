"""Arguments made as Strawberry makes them, with what follows from their types alone found out only once."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING
from datetime import date, datetime
from typing import Any

import strawberry
from graphql import GraphQLResolveInfo
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema_converter import get_arguments
from strawberry.types.base import StrawberryList, StrawberryOptional
from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.types.field import StrawberryField

# Strawberry hands on values of these types as graphql-core made them, and those of enums.
PLAIN = (str, int, float, bool, date, datetime, strawberry.ID)

Convert = Callable[[GraphQLResolveInfo[Any], dict[str, Any]], dict[str, Any]]
Make = Callable[[Any], Any]


def conversion(declared: StrawberryField) -> Convert:
    """What makes a resolver's arguments of a field's, its info among them."""
    resolver: Any = declared.base_resolver
    takes_info = resolver.info_parameter and resolver.info_parameter.name
    known: dict[str, tuple[str, Make | None]] = {}

    def converted(info: GraphQLResolveInfo[Any], given: dict[str, Any]) -> dict[str, Any]:
        config = info.schema._strawberry_schema.config  # type: ignore[attr-defined] # noqa: SLF001 - as `Info.schema` does
        if len(known) < len(declared.arguments):
            known.update(
                (config.name_converter.from_argument(one), (one.python_name, maker(one.type, config)))
                for one in declared.arguments
            )
        arguments = {}
        for name, value in given.items():
            named, make = known[name]
            if make is None:
                return by_strawberry(declared, info, given)
            arguments[named] = make(value)
        if takes_info:
            arguments[takes_info] = config.info_class(_raw_info=info, _field=declared)
        return arguments

    return converted


def maker(type_: Any, config: StrawberryConfig, above: tuple[Any, ...] = ()) -> Make | None:
    """What makes a value of this type, within those `above`; None for one that only Strawberry knows to make."""
    if type(type_) is StrawberryOptional:
        inner = maker(type_.of_type, config, above)
        return inner and _nullable(inner)
    if isinstance(type_, StrawberryEnumDefinition) or type_ in PLAIN:
        return _as_it_is
    if type(type_) is StrawberryList:
        item = maker(type_.of_type, config, above)
        return item and _lists(item)
    definition = getattr(type_, "__strawberry_definition__", None)
    if definition is None or type_ in above or not definition.is_input or definition.from_input is not None:
        return None
    return _inputs(type_, definition, config, (*above, type_))


def _as_it_is(value: Any) -> Any:
    return value


def _nullable(make: Make) -> Make:
    return make if make is _as_it_is else lambda value: None if value is None else make(value)


def _lists(make: Make) -> Make:
    # Copied also when nothing is made: graphql-core gives the same default to every request that omits the value.
    return list if make is _as_it_is else lambda values: [make(value) for value in values]


def _inputs(class_: Any, definition: Any, config: StrawberryConfig, above: tuple[Any, ...]) -> Make | None:
    fields: dict[str, tuple[str, Make]] = {}
    for field in definition.fields:
        make = maker(field.resolve_type(type_definition=definition), config, above)
        if make is None:
            return None
        fields[config.name_converter.from_field(field)] = field.python_name, make
    absent = [
        one.python_name for one in definition.fields if one.default_value is MISSING and one.default_factory is MISSING
    ]

    def make_input(value: Mapping[str, Any]) -> Any:
        made = dict.fromkeys(absent)
        for name, given in value.items():
            named, make = fields[name]
            made[named] = make(given)
        return class_(**made)

    return make_input


def by_strawberry(declared: StrawberryField, info: GraphQLResolveInfo[Any], given: dict[str, Any]) -> dict[str, Any]:
    """The arguments as Strawberry makes them in each request."""
    schema = info.schema._strawberry_schema  # type: ignore[attr-defined] # noqa: SLF001 - as `Info.schema` does
    _, named = get_arguments(
        field=declared,
        source=None,
        info=schema.config.info_class(_raw_info=info, _field=declared),
        kwargs=given,
        config=schema.config,
        scalar_registry=schema.schema_converter.scalar_registry,
    )
    return named
