"""A query for each argument of the published schema. It gives the argument a value, and selects what is found."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLObjectType, GraphQLScalarType, get_named_type, is_required_argument

from tests.support.published_fields import PUBLISHED, input_paths

# The way from the root to an object, for each type that has a field with arguments.
ROUTES = {
    "Query": "%s",
    "User": "viewer { %s }",
    "Team": "team(id: $team) { %s }",
    "Member": "viewer { memberships { nodes { %s } } }",
    "Group": "team(id: $team) { groups { nodes { %s } } }",
    "Pool": "team(id: $team) { pools { %s } }",
    "Company": "company(id: $team) { %s }",
    "Contract": "team(id: $team) { contracts { nodes { %s } } }",
    "Seat": "viewer { seats { nodes { %s } } }",
}
# Values for the other arguments that are required.
REQUIRED_VALUES = {
    "action": "POOLS_READ",
    "target": "$team",
    "subject": "$user",
    "productId": "$product",
    "on": '"2026-01-01"',
}


@dataclass(frozen=True)
class ArgumentQuery:
    """A query that gives `$value`, a variable of this type, to the argument or input field at `path`."""

    field: str
    path: str
    type: str
    fields: str

    def operation(self, values: dict[str, str]) -> str:
        """The text of the query. Each name in `values` that it uses becomes a variable of type ID."""
        used = "".join(f", ${name}: ID!" for name in values if f"${name}" in self.fields)
        return f"query ($value: {self.type}!{used}) {{ {self.fields} }}"

    def __str__(self) -> str:
        return f"{self.field}({self.path})"


def argument_queries(*types: str) -> Iterator[ArgumentQuery]:
    """A query for each argument, and for each field of an argument's input, of one of these scalar types.

    Mutations are left out. Raises KeyError for a type without a route.
    """
    for type_ in PUBLISHED.type_map.values():
        if not isinstance(type_, GraphQLObjectType) or type_.name.startswith("__") or type_ == PUBLISHED.mutation_type:
            continue
        for name, field in type_.fields.items():
            required = [key for key, argument in field.args.items() if is_required_argument(argument)]
            for key, argument in field.args.items():
                for path, leaf in input_paths(argument.type, key):
                    if leaf in types:
                        others = [f"{other}: {REQUIRED_VALUES[other]}" for other in required if other != key]
                        arguments = ", ".join([_literal(path), *others])
                        selected = f"{name}({arguments}) {_selection(get_named_type(field.type))}"
                        yield ArgumentQuery(f"{type_.name}.{name}", path, leaf, ROUTES[type_.name] % selected)


def _literal(path: str) -> str:
    step, _, rest = path.partition(".")
    return f"{step}: {{{_literal(rest)}}}" if rest else f"{step}: $value"


def _selection(type_: Any) -> str:
    if isinstance(type_, GraphQLScalarType):
        return ""
    fields = ["__typename", *(name for name in ("id", "totalCount") if name in type_.fields)]
    if "nodes" in type_.fields:
        fields.append(f"nodes {_selection(get_named_type(type_.fields['nodes'].type))}")
    return f"{{ {' '.join(fields)} }}"
