"""Executes operations over a small schema in which every page and every list is full, and counts the rows."""

from collections.abc import Mapping
from random import Random
from typing import Any

from graphql import (
    GraphQLResolveInfo,
    GraphQLSchema,
    execute_sync,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    parse,
)

from gateway.http.costs import JSON_ROWS, LIST_LENGTH

SCHEMA = """
scalar JSON
interface Node { id: ID!, owner: Person, parts(first: Int! = 2): NodeConnection! }
type Query { me: Person!, node: Node, people(first: Int! = 3): PersonConnection!, things: [Thing!]! }
type Person implements Node {
  id: ID!, owner: Person, tags: [Tag!]
  parts(first: Int! = 2): NodeConnection!, friends(first: Int! = 2): PersonConnection!
}
type Box implements Node { id: ID!, owner: Person, parts(first: Int! = 2): NodeConnection!, about: JSON!, inside: Box }
type Tag { name: String!, about: JSON }
union Thing = Tag | Box
type PersonConnection { nodes: [Person!]!, edges: [PersonEdge!]!, totalCount: Int!, pageInfo: PageInfo! }
type PersonEdge { node: Person!, cursor: String! }
type NodeConnection { nodes: [Node!]!, edges: [NodeEdge!]!, totalCount: Int!, pageInfo: PageInfo! }
type NodeEdge { node: Node!, cursor: String! }
type PageInfo { hasNextPage: Boolean! }
"""
LEAVES = {"Int": 1, "Boolean": True, "ID": "1", "String": "a", "JSON": {}}


class Rows:
    """Counts the rows of operations. `chose_types` says whether an object could have had another type."""

    def __init__(self, schema: GraphQLSchema, chance: Random) -> None:
        self.number, self.chose_types = 0, False
        self._schema, self._chance = schema, chance

    def read(self, text: str, variables: Mapping[str, Any]) -> None:
        """Execute the operation, and count its rows."""
        result = execute_sync(
            self._schema,
            parse(text),
            variable_values=dict(variables),
            field_resolver=self._resolve,
            type_resolver=lambda value, *_: value["type"],
        )
        assert result.errors is None

    def _resolve(self, source: Any, info: GraphQLResolveInfo[Any], **given: Any) -> Any:
        named = get_named_type(info.return_type)
        if is_leaf_type(named):
            self.number += {"totalCount": 1}.get(info.field_name, JSON_ROWS if named.name == "JSON" else 0)
            return LEAVES[named.name]
        if "first" in given:
            self.number += given["first"]
            return {"size": given["first"]}
        if info.parent_type.name.endswith("Connection"):
            return {} if info.field_name == "pageInfo" else [self._object(named) for _ in range(source["size"])]
        if info.parent_type.name.endswith("Edge"):
            return self._object(named)
        inner = info.return_type.of_type if is_non_null_type(info.return_type) else info.return_type
        times = LIST_LENGTH if is_list_type(inner) else 1
        self.number += times
        return [self._object(named) for _ in range(times)] if is_list_type(inner) else self._object(named)

    def _object(self, named: Any) -> dict[str, Any]:
        if not is_abstract_type(named):
            return {}
        self.chose_types = True
        return {"type": self._chance.choice(self._schema.get_possible_types(named)).name}
