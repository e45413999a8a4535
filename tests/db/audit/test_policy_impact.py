"""Members and partner tokens are grouped, counted and named."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from db.audit import policy_impact
from db.audit.policy_impact import SubjectName
from db.core.database import Database
from db.tables.people import Team
from domain.actions import Scope
from domain.roles import Role
from tests.support.database import noted
from tests.support.world import Account, World


@dataclass(frozen=True)
class Company:
    """Two teams, their members and their tokens. The first team separates duties."""

    teams: tuple[str, str]
    ada: Account
    grace: Account
    tokens: dict[str, str]


@pytest.fixture(scope="module")
async def company(own_world: World) -> Company:
    world = own_world
    first, second = await world.team(separation_of_duties=True), await world.team()
    async with world.engine.begin() as connection:
        for team, name in ((first, "Alpha"), (second, "Beta")):
            await connection.execute(update(Team).where(Team.id == team).values(name=name))
    ada, grace = await world.person("Ada", "Byron"), await world.person("Grace", "Hopper")
    await world.member(first, Role.SOFTWARE_COORDINATOR, ada)
    await world.member(second, Role.USER, ada)
    await world.member(second, Role.USER, grace)
    await world.members(first, 3)
    gone = await world.member(second)
    tokens = {
        "ada": await world.token(first, ada.id, Scope.SEATS_READ, Scope.SEATS_ASSIGN, Scope.USAGE_READ),
        "narrow": await world.token(first, ada.id, Scope.USAGE_READ),
        "orphaned": await world.token(second, gone.id, Scope.SEATS_READ),
        "revoked": await world.token(first, ada.id, Scope.SEATS_READ),
        "expired": await world.token(
            first, ada.id, Scope.SEATS_READ, expires_at=datetime.now(UTC) - timedelta(seconds=1)
        ),
    }
    await world.revoke(tokens["revoked"][0])
    await world.leave(second, gone.id)
    return Company((first, second), ada, grace, {name: id_ for name, (id_, _) in tokens.items()})


async def test_members_are_counted_by_role_and_separation_of_duties(own_database: Database, company: Company) -> None:
    async with own_database.connection() as connection:
        found = await policy_impact.members(connection, 10)
    assert {(group.role, group.separated): group.total for group in found} == {
        (Role.SOFTWARE_COORDINATOR, True): 1,
        (Role.USER, True): 3,
        (Role.USER, False): 2,
    }
    assert all(group.scopes == frozenset() for group in found)
    [users] = [group for group in found if group[:2] == (Role.USER, False)]
    second = company.teams[1]
    assert users.first == [
        SubjectName(company.ada.id, "Ada Byron", second, "Beta"),
        SubjectName(company.grace.id, "Grace Hopper", second, "Beta"),
    ]


@pytest.mark.parametrize("limit", [1, 2])
async def test_all_are_counted_but_only_the_first_are_named(
    own_database: Database, company: Company, limit: int
) -> None:
    assert company.teams
    async with own_database.connection() as connection:
        found = await policy_impact.members(connection, limit)
    assert sorted((group.total, len(group.first)) for group in found) == [(1, 1), (2, limit), (3, limit)]


async def test_tokens_are_grouped_by_the_requested_scopes(own_database: Database, company: Company) -> None:
    async with own_database.connection() as connection:
        found = await policy_impact.tokens(connection, [Scope.SEATS_READ, Scope.SEATS_ASSIGN], 10)
    assert {(group.role, group.separated, group.scopes): [one.id for one in group.first] for group in found} == {
        (Role.SOFTWARE_COORDINATOR, True, frozenset()): [company.tokens["narrow"]],
        (Role.SOFTWARE_COORDINATOR, True, frozenset({Scope.SEATS_READ, Scope.SEATS_ASSIGN})): [company.tokens["ada"]],
    }


async def test_a_token_counts_with_the_current_role_of_its_grantor(own_world: World, company: Company) -> None:
    await own_world.set_role(company.teams[0], company.ada.id, Role.USER)
    async with own_world.database.connection() as connection:
        found = await policy_impact.tokens(connection, [], 10)
    await own_world.set_role(company.teams[0], company.ada.id, Role.SOFTWARE_COORDINATOR)
    assert {group.role: group.total for group in found} == {Role.USER: 2}


async def test_accounts_without_a_team_and_the_vendors_staff_are_counted_too(
    own_database: Database, own_world: World, company: Company
) -> None:
    await own_world.make_vendor(company.ada.id)
    async with own_database.connection() as connection:
        assert await policy_impact.count_accounts(connection) == (6, 1)


async def test_each_function_sends_one_statement(own_database: Database, company: Company) -> None:
    assert company.teams
    async with own_database.connection() as connection:
        with noted(own_database) as sent:
            await policy_impact.members(connection, 10)
            await policy_impact.tokens(connection, Scope, 10)
            await policy_impact.count_accounts(connection)
    assert len(sent) == 3


async def test_people_are_named_by_all_their_names_in_the_order_of_lists(own_world: World) -> None:
    team = await own_world.team()
    people = [await own_world.person(*names) for names in (("Adam", "Zweig"), ("Eve", "Öz"), ("Suharto", ""))]
    for one in people:
        await own_world.member(team, Role.CONTRACT_MANAGER, one)
    async with own_world.database.connection() as connection:
        found = await policy_impact.members(connection, 100)
    [group] = [one for one in found if one.role is Role.CONTRACT_MANAGER]
    assert [one.name for one in group.first if one.team_id == team] == ["Suharto", "Eve Öz", "Adam Zweig"]
