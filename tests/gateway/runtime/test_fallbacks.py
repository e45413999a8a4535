"""A fallback to graphql-core's executor changes no answer, is counted by reason, and is logged once per document."""

import hashlib
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

import pytest
from graphql import parse
from graphql.execution import ExecutionHooks
from structlog.testing import capture_logs

import execution.plans
import execution.walk
import gateway.http.documents
from execution.reasons import Reason
from resolvers.core.context import Context
from schema.core.fused.reads import FusedRead
from schema.core.shortcuts import Execution
from tests.conftest import Client
from tests.gateway.runtime.test_metrics import sample
from tests.support.world import World

Patch = pytest.MonkeyPatch
VIEWER_QUERY = "{ viewer { id } }"


def defect(*_: Any, **__: Any) -> NoReturn:
    raise RuntimeError("a defect")


def fail_to_compile(patch: Patch) -> None:
    patch.setattr(execution.plans, "compile_root", defect)


def fail_to_walk(patch: Patch) -> None:
    patch.setattr(execution.walk, "resolve", defect)
    patch.setattr(Context, "is_unidentified", False)  # the walk runs at once


def fail_to_fuse(patch: Patch) -> None:
    patch.setattr(FusedRead, "run", defect)


def give_another_value(patch: Patch) -> None:
    patch.setattr(Context, "account", property(lambda _: object(), lambda *_: None))
    patch.setattr(Context, "is_unidentified", False)


def run_with_hooks(patch: Patch) -> None:
    patch.setattr(Execution, "build", partial(Execution.build, hooks=ExecutionHooks()))


def accept_everything(patch: Patch) -> None:
    """Accept documents that the gateway refuses today, so that they reach the executor."""
    patch.setattr(gateway.http.documents, "validate", lambda *_, **__: [])
    patch.setattr(gateway.http.documents, "parse", partial(parse, experimental_fragment_arguments=True))


def change_nothing(_: Patch) -> None:
    pass


# A change to the gateway and a document that cause each reason.
CASES: dict[Reason, tuple[Callable[[Patch], None], str]] = {
    Reason.INCREMENTAL: (accept_everything, "{ ... @defer { viewer { id } } }"),
    Reason.FRAGMENT_VARIABLES: (accept_everything, "{ ...all } fragment all($one: Int) on Query { viewer { id } }"),
    Reason.OPTIONS: (run_with_hooks, VIEWER_QUERY),
    Reason.ERROR: (change_nothing, '{ node(id: "team_nobody") { id } }'),
    Reason.VALUE: (give_another_value, VIEWER_QUERY),
    Reason.COMPILE_FAILED: (fail_to_compile, VIEWER_QUERY),
    Reason.WALK_FAILED: (fail_to_walk, VIEWER_QUERY),
    Reason.FUSED_READ_FAILED: (fail_to_fuse, VIEWER_QUERY),
}
DEFECTS = (Reason.COMPILE_FAILED, Reason.WALK_FAILED, Reason.FUSED_READ_FAILED)


async def fallback_counts(client: Client) -> dict[Reason, float]:
    """Return how often each reason was counted."""
    text = (await client.http.get("/metrics")).text
    return {reason: sample(text, f'usher_fallbacks_total{{reason="{reason.value}"}}') for reason in Reason}


@pytest.fixture(scope="module")
async def secret(world: World) -> str:
    """The session token of a person without a team."""
    return (await world.person()).secret


@pytest.mark.parametrize("reason", Reason, ids=lambda reason: reason.value)
async def test_each_fallback_is_counted_and_logged_once(
    client: Client, secret: str, monkeypatch: Patch, reason: Reason
) -> None:
    change, document = CASES[reason]
    query = f"{document} # {reason.value}"
    change(monkeypatch)
    before = await fallback_counts(client)
    with capture_logs() as logs:
        for _ in range(3):
            await client(query, secret)
    after = await fallback_counts(client)
    assert {other: after[other] - before[other] for other in Reason if after[other] != before[other]} == {reason: 3}
    (line,) = [entry for entry in logs if entry["event"] == "fallback"]
    assert (line["reason"], line["document"]) == (reason.value, hashlib.sha256(query.encode()).hexdigest())
    assert ("exc_info" in line, line["log_level"]) == ((True, "error") if reason in DEFECTS else (False, "info"))


@pytest.mark.parametrize("reason", DEFECTS, ids=lambda reason: reason.value)
async def test_a_defect_of_the_executor_is_logged_and_changes_no_answer(
    client: Client, secret: str, monkeypatch: Patch, reason: Reason
) -> None:
    right = await client(VIEWER_QUERY, secret)
    CASES[reason][0](monkeypatch)
    with capture_logs() as logs:
        answer = await client(f"{VIEWER_QUERY} # a defect, {reason.value}", secret)
    assert answer.data == right.data
    (line,) = [entry for entry in logs if entry["event"] == "fallback"]
    assert (type(line["exc_info"]), str(line["exc_info"])) == (RuntimeError, "a defect")
    assert "viewer" not in str(line)


async def test_two_reasons_of_one_document_are_logged_once_each(
    client: Client, secret: str, monkeypatch: Patch
) -> None:
    query = "query ($id: ID!) { node(id: $id) { id } } # two reasons"
    with capture_logs() as logs:
        for _ in range(2):
            await client(query, secret, id="team_nobody")
        run_with_hooks(monkeypatch)
        for _ in range(2):
            await client(query, secret, id="team_nobody")
    assert [entry["reason"] for entry in logs if entry["event"] == "fallback"] == ["error", "options"]


async def test_an_operation_that_runs_breadth_first_counts_no_fallback(client: Client, secret: str) -> None:
    before = await fallback_counts(client)
    with capture_logs() as logs:
        assert (await client(f"{VIEWER_QUERY} # breadth-first", secret)).data["viewer"]
    assert await fallback_counts(client) == before
    assert not [entry for entry in logs if entry["event"] == "fallback"]
