"""What validation must look at: a document without the fields that are valid for certain, and without repetitions.

GraphQL's rules take about 15 µs for each token. Pages repeat `id` and `__typename` many times, and a hostile document
repeats much more. So leaves without arguments are checked here. What has no variable and no spread is validated once
for each type that it is selected on, and what has some is validated once in each selection. So a document is valid
exactly if its lean form is.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    ExecutableDefinitionNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    Token,
    TokenKind,
    get_named_type,
    is_composite_type,
    is_introspection_type,
    is_leaf_type,
    is_required_argument,
)

from gateway.http.limits import OperationTooLarge

MAX_TOKENS = 1_300
"""How many tokens of a lean document are validated, without those of its headers.

It takes 20 ms. A page of 100 components has 830.
"""

Words = tuple[tuple[str, str], ...]
_VARIABLE = (TokenKind.DOLLAR.value, "")


class _Lean(NamedTuple):
    """A selection as it is validated. Equal ones have the same key; a closed one has no variable and no spread."""

    node: SelectionNode
    key: tuple[Any, ...]
    is_closed: bool


def lean(schema: GraphQLSchema, document: DocumentNode) -> DocumentNode:
    """Return the document as it is to be validated. Raises OperationTooLarge if there is too much in it."""
    leaning = _Leaning(schema)
    result = replace(document, definitions=tuple(map(leaning.definition, document.definitions)))
    if leaning.tokens > MAX_TOKENS:
        raise OperationTooLarge(
            f"The document has over {MAX_TOKENS} tokens without repetitions. Ask for less at a time, and put long "
            "values into variables."
        )
    return result


class _Leaning:
    """`tokens` counts those that are left."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self.tokens = 0
        self._numbers: dict[frozenset[Any], int] = {}
        self._seen: set[tuple[Any, ...]] = set()

    def definition(self, node: Any) -> Any:
        if not isinstance(node, ExecutableDefinitionNode):
            return node
        type_: GraphQLNamedType | None = None
        if isinstance(node, OperationDefinitionNode):
            type_ = self._schema.get_root_type(node.operation)
        elif isinstance(node, FragmentDefinitionNode):
            type_ = self._schema.get_type(node.type_condition.name.value)
        return replace(node, selection_set=self._selections(type_, node.selection_set)[0])

    def _selections(
        self, parent: GraphQLNamedType | None, node: SelectionSetNode
    ) -> tuple[SelectionSetNode, int, bool]:
        """Return what is left of a selection, a number that equal ones share in any order, and whether it is closed."""
        left: list[SelectionNode] = []
        spare: tuple[int, SelectionNode] | None = None
        keys, all_closed = set(), True
        for one in node.selections:
            if isinstance(one, FieldNode) and self._is_certain(parent, one):
                spare = spare or (1, one)
                continue
            before = self.tokens
            found = self._selection(parent, one)
            place = (parent.name if parent else None, found.key)
            if found.key in keys or (found.is_closed and place in self._seen):
                spare = spare or (self.tokens - before, found.node)
                self.tokens = before
            else:
                left.append(found.node)
            keys.add(found.key)
            all_closed = all_closed and found.is_closed
            # One rule counts the levels of introspection around a field.
            if found.is_closed and not (parent and is_introspection_type(parent)):
                self._seen.add(place)
        if spare and not left:  # a selection must not be empty
            self.tokens += spare[0]
            left.append(spare[1])
        self.tokens += 2
        number = self._numbers.setdefault(frozenset(keys), len(self._numbers))
        return replace(node, selections=tuple(left)), number, all_closed

    def _selection(self, parent: GraphQLNamedType | None, node: Any) -> _Lean:
        directives = tuple(map(_words, node.directives or ()))
        below = parent
        if isinstance(node, FieldNode):
            arguments = sorted(map(_words, node.arguments or ()))
            key = (node.alias.value if node.alias else "", node.name.value, *arguments, "@", *directives)
            words: Iterable[Words] = (*arguments, *directives)
            field = self._field(parent, node)
            below = get_named_type(field.type) if field else None
        elif isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            key, words = ("... on", condition.name.value if condition else "", *directives), directives
            below = self._schema.get_type(condition.name.value) if condition else parent
        else:
            key, words = ("...", node.name.value, *directives), directives
        self.tokens += 2 + sum(map(len, words))
        is_closed = key[0] != "..." and not any(_VARIABLE in one for one in words)
        inner = getattr(node, "selection_set", None)
        if inner is None:
            return _Lean(node, key, is_closed)
        selections, number, all_closed = self._selections(below, inner)
        return _Lean(replace(node, selection_set=selections), (*key, number), is_closed and all_closed)

    def _field(self, parent: GraphQLNamedType | None, node: FieldNode) -> GraphQLField | None:
        return self._schema.get_field(parent, node.name.value) if is_composite_type(parent) else None

    def _is_certain(self, parent: GraphQLNamedType | None, node: FieldNode) -> bool:
        """Return whether every rule accepts a field: a leaf without arguments, directives and selection."""
        if node.arguments or node.directives or node.selection_set:
            return False
        field = self._field(parent, node)
        return (
            field is not None
            and is_leaf_type(get_named_type(field.type))
            and not any(map(is_required_argument, field.args.values()))
        )


def _words(node: Node) -> Words:
    """Return the tokens of a node, as they are without the spaces, commas and comments between them."""
    if node.loc is None:
        raise ValueError("The document was parsed without locations.")
    found: list[tuple[str, str]] = []
    token: Token | None = node.loc.start_token
    while token is not None:
        if token.kind is not TokenKind.COMMENT:
            found.append((token.kind.value, token.value or ""))
        if token is node.loc.end_token:
            break
        token = token.next
    return tuple(found)
