"""What changes takes effect in the next request on every worker; a changed policy soon, without a request noticing.

Each request goes over a connection of its own, so that both workers are asked; the answers must all be alike.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from db.core import migrate
from db.core.engine import connect
from domain.actions import Scope
from domain.roles import Role
from gateway.runtime.settings import ROOT
from tests.support.process import Run, running
from tests.support.world import World

POOLS = "query($id: ID!) { team(id: $id) { pools { total } } }"


@dataclass(frozen=True)
class Service:
    """Two workers over one database, and the policy file they look at."""

    run: Run
    world: World
    policy: Path

    async def codes(self, secret: str, team_id: str, times: int = 30) -> set[str]:
        """The codes of so many requests, sent at once; "ok" for an answer."""

        async def once() -> str:
            async with httpx.AsyncClient(base_url=self.run.address, timeout=30) as http:
                body = {"query": POOLS, "variables": {"id": team_id}}
                answer = await http.post("/graphql", json=body, headers={"authorization": f"Bearer {secret}"})
            errors = answer.json().get("errors")
            return str(errors[0]["extensions"]["code"]) if errors else "ok"

        return set(await asyncio.gather(*(once() for _ in range(times))))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, database: str) -> Iterator[tuple[Run, Path]]:
    folder = tmp_path_factory.mktemp("workers")
    policy = folder / "policy.polar"
    policy.write_text((ROOT / "policy.polar").read_text(encoding="utf-8"), encoding="utf-8")
    with running(folder / "data", USHER_WORKERS="2", DATABASE_URL=database, USHER_POLICY=str(policy)) as run:
        yield run, policy


@pytest.fixture(scope="module")
async def service(served: tuple[Run, Path], database: str) -> AsyncIterator[Service]:
    engine = connect(database)
    assert await migrate.is_current(engine)
    yield Service(served[0], World(engine), served[1])
    await engine.dispose()


async def test_a_changed_role_counts_at_once(service: Service) -> None:
    team = await service.world.team()
    me = await service.world.member(team, Role.SOFTWARE_COORDINATOR)
    for role, expected in ((Role.USER, "FORBIDDEN"), (Role.CONTRACT_MANAGER, "ok"), (Role.USER, "FORBIDDEN")):
        await service.world.role(team, me.id, role)
        assert await service.codes(me.secret, team) == {expected}


async def test_a_revoked_token_is_void_at_once(service: Service) -> None:
    team = await service.world.team()
    me = await service.world.member(team, Role.SOFTWARE_COORDINATOR)
    token, secret = await service.world.token(team, me.id, Scope.POOLS_READ)
    assert await service.codes(secret, team) == {"ok"}
    await service.world.revoke(token)
    assert await service.codes(secret, team) == {"UNAUTHENTICATED"}


async def test_a_demoted_grantor_takes_the_tokens_right_along_at_once(service: Service) -> None:
    team = await service.world.team()
    me = await service.world.member(team, Role.SOFTWARE_COORDINATOR)
    _, secret = await service.world.token(team, me.id, Scope.POOLS_READ)
    assert await service.codes(secret, team) == {"ok"}
    await service.world.role(team, me.id, Role.USER)
    assert await service.codes(secret, team) == {"FORBIDDEN"}
    await service.world.role(team, me.id, Role.SOFTWARE_COORDINATOR)
    assert await service.codes(secret, team) == {"ok"}


async def test_a_changed_policy_comes_into_force_and_a_bad_one_does_not(service: Service) -> None:
    team = await service.world.team()
    me = await service.world.member(team, Role.SOFTWARE_COORDINATOR)
    text = service.policy.read_text(encoding="utf-8")
    stricter = text.replace('"pools:read" if "software_coordinator";', '"pools:read" if "contract_manager";').replace(
        'roles = ["user", "software_coordinator"];', 'roles = ["user", "software_coordinator", "contract_manager"];'
    )
    seen = await asyncio.gather(changed(service, stricter), steady(service, me.secret, team, "FORBIDDEN"))
    assert seen[1] <= {"ok", "FORBIDDEN"}
    for number, bad in enumerate((text + "\nallow(_, _, _);\n", "", "actor Person {", None), 1):
        if bad is None:
            service.policy.unlink()
        else:
            await changed(service, bad)
        await refused_by_both(service, times=number)
        assert await service.codes(me.secret, team) == {"FORBIDDEN"}
    assert (await asyncio.gather(changed(service, text), steady(service, me.secret, team, "ok")))[1]


async def refused_by_both(service: Service, times: int) -> None:
    """Wait until both workers have said so many times that they refuse a policy."""
    while service.run.err.read_text().count("policy_refused") < 2 * times:  # noqa: ASYNC110 - another process's file
        await asyncio.sleep(0.1)


async def changed(service: Service, text: str) -> None:
    service.policy.write_text(text, encoding="utf-8")


async def steady(service: Service, secret: str, team: str, until: str) -> set[str]:
    """Everything that is answered until all workers answer as expected; nothing may fail meanwhile."""
    seen: set[str] = set()
    for _ in range(200):
        codes = await service.codes(secret, team, times=12)
        seen |= codes
        if codes == {until}:
            return seen
        await asyncio.sleep(0.1)
    raise AssertionError(f"never all {until}: {seen}")
