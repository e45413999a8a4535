"""No command and no job changes anything without a subject: each change has an audit row that names it."""

import ast
import asyncio
import dataclasses
import os
import pwd
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from db.core.database import Database
from domain.actions import Action, Scope
from domain.jobs import JobKind
from domain.languages import Language
from domain.roles import Role
from domain.subjects import System
from gateway import worker
from gateway.cli.main import app
from gateway.demo import load_demo
from gateway.mail import sender
from gateway.runtime.settings import ROOT, Settings
from policies import facts
from tests.support.database import committed, fetch, fetch_rows
from tests.support.mail_server import MailCatcher
from tests.support.queued_mails import queue_job, settings, wait_until_done
from tests.support.workspaces import live_policy, workspace
from tests.support.world import World

USER = pwd.getpwuid(os.getuid()).pw_name
# Commands that change rows themselves: their arguments, and the action that they do.
CHANGES = {
    "mail test": (["mail", "ada@x.example"], Action.MAILS_QUEUE),
    "db seed": (["db", "seed"], Action.DEMO_LOAD),
    "seed": (["seed", "--teams", "1", "--users", "2", "--seats", "2", "--usage-days", "1"], Action.DEMO_LOAD),
}
# All other commands, with the reason why they need no subject of their own.
NO_CHANGES = {
    "calendar run": "Another test here checks it.",
    **dict.fromkeys(
        ["account reset", "account remove-second-factor"], "tests/gateway/cli/test_account_cli.py checks its subject."
    ),
    **dict.fromkeys(
        [
            "company create",
            "company invite",
            "subscription add",
            "orders mark-paid",
            "orders reverse-payment",
            "product add",
            "product withdraw",
            "vendor grant",
            "vendor revoke",
        ],
        "tests/system/test_production.py and tests/gateway/cli/test_business_cli.py check its subject.",
    ),
    "run": "It loads the demo company, which another test here checks, and then serves requests and runs jobs.",
    "worker": "It only runs jobs, each of which has its own subject.",
    "import": "It sends a request with a token, which is its subject.",
    "export": "It sends a request with a token, which is its subject.",
    "shell": "It commits nothing, and its requests have their own credentials.",
    "db upgrade": "It changes tables, among them that of the audit log.",
    "db renew-text": "It changes only what is computed from names, as the rebuild of an index does.",
    "db downgrade": "It changes tables, among them that of the audit log.",
    "db reset": "It removes all tables, among them that of the audit log.",
    **dict.fromkeys(
        [
            "audit replay",
            "explain-plan",
            "mail preview",
            "policy diff",
            "policy explain",
            "policy lint",
            "policy matrix",
            "policy test",
            "schema",
        ],
        "It changes nothing.",
    ),
    "policy lock": "It writes a file.",
}
AUDITED = "select actor_id, operator, action from audit_events where actor_kind = 'system' order by id"
# The only places that make a subject of the kind `system`, or a context in which one acts.
MAKERS = {"gateway/runtime/subjects.py", "resolvers/core/system.py"}


def commands(group: Any, path: str = "") -> Iterator[str]:
    """The names of all commands of a group."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{path}{name} ")
        else:
            yield f"{path}{name}"


@pytest.fixture
async def empty(clean_database: Database) -> Database:
    """A database with tables and no rows."""
    emptied = "truncate users, teams, products, document_counters cascade"
    await committed(clean_database, lambda connection: fetch(connection, emptied))
    await fetch_rows(clean_database, "truncate audit_events, audit_people")
    return clean_database


def test_every_command_is_tried_here_or_has_a_reason() -> None:
    assert sorted(commands(typer.main.get_command(app))) == sorted([*CHANGES, *NO_CHANGES])


@pytest.mark.parametrize("name", CHANGES)
async def test_a_command_is_audited_with_its_name_and_its_user(
    empty: Database, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    words, action = CHANGES[name]
    monkeypatch.setenv("DATABASE_URL", empty.url)
    result = await in_thread(words)
    assert result.exit_code == 0, result.output
    assert await fetch_rows(empty, AUDITED) == [(f"command {name}", USER, action.value)]
    [(kind,)] = await fetch_rows(empty, "select kind from events order by id desc limit 1")
    assert kind == action


async def test_usher_run_is_audited_when_it_loads_the_demo_company(empty: Database) -> None:
    assert await load_demo(workspace(empty), "run")
    assert not await load_demo(workspace(empty), "run")
    assert await fetch_rows(empty, AUDITED) == [("command run", USER, "demo:load")]


async def test_the_command_calendar_run_is_audited(
    empty: Database, own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ended_subscription(own_world)
    monkeypatch.setenv("DATABASE_URL", empty.url)
    result = await in_thread(["calendar", "run"])
    assert "1 lost their seat" in result.output
    assert await fetch_rows(empty, AUDITED) == [("command calendar run", USER, "subscriptions:end")]


async def test_the_command_calendar_run_names_the_pools_that_failed(
    empty: Database, own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ended_subscription(own_world)
    monkeypatch.setenv("DATABASE_URL", empty.url)
    await fetch_rows(empty, "alter table seats add constraint kept check (holder_id is not null) not valid")
    try:
        result = await in_thread(["calendar", "run"])
    finally:
        await fetch_rows(empty, "alter table seats drop constraint kept")
    assert result.exit_code == 1
    assert "usher: Pools and subscriptions that failed: 1, namely team_" in result.output
    assert "(DatabaseError 23514). All others are done." in result.output
    assert await fetch_rows(empty, AUDITED) == []


@pytest.mark.parametrize("name", worker.BY_THE_CLOCK)
async def test_each_job_of_the_clock_is_audited_with_its_name(empty: Database, own_world: World, name: str) -> None:
    await ended_subscription(own_world)
    await fetch_rows(
        empty,
        "insert into answers (actor, key, action, request_hash, created_at) "
        "values ('x', 'x', 'x', '', now() - interval '99 days') on conflict do nothing",
    )
    await ending_token(own_world)
    await waiting_notice(own_world)
    queued = dict.fromkeys(["announcements", "notices", "digests"], "mails:queue")
    actions = {"calendar": "subscriptions:end", **queued, "sweep": "records:delete"}
    query = "select actor_id, operator, action from audit_events where actor_id = $1"
    async with worker.in_background(workspace(empty), Settings()), asyncio.timeout(30):
        while not (found := await fetch_rows(empty, query, f"job {name}")):  # noqa: ASYNC110 - it happens in the database
            await asyncio.sleep(0.02)
    assert found == [(f"job {name}", None, actions[name])]


async def ending_token(world: World) -> None:
    """Make a partner token whose grantor is to be told that it ends."""
    team = await world.team()
    ends = datetime.now(UTC) + timedelta(days=10)
    token, _ = await world.token(team, (await world.member(team)).id, Scope.SEATS_READ, expires_at=ends)
    await fetch_rows(
        world.database, "update partner_tokens set created_at = now() - interval '90 days' where id = $1", token
    )


async def waiting_notice(world: World) -> None:
    """Make a notice of yesterday that waits for a digest."""
    team = await world.team()
    notice = (
        "insert into notices (team_id, id, user_id, kind, event_key, data, delivery, created_at) "
        "values ($1, 'notice_x', $2, 'expiry', 'x', '{}', 'digest', now() - interval '1 day')"
    )
    await fetch_rows(world.database, notice, team, (await world.member(team)).id)


async def ended_subscription(world: World) -> None:
    """Make a team with a contract manager, and a holder of a seat of a subscription that has ended."""
    team = await world.team()
    await world.member(team, Role.CONTRACT_MANAGER)
    product = await world.pool(team, 1, ends=-1)
    await world.give_seat(team, product, (await world.member(team)).id)


@pytest.mark.parametrize("kind", [one.job for one in sender.MAIL_TYPES], ids=lambda kind: str(kind.name))
async def test_each_mail_is_audited_with_its_job(empty: Database, kind: JobKind[Any]) -> None:
    known = {"to": "nobody@x.example", "language": Language.EN}
    words = [known.get(field.name, "x_1") for field in dataclasses.fields(kind.payload)]
    mail_catcher = MailCatcher()
    with mail_catcher.open():
        async with worker.in_background(workspace(empty), settings(mail_catcher)):
            await queue_job(empty, kind, kind.payload(*words))
            await wait_until_done(empty)
    assert await fetch_rows(empty, AUDITED) == [(f"job {kind.name}", None, "mails:send")]


@pytest.mark.parametrize("action", Action)
def test_a_command_and_a_job_may_do_only_what_the_policy_lists(action: Action) -> None:
    policy, subject = live_policy().current(), System("command test")
    listed = [
        rule
        for rule in policy.source.rules
        if rule.gives(action.value) and "_: System" in policy.source.text[rule.start : rule.end]
    ]
    if policy.kinds[action] is facts.Business:
        # It has the role of the vendor's staff, without belonging to them.
        decided = {staff: policy.decide(subject, action, facts.Business(staff)).allowed for staff in (False, True)}
        assert decided == {False: True, True: False}
        return
    targets = list(facts.targets_of_role(policy.kinds[action], None))
    assert {policy.decide(subject, action, target).allowed for target in targets} == {bool(listed)}


def test_no_request_can_be_the_system() -> None:
    found = set()
    for layer in ("resolvers", "schema", "gateway", "db", "execution"):
        for path in (ROOT / layer).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and makes_system(node):
                    found.add(path.relative_to(ROOT).as_posix())
    assert found == MAKERS


def makes_system(call: ast.Call) -> bool:
    """Whether a call makes the subject, or passes one to a context."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name == "System" or any(keyword.arg == "system" for keyword in call.keywords)


async def in_thread(words: list[str]) -> Any:
    """The result of a command. It runs an event loop of its own, so it needs a thread of its own."""
    return await asyncio.to_thread(CliRunner().invoke, app, words)
