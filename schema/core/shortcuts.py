"""What the breadth-first executor may know about Strawberry's resolvers, to skip Strawberry's work for each object."""

import inspect
from collections.abc import Callable
from functools import partial
from types import FunctionType
from typing import Any

from graphql import FieldNode, GraphQLField, GraphQLLeafType, GraphQLObjectType, GraphQLResolveInfo
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

from execution.executor import BreadthFirst
from execution.shortcuts import Batch, Batched, Call, CoerceColumn, Direct, Shortcuts
from execution.type_checks import reads_only
from schema.core import money, times
from schema.core.arguments import argument_converter
from schema.core.fused import reads

# The attributes of an info that are the same for all objects of a step. If a resolver reads any other attribute, each
# object needs an info of its own.
SHARED = frozenset({"context"})
MOST_BYTES = times.MOST_BYTES | money.MOST_BYTES


def attribute(field: GraphQLField) -> str | None:
    """The attribute that a field without a resolver reads; None for any other field."""
    declared = _declared(field)
    if declared is None or not declared.is_basic_field or declared.default_resolver is not getattr:
        return None
    # Strawberry uses another function for a field with an exception handler.
    return declared.python_name if field.resolve.__name__ == "_get_basic_result" else None  # type: ignore[union-attr]


def direct(field: GraphQLField) -> Direct | None:
    """The direct call of a resolver without extensions, with its arguments converted once for a whole step.

    None for a field that must go through Strawberry's own resolver.
    """
    declared = _declared(field)
    if declared is None or declared.base_resolver is None or declared.extensions or declared.is_subscription:
        return None
    resolver, function = declared.base_resolver, declared.base_resolver.wrapped_func
    if not isinstance(function, FunctionType) or _is_wrapped(field):
        return None
    bind, convert = _binding(resolver, function), argument_converter(declared)

    def prepare(info: GraphQLResolveInfo[Any], given: dict[str, Any]) -> Call:
        return bind(convert(info, given))

    return Direct(prepare, shares_info=_shares_info(resolver, function))


def batched(field: GraphQLField) -> Batched | None:
    """How a resolver made by `loaded_by` loads its values for all objects of a step; None for any other field."""
    declared = _declared(field)
    if declared is None or declared.base_resolver is None or declared.extensions or _is_wrapped(field):
        return None
    resolver: Any = declared.base_resolver.wrapped_func
    get_loading = getattr(resolver, "get_loading", None)
    if get_loading is None:
        return None

    convert = argument_converter(declared)

    def prepare(info: GraphQLResolveInfo[Any], given: dict[str, Any], selected: frozenset[str]) -> Batch:
        named = convert(info, given)
        arguments = {name: value for name, value in named.items() if name not in {"root", "info"}}
        batch: Batch = get_loading(info.context, **arguments).narrowed(selected)
        return batch

    return Batched(prepare, resolver.key)


def of_source(field: GraphQLField) -> Call | None:
    """The function of a resolver that takes the object and nothing else, and is not asynchronous; None for others."""
    declared = _declared(field)
    if declared is None or declared.base_resolver is None or declared.extensions or _is_wrapped(field):
        return None
    function: Any = declared.base_resolver.wrapped_func
    if declared.base_resolver.is_async or len(inspect.signature(function).parameters) != 1:
        return None
    call: Call | None = function if declared.base_resolver.info_parameter is None else None
    return call


def instances(type_: GraphQLObjectType) -> type | None:
    """The class of the rows that a type made by `shows` shows; None for any other type."""
    row: type | None = getattr(type_.is_type_of, "row", None)
    return row


def coerce_column(leaf: GraphQLLeafType) -> CoerceColumn | None:
    """The function that writes a whole column of times at once; None for any other type."""
    declared = leaf.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    return times.time_texts if getattr(declared, "serialize", None) is times.time_text else None


def most_bytes(leaf: GraphQLLeafType) -> int | None:
    """The most bytes of a day, a time or a large number in JSON; None for any other scalar of the schema."""
    return MOST_BYTES.get(leaf.name)


class Execution(BreadthFirst, StrawberryGraphQLCoreExecutionContext):
    """The breadth-first executor, with Strawberry's info and results."""

    shortcuts = Shortcuts(attribute, direct, batched, of_source, instances, coerce_column, most_bytes)

    async def read_at_once(self) -> dict[str, Any] | None:
        """Return the data of a query that one statement can read; None if `execute_operation` must be used."""
        try:
            selection = self.find_plan()
        except Exception:  # noqa: BLE001 - `execute_operation` meets the same error, and reports it
            return None
        data: dict[str, Any] | None = await reads.read(self, self.shortcuts, selection, self.context_value)
        if data is not None:
            # An executor refers to itself. Without this, everything of the request waits for the garbage collector.
            vars(self).clear()
        return data

    def loads_actor(self) -> bool:
        """Return whether the operation is one mutation that declares facts, because it loads the actor with them.

        That is not so if a directive may leave it out, or if other mutations follow it: they must not run without one.
        """
        match self.operation.selection_set.selections:
            case [FieldNode(name=name, directives=None | ())] if self.schema.mutation_type is not None:
                field = self.schema.mutation_type.fields.get(name.value)
                declared = None if field is None else _declared(field)
                resolver = None if declared is None else declared.base_resolver
                return resolver is not None and getattr(resolver.wrapped_func, "facts", None) is not None
        return False


def _declared(field: GraphQLField) -> StrawberryField | None:
    """Strawberry's definition of a field; None if there is none, or if its class changes how a result is made."""
    declared = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if not isinstance(declared, StrawberryField) or type(declared).get_result is not StrawberryField.get_result:
        return None
    return declared


def _is_wrapped(field: GraphQLField) -> bool:
    """Whether Strawberry does more in a field's resolver than to call the resolver's function."""
    resolve = field.resolve
    if not isinstance(resolve, FunctionType) or resolve.__name__ not in {"_resolver", "_async_resolver"}:
        return True
    return bool(inspect.getclosurevars(resolve).nonlocals["field_exception_handlers"])


def _binding(resolver: StrawberryResolver[Any], function: FunctionType) -> Callable[[dict[str, Any]], Call]:
    """Make the function that binds a resolver's arguments and returns the call for one object."""
    root_names = [one.name for one in (resolver.root_parameter, resolver.parent_parameter) if one is not None]
    takes_self = resolver.self_parameter is not None
    first = next(iter(inspect.signature(function).parameters), None)

    def bind(named: dict[str, Any]) -> Call:
        rest = {name: value for name, value in named.items() if name not in root_names}
        if takes_self or root_names == [first]:
            return partial(function, **rest)
        return lambda source: function(**rest, **dict.fromkeys(root_names, source))

    return bind


def _shares_info(resolver: StrawberryResolver[Any], function: FunctionType) -> bool:
    """Whether one info can serve all objects of a step."""
    if resolver.info_parameter is None:
        return True
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    name = resolver.info_parameter.name
    return name in names and reads_only(function, names.index(name), SHARED)
