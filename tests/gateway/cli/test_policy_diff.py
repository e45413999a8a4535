"""`usher policy diff` lists the decisions that change, and the people in the database that the change affects."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.actions import Scope
from domain.roles import Role
from gateway.runtime.settings import ROOT
from tests.support.command_line import error_output, usher
from tests.support.world import Account, World

pytestmark = pytest.mark.slow

POLICY = ROOT / "policy.polar"
UNREACHABLE = "postgresql://usher@127.0.0.1:1/nothing"
# Users see groups, and coordinators may always give a seat to themselves.
WIDER = {
    '"groups:read" if "software_coordinator"': '"groups:read" if "user"',
    "seat.separation_of_duties = false and": "seat.own = true and",
}


@dataclass(frozen=True)
class Company:
    """A team that separates duties, one that does not, and their members: a coordinator of both, and 13 users."""

    url: str
    strict: str
    coordinator: Account
    user: Account
    wide: str
    narrow: str


@pytest.fixture(scope="module")
async def company(own_world: World, database: str) -> Company:
    world = own_world
    strict, loose = await world.team(separation_of_duties=True), await world.team()
    coordinator = await world.member(strict, Role.SOFTWARE_COORDINATOR, await world.person("Ada", "Byron"))
    await world.member(loose, Role.SOFTWARE_COORDINATOR, coordinator)
    user = await world.member(loose, Role.USER, await world.person("[red]Grace", "Hopper"))
    await world.members(strict, 12)
    wide, _ = await world.token(strict, coordinator.id, Scope.SEATS_ASSIGN)
    narrow, _ = await world.token(strict, coordinator.id, Scope.USAGE_READ)
    return Company(database, strict, coordinator, user, wide, narrow)


def edited(folder: Path, edits: dict[str, str]) -> Path:
    """Write the policy with these replacements into a folder. Return the path."""
    policy = POLICY.read_text(encoding="utf-8")
    for old, new in edits.items():
        assert old in policy
        policy = policy.replace(old, new)
    path = folder / "edited.polar"
    path.write_text(policy, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def wider(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return edited(tmp_path_factory.mktemp("policy"), WIDER)


async def diff(company: Company, old: Path, new: Path) -> list[str]:
    result = await usher("policy", "diff", old, new, DATABASE_URL=company.url)
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


@pytest.fixture(scope="module")
async def lines(company: Company, wider: Path) -> list[str]:
    """The output for the wider policy."""
    return await diff(company, POLICY, wider)


def test_decisions_are_listed_and_counted(lines: list[str]) -> None:
    assert ["+", "groups:read", "person", "user", "deny", "->", "allow"] in [line.split() for line in lines]
    assert "14 decisions allow more, 0 allow less." in lines


def test_members_who_gain_are_counted_and_the_first_are_named(lines: list[str], company: Company) -> None:
    start = lines.index("13 members:")
    assert lines[start + 1] == "  would gain groups:read"
    named = lines[start + 2 : start + 12]
    assert [line for line in named if line.startswith("    ") and ", user, in Team " in line] == named
    assert lines[start + 12] == "    and 3 more"
    # A name that looks like a colour tag of rich must not matter.
    assert any(line.startswith(f"    [red]Grace Hopper ({company.user.id}), user, in Team") for line in named)


def test_a_condition_on_the_team_names_only_such_teams(lines: list[str], company: Company) -> None:
    start = lines.index("1 member:")
    assert lines[start + 1 : start + 3] == [
        "  would gain seats:assign for themselves, in teams that separate duties",
        "  would gain seats:reassign for themselves, in teams that separate duties",
    ]
    assert lines[start + 3].startswith(f"    Ada Byron ({company.coordinator.id}), software coordinator, in Team")
    assert lines[start + 3].endswith(f"({company.strict})")


def test_only_tokens_with_the_scope_are_named(lines: list[str], company: Company) -> None:
    start = lines.index("1 partner token:")
    assert lines[start + 1] == "  would gain seats:assign for themselves, in teams that separate duties"
    assert lines[start + 2].startswith(f"    Partner ({company.wide}), software coordinator, in Team")
    assert not any(company.narrow in line for line in lines)


async def test_the_reverse_change_lists_who_loses(company: Company, wider: Path) -> None:
    lines = await diff(company, wider, POLICY)
    assert "0 decisions allow more, 14 allow less." in lines
    assert lines[lines.index("13 members:") + 1] == "  would lose groups:read"


async def test_the_same_policy_changes_nothing(company: Company) -> None:
    assert await diff(company, POLICY, POLICY) == ["0 decisions allow more, 0 allow less."]


async def test_a_change_without_a_team_is_reported_with_a_number(company: Company, tmp_path: Path) -> None:
    rule = 'has_permission(_: Partner, "nodes:read", _: Gateway);'
    path = edited(tmp_path, {rule: f'{rule}\nhas_permission(_: Partner, "viewer:read", _: Gateway);'})
    lines = await diff(company, POLICY, path)
    assert lines[-2:] == ["Every partner token (2):", "  would gain viewer:read"]


async def test_a_change_for_a_role_that_nobody_has_affects_nobody(company: Company, tmp_path: Path) -> None:
    path = edited(tmp_path, {'    "members:remove" if "contract_manager";\n': ""})
    lines = await diff(company, POLICY, path)
    assert lines[-2:] == ["0 decisions allow more, 4 allow less.", "The change affects nobody in this database."]


async def test_with_no_people_the_command_needs_no_database(wider: Path) -> None:
    result = await usher("policy", "diff", POLICY, wider, "--no-people", DATABASE_URL=UNREACHABLE)
    assert result.exit_code == 0
    assert result.stdout.endswith("14 decisions allow more, 0 allow less.\n")


async def test_an_unreachable_database_is_reported_after_the_decisions(wider: Path) -> None:
    result = await usher("policy", "diff", POLICY, wider, DATABASE_URL=UNREACHABLE)
    assert result.exit_code == 1
    assert result.stdout.endswith("14 decisions allow more, 0 allow less.\n")
    assert "cannot be reached" in result.stderr


async def test_a_database_without_tables_is_reported(own_engine: AsyncEngine, wider: Path) -> None:
    async with own_engine.connect() as connection:
        autocommit = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await autocommit.execute(text("create database without_tables"))
    bare = own_engine.url.set(drivername="postgresql", database="without_tables").render_as_string(hide_password=False)
    result = await usher("policy", "diff", POLICY, wider, DATABASE_URL=bare)
    assert result.exit_code == 1
    assert result.stderr.endswith("Run `usher db upgrade`, or pass --no-people.\n")


async def test_a_new_policy_that_fails_a_check_is_refused(tmp_path: Path) -> None:
    idle = 'allow(_: Person, "teams:read", _: Team) if 1 = 2;\n# --- Teams'
    path = edited(tmp_path, {"# --- Teams": idle})
    refused = error_output(await usher("policy", "diff", POLICY, path, "--no-people"))
    assert refused.startswith("edited.polar:")
    assert "Without this rule every decision stays the same" in refused
