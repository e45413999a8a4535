"""Usage of seats."""

from datetime import datetime

import strawberry

from db.usage.seat_usage import UsageRow
from schema.core.fields import shows


@shows(UsageRow)
class Usage:
    """The usage of a seat by its current holder over a range of days."""

    hours: float = strawberry.field(description="How many hours the product was in use.")
    sessions: int = strawberry.field(description="How often the product was started.")
    last_used_at: datetime | None = strawberry.field(
        description="The last use within the range; null if the seat was not used."
    )
