"""The outline that is read from the text of a document says what the parser finds in it."""

import random
from collections.abc import Iterator

import pytest
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    GraphQLSyntaxError,
    InlineFragmentNode,
    Lexer,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    Source,
    TokenKind,
    VariableNode,
    build_schema,
    get_introspection_query,
    parse,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.http.outline import Outline, outlines, tokens
from gateway.runtime.settings import ROOT
from tests.support.execution.generated_operations import Generator

WRITTEN = [
    "{ a }",
    "{ a } { b c }",
    "query Q($n: Int = 1, $o: In = {a: {b: 1}}) @d(x: {y: 1}) { a(x: {b: {c: 1}}) { ...F ... on T @d { b } } }",
    "fragment F on T @d { on: query ... on on { on } ...fragment @include(if: $x) fragment }",
    'query ($s: String = "{ \\" }") { a(s: "} # ...F", t: """ " \\""" } """) # } ...F { x: y\n}',
    "subscription { a: b @skip(if: true) @include(if: $y) { c(l: [1, -2.5e3, $z]) } ... { d ... @e { f } } }",
    get_introspection_query(input_value_deprecation=True),
    "{ a }\r# { b\rquery B{c,d}",
]
QUOTES = ['"', '"""', '\\"""', "\\", "#", "\n", "\r"]
PIECES = [*QUOTES, *"{}()@:$[]|&!=", "...", "a", "on", "1", "-", "\ufeff", "é"]


def found_by_the_parser(text: str) -> Iterator[tuple[str | None, Outline]]:
    """The outline of each definition, with its name if it is a fragment."""
    for node in parse(text).definitions:
        assert isinstance(node, OperationDefinitionNode | FragmentDefinitionNode)
        found = Outline(variables=_variables(node), directives=len(node.directives or ()))
        _measure(node.selection_set, 0, 1, found)
        yield node.name.value if isinstance(node, FragmentDefinitionNode) else None, found


def _variables(node: Node) -> int:
    below = [value for key in node.keys if key != "loc" for value in _nodes(getattr(node, key))]
    return isinstance(node, VariableNode) + sum(map(_variables, below))


def _nodes(value: object) -> list[Node]:
    if isinstance(value, tuple | list):
        return [one for one in value if isinstance(one, Node)]
    return [value] if isinstance(value, Node) else []


def _measure(selections: SelectionSetNode, depth: int, nestings: int, found: Outline) -> None:
    found.nestings = max(found.nestings, nestings)
    for node in selections.selections:
        found.selections += 1
        found.directives += len(node.directives or ())
        if isinstance(node, FragmentSpreadNode):
            found.spreads.append((node.name.value, depth, nestings))
            continue
        assert isinstance(node, FieldNode | InlineFragmentNode)
        is_field = isinstance(node, FieldNode)
        found.depth = max(found.depth, depth + is_field)
        if node.selection_set:
            _measure(node.selection_set, depth + is_field, nestings + 1, found)


def assert_same_outline(text: str) -> None:
    wanted = list(found_by_the_parser(text))
    operations, fragments = outlines(tokens(text))
    assert operations == [outline for name, outline in wanted if name is None], text
    assert fragments == [(name, outline) for name, outline in wanted if name is not None], text


@pytest.mark.parametrize("text", WRITTEN)
def test_an_outline_says_what_the_parser_finds(text: str) -> None:
    assert_same_outline(text)


@pytest.fixture(scope="module")
def published() -> GraphQLSchema:
    return build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", ["query", "mutation"])
def test_the_outline_of_a_random_document_says_what_the_parser_finds(published: GraphQLSchema, kind: str) -> None:
    generator = Generator(published, random.Random(5), depth=4)  # noqa: S311 - repeatable, not secret
    for _ in range(60):
        assert_same_outline(generator.document(kind))


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_any_text_has_the_tokens_that_the_lexer_reads(text: str) -> None:
    """A text that the lexer refuses only needs an outline."""
    found = tokens(text)
    outlines(found)
    try:
        lexer, kinds = Lexer(Source(text)), []
        while lexer.advance().kind is not TokenKind.EOF:
            kinds.append(lexer.token.kind)
    except GraphQLSyntaxError:
        return
    assert len(found) == len(kinds)


@pytest.mark.parametrize("start", ['"""', '"""\\', '"', '"\\', "#", '\\"""', '"""\\"""'])
def test_a_text_that_does_not_end_is_one_token(start: str) -> None:
    """Otherwise it would be read again from each quotation mark in it, and the time would grow with its square."""
    assert len(tokens(start * 5_000)) <= 5_000
    assert len(tokens('"""' + '\\"""' * 5_000)) == 1
