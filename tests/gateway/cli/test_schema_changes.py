"""A published field is deprecated for one minor version before it goes."""

from pathlib import Path

import pytest
from graphql import build_schema

from gateway.cli.schema_changes import broken_promises
from gateway.runtime.settings import ROOT
from tests.support.command_line import error_output, usher

RELEASED = (ROOT / "schema.released.graphql").read_text(encoding="utf-8")
OLD = """
directive @policy(action: String!) on FIELD_DEFINITION
interface Node { id: ID! }
type Seat implements Node { id: ID! holder(since: Int, day: Int @deprecated(reason: "Use since.")): ID }
type Wait implements Node { id: ID! place: Place }
type Place { number: Int! }
enum Order { NAME AGE @deprecated(reason: "Use NAME.") }
input Filter { name: String, age: Int @deprecated(reason: "Use name.") }
type Query {
  node(id: ID!): Node
  seat(order: Order, filter: Filter): Seat!
  wait: Wait @policy(action: "waits:read") @deprecated(reason: "Use seat.")
}
"""
# What a change replaces in the schema, with what, and what it breaks.
WAIT = '  wait: Wait @policy(action: "waits:read") @deprecated(reason: "Use seat.")\n'
TYPES = "type Wait implements Node { id: ID! place: Place }\ntype Place { number: Int! }\n"
CHANGES = {
    "nothing": ("", "", []),
    "a new field": ("type Query {", "type Query { more: Int", []),
    "a field": ("  node(id: ID!): Node\n", "", ["Field Query.node was removed."]),
    "a deprecated field": (WAIT, "", []),
    "a deprecated field becomes another": (WAIT, "  wait: Int\n", []),
    "an argument": ("since: Int, ", "", ["Argument Seat.holder(since:) was removed."]),
    "a deprecated argument": (', day: Int @deprecated(reason: "Use since.")', "", []),
    "an enum value": ("NAME AGE", "AGE", ["Enum value Order.NAME was removed."]),
    "a deprecated enum value": (' AGE @deprecated(reason: "Use NAME.")', "", []),
    "an input field": ("name: String, ", "", ["Field Filter.name was removed."]),
    "a deprecated input field": (', age: Int @deprecated(reason: "Use name.")', "", []),
    "a new required argument": ("seat(", "seat(id: ID!, ", ["A required argument Query.seat(id:) was added."]),
    "a field that becomes nullable": ("): Seat!", "): Seat", ["Field Query.seat changed type from Seat! to Seat."]),
    "a field that is never null any more": ("): ID }", "): ID! }", []),
}


@pytest.mark.parametrize("change", CHANGES)
def test_only_what_the_released_schema_deprecates_may_go(change: str) -> None:
    before, after, broken = CHANGES[change]
    assert before in OLD
    present = build_schema(OLD.replace(before, after), assume_valid=True)
    assert sorted(broken_promises(OLD, present)) == sorted(broken)


def test_a_type_may_go_with_the_last_deprecated_field_that_leads_to_it() -> None:
    present = OLD.replace(WAIT, "").replace(TYPES, "")
    assert broken_promises(OLD, build_schema(present)) == []
    assert broken_promises(OLD.replace(' @deprecated(reason: "Use seat.")', ""), build_schema(present)) != []


def test_a_type_that_only_node_finds_may_not_go() -> None:
    apart = OLD + "type Group implements Node { id: ID! }"
    assert broken_promises(apart, build_schema(OLD)) == ["Group was removed."]


async def test_the_present_schema_keeps_what_the_last_release_has() -> None:
    done = await usher("schema", "--compatible-with", ROOT / "schema.released.graphql")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")


async def test_what_is_missing_is_named(tmp_path: Path) -> None:
    file = tmp_path / "released.graphql"
    file.write_text(RELEASED.replace("type Query {", "type Query {\n  onlooker: ID"), encoding="utf-8")
    [line] = error_output(await usher("schema", "--compatible-with", file)).splitlines()
    assert line.startswith("usher: Field Query.onlooker was removed. ")


def test_the_released_schema_is_that_of_the_last_release() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    [version] = [line.split('"')[1] for line in project if line.startswith("version = ")]
    assert RELEASED.startswith(f"# The schema of Usher {version}. ")
