"""Seats asked for: who asks for what, who sees it, and how a request ends."""

from typing import Any

import pytest

from db.core.engine import commit, transaction
from db.people import members
from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.locks import waiting
from tests.support.mutations import Desk, Told, audit_rows, desk_of, operation
from tests.support.world import Someone, World

COORDINATOR, MANAGER = Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER
OF_TEAM = """query($id: ID!, $state: RequestState) {
  team(id: $id) { requests(state: $state) { totalCount nodes { id state member { user { id } } } } }
}"""
MINE = "{ viewer { memberships { nodes { team { id } requests { nodes { id state answer answeredAt } } } } } }"


async def open_desk(client: Client, world: World, *, seats: int = 1, separated: bool = False) -> tuple[Desk, Desk]:
    """A coordinator's desk, and that of a plain user in the same team."""
    desk = await desk_of(client, world, seats=seats, separated=separated)
    return desk, beside(desk, await world.member(desk.team))


def beside(desk: Desk, who: Someone) -> Desk:
    """Another person's desk in the same team."""
    return Desk(desk.client, desk.world, desk.team, desk.product, who.secret, who)


async def listed(desk: Desk, state: str | None = None) -> list[tuple[str, str]]:
    """The team's requests, as far as this person sees them: id and state."""
    found = (await desk.client(OF_TEAM, desk.secret, id=desk.team, state=state)).data["team"]["requests"]
    assert found["totalCount"] == len(found["nodes"])
    return [(one["id"], one["state"]) for one in found["nodes"]]


def request(told: Told) -> dict[str, Any]:
    """The request of a payload."""
    found: dict[str, Any] = told.content["request"]
    return found


@pytest.mark.parametrize("role", list(Role))
async def test_every_member_may_ask(client: Client, world: World, role: Role) -> None:
    desk = await desk_of(client, world, seats=0, role=role)
    product = await world.pool(desk.team, 1)
    told = await desk.tell("requestSeat", teamId=desk.team, productId=product, note="  For the drawings ")
    asked = request(told)
    assert (told.said, asked["state"], asked["note"]) == ([], "OPEN", "For the drawings")
    assert (asked["product"]["id"], asked["member"]["user"]["id"]) == (product, desk.who.id)
    assert (asked["answer"], asked["answeredBy"]) == (None, None)
    assert await world.trail(desk.team) == ["requests:create"]


async def test_a_pool_without_a_free_seat_may_be_asked_for(client: Client, world: World) -> None:
    desk, ada = await open_desk(client, world)
    await desk.hold(desk.who.id)
    assert (await ada.ask()).said == []


@pytest.mark.parametrize("kind", ["direct", "group", "default"])
async def test_who_holds_one_needs_to_ask_for_none(client: Client, world: World, kind: str) -> None:
    desk, ada = await open_desk(client, world)
    await desk.hold(ada.who.id, kind, await world.group(desk.team) if kind == "group" else None)
    before = await world.fingerprint()
    told = await ada.ask()
    assert (told.said, told.content["request"]) == ([("ALREADY_ASSIGNED", None)], None)
    assert await world.fingerprint() == before


async def test_who_waits_for_one_needs_to_ask_for_none(client: Client, world: World) -> None:
    desk, ada = await open_desk(client, world, seats=0)
    await desk.assign([ada.who.id], mode="WAITLIST")
    before = await world.fingerprint()
    assert (await ada.ask()).said == [("WAITING", None)]
    assert await world.fingerprint() == before


async def test_asking_twice_is_asking_once(client: Client, world: World) -> None:
    desk, ada = await open_desk(client, world)
    first = request(await ada.ask(note="Please"))
    before = await world.fingerprint()
    again = await ada.ask(note="Please!")
    assert (again.said, request(again)) == ([("ALREADY_REQUESTED", None)], first)
    assert again.content["errors"][0]["isInformation"]
    assert await world.fingerprint() == before
    assert await listed(desk) == [(first["id"], "OPEN")]


@pytest.mark.parametrize("pool", ["none", "ended", "elsewhere"])
async def test_a_product_that_the_team_has_no_seats_of(client: Client, world: World, pool: str) -> None:
    desk, _ = await open_desk(client, world)
    product = await world.product()
    if pool != "none":
        await world.pool(desk.team if pool == "ended" else await world.team(), 1, product, active=pool != "ended")
    before = await world.fingerprint()
    told = await desk.tell("requestSeat", teamId=desk.team, productId=product)
    assert (told.said, told.content["request"]) == ([("NO_POOL", None)], None)
    assert await world.fingerprint() == before


async def test_an_unknown_product_is_not_found(client: Client, world: World) -> None:
    desk, ada = await open_desk(client, world)
    assert (await ada.send("requestSeat", teamId=desk.team, productId="product_x")).codes == ["NOT_FOUND"]


@pytest.mark.parametrize(("length", "codes"), [(1_000, []), (1_001, ["BAD_USER_INPUT"])])
async def test_a_note_has_at_most_1000_characters(client: Client, world: World, length: int, codes: list[str]) -> None:
    _, ada = await open_desk(client, world)
    asked = {"teamId": ada.team, "productId": ada.product, "note": "é" * length}
    assert (await ada.send("requestSeat", **asked)).codes == codes


async def test_who_is_only_invited_asks_for_nothing(client: Client, world: World) -> None:
    desk, _ = await open_desk(client, world)
    grace = beside(desk, await world.invited(desk.team))
    before = await world.fingerprint()
    assert (await grace.send("requestSeat", teamId=desk.team, productId=desk.product)).codes == ["NOT_FOUND"]
    assert await world.fingerprint() == before


async def test_a_user_sees_their_own_requests_and_no_others(client: Client, world: World) -> None:
    desk, ada = await open_desk(client, world)
    eve = beside(desk, await world.member(desk.team))
    hers, his = request(await ada.ask())["id"], request(await eve.ask())["id"]
    assert await listed(desk) == [(hers, "OPEN"), (his, "OPEN")]
    assert await listed(ada) == [(hers, "OPEN")]
    mine = (await client(MINE, ada.secret)).data["viewer"]["memberships"]["nodes"]
    assert mine[0]["requests"]["nodes"] == [{"id": hers, "state": "OPEN", "answer": None, "answeredAt": None}]
    assert (await client("query($id: ID!) { node(id: $id) { id } }", ada.secret, id=his)).codes == ["NOT_FOUND"]


async def test_a_list_of_one_state(client: Client, world: World) -> None:
    desk, ada = await open_desk(client, world, seats=2)
    eve = beside(desk, await world.member(desk.team))
    granted, left = request(await ada.ask())["id"], request(await eve.ask())["id"]
    await desk.answer(granted, grant=True)
    assert await listed(desk, "OPEN") == [(left, "OPEN")]
    assert await listed(desk, "GRANTED") == [(granted, "GRANTED")]
    assert await listed(desk, "DENIED") == []
    assert await listed(desk) == [(granted, "GRANTED"), (left, "OPEN")]


async def test_members_with_their_requests_take_two_statements_more(
    client: Client, world: World, statements: list[str]
) -> None:
    desk, _ = await open_desk(client, world)
    for one in await desk.members(5):
        await world.request(desk.team, desk.product, one)
    query = "query($id: ID!) { team(id: $id) { members { nodes { id %s } } } }"
    taken = []
    for more in ("", "requests { nodes { state product { name } } }"):
        statements.clear()
        await client(query % more, desk.secret, id=desk.team)
        taken.append(len(statements))
    assert taken[1] - taken[0] == 2


@pytest.mark.parametrize("way", ["by hand", "from a group", "by moving", "out of the line"])
async def test_who_gets_the_seat_otherwise_is_shown_as_granted(client: Client, world: World, way: str) -> None:
    desk, ada = await open_desk(client, world)
    eve = (await desk.members(1))[0]
    asked = await world.request(desk.team, desk.product, ada.who.id)
    if way == "by hand":
        await desk.assign([ada.who.id])
    elif way == "from a group":
        await desk.hold(ada.who.id, "group", await world.group(desk.team))
    elif way == "by moving":
        await desk.reassign(await desk.hold(eve), eve, ada.who.id)
    else:
        await desk.hold(eve)
        await desk.assign([ada.who.id], mode="WAITLIST")
        assert await listed(desk) == [(asked, "OPEN")]
        await desk.unassign([eve])
    assert await listed(desk, "OPEN") == []
    assert await listed(desk, "GRANTED") == [(asked, "GRANTED")]
    shown = (await client(MINE, ada.secret)).data["viewer"]["memberships"]["nodes"][0]["requests"]["nodes"]
    assert shown[0]["answeredAt"]


async def test_who_loses_that_seat_has_still_asked(client: Client, world: World) -> None:
    desk, ada = await open_desk(client, world)
    asked = await world.request(desk.team, desk.product, ada.who.id)
    await desk.assign([ada.who.id])
    await desk.unassign([ada.who.id])
    assert await listed(desk) == [(asked, "OPEN")]


async def test_a_request_is_withdrawn_once(client: Client, world: World) -> None:
    desk, ada = await open_desk(client, world)
    asked = request(await ada.ask())["id"]
    told = await ada.tell("withdrawRequest", requestId=asked)
    assert (told.said, request(told)["state"]) == ([], "WITHDRAWN")
    before = await world.fingerprint()
    again = await ada.tell("withdrawRequest", requestId=asked)
    assert (again.said, request(again)["state"]) == ([], "WITHDRAWN")
    assert await world.fingerprint() == before
    assert await world.trail(desk.team) == ["requests:create", "requests:create"]
    assert (await audit_rows(world, desk.team))[-1].after["state"] == "withdrawn"
    assert request(await ada.ask())["id"] != asked


@pytest.mark.parametrize("grant", [True, False])
async def test_what_is_answered_is_not_withdrawn(client: Client, world: World, grant: bool) -> None:
    desk, ada = await open_desk(client, world)
    asked = request(await ada.ask())["id"]
    await desk.answer(asked, grant=grant)
    before = await world.fingerprint()
    told = await ada.tell("withdrawRequest", requestId=asked)
    assert (told.said, request(told)["state"]) == ([("REQUEST_ANSWERED", None)], "GRANTED" if grant else "DENIED")
    assert await world.fingerprint() == before


async def test_nobody_withdraws_what_others_asked_for(client: Client, world: World) -> None:
    desk, ada = await open_desk(client, world)
    eve = beside(desk, await world.member(desk.team))
    asked = request(await ada.ask())["id"]
    _, token = await world.token(desk.team, ada.who.id, *Scope)
    before = await world.fingerprint()
    for secret, code in ((desk.secret, "FORBIDDEN"), (eve.secret, "NOT_FOUND"), (token, "FORBIDDEN")):
        answer = await client(operation("withdrawRequest"), secret, input={"requestId": asked})
        assert answer.codes == [code]
    assert await world.fingerprint() == before


async def test_whoever_leaves_the_team_asks_for_nothing_any_more(client: Client, world: World) -> None:
    desk, ada = await open_desk(client, world)
    asked = request(await ada.ask())["id"]
    await desk.remove([ada.who.id])
    assert await listed(desk) == []
    assert (await desk.send("answerRequest", requestId=asked, grant=True)).codes == ["NOT_FOUND"]
    last = (await audit_rows(world, desk.team))[-1]
    assert (last.action, last.after["requests"]) == ("members:remove", [asked])
    assert await desk.holders() == []


async def test_a_person_who_is_removed_while_they_ask_is_refused(client: Client, world: World) -> None:
    desk, ada = await open_desk(client, world)
    asked = {"teamId": desk.team, "productId": desk.product}
    async with transaction(world.engine) as removing:
        await members.lock(removing, desk.team, [ada.who.id])
        async with waiting(removing, ada.send("requestSeat", **asked)) as work:
            await members.remove(removing, desk.team, [ada.who.id])
            await commit(removing)
            assert (await work).codes == ["FORBIDDEN"]
    assert await listed(desk) == []


async def test_a_request_that_goes_with_its_asker_is_not_answered(client: Client, world: World) -> None:
    desk, ada = await open_desk(client, world)
    request = (await ada.ask()).content["request"]["id"]
    async with transaction(world.engine) as removing:
        await members.lock(removing, desk.team, [ada.who.id])
        async with waiting(removing, desk.send("answerRequest", requestId=request, grant=True)) as work:
            await members.remove(removing, desk.team, [ada.who.id])
            await commit(removing)
            assert (await work).codes == ["NOT_FOUND"]
    assert await desk.holders() == []
