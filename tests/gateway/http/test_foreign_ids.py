"""A mutation treats an id of another team like an unknown id, and changes nothing."""

import pytest

from db.core import ids
from domain.actions import Scope
from tests.conftest import Client
from tests.gateway.conftest import Company, answer_bytes
from tests.support.examples.example import replaced
from tests.support.examples.registry import EXAMPLES
from tests.support.mutations import caller_with_input, operation
from tests.support.world import World

pytestmark = pytest.mark.slow

INPUTS = [(mutation, path) for mutation, example in EXAMPLES.items() for path in example.foreign]


@pytest.mark.parametrize(("mutation", "path"), INPUTS)
async def test_a_foreign_id_in_an_input_is_answered_like_an_unknown_one(
    client: Client, world: World, theirs: Company, mutation: str, path: str
) -> None:
    caller, given = await caller_with_input(client, world, mutation)
    if EXAMPLES[mutation].vendor:  # no team is foreign to the vendor
        await world.remove_vendor(caller.who.id)
    user, (_, partner) = await world.member(caller.team), await world.token(caller.team, caller.who.id, *Scope)
    prefix, before = EXAMPLES[mutation].foreign[path], await world.fingerprint()
    for secret in (caller.secret, user.secret, partner):
        answers = set()
        for id_ in (theirs.input_ids[prefix], ids.new(prefix)):
            status, body = await answer_bytes(client, secret, operation(mutation), input=replaced(given, path, id_))
            # The answer may repeat the id that was sent.
            answers.add((status, body.replace(id_.encode(), b"the id")))
        assert [status for status, _ in answers] == [200]
    assert await world.fingerprint() == before
