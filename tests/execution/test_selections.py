"""Selections and arguments: fragments, merged fields, conditions, variables, defaults and type names."""

from typing import Any

import pytest
from graphql import GraphQLObjectType, GraphQLResolveInfo, build_schema, parse
from graphql.execution import default_type_resolver

from tests.support.execution.both_executors import IGNORE_UNAWAITED, BreadthFirstExecutor, assert_same_result, run

pytestmark = IGNORE_UNAWAITED

SCHEMA = build_schema("""
    interface Named { name: String! friend: Named }
    type Dog implements Named { name: String! friend: Named barks: Boolean pack: [Pet!] }
    type Cat implements Named { name: String! friend: Named meows: Boolean }
    union Pet = Dog | Cat
    enum Color { RED BLUE }
    input Box { size: Int! = 3 color: Color inner: Box list: [Int!] }
    type Query {
      echo(n: Int, text: String = "default", color: Color = RED, box: Box, list: [Int], need: Boolean): String
      must(n: Int!): String
      named: Named pets: [Pet] strict: [Pet!]! self: Query
    }
""")
DOG = {
    "__typename": "Dog",
    "name": "Rex",
    "barks": True,
    "friend": {"__typename": "Cat", "name": "Tom", "meows": False},
}
CAT = {"__typename": "Cat", "name": "Tom", "meows": True, "friend": DOG}


class Root(dict[str, Any]):
    """A root whose fields return their arguments as text."""

    def __init__(self) -> None:
        super().__init__(named=DOG, pets=[DOG, CAT, None, DOG], strict=[CAT, DOG], self=self)
        self["echo"] = self["must"] = lambda info, **given: f"{info.path.as_list()} {sorted(given.items())}"


QUERIES = [
    "{ named { name name friend { name } friend { __typename } } }",
    "{ named { ...A ...A ...B } } fragment A on Named { name ...B } fragment B on Dog { barks friend { ...A } }",
    "{ pets { __typename ... on Dog { barks pack { __typename } } ... on Cat { meows } ... on Named { name } } }",
    "{ strict { ... on Named { name friend { friend { name } } } } pets { ... { __typename } } }",
    "{ a: named { x: name } b: named { x: name y: __typename } a: named { z: name } }",
    "{ echo echo a: echo(n: 1) b: echo(n: null, text: null) c: echo(list: 5) d: echo(list: [1, null]) }",
    '{ echo(color: BLUE, box: {color: RED, inner: {size: 7}, list: [1]}) other: echo(text: "é", need: false) }',
    '{ echo(n: "wrong") other: echo(color: GREEN) box: echo(box: {size: null}) echo2: echo(n: 99999999999) }',
    "{ must must2: must(n: 1) must3: must(n: null) self { must(n: 1.5) } }",
    "{ echo @skip(if: true) named @include(if: false) { name } }",
    "{ named { ... @skip(if: true) { name } ... on Dog @include(if: true) { barks } ... @skip(if: false) { name } } }",
    "{ unknown named { unknown name } }",
    "{ __typename self { __typename self { __typename } } }",
    "{ __schema { queryType { name } } echo }",
    '{ self { __type(name: "Dog") { name fields { name } } } echo }',
    "{ named { ... on Query { echo } ... on Nowhere { name } ...Missing } }",
    "mutation { echo }",
    "subscription { echo }",
    "fragment A on Query { echo }",
    "query A { echo } query B { named { name } }",
]


@pytest.mark.parametrize("query", QUERIES)
async def test_each_selection_has_the_same_result(query: str) -> None:
    await assert_same_result(SCHEMA, query, Root)


@pytest.mark.parametrize("name", ["A", "B", "C", None])
async def test_the_operation_is_chosen_by_name(name: str | None) -> None:
    await assert_same_result(SCHEMA, "query A { a: echo } query B { b: echo }", Root, operation_name=name)


VARIABLES = """
query ($yes: Boolean! = true, $no: Boolean, $n: Int = 5, $must: Int!
  $color: Color, $box: Box = {size: 2}, $list: [Int!]) {
 echo(n: $n, color: $color, box: $box, list: $list) inner: echo(box: {size: $must, color: $color, list: [$must]})
  must(n: $n) named @include(if: $yes) { name @skip(if: $no) friend @skip(if: $yes) { name } } }
"""


@pytest.mark.parametrize(
    "variables",
    [
        {"must": 1},
        {"must": 1, "yes": False},
        {"must": 1, "no": True},
        {"must": 1, "no": None},
        {"must": 1, "n": None},
        {"must": 1, "n": 2, "color": "BLUE", "box": {}, "list": 4},
        {"must": 1, "color": None, "box": None, "list": None},
        {"must": 1, "box": {"color": "GREEN", "unknown": 1}},
        {"must": "1", "yes": "maybe", "list": [None]},
        {},
        {"must": None},
    ],
)
async def test_variables_and_defaults_have_the_same_result(variables: dict[str, Any]) -> None:
    await assert_same_result(SCHEMA, VARIABLES, Root, variable_values=variables)


async def test_a_document_has_a_plan_for_each_combination_of_its_conditions() -> None:
    document = parse("query ($on: Boolean!) { a: echo @include(if: $on) b: echo @skip(if: $on) }")
    for on in (True, False, True):
        result = await run(BreadthFirstExecutor, SCHEMA, document, root_value=Root(), variable_values={"on": on})
        assert list(result.data) == ["a" if on else "b"]


async def test_a_resolver_that_changes_its_arguments_does_not_affect_the_next_call() -> None:
    schema = build_schema("type Query { all: [Query] change(list: [Int]): [Int] }")

    def change(_info: object, **given: Any) -> list[int]:
        given["list"].append(len(given["list"]))
        changed: list[int] = given["list"]
        return changed

    await assert_same_result(schema, "{ all { change(list: [1, 2]) } }", lambda: {"all": [{"change": change}] * 3})


@pytest.mark.parametrize("answer", ["Dog", "Cat", None, 5, "Nowhere", "Color", "Query", ValueError("cannot tell")])
@pytest.mark.parametrize("where", ["named", "pets", "strict"])
async def test_runtime_types_have_the_same_result(answer: Any, where: str) -> None:
    def resolve_type(_value: Any, info: GraphQLResolveInfo[Any], _type: Any) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer if info.path.as_list()[0] == where else "Dog"

    await assert_same_result(
        SCHEMA, "{ named { __typename } pets { __typename } strict { __typename } }", Root, type_resolver=resolve_type
    )


async def awaited(answer: Any) -> Any:
    return answer


@pytest.mark.parametrize("dog", [True, False, "await", "fail"])
@pytest.mark.parametrize("cat", [True, False, "await"])
async def test_type_checks_have_the_same_result(dog: Any, cat: Any) -> None:
    schema = build_schema(
        "type Dog { name: String } type Cat { name: String } union Pet = Dog | Cat type Query { pets: [Pet] dog: Dog! }"
    )

    def check(name: str, way: Any) -> Any:
        def is_type_of(value: Any, _info: Any) -> Any:
            if way == "fail":
                raise ValueError("cannot tell")
            return awaited(value["kind"] == name) if way == "await" else way and value["kind"] == name

        return is_type_of

    for name, way in (("Dog", dog), ("Cat", cat)):
        type_ = schema.type_map[name]
        assert isinstance(type_, GraphQLObjectType)
        type_.is_type_of = check(name, way)
    root = {"pets": [{"kind": "Dog", "name": "a"}, {"kind": "Cat", "name": "b"}], "dog": {"kind": "Dog", "name": "c"}}
    await assert_same_result(
        schema,
        "{ pets { ... on Dog { name } __typename } dog { name } }",
        lambda: root,
        type_resolver=default_type_resolver,
    )
