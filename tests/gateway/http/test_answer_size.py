"""An answer over the limit is refused with a code of its own, by each way that an operation can take."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from db.core.database import Database
from execution import sizes
from gateway.app import application
from gateway.runtime.settings import Settings
from tests.conftest import Client
from tests.support.mutations import Caller, new_caller
from tests.support.world import World

LIMIT = 65_536
AUDIT = "query ($team: ID!) { team(id: $team) { audit(first: %d) { nodes { %s } } } }"
MEMBERS = "query ($team: ID!) { team(id: $team) { members(first: 100) { nodes { %s } } } }"
ASSIGN = "mutation ($input: AssignSeatsInput!) { assignSeats(input: $input) { seats { %s } } }"


def aliases(field: str, number: int) -> str:
    return " ".join(f"a{n}: {field}" for n in range(number))


@pytest.fixture(scope="module")
async def strict(postgres: str, usher_database: Database) -> AsyncIterator[Client]:
    """A client of a gateway whose answers have at most 64 KiB."""
    assert usher_database.url
    app = application(Settings(database_url=postgres, max_answer_bytes=LIMIT))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://usher.test") as http,
    ):
        yield Client(http)


@pytest.fixture
async def caller(strict: Client, world: World) -> Caller:
    """A coordinator with a hundred members and as many seats."""
    return await new_caller(strict, world, seats=100)


async def test_json_costs_as_much_as_many_rows(strict: Client, caller: Caller) -> None:
    answer = await strict(AUDIT % (100, aliases("after", 195)), caller.secret, team=caller.team)
    assert answer.codes == ["OPERATION_TOO_LARGE"]


async def test_an_answer_over_the_limit_is_refused_by_the_walk(strict: Client, caller: Caller) -> None:
    await caller.assign(await caller.members(100))
    answer = await strict(AUDIT % (1, aliases("after", 30)), caller.secret, team=caller.team)
    assert (answer.status, answer.codes, answer.content["data"]) == (200, ["ANSWER_TOO_LARGE"], None)
    assert answer.content["errors"][0]["extensions"]["limit"] == LIMIT
    assert (await strict(AUDIT % (1, "after"), caller.secret, team=caller.team)).data


async def test_an_answer_over_the_limit_is_refused_before_generated_code_builds_it(
    strict: Client, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    await caller.members(99)
    answer = await strict(MEMBERS % aliases("role joinedAt", 1), caller.secret, team=caller.team)
    assert len(answer.data["team"]["members"]["nodes"]) == 100
    wide = " ".join(f"a{n}: joinedAt b{n}: user {{ name email }}" for n in range(20))
    refused: list[object] = []
    check = sizes.check

    def noted(*given: Any) -> None:
        refused.append(given)
        check(*given)

    monkeypatch.setattr(sizes, "check", noted)
    answer = await strict(MEMBERS % wide, caller.secret, team=caller.team)
    assert (answer.codes, answer.content["data"], len(refused)) == (["ANSWER_TOO_LARGE"], None, 1)


async def test_a_change_stays_and_its_payload_can_be_read_again(strict: Client, caller: Caller) -> None:
    people = await caller.members(100)
    given = {"teamId": caller.team, "productId": caller.product, "userIds": people, "idempotencyKey": "large"}
    answer = await strict(ASSIGN % aliases("id", 30), caller.secret, input=given)
    assert (answer.status, answer.codes, answer.content["data"]) == (200, ["ANSWER_TOO_LARGE"], None)
    again = await strict(ASSIGN % "id", caller.secret, input=given)
    assert len(again.data["assignSeats"]["seats"]) == 100


async def test_the_largest_honest_answers_are_under_the_default_limit(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1_000)
    people = await caller.members(1_000)
    seats = "seats { id assignedAt holder { id name email } product { id name } }"
    given = {"teamId": caller.team, "productId": caller.product, "userIds": people}
    answer = await client(
        f"mutation ($input: AssignSeatsInput!) {{ assignSeats(input: $input) {{ {seats} }} }}",
        caller.secret,
        input=given,
    )
    assert len(answer.data["assignSeats"]["seats"]) == 1_000
