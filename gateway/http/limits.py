"""Limits of a document, checked before it is validated.

The time of validation grows with the square of some counts. The fields of a fragment count wherever it is spread,
but each fragment is measured once. So a document whose fragments double its size twenty times is refused in the
time that reading it takes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    TokenKind,
)

from domain.problems import Problem

MAX_DEPTH = 20
MAX_FIELDS = 1_000
MAX_ALIASES = 200
MAX_ROOT_FIELDS = 30
MAX_DIRECTIVES = 100
# Validation compares all operations and fragments with each other.
MAX_DEFINITIONS = 50
MAX_NAME = 200
MAX_BRACKETS = 64
OPENING = frozenset({TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L})
CLOSING = frozenset({TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R})
# Validation compares all fields with the same response name with each other.
MAX_COMPARISONS = 5_000


class OperationTooLarge(Problem):
    """The document or the operation is over a limit. The message names the limit."""

    code = "OPERATION_TOO_LARGE"


class SignInForLarge(OperationTooLarge):
    """The document is over the limit for requests that name nobody who has signed in."""

    def __init__(self, bounds: "Bounds") -> None:
        super().__init__(
            f"The document has over {bounds.characters} characters or {bounds.tokens} tokens. "
            "Only people who have signed in may send a larger one. Put long values into variables."
        )


@dataclass(frozen=True, slots=True)
class Bounds:
    """The size of the largest document that is parsed."""

    characters: int
    tokens: int


ANONYMOUS = Bounds(16_384, 500)
SIGNED_IN = Bounds(65_536, 2_000)


@dataclass(frozen=True, slots=True)
class Size:
    """The size of a selection, fragments included."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    root_fields: int = 0


EMPTY = Size()


def check(document: DocumentNode) -> None:
    """Raise OperationTooLarge if the document is over a limit."""
    _check_tokens(document)
    _at_most("operations and fragments", len(document.definitions), MAX_DEFINITIONS)
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    measured = _Sizes(fragments)
    for name in fragments:
        _refuse(measured.fragment(name))
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            size = measured.of(node.selection_set, 1)
            _refuse(size)
            _at_most("root fields", size.root_fields, MAX_ROOT_FIELDS)
            _check_comparisons([node.selection_set], fragments)


def _refuse(size: Size) -> None:
    _at_most("levels of fields", size.depth, MAX_DEPTH)
    _at_most("fields", size.fields, MAX_FIELDS)
    _at_most("aliases", size.aliases, MAX_ALIASES)
    _at_most("directives", size.directives, MAX_DIRECTIVES)


def _at_most(what: str, number: int, limit: int) -> None:
    if number > limit:
        raise OperationTooLarge(f"The document has over {limit} {what}, fragments included. Ask for less at a time.")


def _check_tokens(document: DocumentNode) -> None:
    """Check what goes through all tokens: the length of names, and brackets inside brackets."""
    token = document.loc.start_token if document.loc else None
    depth = 0
    while token is not None:
        if token.kind is TokenKind.NAME:
            _at_most("characters in a name", len(token.value or ""), MAX_NAME)
        elif token.kind in OPENING:
            depth += 1
            _at_most("brackets inside brackets", depth, MAX_BRACKETS)
        elif token.kind in CLOSING:
            depth -= 1
        token = token.next


class _Sizes:
    """Sizes of selections. A fragment is measured once. A fragment that spreads itself counts nothing: validation
    refuses it.
    """

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._sizes: dict[str, Size] = {}

    def fragment(self, name: str, level: int = 1) -> Size:
        if name not in self._sizes:
            self._sizes[name] = EMPTY
            node = self._fragments.get(name)
            if node is not None:
                self._sizes[name] = self.of(node.selection_set, level)
        return self._sizes[name]

    def of(self, selection_set: SelectionSetNode | None, level: int) -> Size:
        """Return the size of a selection at this level. Levels are limited so that Python's stack does not overflow."""
        _at_most("nestings", level, 2 * MAX_DEPTH)
        depth = fields = aliases = directives = roots = 0
        for node in selection_set.selections if selection_set else ():
            below = self._node(node, level)
            is_field = isinstance(node, FieldNode)
            depth = max(depth, below.depth + is_field)
            fields += below.fields + is_field
            aliases += below.aliases + (isinstance(node, FieldNode) and node.alias is not None)
            directives += below.directives + len(node.directives or ())
            roots += 1 if is_field else below.root_fields
        return Size(depth, fields, aliases, directives, roots)

    def _node(self, node: SelectionNode, level: int) -> Size:
        if isinstance(node, FragmentSpreadNode):
            return self.fragment(node.name.value, level + 1)
        assert isinstance(node, FieldNode | InlineFragmentNode)  # noqa: S101 - there are no other kinds of selections
        return self.of(node.selection_set, level + 1)


def _check_comparisons(together: list[SelectionSetNode], fragments: Mapping[str, FragmentDefinitionNode]) -> None:
    """Count the comparisons of fields with the same name, level by level. There are at most MAX_FIELDS fields."""
    levels, comparisons = [together], 0
    while levels:
        named: dict[str, list[FieldNode]] = {}
        for field in _fields(levels.pop(), fragments):
            named.setdefault((field.alias or field.name).value, []).append(field)
        for same in named.values():
            comparisons += len(same) * (len(same) - 1)
            below = [field.selection_set for field in same if field.selection_set]
            if below:
                levels.append(below)
        _at_most("fields to merge", comparisons, MAX_COMPARISONS)


def _fields(
    together: Iterable[SelectionSetNode], fragments: Mapping[str, FragmentDefinitionNode]
) -> Iterable[FieldNode]:
    open_, spread = list(together), set[str]()
    while open_:
        for node in open_.pop().selections:
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                open_.append(node.selection_set)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in spread:
                spread.add(node.name.value)
                if node.name.value in fragments:
                    open_.append(fragments[node.name.value].selection_set)
