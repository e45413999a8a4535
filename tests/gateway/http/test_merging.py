"""Fields are merged by the rule of GraphQL, in time that grows with their number and not with its square."""

import random

import pytest
from graphql import (
    GraphQLSchema,
    OverlappingFieldsCanBeMergedRule,
    build_schema,
    parse,
    specified_rules,
    validate,
)

from gateway.http import merging
from gateway.http.limits import OperationTooLarge
from gateway.http.merging import conflicts

SCHEMA = """
type Query { pet: Pet, dog: Dog, thing: Thing }
interface Pet { name(up: Int): String, friend: Pet, kin: [Pet!]! }
type Dog implements Pet { name(up: Int): String, friend: Pet, kin: [Dog!]!, age: Int, other(of: Box, in: [Int]): Dog }
type Cat implements Pet { name(up: Int): String, friend: Cat, kin: [Pet!]!, age: Int!, other(of: Box, in: [Int]): Cat }
union Thing = Dog | Cat
input Box { a: Int, b: [Int], c: Box }
"""
OTHERS = [rule for rule in specified_rules if rule is not OverlappingFieldsCanBeMergedRule]
SEEDS = 10
DOCUMENTS = 60


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema(SCHEMA)


class Drawn:
    """Draws valid documents with few names, so that many of their fields have the same response name."""

    def __init__(self, schema: GraphQLSchema, chance: random.Random) -> None:
        self._schema, self._chance = schema, chance
        self._fragments: list[tuple[str, str]] = []

    def document(self) -> str:
        self._fragments.clear()
        body = self._selections("Query", 3)
        texts = [body, *(f"fragment F{n} {text}" for n, (_, text) in enumerate(self._fragments))]
        return "\n".join([f"query {'($n: Int)' * any('$n' in text for text in texts)} {texts[0]}", *texts[1:]])

    def _selections(self, type_: str, depth: int) -> str:
        return "{ " + " ".join(self._selection(type_, depth) for _ in range(self._chance.randrange(1, 4))) + " }"

    def _selection(self, type_: str, depth: int) -> str:
        fields = getattr(self._schema.type_map[type_], "fields", {})
        way = self._chance.random()
        if way < 0.35 and depth and type_ != "Query":
            types = ["Dog", "Cat", "Pet"] if type_ in {"Pet", "Thing"} else [type_, "Pet"]
            return self._fragment(self._chance.choice(types), depth)
        choices = [name for name in fields if name in {"name", "age"} or depth]
        if not choices:
            return "__typename"
        name = self._chance.choice(choices)
        alias = self._chance.choice([*8 * [""], "a: ", "name: "])
        return f"{alias}{name}{self._arguments(name)} {self._below(type_, name, depth)}"

    def _fragment(self, on: str, depth: int) -> str:
        if self._chance.random() < 0.5:
            return f"... on {on} {self._selections(on, depth - 1)}"
        known = [n for n, (type_, _) in enumerate(self._fragments) if type_ == on]
        if known and self._chance.random() < 0.5:
            return f"...F{self._chance.choice(known)}"
        text = self._selections(on, depth - 1)
        self._fragments.append((on, f"on {on} {text}"))
        return f"...F{len(self._fragments) - 1}"

    def _arguments(self, name: str) -> str:
        if name == "name":
            return self._chance.choice([*8 * [""], "(up: 1)", "(up: $n)"])
        if name == "other":
            return self._chance.choice(
                [*8 * [""], "(of: {a: 1, b: [1]}, in: [1, 2])", "(in: [1, 2], of: {b: [1], a: 1})"]
            )
        return ""

    def _below(self, type_: str, name: str, depth: int) -> str:
        if name in {"name", "age"}:
            return ""
        below = {"pet": "Pet", "dog": "Dog", "thing": "Thing", "other": type_}.get(name)
        if name == "friend":
            below = "Cat" if type_ == "Cat" else "Pet"
        if name == "kin":
            below = "Dog" if type_ == "Dog" else "Pet"
        return self._selections(below or "Pet", depth - 1)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_conflict_is_found_exactly_if_a_comparison_of_all_pairs_finds_one(schema: GraphQLSchema, seed: int) -> None:
    drawn = Drawn(schema, random.Random(seed))  # noqa: S311 - repeatable, not secret
    verdicts = set()
    for _ in range(DOCUMENTS):
        text = drawn.document()
        document = parse(text)
        if not validate(schema, document, OTHERS):
            wanted = bool(validate(schema, document, [OverlappingFieldsCanBeMergedRule]))
            assert bool(conflicts(schema, document)) == wanted, text
            verdicts.add(wanted)
    assert verdicts == {True, False}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{ dog { a: name a: age } }", "Fields 'a' conflict because 'name' and 'age' are different fields."),
        ("{ dog { name name(up: 1) } }", "Fields 'name' conflict because they have differing arguments."),
        ("query ($n: Int) { dog { name(up: $n) name(up: 1) } }", "they have differing arguments"),
        ("{ dog { other(in: [1, 2]) { age } other(in: [2, 1]) { age } } }", "they have differing arguments"),
        ("{ dog { other(of: {b: 1}) { age } other(of: {b: [1]}) { age } } }", "they have differing arguments"),
        ("{ pet { ... on Dog { age } ... on Cat { age } } }", "they return conflicting types 'Int!' and 'Int'"),
        ("{ pet { ... on Dog { a: name } ... on Cat { a: kin { name } } } }", "they return conflicting types"),
        (
            "{ pet { ... on Dog { friend { a: name } } ... on Cat { friend { a: age } } } }",
            "they return conflicting types 'String' and 'Int!'",
        ),
        ("{ pet { ...A } dog { ...A ...B } } fragment A on Pet { name } fragment B on Dog { name: age }", "different"),
    ],
)
def test_an_error_tells_the_conflict(schema: GraphQLSchema, text: str, reason: str) -> None:
    [error] = conflicts(schema, parse(text))
    assert reason in error.message
    assert error.message.endswith("Use different aliases on the fields to fetch both if this was intentional.")
    assert error.nodes is not None
    assert len(error.nodes) == 2


@pytest.mark.parametrize(
    "text",
    [
        "{ dog { other(of: {a: 1, b: [1]}, in: [1]) { age } other(in: [1], of: {b: [1], a: 1}) { age } } }",
        "{ pet { ... on Dog { a: name } ... on Cat { a: name(up: 1) } } }",
        "{ pet { ... on Dog { friend { a: name } } ... on Cat { friend { a: name(up: 2) } } } }",
        "{ dog { ...A ...A name } dog { name } } fragment A on Dog { name }",
    ],
)
def test_equal_fields_and_fields_of_different_objects_are_merged(schema: GraphQLSchema, text: str) -> None:
    assert conflicts(schema, parse(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "{ nothing nothing(a: 1) dog { name { a } nothing } }",
        "{ dog { ...Nothing ...A } } fragment A on Nothing { name name: age } fragment B on Box { a a: b }",
        "{ dog { ... on Box { a a: b } ... on Nothing { a } } } fragment A on Dog { friend { ...A } }",
        "{ dog { ...A } } fragment A on Dog { friend { ...A } }",
        "mutation { a a: b }",
    ],
)
def test_what_is_invalid_by_another_rule_is_left_to_it(schema: GraphQLSchema, text: str) -> None:
    assert conflicts(schema, parse(text)) == []
    assert validate(schema, parse(text), OTHERS)


def test_each_operation_is_checked(schema: GraphQLSchema) -> None:
    text = "query A { dog { name } } query B { dog { a: name a: age } } query C { dog { b: name b: age } }"
    assert [error.message[:10] for error in conflicts(schema, parse(text))] == ["Fields 'a'", "Fields 'b'"]


@pytest.mark.parametrize("number", [60, 600])
def test_a_field_in_many_fragments_is_read_once_in_each(
    schema: GraphQLSchema, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    fragments = "".join(f"fragment F{n} on Dog {{ name age __typename other {{ age }} }} " for n in range(number))
    document = parse("{ dog { " + " ".join(f"...F{n}" for n in range(number)) + " } } " + fragments)
    selections = 1 + number + 4 * number + number
    monkeypatch.setattr(merging, "MAX_READ", selections)
    assert conflicts(schema, document) == []
    monkeypatch.setattr(merging, "MAX_READ", selections - 1)
    with pytest.raises(OperationTooLarge, match="fields to merge"):
        conflicts(schema, document)


def test_fragments_on_many_types_inside_each_other_are_refused(schema: GraphQLSchema) -> None:
    inner = "name"
    for _ in range(14):
        inner = f"... on Dog {{ friend {{ name }} }} ... on Cat {{ friend {{ name }} }} friend {{ {inner} }}"
    with pytest.raises(OperationTooLarge, match="fields to merge"):
        conflicts(schema, parse(f"{{ pet {{ {inner} }} }}"))
