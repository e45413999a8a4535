"""Plain users see and do nothing of user management, and neither does a partner token without the scopes.

What is asked is made from the schema: all there is to read is read, of every object in the team, and every mutation is
sent. Whatever is in the answers must be one's own, the team's name, or the public catalogue.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Select, select

from db.tables.catalogue import Release
from db.tables.groups import GroupProduct
from db.tables.invitations import Invitation
from db.tables.people import Membership, Team
from db.tables.seats import Wait
from domain.actions import Action, Scope
from domain.roles import Role
from gateway.runtime.settings import ROOT
from policies import facts
from policies.engine.policy import Policy
from tests.conftest import Client
from tests.support import published_fields
from tests.support.examples.registry import EXAMPLES
from tests.support.mutations import desk_with_input, operation
from tests.support.published_fields import Asking, guarded, mutations, nodes
from tests.support.world import Someone, World

ID = re.compile(r"\b(?!product_|release_)[a-z]+_[0-9a-z]{26}\b")
# Of all texts, abilities show two to everybody: an action's name and the policy's reason.
TEXTS = published_fields.texts() - {"action", "reason"}
POLICY = Policy.load(ROOT / "policy.polar")
REFUSED = {"FORBIDDEN", "NOT_FOUND"}
# A token has one scope at least; this one opens nothing by itself.
USELESS = Scope.USAGE_READ


@dataclass(frozen=True)
class Company:
    """A team with something of everything in it: a plain user's, and others'. `nodes` has each type's ids."""

    team: str
    team_name: str
    boss: Someone
    user: Someone
    own: set[str]
    others: set[str]
    nodes: dict[str, list[str]]
    product: str

    def queries(self) -> tuple[list[str], set[tuple[str, str]]]:
        """For all there is to read, and the fields they ask for."""
        asking = Asking(
            {
                "id": f'"{self.team}"',
                "target": f'"{self.team}"',
                "subject": f'"{self.user.id}"',
                "action": "POOLS_READ",
                "productId": f'"{self.product}"',
                "on": f'"{datetime.now(UTC).date()}"',
                "first": "5",
            }
        )
        of_nodes = (asking.node(type_, id_) for name, type_ in nodes().items() for id_ in self.nodes[name])
        return [*asking.root(), *(query for queries in of_nodes for query in queries)], asking.visited


def texts(value: Any, key: str = "") -> Iterator[str]:
    """The names, notes and addresses in an answer, but for the catalogue's; what is counted must be shown."""
    if isinstance(value, dict):
        if value.get("__typename") in ("Product", "Release"):
            return
        if value.get("totalCount", 0) <= 5:
            assert value.get("totalCount", 0) == len(value.get("nodes", [])), value
        for name, part in value.items():
            yield from texts(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part, key)
    elif isinstance(value, str) and key in TEXTS:
        yield value


async def seen(client: Client, company: Company, secret: str) -> set[str]:
    """Every id, name, note and address that is shown to whoever asks for everything."""
    found: set[str] = set()
    for query in company.queries()[0]:
        answer = await client(query, secret)
        assert answer.status == 200, (query, answer.content)
        assert set(answer.codes) <= REFUSED, (query, answer.content)
        found |= {*ID.findall(str(answer.content)), *texts(answer.content["data"])}
    return found


async def one(world: World, query: Select[str]) -> str:
    async with world.engine.connect() as connection:
        return (await connection.execute(query)).scalar_one()


async def member_id(world: World, team: str, user_id: str) -> str:
    query = select(Membership.id).where(Membership.team_id == team, Membership.user_id == user_id)
    return await one(world, query)


async def grouped(
    world: World, team: str, product: str, boss: Someone, people: Sequence[Someone]
) -> tuple[str, list[str]]:
    """A group that gives a product, as the team does, and the seats of it that its people use."""
    group = await world.group(team, "Hidden Group")
    await world.enter(team, group, *(person.id for person in people))
    await world.insert(GroupProduct, {"team_id": team, "group_id": group, "product_id": product, "given_by": boss.id})
    await world.default(team, product, boss.id)
    seats = [await world.hold(team, product, person.id, "group", group) for person in people]
    for seat, person in zip(seats, people, strict=True):
        await world.usage(team, seat, person.id, datetime.now(UTC).date())
    return group, seats


async def wanting(world: World, team: str, boss: Someone, people: Sequence[Someone]) -> list[str]:
    """What people ask for; they wait for a seat of something else, the last of them first."""
    line = {"team_id": team, "product_id": await world.pool(team, 0), "kind": "direct", "queued_by": boss.id}
    await world.insert(Wait, *({**line, "user_id": person.id} for person in reversed(people)))
    wanted = await world.pool(team, 1)
    return [await world.request(team, wanted, person.id) for person in people]


async def assigned(client: Client, team: str, product: str, boss: Someone, person: Someone) -> str:
    """The seat that somebody is given."""
    asked = {"teamId": team, "productId": product, "userIds": [person.id]}
    given = await client(operation("assignSeats"), boss.secret, input=asked)
    return str(given.data["assignSeats"]["seats"][0]["id"])


@pytest.fixture(scope="module")
async def company(client: Client, world: World) -> Company:
    team = await world.team()
    boss = await world.member(team, Role.CONTRACT_MANAGER, await world.person("Bettina", "Boss"))
    user = await world.member(team, Role.USER, await world.person("Paula", "Plain"))
    other = await world.member(team, Role.USER, await world.person("Otto", "Other"))
    grace, product = await world.invited(team), await world.pool(team, 4)
    group, seats = await grouped(world, team, product, boss, (user, other))
    requests = await wanting(world, team, boss, (user, other))
    seats.append(await assigned(client, team, product, boss, grace))
    free = (await world.free_seats(team, product))[0]
    token, _ = await world.token(team, boss.id, Scope.SEATS_READ)
    members = [await member_id(world, team, one.id) for one in (user, boss, other, grace)]
    name = await one(world, select(Team.name).where(Team.id == team))
    return Company(
        team,
        name,
        boss,
        user,
        own={user.id, members[0], seats[0], requests[0], user.email, "Paula", "Plain", "Paula Plain"},
        others={
            *(boss.id, boss.email, "Bettina", "Boss", "Bettina Boss", other.id, other.email, "Otto", "Other"),
            *(grace.id, grace.email, "Grace", "Hopper", *members[1:], *seats[1:], free, requests[1], group, token),
            *("Hidden Group", "Partner"),
        },
        nodes={
            "User": [user.id, boss.id, other.id, grace.id],
            "Team": [team],
            "Member": members,
            "Group": [group],
            "Product": [product],
            "Release": [await one(world, select(Release.id).where(Release.product_id == product))],
            "Seat": [*seats, free],
            "SeatRequest": requests,
            "Invitation": [await one(world, select(Invitation.id).where(Invitation.team_id == team))],
            "PartnerToken": [token],
        },
        product=product,
    )


def test_every_field_that_names_an_action_is_asked_for(company: Company) -> None:
    assert guarded() - company.queries()[1] == set()


async def test_who_manages_the_team_is_shown_everything_of_others(client: Client, company: Company) -> None:
    assert company.others - await seen(client, company, company.boss.secret) == set()


async def test_a_plain_user_is_shown_their_own_and_nothing_else(client: Client, company: Company) -> None:
    assert await seen(client, company, company.user.secret) == {company.team, company.team_name, *company.own}


async def test_a_token_without_the_scope_is_shown_its_team_and_nothing_else(
    client: Client, company: Company, world: World
) -> None:
    _, secret = await world.token(company.team, company.boss.id, USELESS)
    assert await seen(client, company, secret) == {company.team, company.team_name}


def open_to_users(action: str) -> bool:
    """Whether there is anything that a plain user may do this with."""
    about = facts.every(POLICY.kinds[Action(action)], Role.USER)
    return any(POLICY.judge(facts.PERSON, Action(action), target).allowed for target in about)


MANAGING = [name for name, action in mutations().items() if not open_to_users(action)]


def test_what_a_plain_user_may_do_is_about_themselves() -> None:
    assert mutations().keys() - MANAGING == {
        "signUp", "signIn", "signOut", "acceptInvitation", "requestSeat", "withdrawRequest",
    }  # fmt: skip


@pytest.mark.parametrize("mutation", MANAGING)
async def test_a_plain_user_changes_nothing(client: Client, world: World, mutation: str) -> None:
    desk, asked = await desk_with_input(client, world, mutation)
    user = await world.member(desk.team)
    before = await world.fingerprint()
    answer = await client(operation(mutation), user.secret, input=asked)
    assert (answer.content["data"], len(answer.codes)) == ({mutation: None}, 1)
    assert set(answer.codes) <= REFUSED
    assert await world.fingerprint() == before


@pytest.mark.parametrize("mutation", EXAMPLES)
async def test_a_token_without_the_scope_changes_nothing(client: Client, world: World, mutation: str) -> None:
    desk, asked = await desk_with_input(client, world, mutation)
    _, secret = await world.token(desk.team, desk.who.id, USELESS)
    before = await world.fingerprint()
    answer = await client(operation(mutation), secret, input=asked)
    assert (answer.content["data"], len(answer.codes)) == ({mutation: None}, 1)
    assert set(answer.codes) <= REFUSED
    assert await world.fingerprint() == before
