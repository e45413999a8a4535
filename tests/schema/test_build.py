"""The gateway does not start if a root field declares no action that the policy knows."""

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
    """Declares no action."""
    return 1


@performs(Action.TEAMS_READ)
def guarded() -> int:
    """Declares its action."""
    return 2


@strawberry.type
class Good:
    """A root type whose fields declare actions."""

    one: int = expose(guarded, int)
    two: int = expose(guarded, int)


@strawberry.type
class Bad:
    """A root type with a field that declares no action."""

    one: int = expose(guarded, int)
    two: int = expose(unguarded, int)


@strawberry.type
class Plain:
    """A root type with a field that has no resolver."""

    three: int


@strawberry.type
class Unknown:
    """A root type whose field declares an action that the policy does not know."""

    four: int = strawberry.field(resolver=unguarded, directives=[Guard(action="seats:sell")])


def test_fields_that_declare_actions_pass(policy: Policy) -> None:
    check(Good, policy)


@pytest.mark.parametrize("root", [Query, Mutation])
def test_the_root_types_of_the_schema_pass(policy: Policy, root: type) -> None:
    check(root, policy)


@pytest.mark.parametrize(
    ("root", "says"),
    [
        (Bad, r"Bad\.two declares no action"),
        (Plain, r"Plain\.three declares no action"),
        (Unknown, r"Unknown\.four: policy\.polar does not know seats:sell"),
    ],
)
def test_fields_without_a_known_action_are_refused_by_name(policy: Policy, root: type, says: str) -> None:
    with pytest.raises(UnguardedField, match=says):
        check(root, policy)


def test_schemas_share_their_types_and_no_setting(policy: Policy) -> None:
    one, other = build(policy, max_answer_bytes=1), build(policy, suggests=False)
    assert one.graphql is other.graphql
    assert (one.max_answer_bytes, one.suggests) == (1, True)
    assert (other.max_answer_bytes, other.suggests) == (None, False)


@pytest.mark.parametrize("root", ["Query", "Mutation"])
def test_the_gateway_does_not_start_with_an_unguarded_field(
    monkeypatch: pytest.MonkeyPatch, policy: Policy, postgres: str, root: str
) -> None:
    monkeypatch.setattr(f"schema.build.{root}", Bad)
    with pytest.raises(UnguardedField, match=r"Bad\.two"):
        build(policy)
    with pytest.raises(UnguardedField, match=r"Bad\.two"):
        application(Settings(database_url=postgres))
