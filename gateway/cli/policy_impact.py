"""Who gains and who loses by a change of policy, in words: members, partner tokens, everybody."""

from collections.abc import Iterator, Sequence

from sqlalchemy.ext.asyncio import AsyncEngine

from db.audit import policy_impact
from db.audit.policy_impact import Holder, Holders
from db.core import migrate
from db.core.engine import snapshot
from domain.actions import Scope
from gateway.cli.failures import Unusable
from policies import facts
from policies.review.diff import Shift
from policies.review.effects import Effect, Grant, in_team, on_gateway

NAMED = 10

Effects = tuple[Effect, ...]


async def told(engine: AsyncEngine, shifts: Sequence[Shift]) -> list[str]:
    """Lines that say who gains and loses what, in which team: three statements whatever the number of people.

    Raises Unusable for a database without this version's tables.
    """
    if not await migrate.is_current(engine):
        raise Unusable("The database has not this version's tables; run `usher db upgrade`, or pass --no-people.")
    changed = {shift.cell.action.value for shift in shifts}
    async with snapshot(engine) as connection:
        accounts = await policy_impact.accounts(connection)
        members = await policy_impact.members(connection, NAMED)
        tokens = await policy_impact.tokens(connection, [scope for scope in Scope if scope.value in changed], NAMED)
    number = sum(held.total for held in tokens)
    lines = [
        *_everybody("Whoever is not signed in", on_gateway(shifts, facts.Anonymous)),
        *_everybody(f"Everybody with an account ({accounts})", on_gateway(shifts, facts.Person)),
        *_everybody(f"Every partner token ({number})", on_gateway(shifts, facts.Partner)),
        *_those(shifts, facts.Person, members, "member"),
        *_those(shifts, facts.Partner, tokens, "partner token"),
    ]
    return lines or ["Nobody in this database is concerned."]


def _everybody(who: str, effects: Effects) -> Iterator[str]:
    if effects:
        yield f"{who}:"
        yield from _spelled(effects)


def _those(shifts: Sequence[Shift], subject: type[facts.Subject], all_: list[Holders], noun: str) -> Iterator[str]:
    """Those in teams, together who gains and loses the same."""
    alike: dict[Effects, list[Holders]] = {}
    for held in all_:
        grant = Grant(subject, held.role, held.separated, frozenset(held.scopes))
        alike.setdefault(in_team(shifts, grant), []).append(held)
    for effects, several in alike.items():
        if not effects:
            continue
        total = sum(held.total for held in several)
        named = [line for held in several for line in map(_named, [held] * len(held.first), held.first)][:NAMED]
        yield f"{total} {noun}{'' if total == 1 else 's'}:"
        yield from _spelled(effects)
        yield from named
        if total > len(named):
            yield f"    and {total - len(named)} more"


def _spelled(effects: Effects) -> Iterator[str]:
    for effect in effects:
        yield f"  would {'gain' if effect.gained else 'lose'} {effect}"


def _named(held: Holders, holder: Holder) -> str:
    role = held.role.value.replace("_", " ") if held.role else "no member any more"
    return f"    {holder.name} ({holder.id}), {role}, in {holder.team} ({holder.team_id})"
