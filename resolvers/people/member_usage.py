"""The usage of the products of a team by a member."""

from db.people import member_usage
from db.people.member_usage import MemberUsageRow
from domain.actions import Action
from resolvers.core.context import Context
from resolvers.core.fields import loaded_by
from resolvers.core.loaders import Loading
from resolvers.core.mutations import performs
from resolvers.core.relations import one


@performs(Action.USAGE_READ)
@loaded_by("id")
def usage(context: Context) -> Loading[MemberUsageRow]:
    """How this person uses the products of the team, on whatever seat.

    FORBIDDEN unless it is yourself or you may read the usage of the team.
    """
    return context.loading(_USAGE)


_USAGE = one(member_usage.BY_MEMBER, Action.USAGE_READ, key="member_id", missing=Action.USAGE_READ)
