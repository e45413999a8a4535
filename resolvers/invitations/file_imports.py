"""The steps of an import in its transaction: find the people, decide, plan, change and record."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from db.groups import given_products
from db.invitations import bulk_invitations
from domain.actions import Action
from domain.bulk import ImportMode
from domain.import_columns import Column
from domain.imports import Flaw, Reason, Sheet
from domain.problems import UserError, UserErrorCode
from domain.roles import Role
from policies import facts
from resolvers.core.mutations import Change
from resolvers.groups.seat_giving import Outcome
from resolvers.invitations import external_ids, import_updates, leavers
from resolvers.invitations.bulk_invitations import Invitee, InviteResult, InviteTerms, invite, target
from resolvers.invitations.external_ids import Admitted
from resolvers.invitations.import_updates import People, Updates
from resolvers.invitations.leavers import Leavers, RemoveLeaversInput
from resolvers.invitations.member_updates import update_target

UNKNOWN = "A row was rejected, so it is not known who is missing in the file. Correct the row, and send the file again."


@dataclass
class FileImport:
    """One import: what was asked for, and what its steps found.

    `flaws` are those that depend on the team, without those of `result` and `leavers`. `ids_kept` is the information
    about external ids. `updates` and `leavers` are empty unless `mode` updates people.
    """

    change: Change
    team_id: str
    sheet: Sheet
    mode: ImportMode
    product_id: str | None
    invite_removed: bool
    remove_leavers: RemoveLeaversInput | None
    flaws: list[Flaw] = field(default_factory=list)
    ids_kept: list[Flaw] = field(default_factory=list)
    people: People = field(default_factory=People)
    result: InviteResult = field(default_factory=InviteResult)
    updates: Updates = field(default_factory=Updates)
    leavers: Leavers = field(default_factory=Leavers)

    async def run(self) -> None:
        """Carry out the import. Raises NotFound, Forbidden."""
        await self._decide()
        admitted = await self._invitees()
        invitees = admitted.invitees
        rows = {row.line: row for row in self.sheet.rows}
        self.updates = await import_updates.plan(self.change, self.team_id, self.people, rows, invitees)
        self.flaws += self.updates.flaws
        if self.mode.updates:
            await self._update(invitees)
        else:
            self.result = await self._invite(invitees)
        # A rejected row changes nothing.
        admitted.members = {line: one for line, one in admitted.members.items() if line not in self.updates.refused}
        self.ids_kept = _external_id_flaws(await external_ids.give(self.change, self.team_id, admitted, self.result))

    async def _update(self, invitees: Sequence[Invitee]) -> None:
        """Remove leavers, update members and invite the others; undo everything if the import stops."""
        savepoint = await self.change.connection.savepoint()
        self.leavers = await self._leavers()
        await import_updates.carry_out(self.change, self.team_id, self.updates)
        self.result = await self._invite(invitees)
        if self.result.stopped or self.leavers.stops:
            await savepoint.rollback()
            self.leavers = replace(await self._reported(), error=self.leavers.error)
            self.result = replace(self.result, invitations=[], seats=[], waits=[], stopped=True)
            self.result.outcome, self.result.group_ids = Outcome(), set[str]()
            self.updates.edits = {}
        await import_updates.record(self.change, self.team_id, self.updates)

    async def _invite(self, invitees: Sequence[Invitee]) -> InviteResult:
        refused = any(not flaw.reason.is_information for flaw in (*self.sheet.flaws, *self.flaws))
        terms = InviteTerms(self.mode.bulk, self.product_id, self.invite_removed)
        about, joining = (self.change, self.team_id, invitees, terms), self.updates.joining
        return await invite(*about, refused=refused, joining_members=joining)

    async def _decide(self) -> None:
        """Find the people who are in the team, and decide. Adds a flaw for each new person who may not get their role.

        Raises NotFound, Forbidden.
        """
        change, team_id, rows = self.change, self.team_id, self.sheet.rows
        change.require([target(change, team_id, Role.USER)])
        await given_products.lock_changes(change.connection, team_id)
        has_roles = any(row.role not in (None, Role.USER) for row in rows)
        lines = await import_updates.member_lines(change, team_id, rows) if self.mode.updates or has_roles else {}
        if self.mode.updates:
            lock_others = self.remove_leavers is not None and self.sheet.is_complete
            self.people = await import_updates.lock_people(change, team_id, lines, lock_others=lock_others)
            change.require_also(Action.MEMBERS_UPDATE, update_target(change, team_id, ""))
            change.require_also(Action.MEMBERS_READ, facts.member(change.actor, team_id, "", contract_manager=False))
        known = set(lines.values())
        roles = {row.role for row in rows if row.role is not None and row.line not in known}
        allowed = import_updates.allowed_roles(change, team_id, roles)
        await change.decide(*(target(change, team_id, role) for role in allowed))
        if self.product_id is not None:
            await change.product(self.product_id)
            change.require_also(Action.SEATS_ASSIGN, facts.seat(change.actor, team_id, None))
        # What a row says about a member is decided with the other changes in this member.
        self.flaws += [
            Flaw(row.line, Column.ROLE.value, Reason.ROLE_REFUSED, import_updates.ROLE_REFUSED)
            for row in rows
            if row.role not in (None, *allowed) and row.line not in known
        ]

    async def _invitees(self) -> Admitted:
        """The people in the rows without a flaw. Adds the flaws of groups and external ids. Raises Forbidden."""
        known = dict[str, str]()
        if names := sorted({row.group for row in self.sheet.rows if row.group is not None}):
            self.change.require_also(Action.GROUPS_UPDATE, facts.team(self.change.actor, self.team_id))
            known = await bulk_invitations.groups_by_name(self.change.connection, self.team_id, names)
        refused, invitees = {flaw.line for flaw in self.flaws}, list[Invitee]()
        for row in self.sheet.rows:
            if row.group is not None and row.group not in known:
                message = f"The team has no group “{row.group}”."
                self.flaws.append(Flaw(row.line, Column.GROUP.value, Reason.GROUP_NOT_FOUND, message))
            elif row.line not in refused:
                groups = () if row.group is None else (known[row.group],)
                person = (row.first_name, row.last_name, row.email, row.role or Role.USER)
                invitees.append(Invitee(row.line, *person, groups, row.external_id))
        admitted = await external_ids.admit(self.change, self.team_id, invitees)
        self.flaws += _external_id_flaws(admitted.errors)
        return admitted

    async def _leavers(self) -> Leavers:
        """Report the people who are not in the file, and remove them if that is requested. Raises Forbidden."""
        if self.remove_leavers is None:
            return await self._reported()
        if not self.sheet.is_complete:
            return Leavers(error=UserError(UserErrorCode.LEAVERS_UNKNOWN, UNKNOWN, ["removeLeavers"]))
        demoted = [edit.member.user_id for edit in self.updates.edits.values() if edit.demotes]
        about = (self.change, self.team_id, self.people.others)
        return await leavers.remove(*about, self.remove_leavers, demoted=demoted)

    async def _reported(self) -> Leavers:
        if not self.sheet.is_complete:
            return Leavers()
        return await leavers.find(self.change, self.team_id, self.people.others)


def _external_id_flaws(errors: Sequence[UserError]) -> list[Flaw]:
    column = Column.EXTERNAL_ID.value
    return [Flaw(error.row, column, Reason[error.code.name], error.message) for error in errors]
