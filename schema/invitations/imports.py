"""The mutation that imports people from a file, and its types."""

import strawberry

from domain.imports import Reason
from resolvers.invitations import imports
from schema.core.fields import expose, publish_enum, publish_input, shows
from schema.core.member_lists import PEOPLE
from schema.core.payloads import payload

publish_enum(Reason)
publish_input(
    imports.ImportMembersInput,
    file="The file, in a multipart request. Give either `file` or `text`.",
    text="The content of the file.",
    product_id="A product of which each imported person gets a seat; needs the right to assign seats.",
    mode=PEOPLE["mode"],
    invite_removed="Whether to invite also people who were removed from the team before.",
)


@shows(imports.ImportProblem)
class ImportProblem:
    """One thing to know about a file."""

    line: int | None = strawberry.field(description="The number of the line, from 1; null for the whole file.")
    column: str | None = strawberry.field(description="The name of the column; null for the whole line.")
    reason: Reason = strawberry.field(description="The reason, for programs.")
    message: str = strawberry.field(description="The reason and what to do about it, for people.")
    is_information: bool = strawberry.field(description="Whether this is only information, and stops nothing.")


import_members = expose(imports.import_members, payload(imports.ImportMembersPayload) | None)
