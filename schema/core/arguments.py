"""Conversion of a resolver's arguments, with the same result as Strawberry's and less work.

Strawberry looks at the types of the arguments in each request. Here this is done once for each field.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING
from datetime import date, datetime
from typing import Any

import strawberry
from graphql import GraphQLResolveInfo
from strawberry.scalars import JSON
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema_converter import get_arguments
from strawberry.types.base import StrawberryList, StrawberryOptional
from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.types.field import StrawberryField

from domain.money import BigInt

# Strawberry passes on values of these types, and values of enums, as graphql-core made them.
PLAIN = (str, int, float, bool, date, datetime, BigInt, strawberry.ID, JSON)

ConvertArguments = Callable[[GraphQLResolveInfo[Any], dict[str, Any]], dict[str, Any]]
ConvertValue = Callable[[Any], Any]


def argument_converter(declared: StrawberryField) -> ConvertArguments:
    """Make the function that converts a field's arguments to those of its resolver, and adds the info if it takes one.

    It calls `strawberry_arguments` if an argument has a type that `value_converter` does not know.
    """
    resolver: Any = declared.base_resolver
    takes_info = resolver.info_parameter and resolver.info_parameter.name
    converters: dict[str, tuple[str, ConvertValue | None]] = {}

    def convert(info: GraphQLResolveInfo[Any], given: dict[str, Any]) -> dict[str, Any]:
        config = info.schema._strawberry_schema.config  # type: ignore[attr-defined] # noqa: SLF001 - as `Info.schema` does
        if len(converters) < len(declared.arguments):
            converters.update(
                (config.name_converter.from_argument(one), (one.python_name, value_converter(one.type, config)))
                for one in declared.arguments
            )
        arguments = {}
        for name, value in given.items():
            python_name, convert_value = converters[name]
            if convert_value is None:
                return strawberry_arguments(declared, info, given)
            arguments[python_name] = convert_value(value)
        if takes_info:
            arguments[takes_info] = config.info_class(_raw_info=info, _field=declared)
        return arguments

    return convert


def value_converter(type_: Any, config: StrawberryConfig, above: tuple[Any, ...] = ()) -> ConvertValue | None:
    """The function that converts a value of this type; None if only Strawberry can convert it.

    `above` are the input types that contain this type. A recursive type is left to Strawberry.
    """
    if type(type_) is StrawberryOptional:
        inner = value_converter(type_.of_type, config, above)
        return inner and _nullable_converter(inner)
    if isinstance(type_, StrawberryEnumDefinition) or type_ in PLAIN:
        return _unchanged
    if type(type_) is StrawberryList:
        item = value_converter(type_.of_type, config, above)
        return item and _list_converter(item)
    definition = getattr(type_, "__strawberry_definition__", None)
    if definition is None or type_ in above or not definition.is_input or definition.from_input is not None:
        return None
    return _input_converter(type_, definition, config, (*above, type_))


def _unchanged(value: Any) -> Any:
    return value


def _nullable_converter(convert: ConvertValue) -> ConvertValue:
    return convert if convert is _unchanged else lambda value: None if value is None else convert(value)


def _list_converter(convert: ConvertValue) -> ConvertValue:
    # Copy the list in any case: graphql-core gives the same default list to every request that omits the value.
    return list if convert is _unchanged else lambda values: [convert(value) for value in values]


def _input_converter(
    class_: Any, definition: Any, config: StrawberryConfig, above: tuple[Any, ...]
) -> ConvertValue | None:
    fields: dict[str, tuple[str, ConvertValue]] = {}
    for field in definition.fields:
        convert = value_converter(field.resolve_type(type_definition=definition), config, above)
        if convert is None:
            return None
        fields[config.name_converter.from_field(field)] = field.python_name, convert
    # Strawberry passes None for an omitted field that has no default.
    without_default = [
        one.python_name for one in definition.fields if one.default_value is MISSING and one.default_factory is MISSING
    ]

    def make_input(value: Mapping[str, Any]) -> Any:
        values = dict.fromkeys(without_default)
        for name, given in value.items():
            python_name, convert = fields[name]
            values[python_name] = convert(given)
        return class_(**values)

    return make_input


def strawberry_arguments(
    declared: StrawberryField, info: GraphQLResolveInfo[Any], given: dict[str, Any]
) -> dict[str, Any]:
    """The arguments of a resolver, converted by Strawberry itself."""
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
