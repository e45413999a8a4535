"""A person with many requests, sessions or tokens takes no more turns at the database than any other person."""

import asyncio
from collections.abc import Hashable, Sequence
from contextlib import AsyncExitStack

import pytest
from starlette.applications import Starlette

from db.core.database import POOL_SIZE
from db.core.slots import ACTOR
from domain.actions import Scope
from domain.credentials import CredentialKind, issue
from domain.roles import Role
from domain.subjects import Anonymous, Person
from gateway.http.fairness import MAX_CREDENTIALS, KnownPeople
from gateway.http.running import RunningRequests
from tests.conftest import Client
from tests.support.world import World

MANY = 12
VIEWER = "{ viewer { id } }"
POOLS = "query($id: ID!) { team(id: $id) { pools { total } } }"


async def place_of_the_last(app: Starlette, client: Client, requests: Sequence[tuple[str, str, str | None]]) -> int:
    """Send these requests one after the other while no connection is free, then let one be free.

    A request is a query, the id of a team, and a secret. Returns how many requests were answered before the last one.
    """
    slots, answered = app.state.database._slots, list[int]()

    async def send(number: int) -> None:
        query, team, secret = requests[number]
        answer = await client(query, secret, **({"id": team} if query == POOLS else {}))
        assert answer.status in {200, 401}
        answered.append(number)

    async with AsyncExitStack() as others:
        for _ in range(POOL_SIZE - 1):
            await others.enter_async_context(app.state.database.connection())
        tasks = []
        async with app.state.database.connection():
            for number in range(len(requests)):
                tasks.append(asyncio.create_task(send(number)))
                for _ in range(1_000):
                    if sum(map(len, slots._waiting.values())) > number:
                        break
                    await asyncio.sleep(0)
        await asyncio.gather(*tasks)
    return answered.index(len(requests) - 1)


async def test_many_sessions_and_tokens_of_one_person_take_one_turn(
    app: Starlette, client: Client, world: World
) -> None:
    team = await world.team()
    loud, quiet = await world.member(team, Role.SOFTWARE_COORDINATOR), await world.member(team)
    secrets = [loud.secret, await world.session(loud.id), (await world.token(team, loud.id, Scope.POOLS_READ))[1]]
    for secret in (*secrets, quiet.secret):
        assert (await client(POOLS, secret, id=team)).status == 200
    requests = [(POOLS, team, secret) for secret in secrets * (MANY // 3)]
    # An answer may be overtaken by the one after it, because its connection is free before it is sent.
    assert await place_of_the_last(app, client, [*requests, (VIEWER, team, quiet.secret)]) <= 2


async def test_many_invalid_credentials_are_one_actor(app: Starlette, client: Client, world: World) -> None:
    team = await world.team()
    quiet = await world.member(team)
    assert (await client(VIEWER, quiet.secret)).status == 200
    requests = [(VIEWER, team, issue(CredentialKind.SESSION)[0]) for _ in range(MANY)]
    assert await place_of_the_last(app, client, [*requests, (VIEWER, team, quiet.secret)]) <= 2


@pytest.mark.parametrize("kind", [CredentialKind.SESSION, CredentialKind.PARTNER])
def test_a_credential_counts_as_its_address_until_its_person_is_known(kind: CredentialKind) -> None:
    people, (_, credential) = KnownPeople(), issue(kind)
    people.take_turn([credential], "2001:db8::1")
    unknown = ACTOR.get()
    people.note(credential, Anonymous())
    people.take_turn([credential], "2001:db8::2")
    assert ACTOR.get() == unknown
    people.take_turn([], "2001:db8::3")
    assert ACTOR.get() == unknown
    people.note(credential, Person("user_1", "session_1", {}))
    people.take_turn([credential], "2001:db8::1")
    assert ACTOR.get() == "user_1"


@pytest.mark.parametrize("place", [0, 1, 2])
def test_of_several_cookies_the_known_one_takes_the_turn(place: int) -> None:
    """Another host of the domain can put cookies before that of the person."""
    people, own = KnownPeople(), issue(CredentialKind.SESSION)[1]
    people.note(own, Person("user_1", "session_1", {}))
    sent = [issue(CredentialKind.SESSION)[1] for _ in range(2)]
    sent.insert(place, own)
    assert people.take_turn(sent, "2001:db8::1") == ACTOR.get() == "user_1"


async def test_a_person_with_a_foreign_cookie_before_their_own_takes_their_own_turn(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet, running = await world.member(await world.team()), list[Hashable]()
    assert (await client(VIEWER, quiet.secret)).status == 200
    original = RunningRequests.start

    def start(self: RunningRequests, actor: Hashable) -> bool:
        running.append(actor)
        return original(self, actor)

    monkeypatch.setattr(RunningRequests, "start", start)
    values = (issue(CredentialKind.SESSION)[0], quiet.secret)
    cookies = {"usher-require-preflight": "1", "cookie": "; ".join(f"usher_session={value}" for value in values)}
    assert (await client.post({"query": VIEWER}, cookies)).status == 200
    assert running == [quiet.id]


def test_only_so_many_credentials_are_known() -> None:
    people = KnownPeople()
    for number in range(MAX_CREDENTIALS + 10):
        people.note(issue(CredentialKind.SESSION)[1], Person(f"user_{number}", "session_1", {}))
    assert len(people._people) == MAX_CREDENTIALS
