"""The mutation that changes the settings of a team."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

import strawberry

from db.access import sign_in_failures
from db.access.sign_in_failures import Budget
from db.people import members, team_settings, teams
from db.people.teams import TeamRow
from domain import text
from domain.actions import Action
from domain.languages import Language
from domain.problems import UserError, UserErrorCode
from domain.subjects import Person
from domain.subscriptions import MAX_SEATS
from domain.text import NAME_RULE
from policies import facts
from resolvers.core.context import Context, Info
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, performs, run_mutation

# Other names that a team may ask for, also in dry runs: each answer says whether another customer has the name.
ASKED_NAMES = Budget(10, 360.0)
NAME_TAKEN = UserError(UserErrorCode.NAME_TAKEN, "Another team has this name.", ["name"])
FACTOR_NEEDED = UserError(
    UserErrorCode.SECOND_FACTOR_NEEDED,
    "Set up a second factor, or sign in with it, first. Otherwise you would lose your own rights in the team.",
    ["requiresSecondFactor"],
)
SEATS_RULE = f"The number of free seats is 1 to {MAX_SEATS:,}, or 0 if nobody is to be told."
# The action that a setting needs besides TEAMS_UPDATE, by its name in the row of a team. The others need no more.
ALSO_NEEDED = {"separation_of_duties": Action.TEAMS_SECURE, "requires_second_factor": Action.TEAMS_SECURE}
NAMES = {
    "name": "name",
    "language": "language",
    "separation_of_duties": "separationOfDuties",
    "requires_second_factor": "requiresSecondFactor",
    "last_seats_below": "lastSeatsBelow",
}


@dataclass
class UpdateTeamInput(MutationInput):
    """A team, and the settings to change. Those that are left out, or null, stay as they are."""

    team_id: strawberry.ID
    name: str | None = None
    language: Language | None = None
    separation_of_duties: bool | None = None
    requires_second_factor: bool | None = None
    last_seats_below: int | None = None


@dataclass
class UpdateTeamPayload:
    """The team with its present settings. `errors` say why a setting did not change; then none did."""

    team: TeamRow = field(metadata={"description": "The team, with its present settings."})
    errors: list[UserError] = field(default_factory=list)


@performs(Action.TEAMS_UPDATE)
async def update_team(info: Info, input: UpdateTeamInput) -> UpdateTeamPayload:
    """Change the settings of a team: all that are given, or none.

    Coordinators change the name, the language, and the number of free seats below which contract managers are told
    (SEATS_INVALID). The separation of duties and the second factor need TEAMS_SECURE too, which contract managers have.
    If the team requires a second factor, its coordinators and contract managers have only the rights of a user there
    until they sign in with one. So you can require it only if you did (SECOND_FACTOR_NEEDED). NAME_INVALID. NAME_TAKEN:
    another team has this name; case and accents do not matter. People in several teams and the vendor tell teams apart
    by their names, so names are unique. The answers must not show all other customers, so a team can ask for 10 other
    names at once, and for one more every 6 minutes (TOO_MANY_ATTEMPTS). Raises NOT_FOUND, FORBIDDEN.
    """
    waiting = None if input.name is None else await _asked_too_often(info.context, input.team_id, input.name)
    return waiting or await run_mutation(info.context, Action.TEAMS_UPDATE, _update, input, UpdateTeamPayload)


async def _asked_too_often(context: Context, team_id: str, asked: str) -> UpdateTeamPayload | None:
    """Count another name that a team asks for; the payload if it has to wait. What is refused anyway is not counted."""
    name, reach = text.display_name(asked), context.reach(Action.TEAMS_READ)
    async with context.reading() as connection:
        team = (await teams.by_ids(connection, reach, [team_id])).get(team_id)
    if team is None or name in (None, team.name):
        return None
    if not context.policy.decide(context.actor, Action.TEAMS_UPDATE, facts.team(context.actor, team_id)).allowed:
        return None
    # Not in the transaction of the change: a dry run undoes that.
    await context.close()
    async with context.database.transaction() as connection:
        subject = hashlib.sha256(f"names of team|{team_id}".encode()).digest()
        wait = (await sign_in_failures.spend(connection, subject, ASKED_NAMES)).wait
        await connection.commit()
    if not wait:
        return None
    message = f"The team has asked for too many names; try again in {wait} s."
    return UpdateTeamPayload(team, [UserError(UserErrorCode.TOO_MANY_ATTEMPTS, message, ["name"], retry_after=wait)])


async def _update(change: Change, input: UpdateTeamInput) -> UpdateTeamPayload:
    known = await change.team(input.team_id)
    target = facts.team(change.actor, known.id)
    given = {name: value for name in NAMES if (value := getattr(input, name)) is not None}
    also = {ALSO_NEEDED[name] for name in given if name in ALSO_NEEDED}
    # Refuse before anything is locked. Decide with the locks, because the actor may be removed at the same moment.
    for action in also:
        change.require_also(action, target)
    change.require([target])
    team = await team_settings.locked(change.connection, known.id) or known
    own_id = facts.acts_for(change.actor)
    await members.lock(change.connection, known.id, [own_id] if own_id else [])
    await change.reload_actor()
    target = facts.team(change.actor, known.id)
    for action in also:
        change.require_also(action, target)
    await change.decide(target)
    errors = _errors(change, team, given)
    if errors:
        return UpdateTeamPayload(team, errors)
    updated = team._replace(**given)
    changed = [name for name in NAMES if getattr(updated, name) != getattr(team, name)]
    if not changed:
        return UpdateTeamPayload(team)
    if not await team_settings.update_team(change.connection, updated):
        return UpdateTeamPayload(team, [NAME_TAKEN])
    before, after = ({NAMES[name]: getattr(one, name) for name in changed} for one in (team, updated))
    await change.record(team.id, team.id, before, after)
    # The rest of the operation is read with the rights that the new settings give.
    change.context.become(await change.context.load_actor(change.connection))
    return UpdateTeamPayload(updated)


def _errors(change: Change, team: TeamRow, given: dict[str, Any]) -> list[UserError]:
    """The errors of the settings. The name among them becomes its normal form, and 0 seats become None."""
    errors = []
    if "name" in given:
        name = text.display_name(given["name"])
        if name is None:
            errors.append(UserError(UserErrorCode.NAME_INVALID, NAME_RULE, ["name"]))
        given["name"] = name
    if "last_seats_below" in given:
        if not 0 <= given["last_seats_below"] <= MAX_SEATS:
            errors.append(UserError(UserErrorCode.SEATS_INVALID, SEATS_RULE, ["lastSeatsBelow"]))
        given["last_seats_below"] = given["last_seats_below"] or None
    requires = given.get("requires_second_factor", False) and not team.requires_second_factor
    if requires and not (isinstance(change.actor, Person) and change.actor.second_factor):
        errors.append(FACTOR_NEEDED)
    return errors
