"""Groups of members."""

from db.groups import GroupRow
from resolvers import groups
from schema.fields import expose, shows
from schema.nodes import Node
from schema.refs import MemberConnection, TeamRef


@shows(GroupRow)
class Group(Node):
    """A named set of members of one team."""

    name: str
    team: TeamRef = expose(groups.team, TeamRef)
    members: MemberConnection = expose(groups.group_members, MemberConnection)
