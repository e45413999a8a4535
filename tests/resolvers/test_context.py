"""The end of an operation: nothing is read for it any more, and its connection is given back."""

from starlette.applications import Starlette

from tests.conftest import Client
from tests.world import World

ENDS_EARLY = """
{ viewer { name seats { nodes { id product { name } } } } again: viewer { memberships { nodes { role } } }
  teams(after: "wrong") { nodes { id } } }
"""


async def test_an_error_that_ends_an_operation_early_leaves_nothing_behind(
    client: Client, world: World, app: Starlette
) -> None:
    me = await world.person()
    for _ in range(20):
        answer = await client(ENDS_EARLY, me.secret)
        assert answer.codes == ["BAD_USER_INPUT"]
        assert answer.content["data"] is None
    assert app.state.engine.pool.checkedout() == 0
