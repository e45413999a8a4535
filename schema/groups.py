"""Groups of members."""

from db.groups import GroupRow
from schema.fields import shows
from schema.nodes import Node


@shows(GroupRow)
class Group(Node):
    """A named set of members of one team."""

    name: str
