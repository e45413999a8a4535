"""People imported from a file."""

import strawberry

from domain.imports import Reason
from resolvers import imports
from schema.errors import UserError
from schema.fields import accepts, expose, names, shows
from schema.people import PEOPLE

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


@shows(imports.ImportMembersPayload)
class ImportMembersPayload:
    """The report: imported + skipped + rejected = rows, or 0 rows when the file as a whole is refused."""

    rows: int = strawberry.field(description="How many rows the file has below its header; empty ones do not count.")
    imported: int = strawberry.field(description="Who is invited now.")
    skipped: int = strawberry.field(
        description="Who was a member or invited before; and when nothing is imported for others, who else could be."
    )
    rejected: int = strawberry.field(description="Rows that must be mended; `problems` say how.")
    seats: int = strawberry.field(description="How many seats were given, of the product and by groups.")
    waiting: int = strawberry.field(description="How often somebody waits for a seat.")
    problems: list[ImportProblem] = strawberry.field(description="All of them, in the order of the lines.")
    errors: list[UserError]


import_members = expose(imports.import_members, ImportMembersPayload | None)
