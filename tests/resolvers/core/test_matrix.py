"""Authorisation as a table (matrix.yaml): mutation, relation and actor. A denied request changes nothing."""

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

pytestmark = pytest.mark.slow

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
    """The secret and the input for the request of one cell: the column is the actor, the row says what it is about."""
    about, _, where = row.partition(", ")
    home = await world.team(separation_of_duties=where == "separated")
    team = await world.team() if where == "foreign" else home
    # Each team keeps a contract manager, even if the mutation removes the actor.
    await world.member(team, ROLES["manager"])
    role_name, _, is_token = column.partition("'")
    actor = await world.person()
    if role_name in ROLES:
        await world.member(home, ROLES[role_name], actor)
    elsewhere = await world.team()
    if role_name == "vendor":
        await world.make_vendor(actor.id)
    if role_name in ("stranger", "vendor", "elsewhere"):
        await world.member(elsewhere, ROLES["manager"], actor)
    needed = scopes if scopes is not None else {Scope[name]: None for name in MUTATIONS[mutation]["needs"]}
    granted = Scope if role_name == "elsewhere" or not needed else needed
    if role_name == "former":
        await world.member(home, ROLES["manager"], actor)
    secret = actor.secret
    if is_token:
        secret = (await world.token(elsewhere if role_name == "elsewhere" else home, actor.id, *granted))[1]
    if role_name == "former":
        await world.leave(home, actor.id)
    scene = Scene(client, world, team, await world.pool(team, 3), actor, role_name in ROLES and team == home)
    made = await EXAMPLES[mutation].make(scene, about)
    return (None if role_name == "anonymous" else secret), made


async def outcome(client: Client, mutation: str, secret: str | None, made: dict[str, Any]) -> str:
    """The outcome of a request: "ok", or the code of the refusal."""
    answer = await client(operation(mutation, "errors { code }"), secret, input=made)
    if not answer.codes:
        assert answer.data[mutation]["errors"] == []
        return "ok"
    # A revoked token is refused before the operation starts, so the answer has no data.
    assert answer.content.get("data", {mutation: None}) == {mutation: None}
    [code] = answer.codes
    return code


@pytest.mark.parametrize(("mutation", "row"), ROWS)
async def test_each_column_of_the_matrix_gets_its_outcome(
    client: Client, world: World, mutation: str, row: str
) -> None:
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
async def test_a_token_needs_exactly_the_scopes_of_the_matrix(client: Client, world: World, mutation: str) -> None:
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


def test_every_published_mutation_has_rows_in_the_matrix() -> None:
    published = build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8")).mutation_type
    assert published is not None
    assert MUTATIONS.keys() == published.fields.keys()


def test_every_cell_of_the_matrix_is_an_outcome() -> None:
    for mutation, row in ROWS:
        assert len(MUTATIONS[mutation][row]) == len(COLUMNS)
        assert {*MUTATIONS[mutation][row]} <= {"ok", *CODES}
