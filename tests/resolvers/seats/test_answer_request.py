"""Requests answered: what the asker gets, who may say yes, and who was first."""

import asyncio

import pytest
from sqlalchemy import text

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.resolvers.seats.test_seat_requests import COORDINATOR, MANAGER, beside, listed, open_desk, request
from tests.support.mutations import Desk, audit_rows, desk_of, operation
from tests.support.world import World

MAILS = text("select convert_from(payload, 'utf8') from jobs.pgqueuer where entrypoint = 'request_answered'")


async def mailed(world: World, request_id: str) -> int:
    """How many mails about a request are queued."""
    async with world.engine.connect() as connection:
        return sum(request_id in body for body in (await connection.execute(MAILS)).scalars())


async def test_yes_gives_a_seat(client: Client, world: World) -> None:
    desk, ada = await open_desk(client, world)
    asked = request(await ada.ask())["id"]
    told = await desk.answer(asked, grant=True, message=" Enjoy ")
    assert (told.said, told.content["wait"]) == ([], None)
    assert told.content["seat"]["holder"] == {"id": ada.who.id}
    assert told.content["seat"]["sources"] == [{"kind": "DIRECT", "group": None}]
    answered = request(told)
    assert (answered["state"], answered["answer"], answered["answeredBy"]) == (
        "GRANTED",
        "Enjoy",
        {"id": desk.who.id},
    )
    assert await desk.holders() == [ada.who.id]
    assert await mailed(world, asked) == 1


async def test_no_gives_none(client: Client, world: World) -> None:
    desk, ada = await open_desk(client, world)
    asked = request(await ada.ask())["id"]
    told = await desk.answer(asked, grant=False, message="Use Kiln")
    assert (told.said, told.content["seat"], request(told)["state"]) == ([], None, "DENIED")
    assert await desk.holders() == []
    assert await mailed(world, asked) == 1
    assert request(await ada.ask())["id"] != asked


@pytest.mark.parametrize("mode", ["ALL_OR_NOTHING", "BEST_EFFORT"])
async def test_without_a_seat_left_the_request_stays_open(client: Client, world: World, mode: str) -> None:
    desk, ada = await open_desk(client, world, seats=0)
    asked = await world.request(desk.team, desk.product, ada.who.id)
    before = await world.fingerprint()
    told = await desk.answer(asked, grant=True, mode=mode)
    assert (told.said, request(told)["state"]) == ([("NO_SEAT_LEFT", None)], "OPEN")
    assert await world.fingerprint() == before
    assert await mailed(world, asked) == 0


async def test_or_the_asker_waits_for_one(client: Client, world: World) -> None:
    desk, ada = await open_desk(client, world)
    [eve] = await desk.members(1)
    await desk.hold(eve)
    asked = request(await ada.ask())["id"]
    told = await desk.answer(asked, grant=True, mode="WAITLIST")
    assert (told.said, request(told)["state"], told.content["seat"]) == ([("WAITING", None)], "GRANTED", None)
    assert told.content["wait"]["position"] == 1
    await desk.unassign([eve])
    assert await desk.holders() == [ada.who.id]


async def test_yes_to_who_holds_one_by_hand_already(client: Client, world: World) -> None:
    desk, ada = await open_desk(client, world)
    asked = request(await ada.ask())["id"]
    await desk.assign([ada.who.id])
    told = await desk.answer(asked, grant=True)
    assert (told.said, request(told)["state"]) == ([("ALREADY_ASSIGNED", None)], "GRANTED")
    await desk.unassign([ada.who.id])
    assert await listed(desk) == [(asked, "GRANTED")]


async def test_yes_to_who_holds_one_from_a_group_gives_another_reason(client: Client, world: World) -> None:
    desk, ada = await open_desk(client, world)
    asked = request(await ada.ask())["id"]
    await desk.hold(ada.who.id, "group", await world.group(desk.team))
    told = await desk.answer(asked, grant=True)
    assert [source["kind"] for source in told.content["seat"]["sources"]] == ["GROUP", "DIRECT"]


@pytest.mark.parametrize("grant", [True, False])
@pytest.mark.parametrize("first", ["granted", "denied", "withdrawn"])
async def test_what_is_answered_is_answered(client: Client, world: World, first: str, grant: bool) -> None:
    desk, ada = await open_desk(client, world, seats=2)
    asked = request(await ada.ask())["id"]
    if first == "withdrawn":
        await ada.tell("withdrawRequest", requestId=asked)
    else:
        await desk.answer(asked, grant=first == "granted")
    before, mails = await world.fingerprint(), await mailed(world, asked)
    told = await desk.answer(asked, grant=grant)
    assert (told.said, request(told)["state"]) == ([("REQUEST_ANSWERED", None)], first.upper())
    assert await world.fingerprint() == before
    assert await mailed(world, asked) == mails


@pytest.mark.parametrize("role", [COORDINATOR, MANAGER])
@pytest.mark.parametrize("by_token", [False, True])
async def test_nobody_says_yes_to_themselves_where_duties_are_separated(
    client: Client, world: World, role: Role, by_token: bool
) -> None:
    desk = await desk_of(client, world, seats=1, role=role, separated=True)
    asked = request(await desk.ask())["id"]
    secret = (await world.token(desk.team, desk.who.id, *Scope))[1] if by_token else desk.secret
    before = await world.fingerprint()
    for mode in ("ALL_OR_NOTHING", "BEST_EFFORT", "WAITLIST"):
        made = {"requestId": asked, "grant": True, "mode": mode}
        assert (await client(operation("answerRequest"), secret, input=made)).codes == ["FORBIDDEN"]
    assert await world.fingerprint() == before
    other = beside(desk, await world.member(desk.team, COORDINATOR))
    assert (await other.answer(asked, grant=True)).said == []


async def test_a_user_answers_nothing_not_even_their_own(client: Client, world: World) -> None:
    desk, ada = await open_desk(client, world)
    eve = beside(desk, await world.member(desk.team))
    asked = request(await ada.ask())["id"]
    before = await world.fingerprint()
    for grant in (True, False):
        assert (await ada.send("answerRequest", requestId=asked, grant=grant)).codes == ["FORBIDDEN"]
        assert (await eve.send("answerRequest", requestId=asked, grant=grant)).codes == ["NOT_FOUND"]
    assert await world.fingerprint() == before


async def test_a_coordinator_elsewhere_answers_nothing_here(client: Client, world: World) -> None:
    desk, ada = await open_desk(client, world)
    there = await desk_of(client, world, seats=1, role=MANAGER)
    await world.member(desk.team, someone=there.who)
    asked = request(await ada.ask())["id"]
    secrets = (there.secret, (await world.token(there.team, there.who.id, *Scope))[1])
    before = await world.fingerprint()
    for secret in secrets:
        made = {"requestId": asked, "grant": True}
        assert (await client(operation("answerRequest"), secret, input=made)).codes == ["NOT_FOUND"]
    assert await world.fingerprint() == before


async def test_a_token_says_no_without_the_right_to_give_seats(client: Client, world: World) -> None:
    desk, ada = await open_desk(client, world)
    asked = request(await ada.ask())["id"]
    _, secret = await world.token(desk.team, desk.who.id, Scope.REQUESTS_READ, Scope.REQUESTS_ANSWER)
    for grant, codes in ((True, ["FORBIDDEN"]), (False, [])):
        made = {"requestId": asked, "grant": grant}
        assert (await client(operation("answerRequest"), secret, input=made)).codes == codes
    assert await listed(desk) == [(asked, "DENIED")]


async def test_one_audit_row_tells_the_answer_and_the_seat(client: Client, world: World) -> None:
    desk, ada = await open_desk(client, world)
    asked = request(await ada.ask())["id"]
    told = await desk.answer(asked, grant=True, message="Enjoy")
    assert await world.trail(desk.team) == ["requests:create", "requests:answer"]
    last = (await audit_rows(world, desk.team))[-1]
    assert (last.target_id, last.before) == (asked, {"state": "open"})
    assert last.after == {
        "product": desk.product,
        "user": ada.who.id,
        "state": "granted",
        "answer": "Enjoy",
        "assigned": {told.content["seat"]["id"]: ada.who.id},
    }


async def answered_by(desk: Desk, request_id: str, *, grant: bool) -> list[tuple[str, int | None]]:
    """What the one who answers is told."""
    return (await desk.answer(request_id, grant=grant)).said


@pytest.mark.parametrize("grants", [(True, True), (True, False), (False, False)])
async def test_of_two_who_answer_at_once_one_is_too_late(
    client: Client, world: World, grants: tuple[bool, bool]
) -> None:
    for _ in range(10):
        desk, ada = await open_desk(client, world, seats=2)
        other = beside(desk, await world.member(desk.team, COORDINATOR))
        asked = request(await ada.ask())["id"]
        said = await asyncio.gather(
            *(answered_by(one, asked, grant=grant) for one, grant in zip((desk, other), grants, strict=True))
        )
        assert sorted(said) == [[], [("REQUEST_ANSWERED", None)]]
        won = grants[said.index([])]
        assert await listed(desk) == [(asked, "GRANTED" if won else "DENIED")]
        assert await desk.holders() == ([ada.who.id] if won else [])
        assert await mailed(world, asked) == 1
        assert (await world.trail(desk.team)).count("requests:answer") == 1


async def test_an_answer_and_a_withdrawal_at_once_are_one_of_them(client: Client, world: World) -> None:
    for _ in range(10):
        desk, ada = await open_desk(client, world)
        asked = request(await ada.ask())["id"]
        answer, withdrawal = await asyncio.gather(
            desk.answer(asked, grant=True), ada.tell("withdrawRequest", requestId=asked)
        )
        assert sorted((answer.said, withdrawal.said)) == [[], [("REQUEST_ANSWERED", None)]]
        assert await desk.holders() == ([ada.who.id] if answer.said == [] else [])


async def test_two_requests_at_once_are_one(client: Client, world: World) -> None:
    for _ in range(10):
        desk, ada = await open_desk(client, world)
        told = await asyncio.gather(*(ada.ask() for _ in range(3)))
        assert sorted(one.said for one in told) == [[], *[[("ALREADY_REQUESTED", None)]] * 2]
        assert len(await listed(desk)) == 1


async def test_the_last_seat_goes_to_one_of_two_askers(client: Client, world: World) -> None:
    for _ in range(10):
        desk, ada = await open_desk(client, world)
        eve = beside(desk, await world.member(desk.team))
        asked = [request(await one.ask())["id"] for one in (ada, eve)]
        said = await asyncio.gather(*(answered_by(desk, one, grant=True) for one in asked))
        assert sorted(said) == [[], [("NO_SEAT_LEFT", None)]]
        assert [state for _, state in await listed(desk)] == ["GRANTED" if one == [] else "OPEN" for one in said]


async def test_an_answer_and_a_removal_at_once_leave_no_seat_behind(client: Client, world: World) -> None:
    for _ in range(10):
        desk, ada = await open_desk(client, world)
        asked = request(await ada.ask())["id"]
        answer, told = await asyncio.gather(
            desk.send("answerRequest", requestId=asked, grant=True), desk.remove([ada.who.id])
        )
        assert answer.codes in ([], ["NOT_FOUND"])
        assert told.said == []
        assert (await listed(desk), await desk.holders()) == ([], [])
