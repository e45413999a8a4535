"""The short form of `make fuzz`: a few random calls to each operation, as each role. And how answers are judged."""

from pathlib import Path
from random import Random

import pytest
from graphql import build_schema, parse, validate

from gateway.runtime.settings import ROOT
from tests.fuzz import documents, run
from tests.fuzz.company import ROLES
from tests.fuzz.run import ROUND, Result, may_use
from tests.fuzz.server import fuzzed_server

SCHEMA = build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"))
IDS = {"teamId": ["team_a"], "userId": ["user_a"], "productId": ["product_a"], "id": ["team_a", "user_a"]}
ASSIGN = """mutation {
  assignSeats(input: { teamId: "", userIds: [""], productId: 7, mode: WAITLIST, idempotencyKey: "" }) {
    seats { id product { name } }
  }
}"""
MEMBERS = """{
  team(id: "") {
    members(first: 9999, after: "", last: 7, before: "", filter: { groupId: "", search: "x" }) { totalCount }
    audit(first: 1) { totalCount }
  }
}"""


@pytest.mark.slow
def test_random_calls_make_no_fault_and_enough_succeed(tmp_path: Path) -> None:
    with fuzzed_server(tmp_path) as server:
        results = run.run(server.address, server.database_url, ROUND, lambda *_: None)
    assert [f"{result.operation} as {result.role}: {result.problem}" for result in results if result.problem] == []
    roots = (SCHEMA.query_type, SCHEMA.mutation_type)
    assert {(result.operation, result.role) for result in results} == {
        (name, role) for root in roots if root for name in root.fields for role in ROLES
    }
    assert all(result.calls == ROUND for result in results)


def test_ids_become_those_of_running_data() -> None:
    text = documents.with_running_ids(ASSIGN, SCHEMA, IDS, Random(1))  # noqa: S311 - it chooses values for tests
    assert validate(SCHEMA, parse(text)) == []
    assert 'teamId: "team_a"' in text
    assert 'userIds: ["user_a", "user_a"]' in text
    assert 'idempotencyKey: ""' in text


def test_arguments_that_succeed_keep_the_generated_switches() -> None:
    given = {"input": {"teamId": "team_b", "userIds": ["user_b"], "productId": "product_b"}}
    text = documents.meant_to_succeed(ASSIGN, SCHEMA, given, IDS, {"product"}, Random(1))  # noqa: S311
    assert validate(SCHEMA, parse(text)) == []
    assert 'teamId: "team_b"' in text
    assert "mode: WAITLIST" in text
    assert "idempotencyKey" not in text
    assert "product {" not in text


def test_pages_that_succeed_are_small_and_visible() -> None:
    text = documents.meant_to_succeed(MEMBERS, SCHEMA, {"id": "team_b"}, IDS, {"audit"}, Random(1))  # noqa: S311
    assert validate(SCHEMA, parse(text)) == []
    assert 'team(id: "team_b")' in text
    assert "9999" not in text
    assert all(f"{name}: null" in text for name in documents.FROM_THE_START)
    assert "audit" not in text


def test_a_mutation_reports_its_expected_errors() -> None:
    text = documents.reporting_errors(ASSIGN)
    assert validate(SCHEMA, parse(text)) == []
    assert "outcome: errors {" in text


@pytest.mark.parametrize(
    ("result", "problem"),
    [
        (Result("team", "user", may=True, calls=10, succeeded=3), None),
        (Result("team", "user", may=True, calls=10, succeeded=2), "only 2 of 10 calls succeed"),
        (Result("team", "user", may=True, calls=10, succeeded=9, faults=["{ a }"]), "1 faults, the first by: { a }"),
        (Result("explain", "user", may=False, calls=10), None),
        (Result("explain", "user", may=False, calls=10, succeeded=1), "1 calls succeed, but the role may not use it"),
    ],
)
def test_a_result_is_judged(result: Result, problem: str | None) -> None:
    assert (result.problem or "").startswith(problem or "")
    assert (result.problem is None) == (problem is None)


def test_each_role_may_use_what_the_matrix_says() -> None:
    assert may_use("requestSeat", "user")
    assert not may_use("assignSeats", "user")
    assert may_use("assignSeats", "partner")
    assert not may_use("createPartnerToken", "partner")
    assert not may_use("viewer", "partner")
