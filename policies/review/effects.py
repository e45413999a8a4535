"""What a change of policy means for people with a role in a team, and for partner tokens with their scopes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from domain.actions import Action
from domain.roles import Role
from policies import facts
from policies.engine.table import Outcome
from policies.review.conditions import Condition, conditions
from policies.review.diff import CellChange

_WORDS = {
    ("own", True): "for themselves",
    ("own", False): "for others",
    ("contract_manager", True): "on contract managers",
    ("contract_manager", False): "on all but contract managers",
}
_DUTIES = {True: "in teams that separate duties", False: "in teams that do not separate duties"}


@dataclass(frozen=True, slots=True)
class Grant:
    """The rights of a person or a token in a team: a role, and for a token its scopes.

    The role of a token is the role of its grantor, or None if the grantor has left the team. `separated`: the team
    separates duties.
    """

    subject: type[facts.Subject]
    role: Role | None
    separated: bool
    scopes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Effect:
    """An action that is gained or lost. `condition` says in which cases; it is empty if it is all cases."""

    gained: bool
    action: Action
    condition: str = ""

    def __str__(self) -> str:
        return f"{self.action} {self.condition}".rstrip()


def gateway_effects(cell_changes: Iterable[CellChange], subject: type[facts.Subject]) -> tuple[Effect, ...]:
    """Return what a kind of subject gains and loses outside of teams, without the role of the vendor's staff."""
    return _effects_outside_teams(cell_changes, subject, (facts.GATEWAY, facts.Business(staff=False)))


def vendor_effects(cell_changes: Iterable[CellChange]) -> tuple[Effect, ...]:
    """Return what the people of the vendor's staff gain and lose by that role."""
    return _effects_outside_teams(cell_changes, facts.Person, (facts.Business(staff=True),))


def _effects_outside_teams(
    cell_changes: Iterable[CellChange], subject: type[facts.Subject], targets: tuple[facts.Target, ...]
) -> tuple[Effect, ...]:
    return tuple(
        Effect(cell_change.gained, cell_change.cell.action)
        for cell_change in cell_changes
        if cell_change.cell.subject is subject and cell_change.cell.target in targets
    )


def team_effects(cell_changes: Sequence[CellChange], grant: Grant) -> tuple[Effect, ...]:
    """Return what a grant gains and loses in its team. Only targets that are possible there count."""
    in_other_teams = Grant(grant.subject, grant.role, not grant.separated, grant.scopes)
    effects_there = set(_effects(cell_changes, in_other_teams))
    return tuple(
        effect if effect in effects_there else _limited_to_teams(effect, grant.separated)
        for effect in _effects(cell_changes, grant)
    )


def _limited_to_teams(effect: Effect, separated: bool) -> Effect:
    """Add to the condition that the effect is only in teams that separate duties, or only in teams that do not."""
    return Effect(effect.gained, effect.action, f"{effect.condition}, {_DUTIES[separated]}".removeprefix(", "))


def _effects(cell_changes: Sequence[CellChange], grant: Grant) -> Iterator[Effect]:
    gains = {
        (cell_change.cell.action, cell_change.cell.target): gained
        for cell_change in cell_changes
        if cell_change.cell.subject is grant.subject and (gained := _is_gained(cell_change, grant)) is not None
    }
    kinds = dict.fromkeys((action, type(target)) for action, target in gains)
    for action, kind in kinds:
        among = list(_possible_targets(kind, grant))
        for gained in (True, False):
            some = [target for target in among if gains.get((action, target)) is gained]
            if some:
                yield Effect(gained, action, " or ".join(map(_condition_text, conditions(some, among))))


def _is_gained(cell_change: CellChange, grant: Grant) -> bool | None:
    """Return True if this grant gains the cell, False if it loses it, None if nothing changes for its scopes."""
    before, after = (
        outcome is Outcome.ALLOW or (outcome is Outcome.SCOPE and cell_change.cell.action.value in grant.scopes)
        for outcome in (cell_change.before, cell_change.after)
    )
    return None if before is after else after


def _possible_targets(kind: type[facts.Target], grant: Grant) -> Iterator[facts.Target]:
    """Yield the possible targets. If the member is the subject, the two facts about their role must agree."""
    manager = grant.role is Role.CONTRACT_MANAGER
    for target in facts.targets_of_role(kind, grant.role) if issubclass(kind, facts.InTeam) else ():
        if isinstance(target, facts.Seat) and target.separation_of_duties is not grant.separated:
            continue
        if isinstance(target, facts.Member) and target.own and target.contract_manager is not manager:
            continue
        yield target


def _condition_text(condition: Condition) -> str:
    # `_limited_to_teams` names the setting of the team.
    named = [(name, value) for name, value in condition.items() if name != "separation_of_duties"]
    return " ".join(_WORDS.get((name, value), f"where {name} = {str(value).lower()}") for name, value in named)
