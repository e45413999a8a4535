"""The one error type of mutations."""

import strawberry

from domain import problems
from schema.fields import names, shows

names(problems.UserErrorCode)


@shows(problems.UserError)
class UserError:
    """What the caller should know about what was asked: why something was not done, or did not need to be."""

    code: problems.UserErrorCode = strawberry.field(description="What it is, for programs.")
    message: str = strawberry.field(description="What it is and what to do, for people.")
    field: list[str] = strawberry.field(description="The path into the input that it is about; empty for all of it.")
    row: int | None = strawberry.field(description="The zero-based place in a bulk list.")
    user_id: strawberry.ID | None = strawberry.field(
        description="Whom it is about, where seats are given through a group or by default."
    )
    product_id: strawberry.ID | None = strawberry.field(description="What it is about, in the same places.")
    is_information: bool = strawberry.field(description="Whether this only informs, and stops nothing.")
