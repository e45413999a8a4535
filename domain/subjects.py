"""Who acts: the three kinds of actor, as loaded from the database for one operation."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.actions import Scope
from domain.roles import Role


@dataclass(frozen=True, slots=True)
class Anonymous:
    """Nobody signed in."""


@dataclass(frozen=True, slots=True)
class Person:
    """A signed-in person with the role they hold now in each of their teams.

    `roles` maps team id to role; `session_id` is the session the request came with; `separated` are those of the teams
    that separate duties.
    """

    user_id: str
    session_id: str
    roles: Mapping[str, Role]
    separated: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner token of one team, with its scopes and its grantor.

    `grantor_role` is the grantor's role in that team now; None when they are no longer a member. `separated` holds the
    team if it separates duties.
    """

    token_id: str
    team_id: str
    scopes: frozenset[Scope]
    grantor_id: str
    grantor_role: Role | None
    separated: frozenset[str] = frozenset()


Actor = Anonymous | Person | Partner
