"""The one error type of mutations."""

import strawberry

from domain import problems
from schema.core.fields import publish_enum, shows

publish_enum(problems.UserErrorCode)


@shows(problems.UserError)
class UserError:
    """One thing to know about a mutation: why something was not done, or did not need to be done."""

    code: problems.UserErrorCode = strawberry.field(description="The reason, for programs.")
    message: str = strawberry.field(description="The reason and what to do about it, for people.")
    field: list[str] = strawberry.field(
        description="The path to the part of the input that this is about; empty for the whole input."
    )
    row: int | None = strawberry.field(description="The position in a list, from 0; null if it is about no row.")
    user_id: strawberry.ID | None = strawberry.field(
        description="The person this is about; null unless a filter found them, or a group or the team gives the seats."
    )
    product_id: strawberry.ID | None = strawberry.field(
        description="The product this is about; null unless a group or the team gives the seats."
    )
    retry_after: int | None = strawberry.field(
        description="The seconds after which the same request may succeed; null if it is not about time."
    )
    count: int | None = strawberry.field(
        description="With CONFIRM_NEEDED, the present number, which confirms the change. If the error is about people "
        "that you may not read, their number. Otherwise null."
    )
    is_information: bool = strawberry.field(description="Whether this is only information, and stops nothing.")
