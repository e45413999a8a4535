"""The mutation that imports people from a file, and its types."""

import strawberry

from domain.bulk import ImportMode
from domain.imports import Reason
from resolvers.invitations import import_updates, imports, leavers
from schema.core.enums import Role
from schema.core.fields import expose, publish_enum, publish_input, shows
from schema.core.payloads import payload
from schema.core.refs import MemberRef

publish_enum(ImportMode)
publish_enum(Reason)
publish_input(
    leavers.RemoveLeaversInput,
    people="`leaverCount` of a dry run.",
    seats="`leaverSeats` of a dry run.",
)
publish_input(
    imports.ImportMembersInput,
    file="The file, in a multipart request. Give either `file` or `text`.",
    text="The content of the file.",
    product_id="A product of which each person who is invited gets a seat; needs the right to assign seats.",
    mode="What happens to people who are in the team already, and to all rows if one cannot be imported.",
    invite_removed="Whether to invite also people who were removed from the team before.",
    remove_leavers="Remove the people who are not in the file, if these are the right numbers. Needs an UPSERT.",
)


@shows(imports.ImportProblem)
class ImportProblem:
    """One thing to know about a file."""

    line: int | None = strawberry.field(description="The number of the line, from 1; null for the whole file.")
    column: str | None = strawberry.field(description="The name of the column; null for the whole line.")
    reason: Reason = strawberry.field(description="The reason, for programs.")
    message: str = strawberry.field(description="The reason and what to do about it, for people.")
    is_information: bool = strawberry.field(description="Whether this is only information, and stops nothing.")


@shows(import_updates.MemberChange)
class MemberChange:
    """What an import changes in one person who is in the team. What stays as it is is null, or an empty list."""

    line: int = strawberry.field(description="The number of the line, from 1.")
    user_id: strawberry.ID = strawberry.field(description="The person.")
    name_before: str | None = strawberry.field(description="First and last name before the change; null if they stay.")
    name_after: str | None = strawberry.field(description="First and last name after the change; null if they stay.")
    role_before: Role | None = strawberry.field(description="The role before the change; null if it stays.")
    role_after: Role | None = strawberry.field(description="The role after the change; null if it stays.")
    joined_group_ids: list[strawberry.ID] = strawberry.field(description="The groups that the person joins.")


import_members = expose(
    imports.import_members,
    payload(imports.ImportMembersPayload, members=expose(imports.updated_members, list[MemberRef])) | None,
)
