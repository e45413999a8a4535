"""An operation compiled against a schema: for each concrete type, the steps that answer its selected fields."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, NamedTuple

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLLeafType,
    GraphQLObjectType,
    GraphQLOutputType,
    VariableNode,
    get_argument_values,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet, collect_fields

from execution.reasons import Reason
from execution.shortcuts import Batched, Direct, Shortcuts, Shown
from execution.type_checks import immutable

INTROSPECTION = frozenset({"__schema", "__type"})


class Unusual(Exception):
    """What only graphql-core's executor answers: an error to report, or something that is not compiled."""

    def __init__(self, reason: Reason = Reason.VALUE) -> None:
        super().__init__(reason)
        self.reason = reason


class Filled(NamedTuple):
    """Arguments that are the same in every request but for those that are variables, by name."""

    arguments: dict[str, Any]
    variables: tuple[tuple[str, str], ...]

    def with_(self, coerced: Mapping[str, Any]) -> dict[str, Any] | None:
        """The arguments with these variables; None when one is null or not given, which says more than its value."""
        arguments = self.arguments.copy()
        for name, variable in self.variables:
            value = arguments[name] = coerced.get(variable)
            if value is None:
                return None
        return arguments


@dataclass(slots=True, eq=False)
class Step:
    """One field of one concrete type.

    `non_null` tells for the field's type and then for each list level below it whether it may be null; `named` is the
    type inside of them. `constant` are the arguments when they are the same in every request, `filled` when they are
    the same but for variables. `rereadable`: reading the attribute again costs and changes nothing, so that what it
    gave need not be kept. `below` are the names of the fields below, once they were asked for.
    """

    key: str
    field: GraphQLField
    parent: GraphQLObjectType
    details: FieldDetailsList
    nodes: list[FieldNode]
    non_null: tuple[bool, ...]
    named: Any
    leaf: GraphQLLeafType | None
    shown: Shown | None
    getter: Callable[[Any], Any] | None
    direct: Direct | None
    batched: Batched | None
    constant: dict[str, Any] | None = None
    filled: Filled | None = None
    rereadable: bool = dataclasses.field(init=False)
    below: frozenset[str] | None = None
    selections: dict[GraphQLObjectType, "Selection"] = dataclasses.field(default_factory=dict)

    @property
    def name(self) -> str:
        """The field's name."""
        return self.nodes[0].name.value

    def __post_init__(self) -> None:
        """Say what follows from the rest."""
        self.rereadable = self.getter is not None and self.leaf is not None and len(self.non_null) == 1

    def selection(self, executor: Executor[Any], shortcuts: Shortcuts, type_: GraphQLObjectType) -> "Selection":
        """The steps below this one for an object of this type, compiled when the first such object is met."""
        known = self.selections.get(type_)
        if known is None:
            grouped = executor.collect_subfields(type_, self.details).grouped_field_set
            known = self.selections[type_] = _select(executor, shortcuts, type_, grouped)
        return known

    def selected(self, executor: Executor[Any], shortcuts: Shortcuts) -> frozenset[str]:
        """The names of the fields below this one; empty when they depend on the object's type, or are none."""
        if self.below is None:
            steps = self.selection(executor, shortcuts, self.named).steps if is_object_type(self.named) else ()
            self.below = frozenset(step.name for step in steps)
        return self.below

    def arguments(self, executor: Executor[Any]) -> dict[str, Any]:
        """The coerced arguments of this request. Raises as graphql-core does."""
        if self.constant is not None:
            return self.constant
        given = None if self.filled is None else self.filled.with_(executor.variable_values.coerced)
        if given is not None:
            return given
        arguments = get_argument_values(
            self.field, self.nodes[0], executor.variable_values, None, executor.hide_suggestions
        )
        filled = _filled(self.field, self.nodes[0], arguments)
        if filled is not None and filled.variables:
            self.filled = filled
        elif filled is not None:
            self.constant = arguments
        return arguments


@dataclass(slots=True, eq=False)
class Selection:
    """What is selected of one concrete type: a step for each response key, in the response's order."""

    type: GraphQLObjectType
    keys: tuple[str, ...]
    steps: tuple[Step, ...]


def compile_root(executor: Executor[Any], shortcuts: Shortcuts) -> Selection:
    """The steps of the operation's root type. Raises Unusual for introspection, or as graphql-core does."""
    root = executor.schema.get_root_type(executor.operation.operation)
    if root is None:
        raise Unusual(Reason.ERROR)
    grouped = collect_fields(
        executor.schema,
        executor.fragments,
        executor.variable_values,
        root,
        executor.operation,
        executor.hide_suggestions,
    ).grouped_field_set
    return _select(executor, shortcuts, root, grouped)


def _select(
    executor: Executor[Any], shortcuts: Shortcuts, type_: GraphQLObjectType, grouped: GroupedFieldSet
) -> Selection:
    steps = [
        step
        for key, details in grouped.items()
        if (step := _step(executor, shortcuts, type_, key, details)) is not None
    ]
    return Selection(type_, tuple(step.key for step in steps), tuple(steps))


def _step(
    executor: Executor[Any], shortcuts: Shortcuts, type_: GraphQLObjectType, key: str, details: FieldDetailsList
) -> Step | None:
    nodes = [detail.node for detail in details]
    name = nodes[0].name.value
    if name in INTROSPECTION:
        raise Unusual(Reason.INTROSPECTION)
    found = executor.schema.get_field(type_, name)
    if found is None:
        return None  # graphql-core leaves out what the schema does not know; validation would have refused it
    non_null, named = _levels(found.type)
    leaf: GraphQLLeafType | None = named if is_leaf_type(named) else None
    attribute = shortcuts.attribute(found)
    return Step(
        key=key,
        field=found,
        parent=type_,
        details=details,
        nodes=nodes,
        non_null=non_null,
        named=named,
        leaf=leaf,
        shown=None if leaf is None else shortcuts.shown(leaf),
        getter=None if attribute is None else attrgetter(attribute),
        direct=None if attribute is not None else shortcuts.direct(found),
        batched=None if attribute is not None else shortcuts.batched(found),
        constant=None if found.args or nodes[0].arguments else {},
    )


def _levels(type_: GraphQLOutputType) -> tuple[tuple[bool, ...], Any]:
    levels: list[bool] = []
    inner: Any = type_
    while True:
        levels.append(is_non_null_type(inner))
        inner = inner.of_type if levels[-1] else inner
        if not is_list_type(inner):
            return tuple(levels), inner
        inner = inner.of_type


def _filled(field: GraphQLField, node: FieldNode, arguments: dict[str, Any]) -> Filled | None:
    """How these arguments come about anew; None when that takes more than putting variables in their places."""
    nodes = node.arguments or ()
    variables = {
        field.args[one.name.value].out_name or one.name.value: one.value.name.value
        for one in nodes
        if isinstance(one.value, VariableNode) and one.name.value in field.args
    }
    constants = [value for name, value in arguments.items() if name not in variables]
    inner = [one.value for one in nodes if not isinstance(one.value, VariableNode)]
    if not variables.keys() <= arguments.keys() or _has_variables(inner) or not all(map(immutable, constants)):
        return None
    return Filled(arguments.copy(), tuple(variables.items()))


def _has_variables(values: list[Any]) -> bool:
    while values:
        value = values.pop()
        if isinstance(value, VariableNode):
            return True
        values.extend(getattr(value, "values", None) or ())
        values.extend(entry.value for entry in getattr(value, "fields", None) or ())
    return False
