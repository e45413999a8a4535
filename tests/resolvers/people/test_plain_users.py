"""Plain users, and partner tokens without the scopes, can neither see nor change anything of user management.

The queries are built from the schema. They read every field of every object in the team, and every mutation is sent.
The answers may contain only the user's own data, the name of the team, and the public catalogue.
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
from domain.ids import pool_id, wait_id
from domain.roles import Role
from gateway.runtime.settings import ROOT
from policies import facts
from policies.engine.policy import Policy
from tests.conftest import Client
from tests.support import notices, published_fields
from tests.support.examples.registry import EXAMPLES
from tests.support.mutations import caller_with_input, operation
from tests.support.orders import order
from tests.support.published_fields import QueryWriter, guarded_fields, mutation_actions, node_types
from tests.support.subscriptions import day, make_contract, make_subscription, schedule
from tests.support.world import Account, World

pytestmark = pytest.mark.slow

ID = re.compile(r"\b(?!product_|release_)[a-z]+_[0-9a-z]{26}\b")
# Everybody may see the texts of the abilities: the name of an action, the reason that the policy gives, and the value
# that a fact would need.
TEXTS = published_fields.text_field_names() - {"action", "reason", "value"}
POLICY = Policy.load(ROOT / "policy.polar")
REFUSED = {"FORBIDDEN", "NOT_FOUND"}
# What is shown to everybody, even to people who have not signed in, and is about nobody.
FOR_EVERYBODY = {"passkeyOptions", "signInProviders"}
# A token needs at least one scope. This scope alone gives access to nothing.
USELESS_SCOPE = Scope.USAGE_READ


@dataclass(frozen=True)
class Company:
    """A team with objects of every type: some belong to a plain user, some to others. `nodes` has the ids by type."""

    team: str
    team_name: str
    boss: Account
    user: Account
    own: set[str]
    others: set[str]
    nodes: dict[str, list[str]]
    product: str

    def queries(self) -> tuple[list[str], set[tuple[str, str]]]:
        """Queries for everything that can be read, and the fields that they select."""
        asking = QueryWriter(
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
        of_nodes = (asking.node(type_, id_) for name, type_ in node_types().items() for id_ in self.nodes[name])
        return [*asking.root(), *(query for queries in of_nodes for query in queries)], asking.visited


def texts(value: Any, key: str = "") -> Iterator[str]:
    """The names, notes and addresses in an answer, without those of the catalogue.

    Checks that each `totalCount` up to 5 is the number of nodes in the answer.
    """
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
    """Every id, name, note and address in the answers to all queries."""
    found: set[str] = set()
    for query in company.queries()[0]:
        answer = await client(query, secret)
        assert answer.status == 200, (query, answer.content)
        assert set(answer.codes) <= REFUSED, (query, answer.content)
        shown = {name: part for name, part in (answer.content["data"] or {}).items() if name not in FOR_EVERYBODY}
        found |= {*ID.findall(str(answer.content)), *texts(shown)}
    return found


async def one(world: World, query: Select[str]) -> str:
    async with world.engine.connect() as connection:
        return (await connection.execute(query)).scalar_one()


async def member_id(world: World, team: str, user_id: str) -> str:
    query = select(Membership.id).where(Membership.team_id == team, Membership.user_id == user_id)
    return await one(world, query)


async def create_group_with_seats(
    world: World, team: str, product: str, boss: Account, people: Sequence[Account]
) -> tuple[str, list[str]]:
    """Create a group with these people. The group and the team both give the product.

    Returns the group, and the seats that these people hold and use.
    """
    group = await world.group(team, "Hidden Group")
    await world.add_to_group(team, group, *(person.id for person in people))
    await world.insert(GroupProduct, {"team_id": team, "group_id": group, "product_id": product, "given_by": boss.id})
    await world.add_default_product(team, product, boss.id)
    seats = [await world.give_seat(team, product, person.id, "group", group) for person in people]
    for seat, person in zip(seats, people, strict=True):
        await world.add_usage(team, seat, person.id, datetime.now(UTC).date())
    return group, seats


async def create_requests(world: World, team: str, boss: Account, people: Sequence[Account]) -> list[str]:
    """Put people on the waiting list of one product, the last person first, and let each request another product.

    Returns the requests.
    """
    line = {"team_id": team, "product_id": await world.pool(team, 0), "kind": "direct", "queued_by": boss.id}
    await world.insert(Wait, *({**line, "user_id": person.id} for person in reversed(people)))
    wanted = await world.pool(team, 1)
    return [await world.request(team, wanted, person.id) for person in people]


async def assign_seat(client: Client, team: str, product: str, boss: Account, person: Account) -> str:
    """Assign a seat to a person. Returns the seat."""
    input_ = {"teamId": team, "productId": product, "userIds": [person.id]}
    given = await client(operation("assignSeats"), boss.secret, input=input_)
    return str(given.data["assignSeats"]["seats"][0]["id"])


@pytest.fixture(scope="module")
async def company(client: Client, world: World) -> Company:
    team = await world.team()
    boss = await world.member(team, Role.CONTRACT_MANAGER, await world.person("Bettina", "Boss"))
    user = await world.member(team, Role.USER, await world.person("Paula", "Plain"))
    other = await world.member(team, Role.USER, await world.person("Otto", "Other"))
    grace, product = await world.invited_member(team), await world.pool(team, 4)
    group, seats = await create_group_with_seats(world, team, product, boss, (user, other))
    requests = await create_requests(world, team, boss, (user, other))
    seats.append(await assign_seat(client, team, product, boss, grace))
    free = (await world.free_seats(team, product))[0]
    token, _ = await world.token(team, boss.id, Scope.SEATS_READ)
    contract = await make_contract(world, team)
    subscription = await make_subscription(world, contract, team, (day(-9), day(90)), 1)
    change = await schedule(world, subscription, 2)
    placed = await order(world, subscription)
    invoice, told = str(placed.invoice_id), await notices.row(world, team, boss.id)
    members = [await member_id(world, team, one.id) for one in (user, boss, other, grace)]
    name = await one(world, select(Team.name).where(Team.id == team))
    line = await one(world, select(Wait.product_id).where(Wait.team_id == team, Wait.user_id == user.id))
    return Company(
        team,
        name,
        boss,
        user,
        own={
            *(user.id, members[0], seats[0], requests[0], user.email, "Paula", "Plain", "Paula Plain"),
            *await world.sessions(user.id),
        },
        others={
            *(boss.id, boss.email, "Bettina", "Boss", "Bettina Boss", other.id, other.email, "Otto", "Other"),
            *(grace.id, grace.email, "Grace", "Hopper", *members[1:], *seats[1:], free, requests[1], group, token),
            *(contract, subscription.id, change, placed.id, invoice, told),
            *("Hidden Group", "Partner"),
        },
        nodes={
            "User": [user.id, boss.id, other.id, grace.id],
            "Team": [team],
            "Member": members,
            "Group": [group],
            "Pool": [pool_id(team, product)],
            "Product": [product],
            "Release": [await one(world, select(Release.id).where(Release.product_id == product))],
            "Seat": [*seats, free],
            "SeatRequest": requests,
            "Invitation": [await one(world, select(Invitation.id).where(Invitation.team_id == team))],
            "PartnerToken": [token],
            "Contract": [contract],
            "Subscription": [subscription.id],
            "Order": [placed.id],
            "Invoice": [invoice],
            "Notice": [told],
            "Wait": [wait_id(team, line, one.id) for one in (user, other)],
        },
        product=product,
    )


def test_the_queries_select_every_field_that_names_an_action(company: Company) -> None:
    assert guarded_fields() - company.queries()[1] == set()


async def test_a_manager_of_the_team_sees_everything_of_others(client: Client, company: Company) -> None:
    assert company.others - await seen(client, company, company.boss.secret) == set()


async def test_a_plain_user_sees_only_their_own_data(client: Client, company: Company) -> None:
    assert await seen(client, company, company.user.secret) == {company.team, company.team_name, *company.own}


async def test_a_token_without_the_scope_sees_only_its_team(client: Client, company: Company, world: World) -> None:
    token, secret = await world.token(company.team, company.boss.id, USELESS_SCOPE)
    assert await seen(client, company, secret) == {company.team, company.team_name, token, "Partner"}


def open_to_users(action: str) -> bool:
    """Whether a plain user may perform this action on any target."""
    kind = POLICY.kinds[Action(action)]
    business = (facts.Business(staff=False),)
    about = business if kind is facts.Business else facts.targets_of_role(kind, Role.USER)
    return any(POLICY.judge(facts.PERSON, Action(action), target).allowed for target in about)


MANAGEMENT_MUTATIONS = [name for name, action in mutation_actions().items() if not open_to_users(action)]


def test_the_mutations_of_a_plain_user_are_about_themselves() -> None:
    assert mutation_actions().keys() - MANAGEMENT_MUTATIONS == {
        "signUp", "verifyEmail", "resetPassword", "signIn", "signOut", "acceptInvitation", "requestSeat",
        "withdrawRequest", "updateMember", "endSession", "endOtherSessions", "updateProfile",
        "requestPasswordReset", "changePassword", "changeEmail", "confirmEmail", "undoEmailChange",
        "completeSignIn", "beginAuthenticatorApp", "confirmAuthenticatorApp", "removeAuthenticatorApp",
        "renewRecoveryCodes", "deleteAccount", "addPasskey", "beginPasskey", "renamePasskey", "removePasskey",
        "signInWithPasskey", "linkIdentity", "unlinkIdentity", "setNoticePreferences",
    }  # fmt: skip


@pytest.mark.parametrize("mutation", MANAGEMENT_MUTATIONS)
async def test_a_plain_user_changes_nothing(client: Client, world: World, mutation: str) -> None:
    caller, input_ = await caller_with_input(client, world, mutation)
    user = await world.member(caller.team)
    before = await world.fingerprint()
    answer = await client(operation(mutation), user.secret, input=input_)
    assert (answer.content["data"], len(answer.codes)) == ({mutation: None}, 1)
    assert set(answer.codes) <= REFUSED
    assert await world.fingerprint() == before


@pytest.mark.parametrize("mutation", EXAMPLES)
async def test_a_token_without_the_scope_changes_nothing(client: Client, world: World, mutation: str) -> None:
    caller, input_ = await caller_with_input(client, world, mutation)
    _, secret = await world.token(caller.team, caller.who.id, USELESS_SCOPE)
    before = await world.fingerprint()
    answer = await client(operation(mutation), secret, input=input_)
    assert (answer.content["data"], len(answer.codes)) == ({mutation: None}, 1)
    assert set(answer.codes) <= REFUSED
    assert await world.fingerprint() == before
