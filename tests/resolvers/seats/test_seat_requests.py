"""Requests for seats: who may ask for which product, who sees the request, and how it ends."""

from typing import Any

import pytest

from db.people import members
from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.locks import waiting
from tests.support.mutations import Caller, Payload, audit_rows, new_caller, operation
from tests.support.world import Account, World

pytestmark = pytest.mark.slow

COORDINATOR, MANAGER = Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER
OF_TEAM = """query($id: ID!, $state: RequestState) {
  team(id: $id) { requests(state: $state) { totalCount nodes { id state member { user { id } } } } }
}"""
MINE = "{ viewer { memberships { nodes { team { id } requests { nodes { id state answer answeredAt } } } } } }"


async def coordinator_and_user(
    client: Client, world: World, *, seats: int = 1, separated: bool = False
) -> tuple[Caller, Caller]:
    """A coordinator, and a plain user of the same team."""
    caller = await new_caller(client, world, seats=seats, separated=separated)
    return caller, colleague(caller, await world.member(caller.team))


def colleague(caller: Caller, who: Account) -> Caller:
    """Another person as a caller in the same team."""
    return Caller(caller.client, caller.world, caller.team, caller.product, who.secret, who)


async def list_requests(caller: Caller, state: str | None = None) -> list[tuple[str, str]]:
    """The id and the state of each of the team's requests that this person sees."""
    found = (await caller.client(OF_TEAM, caller.secret, id=caller.team, state=state)).data["team"]["requests"]
    assert found["totalCount"] == len(found["nodes"])
    return [(one["id"], one["state"]) for one in found["nodes"]]


def request(payload: Payload) -> dict[str, Any]:
    """The request of a payload."""
    found: dict[str, Any] = payload.content["request"]
    return found


@pytest.mark.parametrize("role", list(Role))
async def test_every_member_may_ask(client: Client, world: World, role: Role) -> None:
    caller = await new_caller(client, world, seats=0, role=role)
    product = await world.pool(caller.team, 1)
    payload = await caller.mutate("requestSeat", teamId=caller.team, productId=product, note="  For the drawings ")
    asked = request(payload)
    assert (payload.errors, asked["state"], asked["note"]) == ([], "OPEN", "For the drawings")
    assert (asked["product"]["id"], asked["member"]["user"]["id"]) == (product, caller.who.id)
    assert (asked["answer"], asked["answeredBy"]) == (None, None)
    assert await world.audit_actions(caller.team) == ["requests:create"]


async def test_members_can_request_a_seat_of_a_full_pool(client: Client, world: World) -> None:
    caller, ada = await coordinator_and_user(client, world)
    await caller.give_seat(caller.who.id)
    assert (await ada.request_seat()).errors == []


@pytest.mark.parametrize("kind", ["direct", "group", "default"])
async def test_a_person_who_holds_a_seat_cannot_request_one(client: Client, world: World, kind: str) -> None:
    caller, ada = await coordinator_and_user(client, world)
    await caller.give_seat(ada.who.id, kind, await world.group(caller.team) if kind == "group" else None)
    before = await world.fingerprint()
    payload = await ada.request_seat()
    assert (payload.errors, payload.content["request"]) == ([("ALREADY_ASSIGNED", None)], None)
    assert await world.fingerprint() == before


async def test_a_person_on_the_waiting_list_cannot_request_a_seat(client: Client, world: World) -> None:
    caller, ada = await coordinator_and_user(client, world, seats=0)
    await caller.assign([ada.who.id], mode="WAITLIST")
    before = await world.fingerprint()
    assert (await ada.request_seat()).errors == [("WAITING", None)]
    assert await world.fingerprint() == before


async def test_a_second_request_returns_the_open_one(client: Client, world: World) -> None:
    caller, ada = await coordinator_and_user(client, world)
    first = request(await ada.request_seat(note="Please"))
    before = await world.fingerprint()
    again = await ada.request_seat(note="Please!")
    assert (again.errors, request(again)) == ([("ALREADY_REQUESTED", None)], first)
    assert again.content["errors"][0]["isInformation"]
    assert await world.fingerprint() == before
    assert await list_requests(caller) == [(first["id"], "OPEN")]


@pytest.mark.parametrize("pool", ["none", "ended", "elsewhere"])
async def test_a_product_of_which_the_team_has_no_seats_cannot_be_requested(
    client: Client, world: World, pool: str
) -> None:
    caller, _ = await coordinator_and_user(client, world)
    product = await world.product()
    if pool != "none":
        await world.pool(
            caller.team if pool == "ended" else await world.team(), 1, product, ends=-1 if pool == "ended" else 90
        )
    before = await world.fingerprint()
    payload = await caller.mutate("requestSeat", teamId=caller.team, productId=product)
    assert (payload.errors, payload.content["request"]) == ([("NO_POOL", None)], None)
    assert await world.fingerprint() == before


async def test_an_unknown_product_is_not_found(client: Client, world: World) -> None:
    caller, ada = await coordinator_and_user(client, world)
    assert (await ada.send("requestSeat", teamId=caller.team, productId="product_x")).codes == ["NOT_FOUND"]


@pytest.mark.parametrize(("length", "codes"), [(1_000, []), (1_001, ["BAD_USER_INPUT"])])
async def test_a_note_has_at_most_1000_characters(client: Client, world: World, length: int, codes: list[str]) -> None:
    _, ada = await coordinator_and_user(client, world)
    asked = {"teamId": ada.team, "productId": ada.product, "note": "é" * length}
    assert (await ada.send("requestSeat", **asked)).codes == codes


async def test_an_invited_person_cannot_request_a_seat(client: Client, world: World) -> None:
    caller, _ = await coordinator_and_user(client, world)
    grace = colleague(caller, await world.invited_member(caller.team))
    before = await world.fingerprint()
    assert (await grace.send("requestSeat", teamId=caller.team, productId=caller.product)).codes == ["NOT_FOUND"]
    assert await world.fingerprint() == before


async def test_a_user_sees_their_own_requests_and_no_others(client: Client, world: World) -> None:
    caller, ada = await coordinator_and_user(client, world)
    eve = colleague(caller, await world.member(caller.team))
    hers, his = request(await ada.request_seat())["id"], request(await eve.request_seat())["id"]
    assert await list_requests(caller) == [(hers, "OPEN"), (his, "OPEN")]
    assert await list_requests(ada) == [(hers, "OPEN")]
    mine = (await client(MINE, ada.secret)).data["viewer"]["memberships"]["nodes"]
    assert mine[0]["requests"]["nodes"] == [{"id": hers, "state": "OPEN", "answer": None, "answeredAt": None}]
    assert (await client("query($id: ID!) { node(id: $id) { id } }", ada.secret, id=his)).codes == ["NOT_FOUND"]


async def test_requests_are_listed_by_state(client: Client, world: World) -> None:
    caller, ada = await coordinator_and_user(client, world, seats=2)
    eve = colleague(caller, await world.member(caller.team))
    granted, left = request(await ada.request_seat())["id"], request(await eve.request_seat())["id"]
    await caller.answer_request(granted, grant=True)
    assert await list_requests(caller, "OPEN") == [(left, "OPEN")]
    assert await list_requests(caller, "GRANTED") == [(granted, "GRANTED")]
    assert await list_requests(caller, "DENIED") == []
    assert await list_requests(caller) == [(granted, "GRANTED"), (left, "OPEN")]


async def test_the_requests_of_members_take_no_more_statements(
    client: Client, world: World, statements: list[str]
) -> None:
    caller, _ = await coordinator_and_user(client, world)
    for one in await caller.members(5):
        await world.request(caller.team, caller.product, one)
    query = "query($id: ID!) { team(id: $id) { members { nodes { id %s } } } }"
    taken = []
    for more in ("", "requests { nodes { state product { name } } }"):
        statements.clear()
        await client(query % more, caller.secret, id=caller.team)
        taken.append(len(statements))
    assert taken == [1, 1]


@pytest.mark.parametrize("way", ["by hand", "from a group", "by moving", "from the waiting list"])
async def test_a_request_is_shown_as_granted_if_the_asker_gets_a_seat_in_another_way(
    client: Client, world: World, way: str
) -> None:
    caller, ada = await coordinator_and_user(client, world)
    eve = (await caller.members(1))[0]
    request_id = await world.request(caller.team, caller.product, ada.who.id)
    if way == "by hand":
        await caller.assign([ada.who.id])
    elif way == "from a group":
        await caller.give_seat(ada.who.id, "group", await world.group(caller.team))
    elif way == "by moving":
        await caller.reassign(await caller.give_seat(eve), eve, ada.who.id)
    else:
        await caller.give_seat(eve)
        await caller.assign([ada.who.id], mode="WAITLIST")
        assert await list_requests(caller) == [(request_id, "OPEN")]
        await caller.unassign([eve])
    assert await list_requests(caller, "OPEN") == []
    assert await list_requests(caller, "GRANTED") == [(request_id, "GRANTED")]
    shown = (await client(MINE, ada.secret)).data["viewer"]["memberships"]["nodes"][0]["requests"]["nodes"]
    assert shown[0]["answeredAt"]


async def test_a_request_is_open_again_if_the_asker_loses_that_seat(client: Client, world: World) -> None:
    caller, ada = await coordinator_and_user(client, world)
    request_id = await world.request(caller.team, caller.product, ada.who.id)
    await caller.assign([ada.who.id])
    await caller.unassign([ada.who.id])
    assert await list_requests(caller) == [(request_id, "OPEN")]


async def test_a_request_is_withdrawn_once(client: Client, world: World) -> None:
    caller, ada = await coordinator_and_user(client, world)
    request_id = request(await ada.request_seat())["id"]
    payload = await ada.mutate("withdrawRequest", requestId=request_id)
    assert (payload.errors, request(payload)["state"]) == ([], "WITHDRAWN")
    before = await world.fingerprint()
    again = await ada.mutate("withdrawRequest", requestId=request_id)
    assert (again.errors, request(again)["state"]) == ([], "WITHDRAWN")
    assert await world.fingerprint() == before
    assert await world.audit_actions(caller.team) == ["requests:create", "requests:create"]
    assert (await audit_rows(world, caller.team))[-1].after["state"] == "withdrawn"
    assert request(await ada.request_seat())["id"] != request_id


@pytest.mark.parametrize("grant", [True, False])
async def test_an_answered_request_cannot_be_withdrawn(client: Client, world: World, grant: bool) -> None:
    caller, ada = await coordinator_and_user(client, world)
    request_id = request(await ada.request_seat())["id"]
    await caller.answer_request(request_id, grant=grant)
    before = await world.fingerprint()
    payload = await ada.mutate("withdrawRequest", requestId=request_id)
    assert (payload.errors, request(payload)["state"]) == (
        [("REQUEST_ANSWERED", None)],
        "GRANTED" if grant else "DENIED",
    )
    assert await world.fingerprint() == before


async def test_nobody_withdraws_requests_of_others(client: Client, world: World) -> None:
    caller, ada = await coordinator_and_user(client, world)
    eve = colleague(caller, await world.member(caller.team))
    request_id = request(await ada.request_seat())["id"]
    _, token = await world.token(caller.team, ada.who.id, *Scope)
    before = await world.fingerprint()
    for secret, code in ((caller.secret, "FORBIDDEN"), (eve.secret, "NOT_FOUND"), (token, "FORBIDDEN")):
        answer = await client(operation("withdrawRequest"), secret, input={"requestId": request_id})
        assert answer.codes == [code]
    assert await world.fingerprint() == before


async def test_the_open_request_of_a_removed_member_is_deleted(client: Client, world: World) -> None:
    caller, ada = await coordinator_and_user(client, world)
    request_id = request(await ada.request_seat())["id"]
    await caller.remove([ada.who.id])
    assert await list_requests(caller) == []
    assert (await caller.send("answerRequest", requestId=request_id, grant=True)).codes == ["NOT_FOUND"]
    last = (await audit_rows(world, caller.team))[-1]
    assert (last.action, last.after["requests"]) == ("members:remove", [request_id])
    assert await caller.holders() == []


async def test_a_person_who_is_removed_while_they_ask_is_refused(client: Client, world: World) -> None:
    caller, ada = await coordinator_and_user(client, world)
    asked = {"teamId": caller.team, "productId": caller.product}
    async with world.database.transaction() as removing:
        await members.lock(removing, caller.team, [ada.who.id])
        async with waiting(removing, ada.send("requestSeat", **asked)) as work:
            await members.remove(removing, caller.team, [ada.who.id])
            await removing.commit()
            assert (await work).codes == ["FORBIDDEN"]
    assert await list_requests(caller) == []


async def test_a_request_that_is_deleted_with_its_asker_is_not_answered(client: Client, world: World) -> None:
    caller, ada = await coordinator_and_user(client, world)
    request = (await ada.request_seat()).content["request"]["id"]
    async with world.database.transaction() as removing:
        await members.lock(removing, caller.team, [ada.who.id])
        async with waiting(removing, caller.send("answerRequest", requestId=request, grant=True)) as work:
            await members.remove(removing, caller.team, [ada.who.id])
            await removing.commit()
            assert (await work).codes == ["NOT_FOUND"]
    assert await caller.holders() == []
