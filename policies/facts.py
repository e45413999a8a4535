"""What Oso sees of a subject and of a target: a kind, a role and a few booleans, but never a row or an id.

There are finitely many facts, so a table can list every decision (`policies.engine.table`). Each class is registered in
Oso under its own name. `policy.polar` uses no other types.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from typing import ClassVar, Never, TypeVar, assert_never, cast

from domain import subjects
from domain.actions import Action, Scope
from domain.failures import Failure
from domain.roles import Role, Standing, standing


class UnknownFact(Failure):
    """The policy reads an attribute that the fact does not have.

    This is not an AttributeError, because Oso treats an AttributeError inside `not` as "false", and would allow.
    """

    def __init__(self, message: str, name: str) -> None:
        super().__init__(message)
        self.name = name


T = TypeVar("T")


class _OneOfEach(type):
    """Makes one object for equal facts, so that each decision compares and hashes facts by identity, which is fast."""

    _known: ClassVar[dict[str, object]] = {}

    def __call__(cls: type[T], *values: object, **named: object) -> T:
        fresh = type.__call__(cls, *values, **named)
        # The key is the `repr`, because True == 1, but Oso distinguishes them.
        return cast("T", _OneOfEach._known.setdefault(repr(fresh), fresh))


class _Facts(metaclass=_OneOfEach):
    __slots__ = ()

    def __getattr__(self, name: str) -> Never:
        known = ", ".join(_names(type(self))) or "none"
        raise UnknownFact(f"{type(self).__name__} has no fact '{name}'; it has: {known}", name)


@dataclass(frozen=True, slots=True, eq=False)
class Anonymous(_Facts):
    """Nobody is signed in."""


@dataclass(frozen=True, slots=True, eq=False)
class Person(_Facts):
    """A signed-in person."""


@dataclass(frozen=True, slots=True, eq=False)
class Partner(_Facts):
    """A partner token. `scopes` holds the scope of the action that is decided, if the token has this scope.

    No other scope affects the decision. Leaving the others out keeps the number of facts small.
    """

    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class System(_Facts):
    """A command or a job of Usher itself. No credential leads to it, and it has no role in any team."""


@dataclass(frozen=True, slots=True, eq=False)
class Gateway(_Facts):
    """The gateway itself, as the target of actions that belong to no team."""


@dataclass(frozen=True, slots=True, eq=False)
class Business(_Facts):
    """The business of the vendor: the companies that buy, their subscriptions, and the catalogue.

    `staff`: the subject has the role `vendor`, which belongs to no team.
    """

    staff: bool


@dataclass(frozen=True, slots=True, eq=False)
class InTeam(_Facts):
    """A target in a team. `role` is the present standing of the subject in that team (of a token: its grantor's).

    `role` is stored as plain text, because Oso compares text without calling Python. Raises ValueError if the role does
    not exist.
    """

    role: str | None

    def __post_init__(self) -> None:
        if self.role is not None:
            object.__setattr__(self, "role", Standing(self.role).value)


@dataclass(frozen=True, slots=True, eq=False)
class Team(InTeam):
    """A team."""


@dataclass(frozen=True, slots=True, eq=False)
class Member(InTeam):
    """A member of a team, or a person who is to become a member.

    `own`: the member is the subject (for a token: its grantor). `contract_manager`: the member has, or is to have, the
    role of contract manager.
    """

    own: bool
    contract_manager: bool


@dataclass(frozen=True, slots=True, eq=False)
class Seat(InTeam):
    """A seat of a team.

    `own`: the subject (for a token: its grantor) holds the seat or is to receive it. `separation_of_duties`: in this
    team, nobody may assign a seat to themselves.
    """

    own: bool
    separation_of_duties: bool


@dataclass(frozen=True, slots=True, eq=False)
class Token(InTeam):
    """A partner token as the target of an action: to list it, create it or revoke it."""


@dataclass(frozen=True, slots=True, eq=False)
class Subscription(InTeam):
    """A subscription of a team."""


Subject = Anonymous | Person | Partner | System
Target = Gateway | Business | Team | Member | Seat | Token | Subscription

SUBJECTS: tuple[type[Subject], ...] = (Anonymous, Person, Partner, System)
TARGETS: tuple[type[Target], ...] = (Gateway, Business, Team, Member, Seat, Token, Subscription)
KINDS: dict[str, type[Target]] = {kind.__name__: kind for kind in TARGETS}

ANONYMOUS = Anonymous()
PERSON = Person()
SYSTEM = System()
UNSCOPED = Partner(scopes=())
GATEWAY = Gateway()
_WITHOUT_SCOPES: dict[type[Subject], Subject] = {Anonymous: ANONYMOUS, Person: PERSON, System: SYSTEM}
_SCOPED = {scope.action: (scope, Partner(scopes=(scope.value,))) for scope in Scope}


def subject(actor: subjects.Actor, action: Action) -> Subject:
    """Return the facts about the actor that affect the decision on this action."""
    if isinstance(actor, subjects.Person):
        return PERSON
    if isinstance(actor, subjects.Anonymous):
        return ANONYMOUS
    if isinstance(actor, subjects.Partner):
        scoped = _SCOPED.get(action)
        return scoped[1] if scoped is not None and scoped[0] in actor.scopes else UNSCOPED
    if isinstance(actor, subjects.System):
        return SYSTEM
    assert_never(actor)


def subjects_of(kind: type[Subject], action: Action) -> tuple[Subject, Subject]:
    """Return the facts of a kind of subject without and with the scope of the action; equal if no scope applies."""
    if kind is Partner:
        return UNSCOPED, _SCOPED[action][1] if action in _SCOPED else UNSCOPED
    only = _WITHOUT_SCOPES[kind]
    return only, only


def business(actor: subjects.Actor) -> Business:
    """Return the facts about the business of the vendor."""
    return Business(isinstance(actor, subjects.Person) and actor.vendor)


def team(actor: subjects.Actor, team_id: str) -> Team:
    """Return the facts about a team."""
    return _team(_standing(actor, team_id))


def member(actor: subjects.Actor, team_id: str, user_id: str, *, contract_manager: bool = True) -> Member:
    """Return the facts about the member `user_id` of a team.

    If the caller does not know whether the member is a contract manager, the default leads to the stricter decision.
    """
    return _member(_standing(actor, team_id), acts_for(actor) == user_id, contract_manager)


def seat(actor: subjects.Actor, team_id: str, holder_id: str | None) -> Seat:
    """Return the facts about a seat that `holder_id` holds or is to receive. None means a free seat, never `own`."""
    own = holder_id is not None and acts_for(actor) == holder_id
    separated = isinstance(actor, subjects.Person | subjects.Partner) and team_id in actor.separated
    return _seat(_standing(actor, team_id), own, separated)


def token(actor: subjects.Actor, team_id: str) -> Token:
    """Return the facts about a partner token of a team."""
    return _token(_standing(actor, team_id))


def subscription(actor: subjects.Actor, team_id: str) -> Subscription:
    """Return the facts about a subscription of a team."""
    return _subscription(_standing(actor, team_id))


def acts_for(actor: subjects.Actor) -> str | None:
    """Return the user id whose rows are the actor's own: the person's, the token's grantor's, or None."""
    if isinstance(actor, subjects.Person):
        return actor.user_id
    if isinstance(actor, subjects.Partner):
        return actor.grantor_id
    return None


def roles(actor: subjects.Actor) -> dict[str, Role]:
    """Return the present role of the actor (for a token: of its grantor) by team id; only teams with a role."""
    if isinstance(actor, subjects.Person):
        return dict(actor.roles)
    if isinstance(actor, subjects.Partner) and actor.grantor_role is not None:
        return {actor.team_id: actor.grantor_role}
    return {}


def standings(actor: subjects.Actor) -> dict[str, Standing]:
    """Return the present standing of the actor (for a token: of its grantor) by team id; only teams with a role."""
    return {team_id: standing(role, unproven=_is_unproven(actor, team_id)) for team_id, role in roles(actor).items()}


def targets_of_role(kind: type[Target], role: Role | Standing | None) -> Iterator[Target]:
    """Yield all targets of a kind for one role or standing: each combination of its booleans, False before True.

    Outside of teams there is no role: the role is ignored.
    """
    first = (role,) if issubclass(kind, InTeam) else ()
    for values in itertools.product((False, True), repeat=len(_names(kind)) - len(first)):
        yield kind(*first, *values)


def targets_of_kind(kind: type[Target]) -> Iterator[Target]:
    """Yield all targets of a kind: first those without a role, then those of each standing, from user upwards."""
    for role in (None, *Standing) if issubclass(kind, InTeam) else (None,):
        yield from targets_of_role(kind, role)


def _standing(actor: subjects.Actor, team_id: str) -> Role | Standing | None:
    role: Role | None = None
    if isinstance(actor, subjects.Person):
        role = actor.roles.get(team_id)
    elif isinstance(actor, subjects.Partner) and actor.team_id == team_id:
        role = actor.grantor_role
    return standing(role, unproven=True) if role is not None and _is_unproven(actor, team_id) else role


def _is_unproven(actor: subjects.Actor, team_id: str) -> bool:
    if isinstance(actor, subjects.Person):
        return team_id in actor.unproven
    return isinstance(actor, subjects.Partner) and actor.unproven


def _names(kind: type) -> list[str]:
    return [field.name for field in fields(kind)]


_team = cache(Team)
_member = cache(Member)
_seat = cache(Seat)
_token = cache(Token)
_subscription = cache(Subscription)
