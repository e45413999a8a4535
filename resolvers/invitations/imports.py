"""The mutation that imports people from a CSV file: it invites the people in valid rows and reports all problems."""

from dataclasses import dataclass, field
from typing import NamedTuple

import anyio
import strawberry

from db.people.members import MemberRow
from db.seats.seats import SeatRow
from domain import imports
from domain.actions import Action
from domain.bulk import BulkMode, ImportMode
from domain.import_columns import Column
from domain.imports import Flaw, Reason
from domain.problems import BadInput, UserError
from domain.roles import Role
from domain.uploads import Upload
from resolvers.core import emails
from resolvers.core.changed_lists import TeamLists
from resolvers.core.context import Info
from resolvers.core.member_lists import MAX_PEOPLE
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, performs, run_mutation
from resolvers.groups.seat_giving import PROMOTED
from resolvers.invitations.bulk_invitations import ALREADY_MEMBER, target
from resolvers.invitations.file_imports import FileImport
from resolvers.invitations.import_updates import MemberChange
from resolvers.invitations.leavers import RemoveLeaversInput
from resolvers.people.members import members_among
from resolvers.people.teams import team_lookup


@dataclass
class ImportMembersInput(MutationInput):
    """A file of people or its text, the team, and optionally a product of which each new person gets a seat."""

    team_id: strawberry.ID
    file: Upload | None = None
    text: str | None = None
    product_id: strawberry.ID | None = None
    mode: ImportMode = ImportMode.ALL_OR_NOTHING
    invite_removed: bool = False
    remove_leavers: RemoveLeaversInput | None = None


class ImportProblem(NamedTuple):
    """One thing to know about a file: the values of a `Flaw`, and whether it is only information."""

    line: int | None
    column: str | None
    reason: Reason
    message: str
    is_information: bool


@dataclass
class ImportMembersPayload(TeamLists):
    """The report: imported + updated + skipped + rejected = rows; 0 rows if the file as a whole is refused."""

    rows: int = field(
        default=0, metadata={"description": "How many rows the file has below its header; empty rows do not count."}
    )
    imported: int = field(default=0, metadata={"description": "How many people were invited."})
    updated: int = field(
        default=0, metadata={"description": "How many people who were in the team before were changed."}
    )
    skipped: int = field(
        default=0,
        metadata={
            "description": (
                "How many people were in the team before and did not change, or were removed from it; if the import "
                "was stopped, also the valid rows."
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
    changes: list[MemberChange] = field(
        default_factory=list,
        metadata={"description": "What changed in people who were in the team, in the order of the lines."},
    )
    leavers: list[MemberRow] | None = field(
        default=None,
        metadata={
            "description": (
                "The people who are in the team after the import, but not in the file, in the order of joining; at "
                f"most {MAX_PEOPLE:,}. Null unless the mode is an UPSERT, or if a row was rejected: it may be theirs."
            )
        },
    )
    leaver_count: int = field(
        default=0,
        metadata={
            "description": (
                "How many people `removeLeavers` removes: those who are not in the file, but not yourself, and only "
                "those that you may remove."
            )
        },
    )
    leaver_seats: int = field(default=0, metadata={"description": "How many seats of the team this frees."})
    removed_user_ids: list[strawberry.ID] = field(
        default_factory=list, metadata={"description": "The people that `removeLeavers` removed."}
    )
    promoted: list[SeatRow] = field(default_factory=list, metadata=PROMOTED)
    updated_user_ids: strawberry.Private[list[str]] = field(default_factory=list)
    errors: list[UserError] = field(default_factory=list)


@performs(Action.MEMBERS_IMPORT)
async def import_members(info: Info, input: ImportMembersInput) -> ImportMembersPayload:
    """Invite the people in a CSV file to the team, and give each a seat of a product if one is named.

    The columns are `First name, Last name, Email address[, Group][, Role][, External id]`, in any order, separated by
    commas, semicolons, tabs or `|`, in UTF-8; up to 5,000 rows. The column names of the exports of other vendors are
    known too, and a column `Name` can stand for the two names. Other columns are ignored (COLUMN_UNKNOWN, which is
    information). A person may have one name only. Without a role, a person becomes a plain user. All problems are
    reported together, by line and column. Under ALL_OR_NOTHING, one rejected row or one missing seat stops everything,
    and the valid rows count as skipped. Under BEST_EFFORT the other rows are imported, and if no seat is left, the
    person is invited without one. Under WAITLIST, the person joins the waiting list then.
    A person who is a member or invited already is skipped, and nothing changes for them, but they get an external id if
    they have none and you may update them. A second import of the same file changes nothing. A person who was removed
    from the team, or whose invitation was revoked, is skipped too (REMOVED_BEFORE, information), unless `inviteRemoved`
    is true. Under UPSERT (and UPSERT_…), a person in the team is updated by the rules of `updateMember`: the names, the
    role unless its cell is empty, and the group, which they join without leaving others. Names that you may not change
    stay as they are (NAME_KEPT). `changes` shows the differences, also in a dry run, and `leavers` the people who are
    not in the file. `removeLeavers` removes them by the rules of `removeMembers`. If its numbers are wrong, the error
    is CONFIRM_NEEDED, and nothing changes. If a row was rejected, nobody is removed (LEAVERS_UNKNOWN).
    A product needs the right to assign seats, groups need the right to change groups, roles the right to change roles,
    and external ids the right to read members. UPSERT needs the rights to update and to read members, and
    `removeLeavers` the right to remove them.
    Raises NOT_FOUND (team, product), FORBIDDEN, BAD_USER_INPUT unless there is either a file or a text, and for
    `removeLeavers` without UPSERT.
    """
    context = info.context
    content = _content(input)
    await team_lookup(context, input.team_id).load()
    context.require(Action.MEMBERS_IMPORT, target(context, input.team_id, Role.USER))
    await context.close()
    # In a thread, so that the gateway serves other requests meanwhile.
    sheet = await anyio.to_thread.run_sync(imports.read, content, emails.valid)

    async def work(change: Change, input: ImportMembersInput) -> ImportMembersPayload:
        team = await change.team(input.team_id)
        asked = (input.mode, input.product_id, input.invite_removed, input.remove_leavers)
        done = FileImport(change, team.id, sheet, *asked)
        await done.run()
        return _report(done)

    return await run_mutation(context, Action.MEMBERS_IMPORT, work, input, ImportMembersPayload)


@performs(Action.MEMBERS_READ)
async def updated_members(root: ImportMembersPayload, info: Info) -> list[MemberRow]:
    """The people who were in the team before and were changed, as they are now; only those that you may see."""
    return await members_among(info.context, root.team_id or "", root.updated_user_ids)


def _content(input: ImportMembersInput) -> bytes | str:
    """The file's bytes or the text. Raises BadInput."""
    if input.remove_leavers is not None and not input.mode.updates:
        raise BadInput("`removeLeavers` needs the mode UPSERT, UPSERT_BEST_EFFORT or UPSERT_WAITLIST.")
    if input.file is not None and input.text is None:
        return input.file.content
    if input.text is not None and input.file is None:
        return input.text
    raise BadInput("Give either `file` or `text`.")


def _report(done: FileImport) -> ImportMembersPayload:
    flaws = [*done.flaws, *done.leavers.flaws, *_result_flaws(done), *done.ids_kept]
    # Under the other modes, a person who gets no seat is imported all the same.
    harmless = set() if done.mode.bulk is BulkMode.ALL_OR_NOTHING else {Reason.NO_SEAT_LEFT}
    errors = {flaw.line for flaw in flaws if not flaw.reason.is_information and flaw.reason not in harmless}
    imported, updated = len(done.result.invitations), len(done.updates.edits)
    rejected = done.sheet.rejected + len(errors)
    problems = [
        ImportProblem(flaw.line, flaw.column, flaw.reason, flaw.message, flaw.reason.is_information)
        for flaw in sorted([*done.sheet.flaws, *flaws], key=lambda flaw: flaw.line or 0)
    ]
    leavers = done.leavers
    payload = ImportMembersPayload(
        rows=done.sheet.total,
        imported=imported,
        updated=updated,
        skipped=done.sheet.total - imported - updated - rejected,
        rejected=rejected,
        seats=len(done.result.seats),
        waiting=len(done.result.waits),
        problems=problems,
        changes=done.updates.changes,
        leavers=leavers.rows,
        leaver_count=leavers.people,
        leaver_seats=leavers.seats,
        removed_user_ids=[strawberry.ID(user_id) for user_id in leavers.removed],
        promoted=leavers.promoted,
        updated_user_ids=[edit.member.user_id for edit in done.updates.edits.values()],
        errors=[] if leavers.error is None else [leavers.error],
        team_id=done.team_id,
    )
    _note_lists(payload, done)
    return payload


def _note_lists(payload: ImportMembersPayload, done: FileImport) -> None:
    done.result.note_in(payload, done.team_id)
    if (left := done.leavers.ended) is not None:
        payload.note_ended(done.team_id, left.seats)
        payload.note_removed(left.removed, left.request_ids)


def _result_flaws(done: FileImport) -> list[Flaw]:
    """The flaws that only the database shows: members, repeated accounts, and what happened to seats."""
    result = done.result
    # Under UPSERT, it is no news that a person is in the team.
    members = [line for line in result.already_members if line not in done.people.members]
    flaws = [Flaw(line, Column.EMAIL.value, Reason.ALREADY_MEMBER, ALREADY_MEMBER) for line in members]
    for line, removed_at in result.removed.items():
        message = f"This person was removed on {removed_at:%Y-%m-%d}; to invite them again, set `inviteRemoved`."
        flaws.append(Flaw(line, Column.EMAIL.value, Reason.REMOVED_BEFORE, message))
    for line, first in result.repeated.items():
        message = f"Line {first} already has this e-mail address."
        flaws.append(Flaw(line, Column.EMAIL.value, Reason.EMAIL_REPEATED, message))
    of_seats = (Flaw(line, None, Reason[error.code.name], error.message) for line, error in result.seat_errors)
    return [*flaws, *of_seats]
