"""The size of an answer that one statement reads is known before the answer is built."""

from typing import Any

import orjson
import pytest

from domain.roles import Role
from execution import sizes
from execution.budget import AnswerTooLarge
from schema.core.fused.reads import FusedRead
from tests.conftest import Client
from tests.support.mutations import Caller, new_caller
from tests.support.world import World

SEAT = "id assignedAt __typename product { id name }"
QUERIES = {
    "an own row": "{ viewer { name email __typename } }",
    "rows inside rows": "query ($team: ID!) { team(id: $team) { members { nodes { "
    "role joinedAt user { name email } } } } }",
    "pages in pages": "query ($team: ID!) { team(id: $team) { members { totalCount nodes { user { name "
    "seats { totalCount nodes { " + SEAT + " } pageInfo { hasNextPage startCursor endCursor } } } } } } }",
    "edges": "query ($team: ID!) { team(id: $team) { members(orderBy: { field: NAME }) { "
    "edges { cursor __typename node { id user { seats { edges { cursor node { id } } } } } } } } }",
    "aliases": "query ($team: ID!) { team(id: $team) { members { nodes { "
    + " ".join(f"a{n}: user {{ b{n}: name c{n}: email }}" for n in range(30))
    + " } } } }",
    "what the walk resolves": "query ($team: ID!) { team(id: $team) { members { nodes { role "
    "viewerCan { action allowed reason } user { name } } } } }",
}


class Captured:
    """The data of each answer that generated code has built, with the columns that it was built from."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.answers: list[tuple[FusedRead, list[list[Any]], int, dict[str, Any]]] = []
        original = FusedRead.__init__

        def init(read: FusedRead, *given: Any) -> None:
            original(read, *given)
            measure, build = read.code.measure, read.code.build
            bounds: list[int] = []

            def measured(columns: list[list[Any]], walked: int) -> int:
                bounds.append(measure(columns, walked))
                return bounds[-1]

            def built(executor: Any, columns: list[list[Any]], pages: Any) -> dict[str, Any]:
                data = build(executor, columns, pages)
                self.answers.append((read, columns, bounds[-1], data))
                return data

            read.code.measure, read.code.build = measured, built

        patch.setattr(FusedRead, "__init__", init)


@pytest.fixture
async def caller(client: Client, world: World) -> Caller:
    """A coordinator of a team in which some people hold seats, and names need escapes."""
    caller = await new_caller(client, world, seats=9)
    for number in range(12):
        account = await world.person(f'Zoë "Z" {number}\\', "漢字" * number or "A")
        person = await world.member(caller.team, account=account)
        if number < 9:
            await world.give_seat(caller.team, caller.product, person.id)
    await world.member(caller.team, Role.SOFTWARE_COORDINATOR)
    return caller


@pytest.mark.parametrize("name", QUERIES)
async def test_the_bound_and_the_exact_size_hold(
    client: Client, caller: Caller, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    captured = Captured(monkeypatch)
    answer = await client(f"{QUERIES[name]} # sizes", caller.secret, team=caller.team)
    read, columns, bound, data = captured.answers[-1]
    assert data == answer.data
    size = len(orjson.dumps(data))
    assert size <= bound
    with pytest.raises(AnswerTooLarge):
        sizes.check(read.plan.root, columns, size - 1)
    # Cursors and enums count with their largest value.
    sizes.check(read.plan.root, columns, 3 * size)
    assert bound < 20 * size


async def test_a_row_that_is_shown_often_counts_as_often() -> None:
    assert sizes.repeats(["a", "b", "a", "a"]) == 3
    assert sizes.longest(["a", None, "abc"]) >= len('"abc"')
