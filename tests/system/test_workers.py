"""Every worker uses a change in its next request, and a changed policy soon, while no request fails.

Each request has a connection of its own, so that both workers get requests. All answers must be the same.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from db.core import migrate
from domain.actions import Scope
from domain.roles import Role
from gateway.runtime.settings import ROOT
from tests.support.process import Run, running
from tests.support.world import World, world_of

pytestmark = pytest.mark.slow

# To read the certificates anew for each of hundreds of connections would keep the processor from the workers.
TLS = ssl.create_default_context()
POOLS = "query($id: ID!) { team(id: $id) { pools { total } } }"


@dataclass(frozen=True)
class Service:
    """Two workers with one database, and the policy file that they read."""

    run: Run
    world: World
    policy: Path

    async def codes(self, secret: str, team_id: str, times: int = 30) -> set[str]:
        """Send this number of requests at once. Returns their error codes, and "ok" for an answer without errors."""

        async def once() -> str:
            async with httpx.AsyncClient(base_url=self.run.address, timeout=30, verify=TLS) as http:
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
    async with world_of(database) as world:
        assert await migrate.is_current(world.database)
        yield Service(served[0], world, served[1])


async def test_a_changed_role_takes_effect_at_once(service: Service) -> None:
    team = await service.world.team()
    me = await service.world.member(team, Role.SOFTWARE_COORDINATOR)
    for role, expected in ((Role.USER, "FORBIDDEN"), (Role.CONTRACT_MANAGER, "ok"), (Role.USER, "FORBIDDEN")):
        await service.world.set_role(team, me.id, role)
        assert await service.codes(me.secret, team) == {expected}


async def test_a_revoked_token_is_refused_at_once(service: Service) -> None:
    team = await service.world.team()
    me = await service.world.member(team, Role.SOFTWARE_COORDINATOR)
    token, secret = await service.world.token(team, me.id, Scope.POOLS_READ)
    assert await service.codes(secret, team) == {"ok"}
    await service.world.revoke(token)
    assert await service.codes(secret, team) == {"UNAUTHENTICATED"}


async def test_a_token_follows_the_role_of_its_grantor_at_once(service: Service) -> None:
    team = await service.world.team()
    me = await service.world.member(team, Role.SOFTWARE_COORDINATOR)
    _, secret = await service.world.token(team, me.id, Scope.POOLS_READ)
    assert await service.codes(secret, team) == {"ok"}
    await service.world.set_role(team, me.id, Role.USER)
    assert await service.codes(secret, team) == {"FORBIDDEN"}
    await service.world.set_role(team, me.id, Role.SOFTWARE_COORDINATOR)
    assert await service.codes(secret, team) == {"ok"}


async def test_a_changed_policy_takes_effect_and_a_bad_one_does_not(service: Service) -> None:
    team = await service.world.team()
    me = await service.world.member(team, Role.SOFTWARE_COORDINATOR)
    text = service.policy.read_text(encoding="utf-8")
    stricter = text.replace('"pools:read" if "software_coordinator";', '"pools:read" if "contract_manager";').replace(
        'roles = ["user", "software_coordinator"];', 'roles = ["user", "software_coordinator", "contract_manager"];'
    )
    seen = await asyncio.gather(write_policy(service, stricter), codes_until(service, me.secret, team, "FORBIDDEN"))
    assert seen[1] <= {"ok", "FORBIDDEN"}
    for number, bad in enumerate((text + "\nallow(_, _, _);\n", "", "actor Person {", None), 1):
        if bad is None:
            service.policy.unlink()
        else:
            await write_policy(service, bad)
        await refused_by_both(service, times=number)
        assert await service.codes(me.secret, team) == {"FORBIDDEN"}
    assert (await asyncio.gather(write_policy(service, text), codes_until(service, me.secret, team, "ok")))[1]


def test_workers_that_start_slowly_are_not_started_anew(tmp_path: Path, database: str) -> None:
    starts = tmp_path / "starts"
    # Python runs this module before all others. A worker then needs longer than uvicorn waits by default.
    slow = "import sys, time\nif '--multiprocessing-fork' in sys.orig_argv:\n"
    slow += f"    print('start', file=open({str(starts)!r}, 'a'), flush=True)\n    time.sleep(6)\n"
    (tmp_path / "sitecustomize.py").write_text(slow, encoding="utf-8")
    with running(tmp_path / "data", USHER_WORKERS="2", DATABASE_URL=database, PYTHONPATH=str(tmp_path)):
        assert starts.read_text(encoding="utf-8").splitlines() == ["start", "start"]


async def refused_by_both(service: Service, times: int) -> None:
    """Wait until both workers together have logged `policy_refused` twice this number of times."""
    while service.run.err.read_text().count("policy_refused") < 2 * times:  # noqa: ASYNC110 - another process writes the file
        await asyncio.sleep(0.1)


async def write_policy(service: Service, text: str) -> None:
    """Replace the policy file."""
    service.policy.write_text(text, encoding="utf-8")


async def codes_until(service: Service, secret: str, team: str, until: str) -> set[str]:
    """Send requests until all answers are `until`. Returns all codes so far; fails after 200 rounds."""
    seen: set[str] = set()
    for _ in range(200):
        codes = await service.codes(secret, team, times=12)
        seen |= codes
        if codes == {until}:
            return seen
        await asyncio.sleep(0.1)
    raise AssertionError(f"never all {until}: {seen}")
