"""A dry run signs nobody in: the rest of the operation is read as before it."""

import pytest

from resolvers.core.context import SIGN_IN as SIGN_IN_FIRST
from tests.conftest import Client
from tests.support.examples.registry import EXAMPLES
from tests.support.mutations import Caller, caller_with_input, new_caller, operation
from tests.support.published_fields import payload_type
from tests.support.world import World

pytestmark = pytest.mark.slow

SIGN_IN = [name for name in EXAMPLES if payload_type(name).name == "SessionPayload"]
READS = dict.fromkeys(SIGN_IN, "user { id memberships { nodes { id } } }")
READS["acceptInvitation"] = "member { role user { name memberships { nodes { id } } } }"
AFTER = "updateProfile(input: { language: DE, dryRun: true }) { user { id memberships { totalCount } } }"


def text(mutation: str, selection: str) -> str:
    """An operation with this mutation, and a field after it that needs a session."""
    kind = mutation[0].upper() + mutation[1:]
    dry = f"{mutation}(input: $input) {{ {selection} token challenge errors {{ code }} }}"
    return f"mutation ($input: {kind}Input!) {{ {dry} {AFTER} }}"


async def scene(client: Client, world: World, mutation: str) -> tuple[Caller, dict[str, object]]:
    """A caller, and the input of a dry run with which another person would sign in."""
    if mutation != "acceptInvitation":
        caller, values = await caller_with_input(client, world, mutation)
        return caller, {**values, "dryRun": True}
    caller = await new_caller(client, world, seats=1)
    invited = await world.invited_member(caller.team)
    link = await world.invitation_token(caller.team, invited.id)
    return caller, {"token": link, "password": "correct horse battery", "dryRun": True}


def test_each_mutation_that_signs_in_is_tried() -> None:
    assert sorted(READS) == sorted(name for name in EXAMPLES if "token" in payload_type(name).fields)


@pytest.mark.parametrize("mutation", READS)
async def test_nobody_is_signed_in_after_a_dry_run(client: Client, world: World, mutation: str) -> None:
    _, given = await scene(client, world, mutation)
    answer = await client(text(mutation, READS[mutation]), input=given)
    hidden = {"user": None} if mutation in SIGN_IN else {"member": None}
    assert answer.content["data"] == {
        mutation: {**hidden, "token": None, "challenge": None, "errors": []},
        "updateProfile": None,
    }
    # The request has no credential, not the token of a session that is gone.
    assert [error["message"] for error in answer.content["errors"]] == [SIGN_IN_FIRST]


@pytest.mark.parametrize("mutation", SIGN_IN)
async def test_the_present_session_stays_after_a_dry_run(client: Client, world: World, mutation: str) -> None:
    caller, given = await scene(client, world, mutation)
    answer = await client(text(mutation, READS[mutation]), caller.secret, input=given)
    assert answer.data == {
        mutation: {"user": None, "token": None, "challenge": None, "errors": []},
        "updateProfile": {"user": {"id": caller.who.id, "memberships": {"totalCount": 1}}},
    }


@pytest.mark.parametrize("mutation", READS)
async def test_a_dry_run_sets_no_cookie(client: Client, world: World, mutation: str) -> None:
    _, given = await scene(client, world, mutation)
    # The second step delivers as the first one was asked to.
    delivery = {} if mutation == "completeSignIn" else {"delivery": "COOKIE"}
    body = {"query": operation(mutation), "variables": {"input": {**given, **delivery}}}
    answer = await client.post(body, {"usher-require-preflight": "1"})
    assert answer.data[mutation]["errors"] == []
    assert "set-cookie" not in answer.headers


async def test_an_invited_person_reads_nothing_of_the_team_after_a_dry_run(client: Client, world: World) -> None:
    caller, ada = await new_caller(client, world, seats=1), await world.person()
    await world.add_default_product(caller.team, caller.product, caller.who.id)
    await world.invited_member(caller.team, account=ada)
    given = {"token": await world.invitation_token(caller.team, ada.id), "dryRun": True}
    answer = await client(text("acceptInvitation", "member { team { name } } pools { id }"), ada.secret, input=given)
    assert answer.data == {
        "acceptInvitation": {"member": None, "pools": [], "token": None, "challenge": None, "errors": []},
        "updateProfile": {"user": {"id": ada.id, "memberships": {"totalCount": 0}}},
    }
