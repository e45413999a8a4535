"""The end of an operation: it reads nothing any more, gives its connection back, and frees its rows."""

import gc

from starlette.applications import Starlette

from db.people.members import MemberRow
from db.people.users import UserRow
from domain.roles import Role
from resolvers.core.relay import ConnectionRow
from tests.conftest import Client
from tests.support.database import connections_in_use
from tests.support.world import World

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
    assert connections_in_use(app.state.database) == 0


async def test_rows_are_freed_without_the_garbage_collector(client: Client, world: World) -> None:
    """Rows in reference cycles would make the garbage collector run in the middle of other operations."""
    team = await world.team()
    me = await world.member(team, Role.SOFTWARE_COORDINATOR)
    for _ in range(10):
        await world.member(team)
    values = "query ($id: ID!) { team(id: $id) { members { nodes { user { name email seats { totalCount } } } } } }"
    await client(values, me.secret, id=team)
    gc.collect()
    gc.disable()
    try:
        answer = await client(values, me.secret, id=team)
        rows = [found for found in gc.get_objects() if isinstance(found, MemberRow | UserRow | ConnectionRow)]
    finally:
        gc.enable()
    assert len(answer.content["data"]["team"]["members"]["nodes"]) == 11
    assert rows == []
