"""The order of execution: mutations run one by one, a level is awaited together, and pending work is cancelled."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from graphql import ExecutionResult, GraphQLResolveInfo, build_schema, execute, execute_sync, parse, subscribe
from graphql.pyutils import AbortController

from tests.support.execution.both_executors import (
    IGNORE_UNAWAITED,
    BreadthFirstExecutor,
    CoreExecutor,
    assert_same_result,
    run,
    visible_result,
)

pytestmark = IGNORE_UNAWAITED

COUNTER = build_schema("""
    type Number { value: Int again: Int! }
    type Query { value: Int }
    type Mutation { add(n: Int!): Number addLater(n: Int!): Number! fail: Number failLater: Number! }
""")


class Counter:
    """A number that mutations change. Its fields show the number at the time when they are read."""

    def __init__(self) -> None:
        self.number = 0
        self.log: list[str] = []

    def value(self, _info: object) -> int:
        return self.number

    async def again(self, _info: object) -> int:
        await asyncio.sleep(0)
        return self.number

    def add(self, _info: object, n: int) -> "Counter":
        self.log.append(f"add {n}")
        self.number += n
        return self

    async def addLater(self, _info: object, n: int) -> "Counter":  # noqa: N802 - the field's name
        await asyncio.sleep(0)
        return self.add(_info, n)

    def fail(self, _info: object) -> None:
        self.log.append("fail")
        raise ValueError("failed")

    async def failLater(self, _info: object) -> None:  # noqa: N802 - the field's name
        await asyncio.sleep(0)
        self.fail(_info)


@pytest.mark.parametrize(
    "query",
    [
        "mutation { a: add(n: 1) { value again } b: addLater(n: 2) { again value } c: add(n: 4) { value } }",
        "mutation { a: addLater(n: 1) { value } b: fail { value } c: addLater(n: 2) { again } }",
        "mutation { a: add(n: 1) { again } b: failLater { value } c: add(n: 2) { value } }",
        "mutation { a: fail { value } b: failLater { again } c: add(n: 2) { value } }",
    ],
)
async def test_mutations_run_one_after_the_other(query: str) -> None:
    logs: list[list[str]] = []

    def root() -> Counter:
        counter = Counter()
        logs.append(counter.log)
        return counter

    await assert_same_result(COUNTER, query, root)
    assert logs[0] == logs[1]


LEVELS = build_schema("type Query { all: [Query!] slow(n: Int = 0): Query value: Int }")


async def test_a_level_is_awaited_together() -> None:
    running = most = 0

    async def slow(_info: object, **_arguments: Any) -> dict[str, int]:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.001)
        running -= 1
        return {"value": 1}

    await run(
        BreadthFirstExecutor,
        LEVELS,
        parse("{ all { slow { value } b: slow { value } } }"),
        root_value={"all": [{"slow": slow}] * 20},
    )
    assert most == 40


async def test_pending_awaitables_are_cancelled_with_the_operation() -> None:
    ended: list[str] = []

    async def forever(_info: object, **_arguments: Any) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")

    for pending in (1, 3):
        sources = {"all": [{"slow": forever}] * pending}
        operation = asyncio.ensure_future(
            run(BreadthFirstExecutor, LEVELS, parse("{ all { slow { value } } }"), root_value=sources)
        )
        await asyncio.sleep(0.01)
        operation.cancel()
        with pytest.raises(asyncio.CancelledError):
            await operation
        assert ended == ["cancelled"] * pending
        ended.clear()


async def test_all_objects_may_share_a_future() -> None:
    def root() -> dict[str, Any]:
        future = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(future.set_result, {"value": 7})
        return {"all": [{"slow": lambda _info, **_arguments: future}] * 3}

    result = await assert_same_result(LEVELS, "{ all { slow { value } } }", root)
    assert result.data == {"all": [{"slow": {"value": 7}}] * 3}


def test_synchronous_operations_need_no_event_loop() -> None:
    document = parse("{ all { value } value }")
    sources = {"all": [{"value": 1}, {"value": "x"}], "value": 2}
    theirs, ours = (
        execute_sync(LEVELS, document, sources, executor_class=one) for one in (CoreExecutor, BreadthFirstExecutor)
    )
    assert visible_result(ours) == visible_result(theirs)


async def test_execute_sync_refuses_an_awaitable() -> None:
    async def slow(_info: object, **_arguments: Any) -> None: ...

    with pytest.raises(RuntimeError, match="failed to complete synchronously"):
        execute_sync(
            LEVELS, parse("{ slow { value } }"), {"slow": slow}, executor_class=BreadthFirstExecutor, check_sync=True
        )


async def test_an_operation_with_an_abort_signal_runs_in_graphql_cores_executor() -> None:
    controller = AbortController()
    result = execute(
        LEVELS, parse("{ value }"), {"value": 1}, executor_class=BreadthFirstExecutor, abort_signal=controller.signal
    )
    assert isinstance(result, ExecutionResult)
    assert result.data == {"value": 1}


async def test_middleware_runs_in_graphql_cores_executor() -> None:
    def twice(following: Callable[..., Any], source: Any, info: GraphQLResolveInfo[Any]) -> Any:
        return 2 * following(source, info)

    result = await assert_same_result(LEVELS, "{ value }", lambda: {"value": 4}, middleware=[twice])
    assert result.data == {"value": 8}


async def test_each_event_of_a_subscription_has_the_same_result() -> None:
    schema = build_schema("type Query { n: Int } type Subscription { tick: Tick } type Tick { n: Int! later: Int }")

    async def later(_info: object) -> int:
        return 9

    async def ticks(_info: object) -> Any:
        for n in (1, None, 3):
            yield {"tick": {"n": n, "later": later}}

    seen = []
    for executor in (CoreExecutor, BreadthFirstExecutor):
        stream: Any = subscribe(
            schema, parse("subscription { tick { n later } }"), {"tick": ticks}, executor_class=executor
        )
        seen.append([visible_result(result) async for result in stream])
    assert seen[0] == seen[1]
    assert len(seen[1]) == 3


async def test_each_resolver_gets_its_own_path() -> None:
    schema = build_schema("type Query { all: [Query] nest: [[Query]] where: String }")

    def where(info: GraphQLResolveInfo[Any]) -> str:
        return f"{info.path.as_list()} {info.path.typename} {info.field_name} {info.parent_type}"

    inner = {"where": where}
    root = {"all": [inner, None, {**inner, "nest": [[inner], None, [None, inner]]}], "nest": [[inner, inner]]}
    await assert_same_result(schema, "{ all { w: where nest { where } } nest { where } }", lambda: root)
