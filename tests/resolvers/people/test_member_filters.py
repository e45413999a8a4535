"""Filters and orders of members find what a model in Python finds, whole and page by page."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from db.tables.invitations import Invitation
from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.world import Account, World

MEMBERS = """
query ($team: ID!, $filter: MembersFilter, $order: MembersOrder, $first: Int!, $after: String) {
  team(id: $team) {
    members(first: $first, after: $after, filter: $filter, orderBy: $order) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { id role status usage { lastUsedAt } user { id firstName lastName email } }
    }
  }
}
"""
PEOPLE, DRAWS, SEED = 16, 60, 20_261_127
ROLES = {Role.CONTRACT_MANAGER: 0, Role.SOFTWARE_COORDINATOR: 1, Role.USER: 2}
NOON = timedelta(hours=12)


@dataclass
class One:
    """A member of the model."""

    user_id: str
    role: Role
    mail: str | None = None
    products: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    uses: list[tuple[str, datetime]] = field(default_factory=list)


@dataclass
class Company:
    """A team as rows and as a model."""

    team: str
    boss: Account
    products: list[str]
    groups: list[str]
    people: list[One]


@pytest.fixture(scope="module")
async def company(world: World) -> Company:
    """A team with members and invited people, who have seats, groups and usage at random."""
    drawn = random.Random(SEED)  # noqa: S311 - the same rows in each run
    team = await world.team()
    boss = await world.member(team, Role.CONTRACT_MANAGER, await world.person("Boss", "Zz"))
    products = [await world.pool(team, PEOPLE) for _ in range(2)]
    groups = [await world.group(team) for _ in range(2)]
    people = [One(boss.id, Role.CONTRACT_MANAGER)]
    for number in range(PEOPLE):
        account, role = await world.person(f"First{number % 5}", f"Last{number % 7}"), drawn.choice(list(Role))
        one = One(account.id, role)
        if drawn.random() < 0.3:
            await world.invited_member(team, role, account)
            one.mail = drawn.choice(["queued", "refused", "dropped"])
            async with world.engine.begin() as connection:
                state = (
                    update(Invitation)
                    .where(Invitation.user_id == account.id)
                    .values(mail_state=one.mail, mail_reason="full" if one.mail == "refused" else None)
                )
                await connection.execute(state)
        else:
            await world.member(team, role, account)
        for product in drawn.sample(products, drawn.randint(0, 2)):
            seat = await world.give_seat(team, product, account.id)
            one.products.add(product)
            for day in drawn.sample(range(1, 28), drawn.randint(0, 2)):
                await world.add_usage(team, seat, account.id, date(2026, 5, day))
                one.uses.append((product, datetime(2026, 5, day, tzinfo=UTC) + NOON))
        for group in drawn.sample(groups, drawn.randint(0, 2)):
            await world.add_to_group(team, group, account.id)
            one.groups.add(group)
        people.append(one)
    return Company(team, boss, products, groups, people)


def matches(one: One, which: dict[str, Any]) -> bool:
    """Whether a filter finds a member of the model."""
    since = which.get("notUsedSince")
    used = {
        product
        for product, at in one.uses
        if since is not None and at >= datetime.fromisoformat(since) and which.get("productId") in (None, product)
    }
    return all(
        (
            which.get("role") in (None, one.role.name),
            which.get("withoutRole") != one.role.name,
            which.get("status") in (None, "ACTIVE" if one.mail is None else "PENDING"),
            which.get("productId") is None or which["productId"] in one.products,
            which.get("withoutProductId") not in one.products,
            which.get("groupId") is None or which["groupId"] in one.groups,
            which.get("withoutGroupId") not in one.groups,
            which.get("mailState") is None or which["mailState"].lower() == one.mail,
            not used,
        )
    )


def draw_filter(drawn: random.Random, company: Company) -> dict[str, Any]:
    """A filter with few conditions, so that most of them find somebody."""
    choices: dict[str, list[str]] = {
        "role": [role.name for role in Role],
        "withoutRole": [role.name for role in Role],
        "status": ["ACTIVE", "PENDING"],
        "productId": company.products,
        "withoutProductId": company.products,
        "groupId": company.groups,
        "withoutGroupId": company.groups,
        "mailState": ["QUEUED", "REFUSED", "DROPPED"],
        "notUsedSince": [f"2026-05-{day:02}T12:00:00+00:00" for day in range(1, 28, 4)],
    }
    return {name: drawn.choice(choices[name]) for name in drawn.sample(list(choices), drawn.randint(0, 3))}


def sort_key(field_: str, node: dict[str, Any]) -> tuple[Any, ...]:
    """The key by which a member of an answer is sorted."""
    name = (node["user"]["lastName"].lower(), node["user"]["firstName"].lower(), node["id"])
    keys: dict[str, tuple[Any, ...]] = {
        "NAME": name,
        "EMAIL": (node["user"]["email"].lower(), node["id"]),
        "ROLE": (ROLES[Role[node["role"]]], *name),
        "STATUS": (node["status"], *name),
        "JOINED": (node["id"],),
        "LAST_USED": (node["usage"]["lastUsedAt"] or "", node["id"]),
    }
    return keys[field_]


async def read(client: Client, company: Company, first: int, **variables: Any) -> tuple[list[dict[str, Any]], int]:
    """All pages of this size, in one list, and the total count."""
    nodes, after = list[dict[str, Any]](), None
    while True:
        answer = await client(MEMBERS, company.boss.secret, team=company.team, first=first, after=after, **variables)
        members = answer.data["team"]["members"]
        nodes += members["nodes"]
        if not members["pageInfo"]["hasNextPage"]:
            return nodes, members["totalCount"]
        after = members["pageInfo"]["endCursor"]


async def test_filters_and_orders_agree_with_a_model(client: Client, company: Company) -> None:
    drawn, found = random.Random(SEED), 0  # noqa: S311 - the same draws in each run
    for _ in range(DRAWS):
        which = draw_filter(drawn, company)
        order = {"field": drawn.choice(["NAME", "EMAIL", "ROLE", "STATUS", "JOINED", "LAST_USED"])}
        descending = drawn.random() < 0.5
        variables = {"filter": which, "order": {**order, "descending": descending}}
        nodes, total = await read(client, company, 100, **variables)
        expected = {one.user_id for one in company.people if matches(one, which)}
        assert {node["user"]["id"] for node in nodes} == expected, which
        assert len(nodes) == total == len(expected)
        keys = [sort_key(order["field"], node) for node in nodes]
        assert keys == sorted(keys, reverse=descending), order
        paged, _ = await read(client, company, drawn.choice([2, 3, 5]), **variables)
        assert paged == nodes, order
        found += len(nodes)
    assert found > DRAWS


@pytest.mark.parametrize(
    ("which", "scope"),
    [
        ("withoutProductId", Scope.SEATS_READ),
        ("withoutGroupId", Scope.GROUPS_READ),
        ("notUsedSince", Scope.USAGE_READ),
    ],
)
async def test_what_people_do_not_have_is_found_only_with_the_right_to_read_it(
    client: Client, world: World, company: Company, which: str, scope: Scope
) -> None:
    value = "2026-05-01T00:00:00Z" if which == "notUsedSince" else "unknown_id"
    listed = "query ($team: ID!, $f: MembersFilter) { team(id: $team) { members(filter: $f) { totalCount } } }"
    for scopes, expected in (([Scope.MEMBERS_READ], False), ([Scope.MEMBERS_READ, scope], True)):
        _, secret = await world.token(company.team, company.boss.id, *scopes)
        answer = await client(listed, secret, team=company.team, f={which: value})
        assert (answer.data["team"]["members"]["totalCount"] > 0) is expected


async def test_the_order_of_the_last_use_needs_the_right_to_read_usage(
    client: Client, world: World, company: Company
) -> None:
    listed = """query ($team: ID!) {
      team(id: $team) { members(orderBy: {field: LAST_USED}) { nodes { id } } }
    }"""
    _, partner = await world.token(company.team, company.boss.id, Scope.MEMBERS_READ)
    user = await world.member(await world.team())
    await world.add_member(company.team, user.id, Role.USER)
    try:
        for secret in (partner, user.secret):
            answer = await client(listed, secret, team=company.team)
            assert answer.codes == ["FORBIDDEN"]
            assert answer.content["errors"][0]["extensions"]["policy"]["action"] == "usage:read"
    finally:
        await world.leave(company.team, user.id)


async def test_the_usage_of_all_members_of_a_page_takes_no_statement_of_its_own(
    client: Client, company: Company, statements: list[str]
) -> None:
    listed = """query ($team: ID!) {
      team(id: $team) { members(first: 100, filter: {withoutRole: USER}) { nodes { usage { lastUsedAt } } } }
    }"""
    answer = await client(listed, company.boss.secret, team=company.team)
    assert len(answer.data["team"]["members"]["nodes"]) > 1
    assert len(statements) == 1
