"""What Oso sees of a subject and of a target: a kind, a role and a few booleans; never a row or an id.

The fields of a fact are a finite domain, so every decision can be spelled out in a table (`policies.engine.table`).
Each class is registered in Oso under its own name; `policy.polar` speaks of no other type.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from typing import ClassVar, Never, TypeVar, assert_never, cast

from domain import subjects
from domain.actions import Action, Scope
from domain.roles import Role


class UnknownFact(Exception):
    """The policy asked a fact for an attribute it does not have.

    Deliberately no AttributeError: Oso takes one of those inside `not` for "false" and would allow.
    """

    def __init__(self, message: str, name: str) -> None:
        super().__init__(message)
        self.name = name


T = TypeVar("T")


class _OneOfEach(type):
    """Makes equal facts one object, so that comparing and hashing them, on every decision, is by identity."""

    _known: ClassVar[dict[str, object]] = {}

    def __call__(cls: type[T], *values: object, **named: object) -> T:
        fresh = type.__call__(cls, *values, **named)
        # The text tells True from 1, which compare equal; Oso does tell them apart.
        return cast("T", _OneOfEach._known.setdefault(repr(fresh), fresh))


class _Facts(metaclass=_OneOfEach):
    __slots__ = ()

    def __getattr__(self, name: str) -> Never:
        known = ", ".join(_names(type(self))) or "none"
        raise UnknownFact(f"{type(self).__name__} has no fact '{name}'; it has: {known}", name)


@dataclass(frozen=True, slots=True, eq=False)
class Anonymous(_Facts):
    """Nobody signed in."""


@dataclass(frozen=True, slots=True, eq=False)
class Person(_Facts):
    """A signed-in person."""


@dataclass(frozen=True, slots=True, eq=False)
class Partner(_Facts):
    """A partner token. `scopes` holds the scope of the action being decided, if the token carries it.

    Only that one scope bears on the decision; showing no other keeps the domain finite.
    """

    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Gateway(_Facts):
    """The gateway itself: what concerns no team."""


@dataclass(frozen=True, slots=True, eq=False)
class InTeam(_Facts):
    """Whatever belongs to a team. `role` is what the subject (a token: its grantor) is in that team now.

    `role` is kept as plain text, which Oso compares without calling back into Python. Raises ValueError
    for a role that does not exist.
    """

    role: str | None

    def __post_init__(self) -> None:
        if self.role is not None:
            object.__setattr__(self, "role", Role(self.role).value)


@dataclass(frozen=True, slots=True, eq=False)
class Team(InTeam):
    """A team."""


@dataclass(frozen=True, slots=True, eq=False)
class Member(InTeam):
    """A member of a team, or who is to become one; `own`: it is the subject (a token: its grantor).

    `contract_manager`: that is their role, or the one they are to have.
    """

    own: bool
    contract_manager: bool


@dataclass(frozen=True, slots=True, eq=False)
class Seat(InTeam):
    """A seat of a team; `own`: its holder, or who is to receive it, is the subject (a token: its grantor).

    `separation_of_duties` is the team's setting: nobody both assigns and receives.
    """

    own: bool
    separation_of_duties: bool


@dataclass(frozen=True, slots=True, eq=False)
class Token(InTeam):
    """A partner token as the thing acted upon: to be listed, created or revoked."""


Subject = Anonymous | Person | Partner
Target = Gateway | Team | Member | Seat | Token

SUBJECTS: tuple[type[Subject], ...] = (Anonymous, Person, Partner)
TARGETS: tuple[type[Target], ...] = (Gateway, Team, Member, Seat, Token)
KINDS: dict[str, type[Target]] = {kind.__name__: kind for kind in TARGETS}

ANONYMOUS = Anonymous()
PERSON = Person()
UNSCOPED = Partner(scopes=())
GATEWAY = Gateway()
_SCOPED = {scope.action: (scope, Partner(scopes=(scope.value,))) for scope in Scope}


def subject(actor: subjects.Actor, action: Action) -> Subject:
    """The facts about the actor that bear on this action."""
    if isinstance(actor, subjects.Person):
        return PERSON
    if isinstance(actor, subjects.Anonymous):
        return ANONYMOUS
    if isinstance(actor, subjects.Partner):
        scoped = _SCOPED.get(action)
        return scoped[1] if scoped is not None and scoped[0] in actor.scopes else UNSCOPED
    assert_never(actor)


def subjects_of(kind: type[Subject], action: Action) -> tuple[Subject, Subject]:
    """A kind's facts without and with the scope of the action; the same twice where a scope makes no difference."""
    if kind is Partner:
        return UNSCOPED, _SCOPED[action][1] if action in _SCOPED else UNSCOPED
    only = PERSON if kind is Person else ANONYMOUS
    return only, only


def team(actor: subjects.Actor, team_id: str) -> Team:
    """The facts about a team."""
    return _team(_role(actor, team_id))


def member(actor: subjects.Actor, team_id: str, user_id: str, *, contract_manager: bool = True) -> Member:
    """The facts about the member `user_id` of a team. Who does not know their role gets the stricter answer."""
    return _member(_role(actor, team_id), acts_for(actor) == user_id, contract_manager)


def seat(actor: subjects.Actor, team_id: str, holder_id: str | None) -> Seat:
    """The facts about a seat that `holder_id` holds, or is about to receive; None: a free seat, nobody's own."""
    own = holder_id is not None and acts_for(actor) == holder_id
    separated = not isinstance(actor, subjects.Anonymous) and team_id in actor.separated
    return _seat(_role(actor, team_id), own, separated)


def token(actor: subjects.Actor, team_id: str) -> Token:
    """The facts about a partner token of a team."""
    return _token(_role(actor, team_id))


def acts_for(actor: subjects.Actor) -> str | None:
    """The user id whose rows are the actor's own: the person, a token's grantor, or nobody."""
    if isinstance(actor, subjects.Person):
        return actor.user_id
    if isinstance(actor, subjects.Partner):
        return actor.grantor_id
    return None


def roles(actor: subjects.Actor) -> dict[str, Role]:
    """Team id to the role the actor (a token: its grantor) holds there now; only teams with a role."""
    if isinstance(actor, subjects.Person):
        return dict(actor.roles)
    if isinstance(actor, subjects.Partner) and actor.grantor_role is not None:
        return {actor.team_id: actor.grantor_role}
    return {}


def every(kind: type[Target], role: Role | None) -> Iterator[Target]:
    """All targets of a kind for one role: each combination of its booleans, False before True."""
    if not issubclass(kind, InTeam):
        yield kind()
        return
    booleans = _names(kind)[1:]
    for values in itertools.product((False, True), repeat=len(booleans)):
        yield kind(role, *values)


def all_of(kind: type[Target]) -> Iterator[Target]:
    """All targets of a kind: no role first, then each role from the least."""
    for role in (None, *Role) if issubclass(kind, InTeam) else (None,):
        yield from every(kind, role)


def _role(actor: subjects.Actor, team_id: str) -> Role | None:
    if isinstance(actor, subjects.Person):
        return actor.roles.get(team_id)
    if isinstance(actor, subjects.Partner) and actor.team_id == team_id:
        return actor.grantor_role
    return None


def _names(kind: type) -> list[str]:
    return [field.name for field in fields(kind)]


_team = cache(Team)
_member = cache(Member)
_seat = cache(Seat)
_token = cache(Token)
