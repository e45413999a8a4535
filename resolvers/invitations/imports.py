"""People imported from a CSV file: the rows that are fit are invited, and all that is said of the others."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import anyio
import strawberry

from db.groups import given_products
from db.invitations import bulk_invitations
from db.people.teams import TeamRow
from domain import imports
from domain.actions import Action
from domain.bulk import BulkMode
from domain.imports import Column, Flaw, Reason, Row, Sheet
from domain.problems import BadInput, UserError
from domain.roles import Role
from domain.uploads import Upload
from policies import facts
from resolvers.core import emails
from resolvers.core.context import Info
from resolvers.core.mutations import Change, MutationInput, carry_out, performs
from resolvers.invitations.bulk_invitations import ALREADY, Guest, Invited, invite, target
from resolvers.people.teams import team_lookup


@dataclass
class ImportMembersInput(MutationInput):
    """A file of people, or its text, to which team, and which product each of them gets a seat of."""

    team_id: strawberry.ID
    file: Upload | None = None
    text: str | None = None
    product_id: strawberry.ID | None = None
    mode: BulkMode = BulkMode.ALL_OR_NOTHING


class ImportProblem(NamedTuple):
    """One thing to know about a file: as a `Flaw`, and whether it only informs."""

    line: int | None
    column: str | None
    reason: Reason
    message: str
    is_information: bool


@dataclass
class ImportMembersPayload:
    """The report: imported + skipped + rejected = rows, or 0 rows if the file as a whole is refused."""

    rows: int = field(
        default=0, metadata={"description": "How many rows the file has below its header; empty rows do not count."}
    )
    imported: int = field(default=0, metadata={"description": "How many people were invited."})
    skipped: int = field(
        default=0,
        metadata={
            "description": "How many people were members or invited before; if the import was stopped, good rows too."
        },
    )
    rejected: int = field(default=0, metadata={"description": "How many rows must be corrected; `problems` say how."})
    seats: int = field(default=0, metadata={"description": "How many seats were given, of the product and by groups."})
    waiting: int = field(default=0, metadata={"description": "How many places on a waiting list were given."})
    problems: list[ImportProblem] = field(
        default_factory=list, metadata={"description": "All problems of the file, in the order of its lines."}
    )
    errors: list[UserError] = field(default_factory=list)


@performs(Action.MEMBERS_IMPORT)
async def import_members(info: Info, input: ImportMembersInput) -> ImportMembersPayload:
    """Invite the people in a CSV file to the team, as plain users, and give each a seat of a product if one is named.

    `First name, Last name, Email address[, Group]`; up to 5,000 rows; commas or semicolons; UTF-8. All that is wrong is
    reported at once, by line and column. Who is a member, or invited, already is skipped, and nothing changes for them:
    importing a file twice changes nothing the second time. Under ALL_OR_NOTHING one rejected row, or one seat too few,
    stops everything, and then the rows that were fit count as skipped; under BEST_EFFORT the others are imported, and
    whom no seat is left for goes without one; under WAITLIST they wait for it.
    Naming a product takes the right to assign seats, and naming groups the right to change groups.
    Raises NOT_FOUND for the team or the product, FORBIDDEN, BAD_USER_INPUT unless there is either a file or a text.
    """
    context = info.context
    content = _content(input)
    await team_lookup(context, input.team_id).load()
    context.require(Action.MEMBERS_IMPORT, target(context, input.team_id, Role.USER))
    await context.close()
    # In a thread, so that others are served meanwhile.
    sheet = await anyio.to_thread.run_sync(imports.read, content, emails.valid)

    async def work(change: Change, input: ImportMembersInput) -> ImportMembersPayload:
        team = await change.team(input.team_id)
        await change.decide(target(change, team.id, Role.USER))
        if input.product_id is not None:
            await change.product(input.product_id)
            change.require_along(Action.SEATS_ASSIGN, facts.seat(change.actor, team.id, None))
        await given_products.changing(change.connection, team.id)
        guests, missing = await _guests(change, team, sheet.rows)
        refused = bool(sheet.flaws or missing)
        became = await invite(change, team.id, guests, input.mode, refused=refused, product_id=input.product_id)
        return _report(sheet, missing, became, input.mode)

    return await carry_out(context, Action.MEMBERS_IMPORT, work, input, ImportMembersPayload)


def _content(input: ImportMembersInput) -> bytes | str:
    if input.file is not None and input.text is None:
        return input.file.content
    if input.text is not None and input.file is None:
        return input.text
    raise BadInput("Give either `file` or `text`.")


async def _guests(change: Change, team: TeamRow, rows: Sequence[Row]) -> tuple[list[Guest], list[Flaw]]:
    """The people whose groups are there, and what is to be said of the others."""
    names = sorted({row.group for row in rows if row.group is not None})
    known = dict[str, str]()
    if names:
        change.require_along(Action.GROUPS_UPDATE, facts.team(change.actor, team.id))
        known = await bulk_invitations.named(change.connection, team.id, names)
    guests, missing = list[Guest](), list[Flaw]()
    for row in rows:
        if row.group is not None and row.group not in known:
            message = f"The team has no group “{row.group}”."
            missing.append(Flaw(row.line, Column.GROUP.value, Reason.GROUP_NOT_FOUND, message))
            continue
        groups = () if row.group is None else (known[row.group],)
        guests.append(Guest(row.line, row.first_name, row.last_name, row.email, Role.USER, groups))
    return guests, missing


def _report(sheet: Sheet, missing: Sequence[Flaw], became: Invited, mode: BulkMode) -> ImportMembersPayload:
    flaws = [*sheet.flaws, *missing, *_said(became)]
    rejected = sheet.rejected + len(missing) + len(became.repeated)
    if mode is BulkMode.ALL_OR_NOTHING:
        rejected += len({line for line, _ in became.told})
    imported = len(became.invitations)
    problems = [
        ImportProblem(flaw.line, flaw.column, flaw.reason, flaw.message, flaw.reason.is_information)
        for flaw in sorted(flaws, key=lambda flaw: flaw.line or 0)
    ]
    return ImportMembersPayload(
        rows=sheet.total,
        imported=imported,
        skipped=sheet.total - imported - rejected,
        rejected=rejected,
        seats=len(became.seats),
        waiting=len(became.waits),
        problems=problems,
    )


def _said(became: Invited) -> list[Flaw]:
    flaws = [Flaw(line, Column.EMAIL.value, Reason.ALREADY_MEMBER, ALREADY) for line in became.members]
    for line, first in became.repeated.items():
        message = f"The e-mail address stands in line {first} already."
        flaws.append(Flaw(line, Column.EMAIL.value, Reason.EMAIL_REPEATED, message))
    told = (Flaw(line, None, Reason[error.code.name], error.message) for line, error in became.told)
    return [*flaws, *told]
