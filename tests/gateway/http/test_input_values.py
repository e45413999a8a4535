"""Each text field of a mutation's input accepts any text or refuses it clearly. An id field refuses it."""

import pytest

from tests.conftest import Client
from tests.gateway.http.test_argument_values import TEXTS, TYPES, is_settled
from tests.support.examples.example import replaced
from tests.support.examples.registry import EXAMPLES
from tests.support.mutations import caller_with_input
from tests.support.published_fields import input_values
from tests.support.world import World

pytestmark = pytest.mark.slow

FIELDS = [
    (mutation, path, type_ == "ID")
    for mutation in EXAMPLES
    for path, type_ in input_values(mutation).items()
    if type_ in TYPES
]


@pytest.mark.parametrize(("mutation", "path", "is_id"), FIELDS)
async def test_any_text_in_an_input_is_accepted_or_refused_clearly(
    client: Client, world: World, mutation: str, path: str, is_id: bool
) -> None:
    caller, given = await caller_with_input(client, world, mutation)
    before = await world.fingerprint()
    for name, text in TEXTS.items():
        # If an id is replaced, it is not a dry run: nothing may change, although the rest of the input is valid.
        answer = await caller.send(mutation, **replaced({**given, "dryRun": not is_id}, path, text))
        assert is_settled(answer), (name, answer)
    assert await world.fingerprint() == before
