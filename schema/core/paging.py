"""Relay: connections and pages."""

from typing import Generic, TypeVar

import strawberry

from resolvers.core.relay import PageRow, total_count
from schema.core.fields import expose, shows

NodeType = TypeVar("NodeType")


@shows(PageRow)
class PageInfo:
    """Where a page stands in its connection."""

    has_next_page: bool = strawberry.field(description="Whether more follow.")
    has_previous_page: bool = strawberry.field(description="Whether it was asked for by `after`.")
    start_cursor: str | None = strawberry.field(description="The first edge's cursor; null on an empty page.")
    end_cursor: str | None = strawberry.field(
        description="The last edge's cursor, to be passed as `after` for the next page; null on an empty page."
    )


@strawberry.type(description="A place in a connection.")
class Edge(Generic[NodeType]):
    """A place in a connection."""

    node: NodeType
    cursor: str = strawberry.field(description="To be passed as `after`, to go on behind this one.")


@strawberry.type(description="A page of a longer list.")
class Connection(Generic[NodeType]):
    """A page of a longer list."""

    edges: list[Edge[NodeType]]
    nodes: list[NodeType] = strawberry.field(description="The nodes of the edges.")
    page_info: PageInfo
    total_count: int = expose(total_count, int)
