"""Compile an operation against a schema: for each concrete type, make the steps that resolve its selected fields."""

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
    TypeNameMetaFieldDef,
    VariableNode,
    get_argument_values,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet, collect_fields

from execution.budget import NULL, PUNCTUATION, most_bytes
from execution.reasons import Reason
from execution.shortcuts import Batched, CoerceColumn, Direct, Shortcuts
from execution.type_checks import immutable


class NeedsFallback(Exception):
    """Raised if graphql-core's executor must answer: there is an error to report, or something is not compiled."""

    def __init__(self, reason: Reason = Reason.VALUE) -> None:
        super().__init__(reason)
        self.reason = reason


class ArgumentTemplate(NamedTuple):
    """Arguments that are equal in every request, except for variables: pairs of an argument and a variable name."""

    arguments: dict[str, Any]
    variables: tuple[tuple[str, str], ...]

    def fill(self, coerced: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the arguments with the values of these variables.

        Return None if a variable is null or not given, because then defaults and nullability decide too.
        """
        arguments = self.arguments.copy()
        for name, variable in self.variables:
            value = arguments[name] = coerced.get(variable)
            if value is None:
                return None
        return arguments


@dataclass(slots=True, eq=False)
class Step:
    """One field of one concrete type.

    `non_null` says for the field's type, and then for each list level below it, whether it is non-null; `named` is the
    type inside all of them. `constant` holds the arguments if they are equal in every request, `template` if they are
    equal except for variables. `most_bytes` is the size of the largest value in JSON, if its type sets a bound.
    `rereadable`: the attribute can be read again without cost or effect, so its values need
    not be recorded. `subfields` caches the names of the fields below.
    """

    key: str
    field: GraphQLField
    parent: GraphQLObjectType
    details: FieldDetailsList
    nodes: list[FieldNode]
    non_null: tuple[bool, ...]
    named: Any
    leaf: GraphQLLeafType | None
    coerce_column: CoerceColumn | None
    getter: Callable[[Any], Any] | None
    direct: Direct | None
    batched: Batched | None
    constant: dict[str, Any] | None = None
    template: ArgumentTemplate | None = None
    most_bytes: int | None = None
    rereadable: bool = dataclasses.field(init=False)
    subfields: frozenset[str] | None = None
    selections: dict[GraphQLObjectType, "Selection"] = dataclasses.field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the field in the schema."""
        return self.nodes[0].name.value

    def __post_init__(self) -> None:
        """Set `rereadable`, which follows from the other fields."""
        self.rereadable = self.getter is not None and self.leaf is not None and len(self.non_null) == 1

    def selection(self, executor: Executor[Any], shortcuts: Shortcuts, type_: GraphQLObjectType) -> "Selection":
        """Return the steps below this one for objects of this type. They are compiled at the first such object."""
        known = self.selections.get(type_)
        if known is None:
            grouped = executor.collect_subfields(type_, self.details).grouped_field_set
            known = self.selections[type_] = _select(executor, shortcuts, type_, grouped)
        return known

    def selected(self, executor: Executor[Any], shortcuts: Shortcuts) -> frozenset[str]:
        """Return the names of the fields below; empty if there are none or if they depend on the object's type."""
        if self.subfields is None:
            steps = self.selection(executor, shortcuts, self.named).steps if is_object_type(self.named) else ()
            self.subfields = frozenset(step.name for step in steps)
        return self.subfields

    def arguments(self, executor: Executor[Any]) -> dict[str, Any]:
        """Return the coerced arguments in this request. Raises the errors of graphql-core."""
        if self.constant is not None:
            return self.constant
        filled = None if self.template is None else self.template.fill(executor.variable_values.coerced)
        if filled is not None:
            return filled
        arguments = get_argument_values(
            self.field, self.nodes[0], executor.variable_values, None, executor.hide_suggestions
        )
        template = _template(self.field, self.nodes[0], arguments)
        if template is not None and template.variables:
            self.template = template
        elif template is not None:
            self.constant = arguments
        return arguments


@dataclass(slots=True, eq=False)
class Selection:
    """The selection on one concrete type: a step for each response key, in the order of the response.

    `compiled` holds what a caller makes of the selection, for as long as the plan exists.
    """

    type: GraphQLObjectType
    keys: tuple[str, ...]
    steps: tuple[Step, ...]
    compiled: list[Any] = dataclasses.field(default_factory=list)
    bytes: int = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        """Set `bytes`: the size of an object in JSON, without what is below it and without texts of any length."""
        self.bytes = 3 + sum(len(step.key) + PUNCTUATION + self._bytes_of(step) for step in self.steps)

    def _bytes_of(self, step: Step) -> int:
        if step.field is TypeNameMetaFieldDef:
            return len(self.type.name) + 2
        if step.leaf is not None and len(step.non_null) == 1:
            return 0 if step.most_bytes is None else step.most_bytes
        return NULL


def compile_root(executor: Executor[Any], shortcuts: Shortcuts) -> Selection:
    """Return the steps on the root type of the operation.

    Raises NeedsFallback if the schema has no such root type, and the errors of graphql-core.
    """
    root = executor.schema.get_root_type(executor.operation.operation)
    if root is None:
        raise NeedsFallback(Reason.ERROR)
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
    found = executor.schema.get_field(type_, name)
    if found is None:
        return None  # graphql-core leaves out unknown fields; validation would have refused them
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
        coerce_column=None if leaf is None else shortcuts.coerce_column(leaf),
        most_bytes=None if leaf is None else most_bytes(leaf) or shortcuts.most_bytes(leaf),
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


def _template(field: GraphQLField, node: FieldNode, arguments: dict[str, Any]) -> ArgumentTemplate | None:
    """Return the template of these arguments, or None if filling in variables is not enough to make them again."""
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
    return ArgumentTemplate(arguments.copy(), tuple(variables.items()))


def _has_variables(values: list[Any]) -> bool:
    while values:
        value = values.pop()
        if isinstance(value, VariableNode):
            return True
        values.extend(getattr(value, "values", None) or ())
        values.extend(entry.value for entry in getattr(value, "fields", None) or ())
    return False
