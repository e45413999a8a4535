"""The usage of products by members."""

from datetime import datetime

import strawberry

from db.people.member_usage import MemberUsageRow
from schema.core.fields import shows


@shows(MemberUsageRow)
class MemberUsage:
    """The usage of the products of a team by one member, on whatever seat."""

    last_used_at: datetime | None = strawberry.field(
        description="When the person last used a product of the team; null if they never did."
    )
