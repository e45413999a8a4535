"""When one statement reads an operation, and what happens when it cannot."""

import itertools
import linecache
from typing import Any

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from db.core.connection import Connection, DatabaseError
from db.core.database import Database
from domain.actions import Scope
from domain.roles import Role
from resolvers.core.context import Context
from schema.core.fused import reads
from schema.core.fused.planner import MAX_LEVELS
from schema.core.fused.reads import MAX_PLANS, MAX_SHAPES, FusedRead
from tests.conftest import Client
from tests.support.mutations import new_caller
from tests.support.world import World

MEMBERS = """
query ($team: ID!, $by: MemberOrder!, $after: String) {
  team(id: $team) {
    members(first: 2, after: $after, orderBy: { field: $by }) {
      nodes { user { name email seats { totalCount } } }
      edges { cursor node { id } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
}
"""
EMAILS = "query ($team: ID!) { team(id: $team) { members { nodes { user { email } } } } }"


async def test_another_order_gets_a_plan_of_its_own(client: Client, world: World, statements: list[str]) -> None:
    caller = await new_caller(client, world, seats=0)
    await caller.members(4)
    for by in ("NAME", "JOINED", "NAME"):
        seen: list[str] = []
        after = None
        while True:
            statements.clear()
            answer = await client(MEMBERS, caller.secret, team=caller.team, by=by, after=after)
            page = answer.data["team"]["members"]
            assert len(statements) == 1
            seen += [edge["node"]["id"] for edge in page["edges"]]
            assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
            assert page["pageInfo"]["endCursor"] == page["edges"][-1]["cursor"]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
        assert len(seen) == len(set(seen)) == 5


async def test_arguments_that_cannot_be_fused_leave_the_others_alone(
    client: Client, world: World, statements: list[str]
) -> None:
    """The order by address is decided for each team, so the walk reads it; an unknown id is an error of the walk."""
    caller = await new_caller(client, world, seats=0)
    query = MEMBERS + "# other arguments"
    node = "query Any($id: ID!) { node(id: $id) { id } }"
    await client(query, caller.secret, team=caller.team, by="EMAIL")
    assert (await client(node, caller.secret, id="nothing")).codes == ["NOT_FOUND"]
    statements.clear()
    assert (await client(query, caller.secret, team=caller.team, by="NAME")).data
    assert (await client(node, caller.secret, id=caller.team)).data
    assert len(statements) == 2


async def test_a_node_without_a_level_leaves_other_nodes_alone(
    client: Client, world: World, statements: list[str]
) -> None:
    """The rows of partner tokens hold lists, so no statement with several levels reads them."""
    caller = await new_caller(client, world, seats=0)
    token, _ = await world.token(caller.team, caller.who.id, Scope.SEATS_READ)
    node = "query Alone($id: ID!) { node(id: $id) { id } }"
    taken = []
    for id_ in (token, caller.team, token, caller.team):
        statements.clear()
        assert (await client(node, caller.secret, id=id_)).data["node"]["id"] == id_
        taken.append(len(statements))
    assert taken == [2, 1, 2, 1]


async def test_a_field_that_needs_another_statement_gets_a_snapshot(
    client: Client, world: World, statements: list[str]
) -> None:
    """The partner tokens of a team are no level of a fused statement: their rows hold lists."""
    caller = await new_caller(client, world, seats=0)
    query = "query ($team: ID!) { team(id: $team) { members { nodes { id } } partnerTokens { nodes { id } } } }"
    taken = []
    for _ in range(3):
        statements.clear()
        await client(query, caller.secret, team=caller.team)
        taken.append(len(statements))
    # the statement alone, and again with the tokens in a snapshot; then at once in a snapshot
    assert taken == [3, 2, 2]


async def test_a_request_that_reads_alone_is_not_changed_by_another(
    client: Client, world: World, statements: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another request finds out that the plan needs a snapshot, while this one waits for the statement alone."""
    caller = await new_caller(client, world, seats=0)
    query = "query Both($team: ID!) { team(id: $team) { members { nodes { id } } partnerTokens { nodes { id } } } }"
    original, make, plans = Database.read_once, FusedRead.__init__, list[FusedRead]()

    def init(plan: FusedRead, *given: Any) -> None:
        make(plan, *given)
        plans.append(plan)

    async def read_once(self: Database, read: Any) -> Any:
        found = await original(self, read)
        plans[-1].needs_snapshot = True
        return found

    monkeypatch.setattr(FusedRead, "__init__", init)
    monkeypatch.setattr(Database, "read_once", read_once)
    statements.clear()
    assert (await client(query, caller.secret, team=caller.team)).data
    # the statement alone, and again with the tokens in a snapshot: rows of two moments would be two statements
    assert len(statements) == 3


async def test_a_plan_that_took_a_snapshot_goes_back_to_one_statement(
    client: Client, world: World, statements: list[str]
) -> None:
    team = await world.team()
    boss, ada = await world.member(team, Role.SOFTWARE_COORDINATOR), await world.member(team)
    query = "query Tokens($team: ID!) { team(id: $team) { id partnerTokens { nodes { id } } } }"
    assert (await client(query, boss.secret, team=team)).data["team"]["id"] == team
    # A plain user is refused before anything is read, so the plan needs no snapshot any more.
    assert (await client(query, ada.secret, team=team)).codes == ["FORBIDDEN"]
    statements.clear()
    assert (await client(query, boss.secret, team=team)).data["team"]["id"] == team
    assert len(statements) == 2


async def test_a_lost_connection_is_replaced_once(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    team = await world.team()
    boss = await world.member(team, Role.SOFTWARE_COORDINATOR)
    original, lost = Connection.fetch, 0

    async def fetch(connection: Connection, sql: Any, *values: Any) -> list[Any]:
        nonlocal lost
        if "actor" in sql.text and not lost:
            lost += 1
            pid = connection.driver.get_server_pid()
            async with world.engine.begin() as other:
                await other.execute(text("select pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        return await original(connection, sql, *values)

    monkeypatch.setattr(Connection, "fetch", fetch)
    assert (await client(EMAILS, boss.secret, team=team)).data["team"]["members"]["nodes"]
    assert lost == 1


async def test_a_refused_statement_is_reported_and_not_run_again(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await world.person()
    calls = 0

    async def fetch(*_: Any) -> list[Any]:
        nonlocal calls
        calls += 1
        cause = RuntimeError("canceling statement due to statement timeout")
        cause.sqlstate = "57014"  # type: ignore[attr-defined]
        raise DatabaseError("read", cause, lost=False)

    monkeypatch.setattr(Connection, "fetch", fetch)
    answer = await client("{ viewer { id seats { nodes { id } } } }", ada.secret)
    assert (answer.status, answer.codes, calls) == (503, ["UNAVAILABLE"], 1)


async def test_one_statement_reads_for_a_partner_token_too(client: Client, world: World, statements: list[str]) -> None:
    team = await world.team()
    boss = await world.member(team, Role.SOFTWARE_COORDINATOR)
    _, secret = await world.token(team, boss.id, Scope.MEMBERS_READ, Scope.EMAILS_READ)
    taken = []
    for _ in range(2):
        statements.clear()
        assert (await client(EMAILS, secret, team=team)).data["team"]["members"]["nodes"]
        taken.append(len(statements))
    assert taken == [2, 1]  # the first use in a minute is stored


async def test_a_plan_serves_sessions_and_partner_tokens(client: Client, world: World, statements: list[str]) -> None:
    """Each has a statement of its own, and sees only what its rights allow."""
    team = await world.team()
    boss = await world.member(team, Role.SOFTWARE_COORDINATOR)
    user = await world.member(team)
    _, secret = await world.token(team, boss.id, Scope.MEMBERS_READ)
    _, blind = await world.token(team, boss.id, Scope.SEATS_READ)
    query = "query Plan($team: ID!) { team(id: $team) { id members { nodes { id } } } }"
    number = {}
    for name, used in {"boss": boss.secret, "token": secret, "user": user.secret}.items():
        await client(query, used, team=team)
        statements.clear()
        number[name] = len((await client(query, used, team=team)).data["team"]["members"]["nodes"])
        assert len(statements) == 1
    assert number == {"boss": 2, "token": 2, "user": 1}
    assert (await client(query, blind, team=team)).data["team"]["members"]["nodes"] == []
    assert (await client(query, blind, team=await world.team())).codes == ["NOT_FOUND"]


async def test_an_error_leaves_the_rest_of_the_answer(client: Client, world: World) -> None:
    """A plain user reads the pools of a team, among data that they may see."""
    team = await world.team()
    ada = await world.member(team)
    query = "query ($team: ID!) { team(id: $team) { id pools { total } members { nodes { id } } } }"
    answer = await client(query, ada.secret, team=team)
    assert answer.codes == ["FORBIDDEN"]
    assert answer.content["errors"][0]["path"] == ["team", "pools"]
    assert answer.content["data"]["team"]["pools"] is None
    assert len(answer.content["data"]["team"]["members"]["nodes"]) == 1


async def test_the_generated_code_shows_its_lines_in_tracebacks(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await world.person()
    kept: list[FusedRead] = []
    original = FusedRead.run

    async def run(self: FusedRead, *arguments: Any) -> Any:
        kept.append(self)
        return await original(self, *arguments)

    monkeypatch.setattr(FusedRead, "run", run)
    await client("query Lines { viewer { name } }", ada.secret)
    file = kept[0].code.build.__code__.co_filename
    assert file.endswith("of Lines>")
    line = kept[0].code.build.__code__.co_firstlineno
    assert linecache.getline(file, line) == "def build(executor, c, pages):\n"
    del kept[:]


def test_a_context_without_a_credential_has_no_unidentified_actor(policy: Any) -> None:
    context = Context(None, policy, None, "x", "", preflighted=False, stored_policy_hashes=set())  # type: ignore[arg-type]
    assert not context.is_unidentified


SHAPES = "query ($team: ID!, $assigned: Boolean) { team(id: $team) { %s } }"


async def test_a_large_operation_is_read_level_by_level(client: Client, world: World, statements: list[str]) -> None:
    """To compile a large statement would make all other requests wait."""
    caller = await new_caller(client, world, seats=1)
    for number, at_once in ((MAX_LEVELS, True), (MAX_LEVELS + 1, False)):
        fields = " ".join(f"a{n}: seats(first: {n + 1}) {{ nodes {{ id }} }}" for n in range(number))
        query = SHAPES.replace(", $assigned: Boolean", "") % fields
        statements.clear()
        assert len((await client(query, caller.secret, team=caller.team)).data["team"]) == number
        assert (len(statements) == 1) is at_once


async def test_many_forms_of_one_operation_are_read_level_by_level(
    client: Client, world: World, statements: list[str]
) -> None:
    """Each combination of arguments that are given or not needs a statement of its own."""
    caller = await new_caller(client, world, seats=1)
    names = [f"p{n}" for n in range(4)]
    fields = " ".join(f"{n}: seats(productId: ${n}) {{ nodes {{ id }} }}" for n in names)
    query = f"query ($team: ID!, {', '.join(f'${n}: ID' for n in names)}) {{ team(id: $team) {{ {fields} }} }}"
    taken = []
    for given in itertools.product((None, caller.product), repeat=len(names)):
        statements.clear()
        assert (await client(query, caller.secret, team=caller.team, **dict(zip(names, given, strict=True)))).data
        taken.append(len(statements) == 1)
    assert taken == [True] * MAX_SHAPES + [False] * (len(taken) - MAX_SHAPES)


async def test_plans_are_dropped_and_made_again(client: Client, world: World, statements: list[str]) -> None:
    ada = await world.person()
    queries = [f"query Dropped{n} {{ viewer {{ id }} }}" for n in range(MAX_PLANS + 1)]
    for query in [*queries, queries[0]]:
        statements.clear()
        assert (await client(query, ada.secret)).data
        assert len(statements) == 1
    assert len(reads._plans) == MAX_PLANS


async def test_a_wrong_token_leaves_no_plan(client: Client, world: World) -> None:
    ada = await world.person()
    known = list(reads._plans)
    for number in range(3):
        refused = await client(f"query Wrong{number} {{ viewer {{ id }} }}", f"usher_session_{'A' * 43}")
        assert refused.codes == ["UNAUTHENTICATED"]
    assert list(reads._plans) == known
    assert (await client("query Wrong0 { viewer { id } }", ada.secret)).data["viewer"]["id"] == ada.id


async def test_a_page_below_a_page_is_read_once_for_each_parent(client: Client, world: World) -> None:
    """The parents of several memberships are the same person: the only page has that person's key several times."""
    ada = await world.person()
    for _ in range(3):
        await world.member(await world.team(), Role.USER, ada)
    query = (
        "{ viewer { memberships(first: 3) { nodes { user { memberships(first: 1) { totalCount nodes { id } } } } } } }"
    )
    found = (await client(query, ada.secret)).data["viewer"]["memberships"]["nodes"]
    assert [(one["user"]["memberships"]["totalCount"], len(one["user"]["memberships"]["nodes"])) for one in found] == [
        (3, 1)
    ] * 3


@pytest.mark.parametrize(
    "fields",
    [
        "seats(first: 1) { nodes { sources { kind } } }",
        "members(first: 2) { nodes { a: unassignedProducts { total } b: unassignedProducts { total } } }",
    ],
    ids=["lists below a row after a page", "the same list twice"],
)
async def test_the_statement_is_enough(client: Client, world: World, statements: list[str], fields: str) -> None:
    caller = await new_caller(client, world, seats=5)
    people = await caller.members(4)
    await caller.assign(people)
    statements.clear()
    with capture_logs() as logs:
        assert (await client(f"{{ teams {{ nodes {{ {fields} }} }} }}", caller.secret)).data
    assert len(statements) == 1
    assert not [entry for entry in logs if entry["event"] == "fallback"]
