"""Describes in words who gains and who loses rights through a change of policy."""

from collections.abc import Iterator, Sequence

from db.audit import policy_impact
from db.audit.policy_impact import SubjectGroup, SubjectName
from db.core import migrate
from db.core.database import Database
from domain.actions import Scope
from gateway.cli.failures import CommandFailed
from policies import facts
from policies.review.diff import CellChange
from policies.review.effects import Effect, Grant, gateway_effects, team_effects, vendor_effects

MAX_NAMES = 10

Effects = tuple[Effect, ...]


async def impact_lines(database: Database, changes: Sequence[CellChange]) -> list[str]:
    """Return lines that say who gains or loses what, and in which team.

    This takes three SQL statements, whatever the number of people. Raises CommandFailed if the database does not have
    this version's tables.
    """
    if not await migrate.is_current(database):
        raise CommandFailed(
            "The database does not have this version's tables. Run `usher db upgrade`, or pass --no-people."
        )
    changed_actions = {change.cell.action.value for change in changes}
    async with database.snapshot() as connection:
        accounts, vendors = await policy_impact.count_accounts(connection)
        members = await policy_impact.members(connection, MAX_NAMES)
        scopes = [scope for scope in Scope if scope.value in changed_actions]
        tokens = await policy_impact.tokens(connection, scopes, MAX_NAMES)
    number = sum(group.total for group in tokens)
    lines = [
        *_lines_for_all("Everybody who is not signed in", gateway_effects(changes, facts.Anonymous)),
        *_lines_for_all(f"Everybody with an account ({accounts})", gateway_effects(changes, facts.Person)),
        *_lines_for_all(f"Everybody of the vendor's staff ({vendors})", vendor_effects(changes)),
        *_lines_for_all(f"Every partner token ({number})", gateway_effects(changes, facts.Partner)),
        *_lines_for_all("Usher's own commands and jobs", _system_effects(changes)),
        *_group_lines(changes, facts.Person, members, "member"),
        *_group_lines(changes, facts.Partner, tokens, "partner token"),
    ]
    return lines or ["The change affects nobody in this database."]


def _system_effects(changes: Sequence[CellChange]) -> Effects:
    """Return what commands and jobs gain and lose, on the gateway and in every team."""
    in_teams = team_effects(changes, Grant(facts.System, None, separated=False))
    return (*gateway_effects(changes, facts.System), *in_teams)


def _lines_for_all(who: str, effects: Effects) -> Iterator[str]:
    if effects:
        yield f"{who}:"
        yield from _effect_lines(effects)


def _group_lines(
    changes: Sequence[CellChange], subject: type[facts.Subject], groups: list[SubjectGroup], noun: str
) -> Iterator[str]:
    """Yield the lines for members or tokens in teams. All that gain and lose the same are listed together."""
    groups_by_effects: dict[Effects, list[SubjectGroup]] = {}
    for group in groups:
        grant = Grant(subject, group.role, group.separated, frozenset(group.scopes))
        groups_by_effects.setdefault(team_effects(changes, grant), []).append(group)
    for effects, several in groups_by_effects.items():
        if not effects:
            continue
        total = sum(group.total for group in several)
        named = [_holder_line(group, subject_name) for group in several for subject_name in group.first][:MAX_NAMES]
        yield f"{total} {noun}{'' if total == 1 else 's'}:"
        yield from _effect_lines(effects)
        yield from named
        if total > len(named):
            yield f"    and {total - len(named)} more"


def _effect_lines(effects: Effects) -> Iterator[str]:
    for effect in effects:
        yield f"  would {'gain' if effect.gained else 'lose'} {effect}"


def _holder_line(group: SubjectGroup, subject_name: SubjectName) -> str:
    role = group.role.value.replace("_", " ") if group.role else "no longer a member"
    return f"    {subject_name.name} ({subject_name.id}), {role}, in {subject_name.team} ({subject_name.team_id})"
