"""What a change of policy means to whoever holds a grant: a role in a team, or a token with the scopes of one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from domain.actions import Action
from domain.roles import Role
from policies import facts
from policies.engine.table import Outcome
from policies.review.conditions import Condition, conditions
from policies.review.diff import Shift

_WORDS = {
    ("own", True): "for themselves",
    ("own", False): "for others",
    ("contract_manager", True): "on contract managers",
    ("contract_manager", False): "on all but contract managers",
}
_DUTIES = {True: "in teams that separate duties", False: "in teams that do not separate duties"}


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody holds in a team: a role (a token: its grantor's, None when they left), a token its scopes.

    `separated`: the team separates duties.
    """

    subject: type[facts.Subject]
    role: Role | None
    separated: bool
    scopes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Effect:
    """An action that is gained or lost, and in which cases: `condition` is empty for all of them."""

    gained: bool
    action: Action
    condition: str = ""

    def __str__(self) -> str:
        return f"{self.action} {self.condition}".rstrip()


def on_gateway(shifts: Iterable[Shift], subject: type[facts.Subject]) -> tuple[Effect, ...]:
    """What a kind of subject gains and loses wherever it is."""
    return tuple(
        Effect(shift.gained, shift.cell.action)
        for shift in shifts
        if shift.cell.subject is subject and isinstance(shift.cell.target, facts.Gateway)
    )


def in_team(shifts: Sequence[Shift], grant: Grant) -> tuple[Effect, ...]:
    """What the holders of a grant gain and lose in its team; only by what can come about there."""
    elsewhere = Grant(grant.subject, grant.role, not grant.separated, grant.scopes)
    there = set(_effects(shifts, elsewhere))
    return tuple(effect if effect in there else _limited(effect, grant.separated) for effect in _effects(shifts, grant))


def _limited(effect: Effect, separated: bool) -> Effect:
    """The same effect, when it is another one in the other sort of teams."""
    return Effect(effect.gained, effect.action, f"{effect.condition}, {_DUTIES[separated]}".removeprefix(", "))


def _effects(shifts: Sequence[Shift], grant: Grant) -> Iterator[Effect]:
    moves = {
        (shift.cell.action, shift.cell.target): move
        for shift in shifts
        if shift.cell.subject is grant.subject and (move := _move(shift, grant)) is not None
    }
    kinds = dict.fromkeys((action, type(target)) for action, target in moves)
    for action, kind in kinds:
        among = list(_possible(kind, grant))
        for gained in (True, False):
            some = [target for target in among if moves.get((action, target)) is gained]
            if some:
                yield Effect(gained, action, " or ".join(map(_words, conditions(some, among))))


def _move(shift: Shift, grant: Grant) -> bool | None:
    """Whether it is gained or lost by this grant, which may lack the scope that the outcome asks for."""
    before, after = (
        outcome is Outcome.ALLOW or (outcome is Outcome.SCOPE and shift.cell.action.value in grant.scopes)
        for outcome in (shift.before, shift.after)
    )
    return None if before is after else after


def _possible(kind: type[facts.Target], grant: Grant) -> Iterator[facts.Target]:
    """The targets that can come about: who is a contract manager themselves is so in both facts."""
    manager = grant.role is Role.CONTRACT_MANAGER
    for target in facts.every(kind, grant.role) if kind is not facts.Gateway else ():
        if isinstance(target, facts.Seat) and target.separation_of_duties is not grant.separated:
            continue
        if isinstance(target, facts.Member) and target.own and target.contract_manager is not manager:
            continue
        yield target


def _words(condition: Condition) -> str:
    told = {name: value for name, value in condition.items() if name != "separation_of_duties"}
    return " ".join(_WORDS.get((name, value), f"where {name} = {str(value).lower()}") for name, value in told.items())
