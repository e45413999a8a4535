"""The kinds of actor. For a request, the database is read once to load its actor; no request can be a `System`."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.actions import Scope
from domain.roles import Role


@dataclass(frozen=True, slots=True)
class Anonymous:
    """Nobody is signed in."""


@dataclass(frozen=True, slots=True)
class Person:
    """A signed-in person with their present role in each of their teams.

    `roles` maps team ids to roles. `session_id` is the session of the request. `separated` holds the ids of those teams
    that separate duties. `vendor` says whether the person belongs to the vendor's staff. `unproven` holds the ids of
    those teams that require a second factor of those who manage them, if the session has none. `second_factor` says
    whether the session has one.
    """

    user_id: str
    session_id: str
    roles: Mapping[str, Role]
    separated: frozenset[str] = frozenset()
    vendor: bool = False
    unproven: frozenset[str] = frozenset()
    second_factor: bool = False


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner token of one team, with its scopes and its grantor.

    `grantor_role` is the present role of the grantor in that team, or None if they are not a member any more.
    `separated` holds the team id if the team separates duties. `unproven`: the team requires a second factor of those
    who manage it, and the grantor has set up none.
    """

    token_id: str
    team_id: str
    scopes: frozenset[Scope]
    grantor_id: str
    grantor_role: Role | None
    separated: frozenset[str] = frozenset()
    unproven: bool = False


@dataclass(frozen=True, slots=True)
class System:
    """A command or a job of Usher itself. It has no role in any team.

    `name` says which, such as `command mail` or `job calendar`. `operator` is the operating-system user who runs the
    command, and None for a job.
    """

    name: str
    operator: str | None = None


Actor = Anonymous | Person | Partner | System


def is_another(actor: Actor, person_id: str) -> bool:
    """Whether an actor is somebody else than this person. Nobody is not: they may still sign in as this person."""
    return not isinstance(actor, Anonymous) and not (isinstance(actor, Person) and actor.user_id == person_id)
