"""People imported from a file."""

import strawberry

from domain.imports import Reason
from resolvers.invitations import imports
from schema.core.fields import accepts, expose, names, shows
from schema.core.member_lists import PEOPLE
from schema.core.payloads import payload

names(Reason)
accepts(
    imports.ImportMembersInput,
    file="The file, in a multipart request; or else `text`.",
    text="What would be in the file.",
    product_id="Everybody imported gets a seat of it; takes the right to assign seats.",
    mode=PEOPLE["mode"],
)


@shows(imports.ImportProblem)
class ImportProblem:
    """One thing to know about a file."""

    line: int | None = strawberry.field(description="The line it is about, from 1; null for all of the file.")
    column: str | None = strawberry.field(description="The column, by its name; null for all of the line.")
    reason: Reason = strawberry.field(description="The reason, for programs.")
    message: str = strawberry.field(description="The reason and what to do about it, for people.")
    is_information: bool = strawberry.field(description="Whether this is only information, and stops nothing.")


import_members = expose(imports.import_members, payload(imports.ImportMembersPayload) | None)
