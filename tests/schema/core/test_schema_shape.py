"""The shape of the published schema, which is all of it but its descriptions, changes only on purpose."""

import hashlib
from dataclasses import replace
from typing import Any

from graphql import parse, print_ast, strip_ignored_characters
from graphql.language import Visitor, visit

from gateway.runtime.settings import ROOT

# Clients depend on the shape. If you change it, put the new hash here and write the change into CHANGELOG.md.
SHAPE = "a3a092784ecdf1198357e894ac713a615c4a31951cd44a0365f42c3def89bd71"


class WithoutDescriptions(Visitor):
    """Takes the description off every definition."""

    def enter(self, node: Any, *_: object) -> Any:
        """The node without its description, if it has one."""
        return replace(node, description=None) if getattr(node, "description", None) else None


def shape(sdl: str) -> str:
    """The SHA-256 of a schema's text without descriptions, comments and white space."""
    document = visit(parse(sdl, no_location=True), WithoutDescriptions())
    return hashlib.sha256(strip_ignored_characters(print_ast(document)).encode()).hexdigest()


def test_the_shape_is_the_one_that_clients_know() -> None:
    assert shape((ROOT / "schema.graphql").read_text(encoding="utf-8")) == SHAPE


def test_descriptions_are_not_part_of_the_shape() -> None:
    plain = shape("type Query { a(b: Int): Int }")
    assert shape('"A root." type Query { "A field." a("An argument." b: Int): Int }') == plain
    assert shape("type Query { a(b: Int): Int! }") != plain
    assert shape('type Query { a(b: Int): Int @policy(action: "x") }') != plain
