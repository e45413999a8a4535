"""Relay's connections, edges and pages."""

from typing import Generic, TypeVar

import strawberry

from resolvers.core.relay import PageRow, total_count
from schema.core.fields import expose, shows

NodeType = TypeVar("NodeType")


@shows(PageRow)
class PageInfo:
    """The position of a page in its connection."""

    has_next_page: bool = strawberry.field(description="Whether more rows follow this page.")
    has_previous_page: bool = strawberry.field(description="Whether the page was requested with `after`.")
    start_cursor: str | None = strawberry.field(description="The cursor of the first edge; null on an empty page.")
    end_cursor: str | None = strawberry.field(
        description="The cursor of the last edge. Pass it as `after` to get the next page; null on an empty page."
    )


@strawberry.type(description="A node of a connection, with its cursor.")
class Edge(Generic[NodeType]):
    """A node of a connection, with its cursor."""

    node: NodeType = strawberry.field(description="The object at this position.")
    cursor: str = strawberry.field(
        description="The position of this node. Pass it as `after` to get the nodes after it."
    )


@strawberry.type(description="One page of a list.")
class Connection(Generic[NodeType]):
    """One page of a list."""

    edges: list[Edge[NodeType]] = strawberry.field(description="The rows of the page, each with its cursor.")
    nodes: list[NodeType] = strawberry.field(description="The nodes of the edges.")
    page_info: PageInfo = strawberry.field(description="Where the page begins and ends, and whether more rows follow.")
    total_count: int = expose(total_count, int)
