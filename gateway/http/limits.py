"""Limits of a document. Most are checked before it is parsed, the others before it is validated.

The fields of a fragment count wherever it is spread, but each fragment is measured once. So a document whose fragments
double its size twenty times is refused in the time that reading it takes.
"""

from collections.abc import Iterable, Iterator, Mapping
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
)

from domain.problems import Problem
from gateway.http.outline import Outline, is_name, outlines, tokens

MAX_DEPTH = 20
MAX_NESTINGS = 2 * MAX_DEPTH
MAX_SELECTIONS = 5_000
# To parse a field takes longer than to parse any other token. A page of 100 components has 1,400 selections.
MAX_WRITTEN = 1_500
MAX_FIELDS = 1_000
MAX_ALIASES = 200
MAX_ROOT_FIELDS = 30
MAX_DIRECTIVES = 100
# Validation looks at the variables of each fragment once for each operation that uses the fragment.
MAX_OPERATIONS = 50
MAX_FRAGMENTS = 200
MAX_VARIABLES = 2_000
MAX_NAME = 200
MAX_BRACKETS = 64
OPENING = frozenset("{[(")
CLOSING = frozenset("}])")


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
SIGNED_IN = Bounds(65_536, 4_000)


def check(text: str, bounds: Bounds) -> None:
    """Raise OperationTooLarge if the text of a document is over a limit.

    It is SignInForLarge if the bounds are those of requests that name nobody, and the document is larger than they are.
    """
    if bounds is ANONYMOUS and len(text) > bounds.characters:
        raise SignInForLarge(bounds)
    found = tokens(text)
    if bounds is ANONYMOUS and len(found) > bounds.tokens:
        raise SignInForLarge(bounds)
    _at_most("tokens", len(found), bounds.tokens)
    _at_most("characters in a name", max((len(one) for one in found if is_name(one)), default=0), MAX_NAME)
    _check_brackets(found)
    operations, fragments = outlines(found)
    _at_most("operations", len(operations), MAX_OPERATIONS)
    _at_most("fragments", len(fragments), MAX_FRAGMENTS)
    definitions = [*operations, *(one for _, one in fragments)]
    _at_most("directives", sum(one.directives for one in definitions), MAX_DIRECTIVES)
    _at_most("selections", sum(one.selections for one in definitions), MAX_WRITTEN)
    totals = _Totals(dict(fragments))
    for name, _ in fragments:
        _refuse(totals.fragment(name))
    sizes = [totals.of(one) for one in operations]
    for size in sizes:
        _refuse(size)
    _at_most("selections", sum(size.selections for size in sizes), MAX_SELECTIONS)
    _at_most("uses of variables", sum(size.variables for size in sizes), MAX_VARIABLES)


def check_merged(document: DocumentNode) -> None:
    """Raise OperationTooLarge if an operation selects too many fields or aliases.

    Fields with the same response name are one field, as in the answer: each fragment may repeat the `id`.
    """
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            _check_operation(node, fragments)


def _check_operation(operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
    levels, fields, aliases, selections = [(1, [operation.selection_set])], 0, 0, 0
    while levels:
        depth, together = levels.pop()
        if depth > MAX_DEPTH:  # a fragment spreads itself: validation refuses it
            continue
        named: dict[str, list[SelectionSetNode]] = {}
        aliased = set()
        for node in _selections(together, fragments):
            selections += 1
            _at_most("selections", selections, MAX_SELECTIONS)
            if isinstance(node, FieldNode):
                below = named.setdefault((node.alias or node.name).value, [])
                below += [node.selection_set] if node.selection_set else []
                aliased.update([node.alias.value] if node.alias else [])
        fields += len(named)
        aliases += len(aliased)
        _at_most("root fields", len(named) if depth == 1 else 0, MAX_ROOT_FIELDS)
        _at_most("aliases", aliases, MAX_ALIASES)
        _at_most("fields", fields, MAX_FIELDS)
        levels += [(depth + 1, below) for below in named.values() if below]


def _selections(
    together: Iterable[SelectionSetNode], fragments: Mapping[str, FragmentDefinitionNode]
) -> Iterator[SelectionNode]:
    """Yield all selections of a level. A fragment is read once, as often as the level spreads it."""
    open_, spread = list(together), set[str]()
    while open_:
        for node in open_.pop().selections:
            yield node
            if isinstance(node, InlineFragmentNode):
                open_.append(node.selection_set)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in spread:
                spread.add(node.name.value)
                if node.name.value in fragments:
                    open_.append(fragments[node.name.value].selection_set)


def _refuse(size: Outline) -> None:
    _at_most("levels of fields", size.depth, MAX_DEPTH)
    _at_most("nestings", size.nestings, MAX_NESTINGS)
    _at_most("selections", size.selections, MAX_SELECTIONS)


def _at_most(what: str, number: int, limit: int) -> None:
    if number > limit:
        raise OperationTooLarge(f"The document has over {limit} {what}, fragments included. Ask for less at a time.")


def _check_brackets(found: Iterable[str]) -> None:
    depth = 0
    for token in found:
        if token in OPENING:
            depth += 1
            _at_most("brackets inside brackets", depth, MAX_BRACKETS)
        elif token in CLOSING:
            depth -= 1


class _Totals:
    """Outlines with what their fragments add. A fragment that spreads itself adds nothing: validation refuses it."""

    def __init__(self, fragments: Mapping[str, Outline]) -> None:
        self._fragments = fragments
        self._known: dict[str, Outline] = {}

    def fragment(self, name: str) -> Outline:
        if name not in self._known:
            self._known[name] = Outline()
            if name in self._fragments:
                self._known[name] = self.of(self._fragments[name])
        return self._known[name]

    def of(self, own: Outline) -> Outline:
        total = Outline(own.depth, own.nestings, own.selections, own.directives, own.variables)
        for name, depth, nestings in own.spreads:
            added = self.fragment(name)
            total.depth = max(total.depth, depth + added.depth)
            total.nestings = max(total.nestings, nestings + added.nestings)
            total.selections += added.selections
            total.variables += added.variables
        return total
