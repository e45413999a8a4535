"""People imported from a file."""

import strawberry

from domain.imports import MAX_ROWS, Reason
from resolvers import imports
from schema.errors import UserError
from schema.fields import accepts, expose, names, shows
from schema.people import PEOPLE

names(
    Reason,
    NOT_TEXT="The file is no text: a workbook, say.",
    NOT_UTF8="The text is in another encoding than UTF-8.",
    HEADER_MISSING="The file is empty.",
    COLUMN_MISSING="The header lacks this column.",
    COLUMN_UNKNOWN="There is no such column.",
    COLUMN_REPEATED="The header has this column twice.",
    TOO_MANY_ROWS=f"The file has over {MAX_ROWS:,} rows.",
    ROWS_MISSING="There is a header and nothing else.",
    MALFORMED="The quotes do not match.",
    TOO_MANY_COLUMNS="There are more cells than columns.",
    TOO_FEW_COLUMNS="A cell that is needed is not there.",
    VALUE_MISSING="A cell that is needed is empty.",
    NAME_INVALID="This cannot be a name.",
    EMAIL_INVALID="This is no e-mail address.",
    EMAIL_REPEATED="The address stands in the file already.",
    GROUP_NOT_FOUND="The team has no group of this name.",
    ALREADY_MEMBER="They are in the team, or invited, already; the row is skipped. Information.",
    NO_SEAT_LEFT="The pool has no seat for this person.",
    WAITING="No seat is left, and they wait for one. Information.",
)
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
    reason: Reason = strawberry.field(description="What it is, for programs.")
    message: str = strawberry.field(description="What it is and what to do, for people.")
    is_information: bool = strawberry.field(description="Whether this only informs, and stops nothing.")


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
