"""The mutation that imports people from a CSV file: it invites the people in valid rows and reports all problems."""

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
from domain.import_columns import Column
from domain.imports import Flaw, Reason, Row, Sheet
from domain.problems import BadInput, UserError
from domain.roles import Role
from domain.uploads import Upload
from policies import facts
from resolvers.core import emails
from resolvers.core.context import Info
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, performs, run_mutation
from resolvers.invitations import external_ids
from resolvers.invitations.bulk_invitations import ALREADY_MEMBER, Invitee, InviteResult, invite, target
from resolvers.people.teams import team_lookup


@dataclass
class ImportMembersInput(MutationInput):
    """A file of people or its text, the team, and optionally a product of which each person gets a seat."""

    team_id: strawberry.ID
    file: Upload | None = None
    text: str | None = None
    product_id: strawberry.ID | None = None
    mode: BulkMode = BulkMode.ALL_OR_NOTHING
    invite_removed: bool = False


class ImportProblem(NamedTuple):
    """One thing to know about a file: the values of a `Flaw`, and whether it is only information."""

    line: int | None
    column: str | None
    reason: Reason
    message: str
    is_information: bool


@dataclass
class ImportMembersPayload:
    """The report: imported + skipped + rejected = rows; there are 0 rows if the file as a whole is refused."""

    rows: int = field(
        default=0, metadata={"description": "How many rows the file has below its header; empty rows do not count."}
    )
    imported: int = field(default=0, metadata={"description": "How many people were invited."})
    skipped: int = field(
        default=0,
        metadata={
            "description": (
                "How many people were members or invited before, or removed from the team; if the import was stopped, "
                "also the valid rows."
            )
        },
    )
    rejected: int = field(default=0, metadata={"description": "How many rows must be corrected; `problems` says how."})
    seats: int = field(
        default=0, metadata={"description": "How many seats people got, of the product and through groups."}
    )
    waiting: int = field(default=0, metadata={"description": "How many places on waiting lists people got."})
    problems: list[ImportProblem] = field(
        default_factory=list, metadata={"description": "All problems of the file, in the order of its lines."}
    )
    errors: list[UserError] = field(default_factory=list)


@performs(Action.MEMBERS_IMPORT)
async def import_members(info: Info, input: ImportMembersInput) -> ImportMembersPayload:
    """Invite the people in a CSV file to the team, as plain users, and give each a seat of a product if one is named.

    The columns are `First name, Last name, Email address[, Group][, External id]`, in any order, separated by commas,
    semicolons, tabs or `|`, in UTF-8; up to 5,000 rows. The column names of the exports of other vendors are known too,
    and a column `Name` can stand for the two names. Other columns are ignored (COLUMN_UNKNOWN, which is information). A
    person may have one name only. All problems are reported together, by line and column. A person who is already a
    member or invited is skipped, and nothing changes for them, but they get an external id if they have none. A second
    import of the same file changes nothing. A person who was removed from the team, or whose invitation was revoked, is
    skipped too (REMOVED_BEFORE, information), unless `inviteRemoved` is true.
    Under ALL_OR_NOTHING, one rejected row or one missing seat stops everything, and the valid rows count as skipped.
    Under BEST_EFFORT the other rows are imported, and if no seat is left, the person is invited without one. Under
    WAITLIST, the person joins the waiting list then. A product needs the right to assign seats, and groups the right to
    change groups. Raises NOT_FOUND (team, product), FORBIDDEN, BAD_USER_INPUT unless there is either a file or a text.
    """
    context = info.context
    content = _content(input)
    await team_lookup(context, input.team_id).load()
    context.require(Action.MEMBERS_IMPORT, target(context, input.team_id, Role.USER))
    await context.close()
    # In a thread, so that the gateway serves other requests meanwhile.
    sheet = await anyio.to_thread.run_sync(imports.read, content, emails.valid)

    async def work(change: Change, input: ImportMembersInput) -> ImportMembersPayload:
        team = await _decided_team(change, input)
        await given_products.lock_changes(change.connection, team.id)
        invitees, team_flaws = await _invitees(change, team, sheet.rows)
        result = await invite(
            change,
            team.id,
            invitees,
            input.mode,
            refused=bool(sheet.rejected or team_flaws),
            product_id=input.product_id,
            invite_removed=input.invite_removed,
        )
        information = [] if result.stopped else await external_ids.given(change, team.id, invitees)
        return _report(sheet, team_flaws, result, input.mode, _external_id_flaws(information))

    return await run_mutation(context, Action.MEMBERS_IMPORT, work, input, ImportMembersPayload)


async def _decided_team(change: Change, input: ImportMembersInput) -> TeamRow:
    """Decide the import, and the seats that it gives; return the team. Raises NotFound or Forbidden."""
    team = await change.team(input.team_id)
    await change.decide(target(change, team.id, Role.USER))
    if input.product_id is not None:
        await change.product(input.product_id)
        # Nobody can invite themselves, so nobody gives a seat to themselves here.
        change.require_also(Action.SEATS_ASSIGN, facts.seat(change.actor, team.id, None))
    return team


def _content(input: ImportMembersInput) -> bytes | str:
    """The file's bytes or the text. Raises BadInput unless there is exactly one of them."""
    if input.file is not None and input.text is None:
        return input.file.content
    if input.text is not None and input.file is None:
        return input.text
    raise BadInput("Give either `file` or `text`.")


async def _invitees(change: Change, team: TeamRow, rows: Sequence[Row]) -> tuple[list[Invitee], list[Flaw]]:
    """The people to invite, and a flaw for each row whose group or external id is wrong. Raises Forbidden."""
    names = sorted({row.group for row in rows if row.group is not None})
    known = dict[str, str]()
    if names:
        change.require_also(Action.GROUPS_UPDATE, facts.team(change.actor, team.id))
        known = await bulk_invitations.groups_by_name(change.connection, team.id, names)
    invitees, flaws = list[Invitee](), list[Flaw]()
    for row in rows:
        if row.group is not None and row.group not in known:
            message = f"The team has no group “{row.group}”."
            flaws.append(Flaw(row.line, Column.GROUP.value, Reason.GROUP_NOT_FOUND, message))
            continue
        groups = () if row.group is None else (known[row.group],)
        invitees.append(Invitee(row.line, row.first_name, row.last_name, row.email, Role.USER, groups, row.external_id))
    admitted, errors = await external_ids.admitted(change, team.id, invitees)
    return admitted, flaws + _external_id_flaws(errors)


def _report(
    sheet: Sheet, team_flaws: Sequence[Flaw], result: InviteResult, mode: BulkMode, information: Sequence[Flaw]
) -> ImportMembersPayload:
    flaws = [*sheet.flaws, *team_flaws, *_result_flaws(result), *information]
    rejected = sheet.rejected + len(team_flaws) + len(result.repeated)
    if mode is BulkMode.ALL_OR_NOTHING:
        rejected += len({line for line, _ in result.seat_errors})
    imported = len(result.invitations)
    problems = [
        ImportProblem(flaw.line, flaw.column, flaw.reason, flaw.message, flaw.reason.is_information)
        for flaw in sorted(flaws, key=lambda flaw: flaw.line or 0)
    ]
    return ImportMembersPayload(
        rows=sheet.total,
        imported=imported,
        skipped=sheet.total - imported - rejected,
        rejected=rejected,
        seats=len(result.seats),
        waiting=len(result.waits),
        problems=problems,
    )


def _result_flaws(result: InviteResult) -> list[Flaw]:
    """The flaws that only the database shows: members, repeated accounts, and what happened to seats."""
    flaws = [Flaw(line, Column.EMAIL.value, Reason.ALREADY_MEMBER, ALREADY_MEMBER) for line in result.already_members]
    for line, removed_at in result.removed.items():
        message = f"This person was removed on {removed_at:%Y-%m-%d}; to invite them again, set `inviteRemoved`."
        flaws.append(Flaw(line, Column.EMAIL.value, Reason.REMOVED_BEFORE, message))
    for line, first in result.repeated.items():
        message = f"Line {first} already has this e-mail address."
        flaws.append(Flaw(line, Column.EMAIL.value, Reason.EMAIL_REPEATED, message))
    of_seats = (Flaw(line, None, Reason[error.code.name], error.message) for line, error in result.seat_errors)
    return [*flaws, *of_seats]


def _external_id_flaws(errors: Sequence[UserError]) -> list[Flaw]:
    column = Column.EXTERNAL_ID.value
    return [Flaw(error.row, column, Reason[error.code.name], error.message) for error in errors]
