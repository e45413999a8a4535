"""The cost of introspection: how many objects of the schema an operation lists, estimated before it runs.

Each list counts with its average length in this schema. So nested lists, aliases and fragments multiply.
"""

from collections.abc import Iterator
from statistics import fmean

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_introspection_query,
    is_abstract_type,
    parse,
)

from gateway.http.limits import OperationTooLarge

FIELDS = frozenset({"__schema", "__type"})
# One complete introspection fits with a tenth more than graphql-core's own query selects. Two of them do not fit.
ALLOWED = 1.1


class Introspection:
    """What introspection of one schema costs."""

    def __init__(self, schema: GraphQLSchema) -> None:
        types = schema.type_map.values()
        owners = [one for one in types if isinstance(one, GraphQLObjectType | GraphQLInterfaceType)]
        self._lengths = {
            "types": float(len(types)),
            "directives": float(len(schema.directives)),
            "fields": _mean([len(one.fields) for one in owners]),
            "interfaces": _mean([len(one.interfaces) for one in owners]),
            "args": _mean([len(field.args) for one in owners for field in one.fields.values()]),
            "inputFields": _mean([len(one.fields) for one in types if isinstance(one, GraphQLInputObjectType)]),
            "enumValues": _mean([len(one.values) for one in types if isinstance(one, GraphQLEnumType)]),
            "possibleTypes": _mean([len(schema.get_possible_types(one)) for one in types if is_abstract_type(one)]),
        }
        complete = parse(
            get_introspection_query(
                specified_by_url=True,
                directive_is_repeatable=True,
                schema_description=True,
                input_value_deprecation=True,
            )
        )
        self._limit = ALLOWED * self.objects(complete)

    def check(self, document: DocumentNode) -> None:
        """Raise OperationTooLarge if a valid document lists more than one complete introspection does."""
        if self.objects(document) > self._limit:
            message = (
                "The document lists more of the schema than one complete introspection does. Ask for less at a time."
            )
            raise OperationTooLarge(message)

    def objects(self, document: DocumentNode) -> float:
        """Return about how many objects of the schema the operations of a valid document list."""
        fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
        counted = _Count(self._lengths, fragments)
        operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        roots = [field for node in operations for field in counted.fields(node.selection_set)]
        return sum(counted.of(field) for field in roots if field.name.value in FIELDS)


class _Count:
    def __init__(self, lengths: dict[str, float], fragments: dict[str, FragmentDefinitionNode]) -> None:
        self._lengths, self._fragments = lengths, fragments
        self._known: dict[int, float] = {}

    def of(self, field: FieldNode) -> float:
        if field.selection_set is None:
            return 0
        known = self._known.get(id(field))
        if known is None:
            below = sum(map(self.of, self.fields(field.selection_set)))
            known = self._known[id(field)] = self._lengths.get(field.name.value, 1) * (1 + below)
        return known

    def fields(self, selections: SelectionSetNode) -> Iterator[FieldNode]:
        for node in selections.selections:
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, FragmentSpreadNode):
                yield from self.fields(self._fragments[node.name.value].selection_set)
            elif isinstance(node, InlineFragmentNode):
                yield from self.fields(node.selection_set)


def _mean(numbers: list[int]) -> float:
    return fmean(numbers) if numbers else 0.0
