"""Any text in any field of a mutation's input is taken or refused clearly; where it stands for an id, it is refused."""

import pytest

from tests.conftest import Client
from tests.gateway.http.test_values import TEXTS, TYPES, is_settled
from tests.support.examples.example import replaced
from tests.support.examples.registry import EXAMPLES
from tests.support.mutations import desk_with_input
from tests.support.published_fields import input_values
from tests.support.world import World

FIELDS = [
    (mutation, path, type_ == "ID")
    for mutation in EXAMPLES
    for path, type_ in input_values(mutation).items()
    if type_ in TYPES
]


@pytest.mark.parametrize(("mutation", "path", "is_id"), FIELDS)
async def test_any_text_can_be_sent(client: Client, world: World, mutation: str, path: str, is_id: bool) -> None:
    desk, given = await desk_with_input(client, world, mutation)
    before = await world.fingerprint()
    for name, text in TEXTS.items():
        # No dry run where an id is replaced: nothing may be changed, although the rest of the input is right.
        answer = await desk.send(mutation, **replaced({**given, "dryRun": not is_id}, path, text))
        assert is_settled(answer), (name, answer)
    assert await world.fingerprint() == before
