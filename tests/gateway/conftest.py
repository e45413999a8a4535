"""Two companies that know nothing of each other, and a look at whether anything of theirs was changed."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from db.queue import runner
from db.tables.catalogue import Release
from db.tables.people import Membership
from domain.actions import Scope
from domain.roles import Role
from gateway import worker
from gateway.mail import smtp
from tests.conftest import Client
from tests.support.world import Someone, World


@dataclass(frozen=True)
class Company:
    """A team with one of everything in it."""

    team: str
    coordinator: Someone
    user: Someone
    member: str
    product: str
    release: str
    seat: str
    group: str
    invitation: str
    request: str
    token: str
    partner: str

    @property
    def ids(self) -> dict[str, str]:
        """The ids of what belongs to the team alone, by their prefix."""
        return {
            "team": self.team,
            "user": self.user.id,
            "member": self.member,
            "seat": self.seat,
            "group": self.group,
            "invite": self.invitation,
            "request": self.request,
            "token": self.token,
        }


async def _company(world: World) -> Company:
    team = await world.team()
    coordinator = await world.member(team, Role.SOFTWARE_COORDINATOR)
    user = await world.member(team)
    product = await world.pool(team, seats=3)
    seat = await world.hold(team, product, user.id)
    token, partner = await world.token(team, coordinator.id, *Scope)
    async with world.engine.connect() as connection:
        membership = select(Membership.id).where(Membership.user_id == user.id)
        member = (await connection.execute(membership)).scalar_one()
        release = (await connection.execute(select(Release.id).where(Release.product_id == product))).scalar_one()
    group = await world.group(team)
    invitation = await world.invitation(team, (await world.invited(team)).id)
    request = await world.request(team, await world.pool(team, seats=1), user.id)
    return Company(team, coordinator, user, member, product, release, seat, group, invitation, request, token, partner)


@pytest.fixture(scope="session")
async def ours(world: World) -> Company:
    """The company whose coordinator asks."""
    return await _company(world)


@pytest.fixture(scope="session")
async def theirs(world: World) -> Company:
    """A company that nobody of ours belongs to."""
    return await _company(world)


async def answer_bytes(client: Client, secret: str, query: str, **variables: object) -> tuple[int, bytes]:
    """Status and body of an answer, to compare it with another one byte for byte."""
    headers = {"authorization": f"Bearer {secret}"}
    response = await client.http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
    return response.status_code, response.content


@pytest.fixture
async def unchanged(world: World, ours: Company, theirs: Company) -> AsyncIterator[None]:
    """Fails the test if anything in the database is changed while it runs."""
    assert ours.team != theirs.team
    before = await world.fingerprint()
    yield
    assert await world.fingerprint() == before


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same course of things, with pauses of tests' length."""
    monkeypatch.setattr(runner, "SHORTEST", runner.SHORTEST / 100)
    monkeypatch.setattr(runner, "LOOK", runner.LOOK / 100)
    monkeypatch.setattr(smtp, "AWAY_SECONDS", 0.05)
    monkeypatch.setattr(worker, "AGAIN_SECONDS", 0.1)
