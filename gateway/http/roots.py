"""The root fields of an operation."""

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
)


def root_fields(document: DocumentNode, operation: OperationDefinitionNode) -> frozenset[str]:
    """Return the names of all root fields of an operation in a valid document, also of those that may be left out."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    names, spread, open_ = set[str](), set[str](), [operation.selection_set]
    while open_:
        for node in open_.pop().selections:
            if isinstance(node, FieldNode):
                names.add(node.name.value)
            elif isinstance(node, InlineFragmentNode):
                open_.append(node.selection_set)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in spread:
                spread.add(node.name.value)
                open_.append(fragments[node.name.value].selection_set)
    return frozenset(names)
