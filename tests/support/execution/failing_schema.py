"""A schema with every shape of type, over resolvers that fail at random."""

from typing import Any

from graphql import GraphQLField, GraphQLObjectType, GraphQLResolveInfo, GraphQLSchema, build_schema

from execution.shortcuts import Direct
from tests.support.execution.batches import single_resolver
from tests.support.execution.failing_resolvers import Behaviour, Plain, later, random_resolver

NAMED = ("Int", "String", "Float", "Boolean", "ID", "Color", "Odd", "Ant", "Bee", "Cat", "Node", "Tagged", "Pet")
SHAPES = ("{}", "{}!", "[{}]", "[{}!]!", "[[{}]]", "[[{}!]]!")
ARGUMENTS = "(n: Int = 3, color: Color, many: [Int!], box: Box, need: Boolean! = true)"


def _fields() -> str:
    lines = ["id: ID!", "peer: Node", "tag: String", "plain: Int", "method(n: Int): String", "quick: Int!", "near: Pet"]
    lines += [
        f"{name}{n}(n: Int = {n}): {type_}" for n in range(4) for name, type_ in (("far", "Pet"), ("sum", "Int!"))
    ]
    for position, name in enumerate(NAMED):
        for index, shape in enumerate(SHAPES):
            given = ARGUMENTS if (position + index) % 4 == 0 else ""
            lines.append(f"{name.lower()}{index}{given}: {shape.format(name)}")
    return "\n".join(lines)


SDL = f"""
    enum Color {{ RED GREEN BLUE }}
    scalar Odd
    input Box {{ size: Int! = 1, color: Color = RED, inner: Box }}
    interface Node {{ id: ID! peer: Node plain: Int }}
    interface Tagged {{ tag: String quick: Int! }}
    union Pet = Ant | Bee | Cat
    type Ant implements Node & Tagged {{ {_fields()} }}
    type Bee implements Node & Tagged {{ {_fields()} }}
    type Cat implements Node {{ {_fields()} }}
    type Query {{ {_fields()} }}
    type Mutation {{ {_fields()} }}
"""


def _kind(value: Any) -> Any:
    return value["kind"] if isinstance(value, dict) and "kind" in value else getattr(value, "kind", None)


def _node_type(value: Any, info: GraphQLResolveInfo[Any], _type: Any) -> Any:
    behaviour: Behaviour = info.context
    if isinstance(value, Plain):
        return behaviour.draw("type", info.path).choice([None, "Nowhere", "Color", "Query", 5])
    if behaviour.draw("type", info.path).random() < behaviour.waiting / 4:
        return later(_kind(value), 0)
    return _kind(value)


def _is_cat(value: Any, info: GraphQLResolveInfo[Any]) -> Any:
    behaviour: Behaviour = info.context
    if behaviour.draw("cat", info.path).random() < behaviour.failing / 4:
        raise ValueError("cannot tell whether this is a Cat")
    is_cat = _kind(value) == "Cat"
    return later(is_cat, 0) if behaviour.draw("cat?", info.path).random() < behaviour.waiting / 4 else is_cat


def _odd(value: Any) -> Any:
    if not isinstance(value, int) or value % 2 == 0:
        raise ValueError(f"{value!r} is not odd")
    return {5: None}.get(value, f"odd {value}")


def attribute(declared: GraphQLField) -> str | None:
    """Return the shortcut for the fields `quick`."""
    name: str | None = declared.extensions.get("attribute")
    return name


def direct(declared: GraphQLField) -> Direct | None:
    """Return the shortcut for the fields `near`."""
    return (
        Direct(lambda info, given: lambda source: random_resolver(source, info, **given), False)
        if declared.extensions.get("direct")
        else None
    )


def schema() -> GraphQLSchema:
    """Build the schema."""
    made = build_schema(SDL)
    for name, type_ in made.type_map.items():
        if not isinstance(type_, GraphQLObjectType) or name.startswith("__"):
            continue
        for key, declared in type_.fields.items():
            if key[:3] in {"far", "sum"} and name not in {"Query", "Mutation"}:
                declared.resolve = single_resolver(key[:3])
                declared.extensions["batched"] = key[:3]
            elif key == "quick":
                declared.resolve = lambda source, _info: source.plain
                declared.extensions["attribute"] = "plain"
            elif key not in {"plain", "tag", "method"} or name in {"Query", "Mutation"}:
                declared.resolve = random_resolver
                declared.extensions.update({"direct": True} if key == "near" else {})
    for name, check in {"Ant": lambda value, _: _kind(value) == "Ant", "Cat": _is_cat}.items():
        made.type_map[name].is_type_of = check  # type: ignore[attr-defined]
    for name in ("Node", "Pet"):
        made.type_map[name].resolve_type = _node_type  # type: ignore[attr-defined]
    made.type_map["Tagged"].resolve_type = lambda value, _info, _type: _kind(value)  # type: ignore[attr-defined]
    made.type_map["Odd"].coerce_output_value = _odd  # type: ignore[attr-defined]
    return made
