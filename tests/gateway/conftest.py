"""Two companies that are strangers to each other, and a check that nothing was changed."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from graphql import Lexer
from sqlalchemy import select

from db.queue import runner
from db.tables.catalogue import Release
from db.tables.people import Membership
from domain.actions import Scope
from domain.ids import pool_id
from domain.roles import Role
from gateway import worker
from gateway.mail import smtp
from tests.conftest import Client
from tests.support import notices, passkeys
from tests.support.orders import order
from tests.support.subscriptions import day, make_contract, make_subscription, schedule
from tests.support.world import Account, World


@dataclass(frozen=True)
class Company:
    """A team with one object of each type, and a person of the vendor's staff."""

    team: str
    manager: Account
    coordinator: Account
    user: Account
    member: str
    product: str
    release: str
    seat: str
    group: str
    invitation: str
    wait: str
    request: str
    contract: str
    subscription: str
    order: str
    invoice: str
    notice: str
    change: str
    token: str
    partner: str
    session: str
    identity: str
    passkey: str
    vendor: Account

    @property
    def ids(self) -> dict[str, str]:
        """The ids of the objects that belong to the team, by their prefix."""
        return {
            "team": self.team,
            "user": self.user.id,
            "member": self.member,
            "seat": self.seat,
            "pool": pool_id(self.team, self.product),
            "wait": self.wait,
            "group": self.group,
            "invite": self.invitation,
            "request": self.request,
            "contract": self.contract,
            "sub": self.subscription,
            "order": self.order,
            "invoice": self.invoice,
            "notice": self.notice,
            "token": self.token,
        }

    @property
    def input_ids(self) -> dict[str, str]:
        """The ids that an input can name, by their prefix: also those of objects that are no nodes."""
        others = {"session": self.session, "identity": self.identity, "passkey": self.passkey, "change": self.change}
        return self.ids | others


async def _company(world: World) -> Company:
    team = await world.team()
    manager = await world.member(team, Role.CONTRACT_MANAGER)
    coordinator = await world.member(team, Role.SOFTWARE_COORDINATOR)
    user = await world.member(team)
    product = await world.pool(team, seats=3)
    seat = await world.give_seat(team, product, user.id)
    token, partner = await world.token(team, coordinator.id, *Scope)
    async with world.engine.connect() as connection:
        membership = select(Membership.id).where(Membership.user_id == user.id)
        member = (await connection.execute(membership)).scalar_one()
        release = (await connection.execute(select(Release.id).where(Release.product_id == product))).scalar_one()
    group = await world.group(team)
    invitation = await world.invitation(team, (await world.invited_member(team)).id)
    request = await world.request(team, await world.pool(team, seats=1), user.id)
    [session] = await world.sessions(user.id)
    wait = await world.wait(team, await world.pool(team, seats=1), user.id)
    objects = (team, manager, coordinator, user, member, product, release, seat, group, invitation)
    contract = await make_contract(world, team)
    subscription = await make_subscription(world, contract, team, (day(-9), day(90)), 2)
    placed = await order(world, subscription)
    told, change = await notices.row(world, team, manager.id), await schedule(world, subscription, 1)
    bought = (contract, subscription.id, placed.id, str(placed.invoice_id), told, change)
    passkey = await passkeys.add_row(world, user.id, passkeys.Device())
    credentials = (token, partner, session, await world.identity(user.id), passkey)
    vendor = await world.person()
    await world.make_vendor(vendor.id)
    return Company(*objects, wait, request, *bought, *credentials, vendor)


@pytest.fixture(scope="session")
async def ours(world: World) -> Company:
    """The company of the actor."""
    return await _company(world)


@pytest.fixture(scope="session")
async def theirs(world: World) -> Company:
    """A company with no members of ours."""
    return await _company(world)


async def answer_bytes(client: Client, secret: str, query: str, **variables: object) -> tuple[int, bytes]:
    """Return the status and the body of an answer, to compare it with another one byte for byte."""
    headers = {"authorization": f"Bearer {secret}"}
    response = await client.http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
    return response.status_code, response.content


@pytest.fixture
async def unchanged(world: World, ours: Company, theirs: Company) -> AsyncIterator[None]:
    """Fail the test if it changes anything in the database."""
    assert ours.team != theirs.team
    before = await world.fingerprint()
    yield
    assert await world.fingerprint() == before


@pytest.fixture
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the pauses of the worker for tests."""
    monkeypatch.setattr(runner, "SHORTEST_PAUSE", runner.SHORTEST_PAUSE / 100)
    monkeypatch.setattr(runner, "POLL_INTERVAL", runner.POLL_INTERVAL / 100)
    monkeypatch.setattr(smtp, "UNREACHABLE_SECONDS", 0.05)
    monkeypatch.setattr(worker, "RETRY_SECONDS", 0.1)


@pytest.fixture
def lexed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One number for each token that GraphQL's parser reads."""
    read: list[int] = []
    original = Lexer.read_next_token

    def counted(lexer: Lexer, start: int) -> Any:
        read.append(start)
        return original(lexer, start)

    monkeypatch.setattr(Lexer, "read_next_token", counted)
    return read
