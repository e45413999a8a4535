"""The estimate of an operation's cost follows what execution does with these variables."""

import random
from collections.abc import Mapping
from typing import Any

import pytest
from graphql import (
    BooleanValueNode,
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    NameNode,
    SelectionSetNode,
    Visitor,
    build_schema,
    parse,
    visit,
)
from graphql.language import REMOVE

from gateway.http import costs
from gateway.http.costs import MAX_COST, Estimate
from gateway.http.documents import Documents, selected_operation
from gateway.http.limits import SIGNED_IN, OperationTooLarge
from gateway.runtime.settings import ROOT
from tests.support.execution.full_pages import SCHEMA, Rows
from tests.support.execution.generated_operations import Generator

SKIPPED = """query($x: Boolean!) { team(id: "TEAM") { name
  members(first: 100) @include(if: $x) {
    nodes { user { seats(first: 100) { nodes { id product { name } sources { kind } } } } }
  }
} }"""
MEMBERS = "members(first: 100) { nodes { user { name seats(first: 20) { nodes { id product { name } %s } } } } }"
BELOW = ["usage { hours }", "sources { kind }", "assignedAt", "holder { name }", "viewerCan { action }"]
TEAMS = "{ teams%s { nodes { members(first: 100) { nodes { user { seats(first: 20) { nodes { id } } } } } } } }"
TYPES = """query($n: Int!) { node(id: 1) {
  ... on Team { members(first: $n) { nodes { id } } }
  ... on User { memberships { nodes { id } } }
} }"""
DOCUMENTS = 40


@pytest.fixture(scope="module")
def published() -> GraphQLSchema:
    return build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def small() -> GraphQLSchema:
    return build_schema(SCHEMA)


def cost(schema: GraphQLSchema, text: str, **variables: object) -> int:
    document = Documents(schema).find(text, None, SIGNED_IN)
    assert document.errors == ()
    return selected_operation(document, None).cost(variables)


def estimate(schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> int:
    """The estimate of an operation that may be over the limit."""
    operation: Any = document.definitions[0]
    return Estimate(schema, document, operation).rows(variables)


def test_what_the_variables_skip_costs_nothing(published: GraphQLSchema) -> None:
    assert cost(published, SKIPPED, x=False) == 1
    with pytest.raises(OperationTooLarge, match="may read 120201 rows"):
        cost(published, SKIPPED, x=True)
    with pytest.raises(OperationTooLarge, match="may read 120201 rows"):
        cost(published, SKIPPED)


def test_the_same_field_in_five_fragments_costs_as_much_as_one_field(published: GraphQLSchema) -> None:
    fragments = [f"fragment F{n} on Team {{ {MEMBERS % below} }}" for n, below in enumerate(BELOW)]
    text = '{ team(id: "TEAM") { ...F0 ...F1 ...F2 ...F3 ...F4 } } ' + " ".join(fragments)
    assert cost(published, text) == 48_201 <= MAX_COST
    assert cost(published, '{ team(id: "TEAM") { %s } }' % (MEMBERS % " ".join(BELOW))) == 48_201


def test_a_page_without_its_size_has_twenty_rows(published: GraphQLSchema) -> None:
    assert cost(published, TEAMS % "") == 44_020
    assert cost(published, TEAMS % "(first: 1)") == 2_201


@pytest.mark.parametrize(
    ("text", "variables", "rows"),
    [
        (
            "{ node(id: 1) { ... on Team { pools { total } } ... on User { seats(first: 3) { nodes { id } } } } }",
            {},
            11,
        ),
        ("{ node(id: 1) { ... on Team { pools { total } } ... on User { memberships { nodes { id } } } } }", {}, 21),
        (TYPES, {"n": 30}, 31),
        (TYPES, {"n": 3}, 21),
        (
            "{ node(id: 1) { ... on Node { ... on Team { pools { total } } } ... on Team { pools { assigned } } } }",
            {},
            11,
        ),
        ("{ teams(first: 7) { totalCount } }", {}, 8),
        ("{ teams(first: 7) { totalCount __typename n: totalCount } }", {}, 9),
        ("{ teams(first: 7) { totalCount pageInfo { hasNextPage } } }", {}, 8),
        (
            "query($x: Boolean!) { teams(first: 7) { totalCount nodes @skip(if: $x) { pools { total } } } }",
            {"x": True},
            8,
        ),
        ("{ teams(first: 7) { nodes { viewerCan { action } } edges { cursor node { id } } } }", {}, 77),
        ("{ teams(first: 7) { edges { node { pools { total } } } edges { node { pools { assigned } } } } }", {}, 77),
        ('{ team(id: "t") { audit(first: 16) { nodes { after } } } }', {}, 1 + 16 * 21),
        ('{ team(id: "t") { audit(first: 16) { nodes { after before facts after } } } }', {}, 1 + 16 * 61),
        ("query($n: Int!) { teams(first: $n) { nodes { id } } }", {"n": float("inf")}, 100),
        ("query($n: Int!) { teams(first: $n) { nodes { id } } }", {"n": "7"}, 20),
        ("query($n: Int! = 9) { teams(first: $n) { nodes { id } } }", {"n": None}, 9),
        ("{ teams(last: 7) { nodes { id } } }", {}, 7),
        ("query($a: Int, $b: Int) { teams(first: $a, last: $b) { nodes { id } } }", {}, 20),
        ("query($a: Int, $b: Int) { teams(first: $a, last: $b) { nodes { id } } }", {"a": None, "b": 7}, 7),
        ("query($a: Int, $b: Int) { teams(first: $a, last: $b) { nodes { id } } }", {"a": 3, "b": 7}, 7),
        ("query($b: Int = 4) { teams(last: $b) { nodes { id } } }", {}, 4),
        ("{ teams(first: 7) { nodes { viewerCan(actions: [SEATS_READ, TEAMS_READ]) { action } } } }", {}, 21),
        ("{ teams(first: 7) { nodes { viewerCan(actions: TEAMS_READ) { action } } } }", {}, 14),
        ("{ teams(first: 7) { nodes { viewerCan(actions: []) { action } } } }", {}, 7),
        ("query($a: [Action!]) { viewer { viewerCan(actions: $a) { action } } }", {"a": ["TEAMS_READ"]}, 2),
        ("query($a: [Action!]) { viewer { viewerCan(actions: $a) { action } } }", {}, 11),
        ("query($a: [Action!] = [TEAMS_READ]) { viewer { viewerCan(actions: $a) { action } } }", {}, 2),
    ],
)
def test_the_cost_follows_execution(published: GraphQLSchema, text: str, variables: dict[str, Any], rows: int) -> None:
    assert cost(published, text, **variables) == rows


@pytest.mark.parametrize(
    ("condition", "included"),
    [
        ("@skip(if: true)", []),
        ("@include(if: false)", []),
        ("@skip(if: false) @include(if: true)", [{"a": True, "b": True}, {}]),
        ("@skip(if: $a)", [{"a": False}, {}]),
        ("@include(if: $a)", [{"a": True}, {}]),
        ("@skip(if: $a) @include(if: $b)", [{"a": False, "b": True}, {"a": False}, {"b": True}, {}]),
        ("@include(if: $b) @skip(if: $a)", [{"a": False, "b": True}, {"a": False}, {"b": True}, {}]),
    ],
)
def test_a_selection_counts_if_it_is_not_skipped(
    published: GraphQLSchema, condition: str, included: list[dict[str, bool]]
) -> None:
    """A condition that is not known, or that coercion refuses, skips nothing."""
    teams = f"... {condition} {{ teams(first: 4) {{ nodes {{ id }} }} }}"
    text = f"query($a: Boolean!, $b: Boolean!) {{ viewer {{ id {teams} }} }}"
    known = [{"a": a, "b": b} for a in (True, False, None, 1, "x") for b in (True, False, None)]
    for given in known:
        valid = {name: value for name, value in given.items() if isinstance(value, bool) and f"${name}" in condition}
        counts = valid in included or (condition == "@skip(if: false) @include(if: true)")
        assert estimate(published, parse(text), given) == (5 if counts else 1), given


def test_a_fragment_on_an_interface_counts_only_for_types_that_implement_it() -> None:
    schema = build_schema("""
      type Query { one: Either }
      type Tag { name: String }
      interface Tagged { tags: [Tag] }
      type Yes implements Tagged { tags: [Tag] }
      type No { tags: [Tag] }
      union Either = Yes | No
    """)
    text = "{ one { ... on Tagged { tags { name } } ... on No { other: tags { name } } } }"
    assert cost(schema, text) == 11


@pytest.mark.parametrize("times", [1, 30])
def test_a_fragment_is_read_once_however_often_a_level_spreads_it(
    published: GraphQLSchema, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    read: list[object] = []
    original = costs._Formula._is_included

    def counted(formula: Any, node: Any) -> bool:
        read.append(node)
        return original(formula, node)

    monkeypatch.setattr(costs._Formula, "_is_included", counted)
    fragments = "fragment f on User { teams { nodes { ...g } } } fragment g on Team { id }"
    text = f"{{ viewer {{ {'...f ' * times} }} }} {fragments}"
    assert estimate(published, parse(text), {}) == 21
    assert len(read) == times + 5


def test_a_default_decides_for_a_variable_that_is_not_given(published: GraphQLSchema) -> None:
    text = "query($x: Boolean! = false) { viewer { teams(first: 4) @include(if: $x) { nodes { id } } } }"
    assert (cost(published, text), cost(published, text, x=True)) == (1, 5)


def test_the_formula_is_made_once_for_each_combination_of_conditions(
    published: GraphQLSchema, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []
    formula = costs._Formula

    def counted(*given: Any) -> Any:
        made.append(given)
        return formula(*given)

    monkeypatch.setattr(costs, "_Formula", counted)
    text = "query($x: Boolean!, $n: Int!) { teams(first: $n) { nodes { viewerCan @skip(if: $x) { action } } } }"
    operation = selected_operation(Documents(published).find(text, None), None)
    for n in range(1, 100):
        assert operation.cost({"x": False, "n": n}) == 11 * n
        assert operation.cost({"x": True, "n": n}) == n
    assert len(made) == 2


def test_formulas_are_limited(published: GraphQLSchema, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(costs, "MAX_FORMULAS", 3)
    document = parse("query($a: Boolean!, $b: Boolean!, $c: Boolean!) { viewer { id } }")
    operation: Any = document.definitions[0]
    made = Estimate(published, document, operation)
    for number in range(8):
        assert made.rows({"a": number > 3, "b": number % 4 > 1, "c": number % 2 == 1}) == 1
        assert len(made._formulas) <= 3


class Pruned(Visitor):
    """Removes what these values of variables skip, and with None every condition."""

    def __init__(self, given: Mapping[str, Any] | None) -> None:
        super().__init__()
        self._given = given

    def enter(self, node: Any, *_: object) -> Any:
        if self._given is None or not isinstance(node, FieldNode | InlineFragmentNode | FragmentSpreadNode):
            return None
        for directive in node.directives or ():
            condition: Any = (directive.arguments or ())[0].value
            value = condition.value if isinstance(condition, BooleanValueNode) else self._given[condition.name.value]
            if value is (directive.name.value == "skip"):
                return REMOVE
        return None

    def leave_directive(self, *_: object) -> Any:
        return REMOVE

    def leave_selection_set(self, node: SelectionSetNode, *_: object) -> Any:
        if node.selections:
            return None
        return SelectionSetNode(selections=(FieldNode(name=NameNode(value="__typename")),))


@pytest.mark.parametrize("seed", range(4))
def test_an_estimate_with_variables_is_that_of_the_selections_that_they_leave(
    published: GraphQLSchema, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    generator, fewer = Generator(published, chance, errors=0), 0
    for _ in range(DOCUMENTS):
        document = parse(text := generator.document())
        given = {"yes": chance.random() < 0.5, "no": chance.random() < 0.5, "size": chance.randrange(1, 9)}
        known = estimate(published, document, given)
        everything = estimate(published, visit(document, Pruned(None)), given)
        assert known == estimate(published, visit(document, Pruned(given)), given), text
        assert known <= estimate(published, document, {**given, "yes": "unknown", "no": "unknown"}) <= everything, text
        fewer += known < everything
    assert fewer


@pytest.mark.parametrize("seed", range(4))
def test_an_estimate_is_the_number_of_rows_if_all_pages_are_full(small: GraphQLSchema, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    generator, exact = Generator(small, chance, errors=0, depth=4, literals={"Int": ["1", "2", "$size"]}), 0
    for _ in range(DOCUMENTS):
        text = generator.document()
        given = {"yes": chance.random() < 0.5, "no": chance.random() < 0.5, "size": 3}
        estimated = estimate(small, parse(text), given)
        if estimated > 500:
            continue
        rows = Rows(small, chance)
        rows.read(text, given)
        if rows.chose_types:
            assert rows.number <= estimated, text
        else:
            assert rows.number == estimated, text
            exact += estimated > 1
    assert exact
