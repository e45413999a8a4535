"""A document is valid exactly if its lean form is, and the lean form of what repeats itself is short."""

import random
import re
from typing import Any

import pytest
from graphql import DocumentNode, GraphQLSchema, build_schema, parse, validate

from gateway.http import documents, merging
from gateway.http.documents import Documents
from gateway.http.lean import lean
from gateway.http.limits import SIGNED_IN, OperationTooLarge
from gateway.http.outline import tokens
from gateway.runtime.settings import ROOT
from tests.gateway.http.test_merging import OTHERS, SCHEMA, Drawn
from tests.gateway.http.test_pages_of_components import RELAY, apollo_page

WORDS = ["name", "age", "friend", "other", "Dog", "Cat", "Pet", "nothing", "F0", "F1", "{ name }", "(up: $n)", "@skip"]
TEAM = '{ team(id: "t") { %s } }'


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"))


@pytest.fixture
def validated(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many selections each call of GraphQL's rules looks at."""
    found: list[int] = []

    def counted(schema: GraphQLSchema, document: DocumentNode, *args: Any, **more: Any) -> Any:
        found.append(_selections(document))
        return validate(schema, document, *args, **more)

    monkeypatch.setattr(documents, "validate", counted)
    return found


def _selections(node: Any) -> int:
    inside = [*getattr(node, "definitions", ()), *getattr(getattr(node, "selection_set", None), "selections", ())]
    return len(inside) + sum(map(_selections, inside))


@pytest.mark.parametrize("seed", range(6))
def test_a_document_is_valid_exactly_if_its_lean_form_is(seed: int) -> None:
    known, chance = build_schema(SCHEMA), random.Random(seed)  # noqa: S311 - repeatable, not secret
    drawn, verdicts = Drawn(known, chance), set()
    for _ in range(60):
        text = drawn.document()
        if chance.random() < 0.6:
            places = list(re.finditer(r"\w+", text))
            place = chance.choice(places)
            text = text[: place.start()] + chance.choice(WORDS) + text[place.end() :]
        try:
            document = parse(text)
        except Exception:  # noqa: BLE001, S112 - a text that is no GraphQL is not validated
            continue
        wanted = bool(validate(known, document, OTHERS))
        assert bool(validate(known, lean(known, document), OTHERS)) == wanted, text
        verdicts.add(wanted)
    assert verdicts == {True, False}


@pytest.mark.parametrize(
    "body",
    [
        "members(first: 1) { totalCount } " * 300,
        "a: name " * 900,
        "".join(f"members(first:{' ' * n}1) {{ totalCount }} " for n in range(20)),
        "members { nodes { id } nodes { role id } } " * 200,
        "".join(f"...{'{id'}{' name' * (n % 2)}}} " for n in range(500)),
    ],
)
def test_what_repeats_is_validated_once(schema: GraphQLSchema, validated: list[int], body: str) -> None:
    assert Documents(schema).find(TEAM % body, None, SIGNED_IN).errors == ()
    assert validated[0] <= 6


@pytest.mark.parametrize(
    "text",
    [
        "{ team(" + 'id: "t" ' * 1_300 + ") { name } }",
        "{ team(id: [" + "1 " * 3_900 + "]) { name } }",
        "{ team(id: {" + "a: 1 " * 1_300 + "}) { name } }",
    ],
)
def test_many_arguments_are_refused_before_validation(schema: GraphQLSchema, validated: list[int], text: str) -> None:
    with pytest.raises(OperationTooLarge, match="tokens without repetitions"):
        Documents(schema).find(text, None, SIGNED_IN)
    assert validated == []


def test_leaves_beside_fragments_on_many_types_are_refused_unparsed_or_compared_once(
    schema: GraphQLSchema, monkeypatch: pytest.MonkeyPatch, lexed: list[int]
) -> None:
    types = [type_.name for type_ in schema.get_possible_types(schema.type_map["Node"])]  # type: ignore[arg-type]
    text = '{ node(id: "x") { %s %s } }'
    fragments = "".join(f"... on {name} {{ id }} " for name in types)
    known = Documents(schema)
    lexed.clear()
    with pytest.raises(OperationTooLarge, match="selections"):
        known.find(text % (fragments, "id " * 3_850), None, SIGNED_IN)
    assert lexed == []
    compared: list[int] = []
    original = merging._check_shape

    def counted(*given: Any) -> None:
        compared.append(1)
        original(*given)

    monkeypatch.setattr(merging, "_check_shape", counted)
    assert merging.conflicts(schema, parse(text % (fragments, "id " * 1_000))) == []
    assert len(compared) <= 3 * len(types)


def test_fields_that_many_types_share_count_for_each_type() -> None:
    fragments = "".join(f"... on {name} {{ name(up: 1) }} " for name in ("Dog", "Cat"))
    text = f"{{ pet {{ {fragments} {'name(up: 1) ' * 6_000} }} }}"
    with pytest.raises(OperationTooLarge, match="fields to merge"):
        merging.conflicts(build_schema(SCHEMA), parse(text))


@pytest.mark.parametrize("page", [RELAY, apollo_page(60), apollo_page(100)])
def test_of_a_page_less_than_half_is_validated(schema: GraphQLSchema, validated: list[int], page: str) -> None:
    assert Documents(schema).find(page, None, SIGNED_IN).errors == ()
    assert validated[0] < len(tokens(page)) / 4
