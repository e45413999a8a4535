"""What the breadth-first executor may know about Strawberry's resolvers, to go around their per-object wrapping."""

import inspect
from collections.abc import Callable
from functools import partial
from types import FunctionType
from typing import Any

from graphql import GraphQLField, GraphQLLeafType, GraphQLObjectType, GraphQLResolveInfo
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

from execution.executor import BreadthFirst
from execution.shortcuts import Batch, Batched, Call, Direct, Shortcuts, Shown
from execution.type_checks import reads_only
from schema.core import times
from schema.core.arguments import conversion

# What a resolver may read of an info that all objects of a step share: nothing that tells the object.
SHARED = frozenset({"context"})


def attribute(field: GraphQLField) -> str | None:
    """The attribute that a field without a resolver reads."""
    declared = _declared(field)
    if declared is None or not declared.is_basic_field or declared.default_resolver is not getattr:
        return None
    # Strawberry makes another function for a field with an exception handler.
    return declared.python_name if field.resolve.__name__ == "_get_basic_result" else None  # type: ignore[union-attr]


def direct(field: GraphQLField) -> Direct | None:
    """The call of a plain function with no extension around it, its arguments converted once for a whole step."""
    declared = _declared(field)
    if declared is None or declared.base_resolver is None or declared.extensions or declared.is_subscription:
        return None
    resolver, function = declared.base_resolver, declared.base_resolver.wrapped_func
    if not isinstance(function, FunctionType) or _is_wrapped(field):
        return None
    bind, convert = _binding(resolver, function), conversion(declared)

    def prepare(info: GraphQLResolveInfo[Any], given: dict[str, Any]) -> Call:
        return bind(convert(info, given))

    return Direct(prepare, shares_info=_shares(resolver, function))


def batched(field: GraphQLField) -> Batched | None:
    """What a resolver made by `of_each` asks for all objects of a step."""
    declared = _declared(field)
    if declared is None or declared.base_resolver is None or declared.extensions or _is_wrapped(field):
        return None
    resolver: Any = declared.base_resolver.wrapped_func
    ask = getattr(resolver, "ask", None)
    if ask is None:
        return None

    convert = conversion(declared)

    def prepare(info: GraphQLResolveInfo[Any], given: dict[str, Any], selected: frozenset[str]) -> Batch:
        named = convert(info, given)
        arguments = {name: value for name, value in named.items() if name not in {"root", "info"}}
        batch: Batch = ask(info.context, **arguments).narrowed(selected)
        return batch

    return Batched(prepare, resolver.key)


def instances(type_: GraphQLObjectType) -> type | None:
    """The class of rows that a type made by `shows` shows."""
    row: type | None = getattr(type_.is_type_of, "row", None)
    return row


def shown(leaf: GraphQLLeafType) -> Shown | None:
    """How a whole column of times is written at once."""
    declared = leaf.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    return times.all_shown if getattr(declared, "serialize", None) is times.shown else None


class Execution(BreadthFirst, StrawberryGraphQLCoreExecutionContext):
    """Breadth-first, with Strawberry's info and results."""

    shortcuts = Shortcuts(attribute, direct, batched, instances, shown)


def _declared(field: GraphQLField) -> StrawberryField | None:
    declared = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if not isinstance(declared, StrawberryField) or type(declared).get_result is not StrawberryField.get_result:
        return None
    return declared


def _is_wrapped(field: GraphQLField) -> bool:
    resolve = field.resolve
    if not isinstance(resolve, FunctionType) or resolve.__name__ not in {"_resolver", "_async_resolver"}:
        return True
    return bool(inspect.getclosurevars(resolve).nonlocals["field_exception_handlers"])


def _binding(resolver: StrawberryResolver[Any], function: FunctionType) -> Callable[[dict[str, Any]], Call]:
    """How a function with these arguments is called for one object."""
    taken = [one.name for one in (resolver.root_parameter, resolver.parent_parameter) if one is not None]
    takes_self = resolver.self_parameter is not None
    first = next(iter(inspect.signature(function).parameters), None)

    def bind(named: dict[str, Any]) -> Call:
        rest = {name: value for name, value in named.items() if name not in taken}
        if takes_self or taken == [first]:
            return partial(function, **rest)
        return lambda source: function(**rest, **dict.fromkeys(taken, source))

    return bind


def _shares(resolver: StrawberryResolver[Any], function: FunctionType) -> bool:
    if resolver.info_parameter is None:
        return True
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    name = resolver.info_parameter.name
    return name in names and reads_only(function, names.index(name), SHARED)
