"""Authorisation as a table, matrix.yaml: role x mutation x relation. Who is denied has changed nothing."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from graphql import build_schema

from domain.actions import Scope
from tests.conftest import Client
from tests.support.examples.example import ROLES, Scene
from tests.support.examples.registry import EXAMPLES
from tests.support.mutations import operation
from tests.support.world import World

ROOT = Path(__file__).parents[3]
MATRIX = yaml.safe_load(Path(__file__).with_name("matrix.yaml").read_text(encoding="utf-8"))
COLUMNS: list[str] = MATRIX["columns"]
MUTATIONS: dict[str, dict[str, Any]] = MATRIX["mutations"]
ROWS = [(mutation, row) for mutation, rows in MUTATIONS.items() for row in rows if row != "needs"]
SCOPED = [mutation for mutation, rows in MUTATIONS.items() if rows["needs"]]
CODES = {"F": "FORBIDDEN", "N": "NOT_FOUND", "U": "UNAUTHENTICATED"}


async def request(
    client: Client, world: World, mutation: str, row: str, column: str, scopes: Mapping[Scope, object] | None = None
) -> tuple[str | None, dict[str, Any]]:
    """The secret and the input with which this column sends what this row is about."""
    about, _, where = row.partition(", ")
    home = await world.team(separation_of_duties=where == "separated")
    team = await world.team() if where == "foreign" else home
    # Somebody must be left to manage each team, whoever is removed from it.
    await world.member(team, ROLES["manager"])
    who, _, is_token = column.partition("'")
    actor = await world.person()
    if who in ROLES:
        await world.member(home, ROLES[who], actor)
    elsewhere = await world.team()
    if who in ("stranger", "elsewhere"):
        await world.member(elsewhere, ROLES["manager"], actor)
    scene = Scene(client, world, team, await world.pool(team, 3), actor, who in ROLES and team == home)
    made = await EXAMPLES[mutation].make(scene, about)
    if who == "anonymous":
        return None, made
    if is_token:
        needed = scopes if scopes is not None else {Scope[name]: None for name in MUTATIONS[mutation]["needs"]}
        granted = Scope if who == "elsewhere" or not needed else needed
        return (await world.token(elsewhere if who == "elsewhere" else home, actor.id, *granted))[1], made
    return actor.secret, made


async def outcome(client: Client, mutation: str, secret: str | None, made: dict[str, Any]) -> str:
    """What comes of a request: "ok", or the code of the refusal."""
    answer = await client(operation(mutation, "errors { code }"), secret, input=made)
    if not answer.codes:
        assert answer.data[mutation]["errors"] == []
        return "ok"
    assert answer.content["data"] == {mutation: None}
    [code] = answer.codes
    return code


@pytest.mark.parametrize(("mutation", "row"), ROWS)
async def test_who_may(client: Client, world: World, mutation: str, row: str) -> None:
    expected = dict(zip(COLUMNS, (CODES.get(one, one) for one in MUTATIONS[mutation][row]), strict=True))
    requests = {column: await request(client, world, mutation, row, column) for column in COLUMNS}
    denied = [column for column in COLUMNS if expected[column] != "ok"]
    before = await world.fingerprint()
    outcomes = {column: await outcome(client, mutation, *requests[column]) for column in denied}
    after = await world.fingerprint()
    for column in COLUMNS:
        if column not in denied:
            outcomes[column] = await outcome(client, mutation, *requests[column])
    assert outcomes == expected
    assert after == before


@pytest.mark.parametrize("mutation", SCOPED)
async def test_each_scope_that_is_needed_and_no_other(client: Client, world: World, mutation: str) -> None:
    needs: dict[str, str] = MUTATIONS[mutation]["needs"]
    row = next(row for row in MUTATIONS[mutation] if row != "needs")
    for missing in Scope:
        scopes = {scope: None for scope in Scope if scope is not missing}
        secret, made = await request(client, world, mutation, row, "manager's", scopes)
        before = await world.fingerprint()
        expected = CODES[needs[missing.name]] if missing.name in needs else "ok"
        assert (missing, await outcome(client, mutation, secret, made)) == (missing, expected)
        if expected != "ok":
            assert await world.fingerprint() == before


def test_every_published_mutation_has_its_rows() -> None:
    published = build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8")).mutation_type
    assert published is not None
    assert MUTATIONS.keys() == published.fields.keys()


def test_every_cell_is_an_outcome() -> None:
    for mutation, row in ROWS:
        assert len(MUTATIONS[mutation][row]) == len(COLUMNS)
        assert {*MUTATIONS[mutation][row]} <= {"ok", *CODES}
