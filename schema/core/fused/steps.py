"""What the planner asks of a field: its resolver, its arguments, and how its values are shown."""

from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from graphql import GraphQLBoolean, GraphQLEnumType, GraphQLID, GraphQLString, TypeNameMetaFieldDef
from strawberry.schema.schema_converter import GraphQLCoreConverter

from db.core.rows import PARENT, Columns
from execution.columns import Leaf
from execution.plan import Step
from resolvers.core.relations import NotFused
from schema.core.arguments import argument_converter
from schema.core.fused.plan import Field


def flat_columns(columns: Columns[Any]) -> dict[str, Any]:
    """Return the Python types of the columns of a row type by name."""
    return {str(one.name): one.hint for one in columns.expected if one.name != PARENT.name}


def resolver_of(step: Step) -> Any:
    """Return the function that resolves a field. Raises NotFused if there is none."""
    declared: Any = step.field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    resolver = getattr(declared, "base_resolver", None)
    if resolver is None or declared.extensions:
        raise NotFused("it has no resolver")
    return resolver.wrapped_func


def field_of(step: Step, sketch: Any) -> Field:
    """Return a field that says by `sketch` what it would load."""
    return Field(step, sketch, argument_converter(step.field.extensions[GraphQLCoreConverter.DEFINITION_BACKREF]))


def python_name(step: Step) -> str:
    """Return the name of a field in Python, as its type declares it."""
    if step.field is TypeNameMetaFieldDef:
        return "__typename"
    return str(step.field.extensions[GraphQLCoreConverter.DEFINITION_BACKREF].python_name)


def leaf_of(step: Step, hint: Any, slot: int) -> Leaf:
    """Return how the values of a column of this Python type are shown."""
    kinds: tuple[Any, ...] = get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
    nullable = NoneType in kinds
    kinds = tuple(kind for kind in kinds if kind is not NoneType)
    kind = kinds[0] if len(kinds) == 1 else None
    if isinstance(kind, type) and issubclass(kind, Enum) and isinstance(step.leaf, GraphQLEnumType):
        names = {member.value: step.leaf.coerce_output_value(member) for member in kind}
        return Leaf(step, slot, nullable, names={None: None, **names})
    is_text = kind is str and step.leaf in {GraphQLString, GraphQLID}
    return Leaf(step, slot, nullable, plain=is_text or (kind is bool and step.leaf is GraphQLBoolean))
