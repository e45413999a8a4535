"""A root field or mutation without an action refuses to start."""

import pytest
import strawberry

from domain.actions import Action
from gateway.app import application
from gateway.runtime.settings import Settings
from policies.engine.policy import Policy
from resolvers.core.mutations import performs
from schema.build import Mutation, Query, UnguardedField, build, check
from schema.core.fields import Guard, expose


def unguarded() -> int:
    """Names no action."""
    return 1


@performs(Action.TEAMS_READ)
def guarded() -> int:
    """Names its action."""
    return 2


@strawberry.type
class Good:
    """A root whose fields name actions."""

    one: int = expose(guarded, int)
    two: int = expose(guarded, int)


@strawberry.type
class Bad:
    """A root with a field that names none."""

    one: int = expose(guarded, int)
    two: int = expose(unguarded, int)


@strawberry.type
class Plain:
    """A root with a field that has no resolver at all."""

    three: int


@strawberry.type
class Unheard:
    """A root whose field names an action that is none."""

    four: int = strawberry.field(resolver=unguarded, directives=[Guard(action="seats:sell")])


def test_fields_that_name_actions_pass(policy: Policy) -> None:
    check(Good, policy)


@pytest.mark.parametrize("root", [Query, Mutation])
def test_the_real_roots_pass(policy: Policy, root: type) -> None:
    check(root, policy)


@pytest.mark.parametrize(
    ("root", "says"),
    [
        (Bad, r"Bad\.two names no action"),
        (Plain, r"Plain\.three names no action"),
        (Unheard, r"Unheard\.four: policy\.polar does not know seats:sell"),
    ],
)
def test_others_are_refused_by_name(policy: Policy, root: type, says: str) -> None:
    with pytest.raises(UnguardedField, match=says):
        check(root, policy)


@pytest.mark.parametrize("root", ["Query", "Mutation"])
def test_the_gateway_does_not_start_with_one(
    monkeypatch: pytest.MonkeyPatch, policy: Policy, postgres: str, root: str
) -> None:
    monkeypatch.setattr(f"schema.build.{root}", Bad)
    with pytest.raises(UnguardedField, match=r"Bad\.two"):
        build(policy)
    with pytest.raises(UnguardedField, match=r"Bad\.two"):
        application(Settings(database_url=postgres))
