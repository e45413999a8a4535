"""Generate random operations over a schema, with aliases, merged fields, fragments, conditions and variables."""

import random
from collections.abc import Collection, Mapping
from typing import Any

from graphql import (
    GraphQLInputType,
    GraphQLInt,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_enum_type,
    is_input_object_type,
    is_interface_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)

DECLARED = "($yes: Boolean! = true, $no: Boolean = false, $n: Int = 4, $list: [Int!], $size: Int!)"


class Generator:
    """Generates documents, never with a field of the names in `without`.

    `errors` is how often an argument is wrong; `literals` are more literals by scalar.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        chance: random.Random,
        errors: float = 0.01,
        depth: int = 4,
        literals: Mapping[str, list[str]] | None = None,
        without: Collection[str] = (),
    ) -> None:
        self.schema = schema
        self.chance = chance
        self.errors = errors
        self.depth = depth
        self.without = without
        self.literals = {"Int": ["1", "-2", "$n", "$size"], "Boolean": ["true", "false", "$yes"], **(literals or {})}
        self.fragments: list[tuple[str, str]] = []
        self.aliases = 0

    def document(self, kind: str = "query") -> str:
        """Return a document with one operation and the fragments that it uses."""
        root: Any = self.schema.mutation_type if kind == "mutation" else self.schema.query_type
        self.fragments, self.aliases = [], 0
        body = self.selections(root, self.depth)
        return "\n".join([f"{kind} Drawn{DECLARED} {body}", *(text for _, text in self.fragments)])

    def variables(self) -> dict[str, Any]:
        """Return values for the variables of the documents. Some are wrong or left out."""
        given: dict[str, Any] = {"size": self.chance.randrange(9)}
        choices: dict[str, list[Any]] = {
            "yes": [True, False],
            "no": [True, False, None],
            "n": [1, None],
            "list": [[1, 2], 3],
        }
        for name, values in choices.items():
            if self.chance.random() < 0.5:
                given[name] = self.chance.choice(values)
        if self.chance.random() < self.errors:
            given[self.chance.choice(["size", "n"])] = self.chance.choice(["x", 2**40, None])
        return given

    def selections(self, type_: Any, depth: int) -> str:
        """Return a selection set on this type."""
        parts = [self.selection(type_, depth) for _ in range(self.chance.randrange(1, 5))]
        return "{ " + " ".join(parts) + " }"

    def selection(self, type_: Any, depth: int) -> str:
        """Return a field or a fragment."""
        way = self.chance.random()
        if way < 0.12 and depth > 0:
            return f"... {self.condition()} {self.selections(type_, depth - 1)}"
        if (way < 0.3 or (is_abstract_type(type_) and way < 0.6)) and depth > 0:
            return self.fragment(type_, depth)
        if way < 0.38 or not hasattr(type_, "fields"):
            return self.chance.choice(["__typename", "kind: __typename"])
        return self.field(type_, depth)

    def field(self, type_: Any, depth: int) -> str:
        """Return a field. One field in ten is selected twice, so that the two are merged."""
        name, declared = self.chance.choice([one for one in type_.fields.items() if one[0] not in self.without])
        inner = get_named_type(declared.type)
        if is_composite_type(inner) and depth <= 0:
            return "__typename"
        alias = ""
        arguments = self.arguments(declared.args)
        if arguments or self.chance.random() < 0.3:
            self.aliases += 1
            alias = f"a{self.aliases}: "
        asked = f"{alias}{name}{arguments}"
        below = [self.selections(inner, depth - 1) if is_composite_type(inner) else "" for _ in range(2)]
        once = f"{asked} {self.condition()} {below[0]}"
        return once if self.chance.random() < 0.9 else f"{once} {asked} {below[1]}"

    def fragment(self, type_: Any, depth: int) -> str:
        """Return an inline or a named fragment on a type that may or may not apply."""
        on = self.chance.choice(self._overlapping(type_))
        if self.chance.random() < 0.6:
            return f"... on {on.name} {self.condition()} {self.selections(on, depth - 1)}"
        fitting = [name for name, text in self.fragments if f" on {on.name} " in text]
        if fitting and self.chance.random() < 0.5:
            return f"...{self.chance.choice(fitting)} {self.condition()}"
        body = self.selections(on, depth - 1)
        name = f"F{len(self.fragments)}"
        self.fragments.append((name, f"fragment {name} on {on.name} {body}"))
        return f"...{name} {self.condition()}"

    def condition(self) -> str:
        """Return directives, or in most cases nothing."""
        if self.chance.random() > 0.15:
            return ""
        return self.chance.choice(
            [
                "@skip(if: $no)",
                "@include(if: $yes)",
                "@skip(if: true)",
                "@include(if: true)",
                "@skip(if: $no) @include(if: $yes)",
            ]
        )

    def fields(self, declared: dict[str, Any]) -> str:
        """Return an input object with every required field and some of the others."""
        return f"{{{self.arguments(declared)[1:-1]}}}"

    def arguments(self, declared: dict[str, Any]) -> str:
        """Return every required argument and some of the others. A page is read in one direction only."""
        chosen = [
            name
            for name, argument in declared.items()
            if (is_non_null_type(argument.type) and argument.default is None) or self.chance.random() < 0.3
        ]
        if "first" in chosen and "last" in chosen:
            chosen.remove(self.chance.choice(["first", "last"]))
        given = [f"{name}: {self.value(declared[name].type)}" for name in chosen]
        return f"({', '.join(given)})" if given else ""

    def value(self, type_: GraphQLInputType) -> str:
        """Return a literal or a variable of this type."""
        if self.chance.random() < self.errors:
            return self.chance.choice(['"wrong"', "99999999999", "null", "{odd: 1}"])
        inner: Any = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        if is_list_type(inner):
            one = f"[{self.value(inner.of_type)}]"
            numbers = ["[1, $size]", "$list"] if get_named_type(inner) is GraphQLInt else []
            return self.chance.choice(["[]", *numbers, one])
        if is_enum_type(inner):
            return str(self.chance.choice(list(inner.values)))
        if is_input_object_type(inner):
            return self.fields(inner.fields)
        return self.chance.choice(self.literals.get(inner.name, ['"text"']))

    def _overlapping(self, type_: Any) -> list[GraphQLNamedType]:
        possible = set(self._objects(type_))
        return [
            one
            for one in self.schema.type_map.values()
            if not one.name.startswith("__") and not is_leaf_type(one) and possible & set(self._objects(one))
        ]

    def _objects(self, type_: Any) -> list[GraphQLObjectType]:
        if is_object_type(type_):
            return [type_]
        if is_interface_type(type_) or is_abstract_type(type_):
            return list(self.schema.get_possible_types(type_))
        return []
