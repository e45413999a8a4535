"""`usher audit replay` repeats every decision of the audit log."""

import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.audit import policy_texts
from db.core import migrate
from db.tables.audit import AuditEvent
from domain.roles import Role
from gateway.app import application
from gateway.cli import audit
from gateway.runtime.settings import ROOT, Settings
from policies import facts
from policies.audit_facts import to_record
from policies.engine.policy import Policy
from tests.conftest import Client
from tests.support.command_line import error_output, usher
from tests.support.world import World

pytestmark = pytest.mark.slow

POLICY = Policy.load(ROOT / "policy.polar")
ASSIGN = "mutation($input: AssignSeatsInput!) { assignSeats(input: $input) { errors { message } } }"
COORDINATOR = [
    to_record(facts.PERSON),
    to_record(facts.Seat(Role.SOFTWARE_COORDINATOR, own=False, separation_of_duties=False)),
]
USER = [to_record(facts.PERSON), to_record(facts.Seat(Role.USER, own=False, separation_of_duties=False))]
NEEDS = "needs the role software coordinator in this team"


@pytest.fixture(scope="module")
async def world(own_world: World) -> World:
    """A world whose database holds nothing but the text of the policy."""
    async with own_world.database.connection() as connection:
        await policy_texts.store(connection, POLICY.hash, POLICY.source.text)
    return own_world


@pytest.fixture(scope="module")
async def client(database: str, world: World) -> AsyncIterator[Client]:
    """A client of a gateway on this database."""
    assert await migrate.is_current(world.database)
    app = application(Settings(database_url=database))
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://u.test") as http,
    ):
        yield Client(http)


@pytest.fixture
async def team(world: World) -> str:
    return await world.team()


@pytest.fixture
def stricter(tmp_path: Path) -> Path:
    """A policy that lets only contract managers give seats to others."""
    source = POLICY.source.text
    assert source.count('"software_coordinator", seat)') == 4
    path = tmp_path / "stricter.polar"
    path.write_text(
        source.replace('"software_coordinator", seat)', '"contract_manager", seat)').replace(
            'roles = ["software_coordinator"];\n\n    "seats:read"',
            'roles = ["software_coordinator", "contract_manager"];\n\n    "seats:read"',
        ),
        encoding="utf-8",
    )
    return path


async def write_row(world: World, team_id: str, facts_: list[Any], **given: object) -> int:
    """Write a row of the audit log, as a mutation or somebody else may have done. Return its id."""
    row = {
        "team_id": team_id,
        "actor_kind": "person",
        "actor_id": "user_ada",
        "action": "seats:assign",
        "target_id": "seat_1",
        "before": {},
        "after": {},
        "facts": facts_,
        "policy_hash": POLICY.hash,
        "request_id": "r",
    }
    await world.insert(AuditEvent, row | given)
    async with world.engine.connect() as connection:
        last = "select max(id) from audit_events where team_id = :team"
        id_: int = (await connection.execute(text(last), {"team": team_id})).scalar_one()
        return id_


async def replay(database: str, *words: object) -> tuple[int, list[str]]:
    """Return the exit code and the printed lines."""
    result = await usher("audit", "replay", *words, DATABASE_URL=database)
    return result.exit_code, result.stdout.splitlines()


async def test_decisions_of_the_gateway_are_allowed_again(
    world: World, client: Client, database: str, team: str
) -> None:
    coordinator = await world.member(team, Role.SOFTWARE_COORDINATOR)
    product = await world.pool(team, 3)
    for member in await world.members(team, 2):
        given = {"teamId": team, "productId": product, "userIds": [member]}
        assert (await client(ASSIGN, coordinator.secret, input=given)).data["assignSeats"]["errors"] == []
    summary = "2 decisions repeated with the policies of their time: none not allowed."
    assert await replay(database, "--team", team) == (0, [summary])


async def test_another_policy_can_decide_instead(world: World, database: str, team: str, stricter: Path) -> None:
    id_ = await write_row(world, team, COORDINATOR, at=datetime(2026, 3, 1, 12, tzinfo=UTC))
    code, (line, summary) = await replay(database, "--team", team, "--policy", stricter)
    assert code == 1
    assert line == (
        f"{id_} 2026-03-01T12:00:00+00:00 seats:assign by person user_ada on seat_1, policy {POLICY.hash[:12]}: "
        "denied: needs the role contract manager in this team"
    )
    assert summary == "1 decisions repeated with stricter.polar: 1 not allowed."


async def test_each_row_is_decided_by_the_policy_of_its_time(
    world: World, database: str, team: str, stricter: Path
) -> None:
    then = Policy.load(stricter)
    async with world.database.connection() as connection:
        await policy_texts.store(connection, then.hash, then.source.text)
    await write_row(world, team, COORDINATOR)
    denied = await write_row(world, team, COORDINATOR, policy_hash=then.hash)
    code, lines = await replay(database, "--team", team)
    assert code == 1
    assert [line.split()[0] for line in lines] == [str(denied), "2"]


async def test_a_token_is_named_by_its_id(world: World, database: str, team: str) -> None:
    token = [to_record(facts.UNSCOPED), COORDINATOR[1]]
    await write_row(world, team, token, actor_kind="partner", token_id="token_1")
    _, lines = await replay(database, "--team", team)
    assert " by partner token_1 on seat_1, " in lines[0]
    assert lines[0].endswith("denied: the token lacks seats:assign")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"facts": USER}, f"denied: {NEEDS}"),
        ({"facts": [*COORDINATOR, USER[1]]}, f"denied: {NEEDS}"),
        ({"action": "seats:eat"}, "undecided: 'seats:eat' is not a valid Action"),
        ({"facts": []}, "undecided: not a subject and its targets: []"),
        ({"facts": [to_record(facts.PERSON), {"kind": "Sofa"}]}, "undecided: no such fact today: {'kind': 'Sofa'}"),
        ({"facts": ["Person"]}, "undecided: no such fact today: Person"),
    ],
)
async def test_decisions_that_are_denied_or_cannot_be_repeated_are_listed(
    world: World, database: str, team: str, given: dict[str, object], reason: str
) -> None:
    written = {"facts": COORDINATOR} | given
    await write_row(world, team, written.pop("facts"), **written)  # type: ignore[arg-type]
    code, lines = await replay(database, "--team", team)
    assert code == 1
    assert f": {reason}" in lines[0]


async def test_a_stored_policy_that_oso_cannot_read_any_more_decides_nothing(
    world: World, database: str, team: str
) -> None:
    broken = "actor Vanished {}"
    hash_ = hashlib.sha256(broken.encode()).hexdigest()
    async with world.database.connection() as connection:
        await policy_texts.store(connection, hash_, broken)
    await write_row(world, team, COORDINATOR, policy_hash=hash_)
    _, lines = await replay(database, "--team", team)
    assert f": its policy cannot be read any more: {hash_[:12]}" in lines[0]


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("", [1, 2, 3]),
        ("--since 2026-05-02", [2, 3]),
        ("--until 2026-05-02", [1, 2]),
        ("--since 2026-05-02 --until 2026-05-02", [2]),
        ("--since 2027-01-01", []),
    ],
)
async def test_a_period_includes_its_first_and_last_day(
    world: World, database: str, team: str, words: str, days: list[int]
) -> None:
    for day in (1, 2, 3):
        await write_row(world, team, USER, at=datetime(2026, 5, day, 23, 59, 59, 999_999, tzinfo=UTC))
    _, lines = await replay(database, "--team", team, *words.split())
    assert [date.fromisoformat(line.split()[1][:10]).day for line in lines[:-1]] == days
    assert lines[-1].startswith(f"{len(days)} decisions")


@pytest.mark.parametrize("size", [1, 2, 3, 5])
async def test_pages_contain_each_row_exactly_once(
    world: World, database: str, team: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "PAGE", size)
    ids = [await write_row(world, team, USER) for _ in range(5)]
    _, lines = await replay(database, "--team", team)
    assert [int(line.split()[0]) for line in lines[:-1]] == ids


async def test_progress_is_not_part_of_the_result(world: World, database: str, team: str) -> None:
    await write_row(world, team, COORDINATOR)
    result = await usher("audit", "replay", "--team", team, DATABASE_URL=database)
    assert "decisions" in result.stderr
    assert "1/1" in result.stderr
    assert result.stdout == "1 decisions repeated with the policies of their time: none not allowed.\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--since yesterday", "usher: --since 'yesterday' is not a day. Write it as 2026-01-31."),
        ("--until 2026-13-01", "usher: --until '2026-13-01' is not a day. Write it as 2026-01-31."),
        ("--since 2026-02-02 --until 2026-02-01", "usher: --since 2026-02-02 is after --until 2026-02-01. Swap them."),
        ("--until 9999-12-31", "usher: --until 9999-12-31 is the last day of the calendar. Leave it out."),
        (
            "--team team_nowhere",
            "usher: There is no team team_nowhere, and the audit log has no rows of such a team.",
        ),
        ("--policy gone.polar", "gone.polar: The file cannot be read (No such file or directory)."),
    ],
)
async def test_a_wrong_argument_is_explained_in_a_sentence(
    world: World, database: str, words: str, message: str
) -> None:
    assert world
    refused = error_output(await usher("audit", "replay", *words.split(), DATABASE_URL=database))
    assert refused.startswith(message)


async def test_a_policy_that_fails_a_check_decides_nothing(world: World, database: str, tmp_path: Path) -> None:
    assert world
    path = tmp_path / "bad.polar"
    path.write_text(POLICY.source.text + 'allow(_: Person, "teams:read", _: Team) if 1 = 2;', encoding="utf-8")
    refused = error_output(await usher("audit", "replay", "--policy", path, DATABASE_URL=database))
    assert refused.startswith("bad.polar:")


async def test_a_database_without_tables_is_reported(own_engine: AsyncEngine) -> None:
    async with own_engine.connect() as connection:
        autocommit = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await autocommit.execute(text("create database no_audit"))
    bare = own_engine.url.set(drivername="postgresql", database="no_audit").render_as_string(hide_password=False)
    refused = error_output(await usher("audit", "replay", DATABASE_URL=bare))
    assert refused == "usher: The database does not have this version's tables. Run `usher db upgrade`."
