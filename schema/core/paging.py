"""Relay's connections, edges and pages."""

from typing import Generic, TypeVar

import strawberry

from resolvers.core.relay import PageRow, total_count
from schema.core.fields import expose, shows

NodeType = TypeVar("NodeType")


@shows(PageRow)
class PageInfo:
    """The position of a page in its connection."""

    has_next_page: bool = strawberry.field(
        description="Whether rows follow this page. If it was read with `last`: whether `before` was given."
    )
    has_previous_page: bool = strawberry.field(
        description="Whether rows come before this page. If it was read with `first`: whether `after` was given."
    )
    start_cursor: str | None = strawberry.field(
        description="The cursor of the first edge. Pass it as `before` with `last` to get the page before it; null on "
        "an empty page."
    )
    end_cursor: str | None = strawberry.field(
        description="The cursor of the last edge. Pass it as `after` to get the next page; null on an empty page."
    )


@strawberry.type(description="A node of a connection, with its cursor.")
class Edge(Generic[NodeType]):
    """A node of a connection, with its cursor."""

    node: NodeType = strawberry.field(description="The object at this position.")
    cursor: str = strawberry.field(
        description="The position of this node. Pass it as `after` or `before` to get the nodes after or before it."
    )


@strawberry.type(description="One page of a list.")
class Connection(Generic[NodeType]):
    """One page of a list."""

    edges: list[Edge[NodeType]] = strawberry.field(description="The rows of the page, each with its cursor.")
    nodes: list[NodeType] = strawberry.field(description="The nodes of the edges.")
    page_info: PageInfo = strawberry.field(
        description="Where the page begins and ends, and whether there are rows before and after it."
    )
    total_count: int = expose(total_count, int)
