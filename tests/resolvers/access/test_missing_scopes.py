"""A field of many rows that a partner token lacks the scope for is one error, and the rest of the answer is there."""

from functools import reduce
from typing import Any

import pytest

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import Caller, new_caller
from tests.support.world import World

ROWS = 100
MEMBERS = "query ($team: ID!) { team(id: $team) { members(first: 100) { nodes { role %s } } } }"
SEATS = "query ($team: ID!) { team(id: $team) { seats(assigned: true, first: 100) { nodes { id %s } } } }"


@pytest.fixture(scope="module")
async def caller(client: Client, world: World) -> Caller:
    """A coordinator with 99 members, who all hold seats."""
    caller = await new_caller(client, world, seats=ROWS)
    await caller.assign([caller.who.id, *await caller.members(ROWS - 1)])
    return caller


async def token(caller: Caller, *lacking: Scope) -> str:
    """Create a token with all scopes except these. Returns its secret."""
    return (await caller.world.token(caller.team, caller.who.id, *(set(Scope) - {*lacking})))[1]


@pytest.mark.parametrize(
    ("query", "field", "scope", "path"),
    [
        (MEMBERS, "user { email }", Scope.EMAILS_READ, ["user", "email"]),
        (MEMBERS, "mail: user { to: email }", Scope.EMAILS_READ, ["mail", "to"]),
        (MEMBERS, "unassignedProducts { total }", Scope.POOLS_READ, ["unassignedProducts"]),
        (MEMBERS, "unassignedProducts { total }", Scope.SEATS_READ, ["unassignedProducts"]),
        (MEMBERS, "edges: unassignedProducts { total }", Scope.POOLS_READ, ["edges"]),
        (SEATS, "usage { hours }", Scope.USAGE_READ, ["usage"]),
    ],
)
async def test_a_missing_scope_is_one_error_for_all_rows(
    caller: Caller, query: str, field: str, scope: Scope, path: list[str]
) -> None:
    answer = await caller.client(query % field, await token(caller, scope), team=caller.team)
    [error] = answer.content["errors"]
    kind = "members" if query is MEMBERS else "seats"
    assert error["path"] == ["team", kind, "nodes", 0, *path]
    assert error["message"] == f"{scope}: the token lacks {scope}."
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert error["extensions"]["rows"] == ROWS
    values: list[Any] = answer.content["data"]["team"][kind]["nodes"]
    assert len(values) == ROWS
    for value in values:
        assert value.get("role", value.get("id"))
        assert reduce(lambda inner, step: inner[step], path, value) is None


async def test_each_field_and_each_scope_has_its_error(caller: Caller) -> None:
    secret = await token(caller, Scope.EMAILS_READ, Scope.POOLS_READ)
    fields = "user { email also: email } unassignedProducts { total }"
    answer = await caller.client(MEMBERS % fields, secret, team=caller.team)
    assert {tuple(error["path"][4:]) for error in answer.content["errors"]} == {
        ("user", "email"),
        ("user", "also"),
        ("unassignedProducts",),
    }
    assert [error["extensions"]["rows"] for error in answer.content["errors"]] == 3 * [ROWS]


async def test_a_field_of_one_row_has_an_error_without_a_number(caller: Caller) -> None:
    query = "query ($team: ID!) { team(id: $team) { name pools { total } } }"
    answer = await caller.client(query, await token(caller, Scope.POOLS_READ), team=caller.team)
    [error] = answer.content["errors"]
    assert (error["path"], "rows" in error["extensions"]) == (["team", "pools"], False)


async def test_what_a_role_does_not_allow_is_an_error_in_each_row(client: Client, world: World) -> None:
    """In another row, the person may have another role."""
    caller = await new_caller(client, world, seats=1, role=Role.USER)
    other = await world.team()
    await world.add_member(other, caller.who.id, Role.USER)
    answer = await client("{ teams { nodes { pools { total } } } }", caller.who.secret)
    assert sorted(error["path"] for error in answer.content["errors"]) == [
        ["teams", "nodes", n, "pools"] for n in (0, 1)
    ]
    assert not any("rows" in error["extensions"] for error in answer.content["errors"])
