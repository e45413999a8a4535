"""Answering requests: what the asker gets, who may grant a request, and which of two answers counts."""

import asyncio

import pytest
from sqlalchemy import text

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.resolvers.seats.test_seat_requests import (
    COORDINATOR,
    MANAGER,
    colleague,
    coordinator_and_user,
    list_requests,
    request,
)
from tests.support.mutations import Caller, audit_rows, new_caller, operation
from tests.support.world import World

pytestmark = pytest.mark.slow

MAILS = text("select convert_from(payload, 'utf8') from jobs.pgqueuer where entrypoint = 'request_answered'")


async def mail_count(world: World, request_id: str) -> int:
    """The number of queued mails about a request."""
    async with world.engine.connect() as connection:
        return sum(request_id in body for body in (await connection.execute(MAILS)).scalars())


async def test_granting_gives_a_seat(client: Client, world: World) -> None:
    caller, ada = await coordinator_and_user(client, world)
    request_id = request(await ada.request_seat())["id"]
    payload = await caller.answer_request(request_id, grant=True, message=" Enjoy ")
    assert (payload.errors, payload.content["wait"]) == ([], None)
    assert payload.content["seat"]["holder"] == {"id": ada.who.id}
    assert payload.content["seat"]["sources"] == [{"kind": "DIRECT", "group": None}]
    answered = request(payload)
    assert (answered["state"], answered["answer"], answered["answeredBy"]) == (
        "GRANTED",
        "Enjoy",
        {"id": caller.who.id},
    )
    assert await caller.holders() == [ada.who.id]
    assert await mail_count(world, request_id) == 1


async def test_denying_gives_no_seat(client: Client, world: World) -> None:
    caller, ada = await coordinator_and_user(client, world)
    request_id = request(await ada.request_seat())["id"]
    payload = await caller.answer_request(request_id, grant=False, message="Use Kiln")
    assert (payload.errors, payload.content["seat"], request(payload)["state"]) == ([], None, "DENIED")
    assert await caller.holders() == []
    assert await mail_count(world, request_id) == 1
    assert request(await ada.request_seat())["id"] != request_id


@pytest.mark.parametrize("mode", ["ALL_OR_NOTHING", "BEST_EFFORT"])
async def test_if_no_seat_is_left_the_request_stays_open(client: Client, world: World, mode: str) -> None:
    caller, ada = await coordinator_and_user(client, world, seats=0)
    request_id = await world.request(caller.team, caller.product, ada.who.id)
    before = await world.fingerprint()
    payload = await caller.answer_request(request_id, grant=True, mode=mode)
    assert (payload.errors, request(payload)["state"]) == ([("NO_SEAT_LEFT", None)], "OPEN")
    assert await world.fingerprint() == before
    assert await mail_count(world, request_id) == 0


async def test_if_no_seat_is_left_under_waitlist_the_asker_joins_the_waiting_list(client: Client, world: World) -> None:
    caller, ada = await coordinator_and_user(client, world)
    [eve] = await caller.members(1)
    await caller.give_seat(eve)
    request_id = request(await ada.request_seat())["id"]
    payload = await caller.answer_request(request_id, grant=True, mode="WAITLIST")
    assert (payload.errors, request(payload)["state"], payload.content["seat"]) == (
        [("WAITING", None)],
        "GRANTED",
        None,
    )
    assert payload.content["wait"]["position"] == 1
    await caller.unassign([eve])
    assert await caller.holders() == [ada.who.id]


async def test_a_request_can_be_granted_if_the_asker_already_holds_a_direct_seat(client: Client, world: World) -> None:
    caller, ada = await coordinator_and_user(client, world)
    request_id = request(await ada.request_seat())["id"]
    await caller.assign([ada.who.id])
    payload = await caller.answer_request(request_id, grant=True)
    assert (payload.errors, request(payload)["state"]) == ([("ALREADY_ASSIGNED", None)], "GRANTED")
    await caller.unassign([ada.who.id])
    assert await list_requests(caller) == [(request_id, "GRANTED")]


async def test_granting_adds_the_direct_source_to_a_seat_from_a_group(client: Client, world: World) -> None:
    caller, ada = await coordinator_and_user(client, world)
    request_id = request(await ada.request_seat())["id"]
    await caller.give_seat(ada.who.id, "group", await world.group(caller.team))
    payload = await caller.answer_request(request_id, grant=True)
    assert [source["kind"] for source in payload.content["seat"]["sources"]] == ["GROUP", "DIRECT"]


@pytest.mark.parametrize("grant", [True, False])
@pytest.mark.parametrize("first", ["granted", "denied", "withdrawn"])
async def test_a_request_that_is_not_open_cannot_be_answered(
    client: Client, world: World, first: str, grant: bool
) -> None:
    caller, ada = await coordinator_and_user(client, world, seats=2)
    request_id = request(await ada.request_seat())["id"]
    if first == "withdrawn":
        await ada.mutate("withdrawRequest", requestId=request_id)
    else:
        await caller.answer_request(request_id, grant=first == "granted")
    before, mails = await world.fingerprint(), await mail_count(world, request_id)
    payload = await caller.answer_request(request_id, grant=grant)
    assert (payload.errors, request(payload)["state"]) == ([("REQUEST_ANSWERED", None)], first.upper())
    assert await world.fingerprint() == before
    assert await mail_count(world, request_id) == mails


@pytest.mark.parametrize("role", [COORDINATOR, MANAGER])
@pytest.mark.parametrize("by_token", [False, True])
async def test_with_separation_of_duties_nobody_grants_their_own_request(
    client: Client, world: World, role: Role, by_token: bool
) -> None:
    caller = await new_caller(client, world, seats=1, role=role, separated=True)
    request_id = request(await caller.request_seat())["id"]
    secret = (await world.token(caller.team, caller.who.id, *Scope))[1] if by_token else caller.secret
    before = await world.fingerprint()
    for mode in ("ALL_OR_NOTHING", "BEST_EFFORT", "WAITLIST"):
        answer = {"requestId": request_id, "grant": True, "mode": mode}
        assert (await client(operation("answerRequest"), secret, input=answer)).codes == ["FORBIDDEN"]
    assert await world.fingerprint() == before
    other = colleague(caller, await world.member(caller.team, COORDINATOR))
    assert (await other.answer_request(request_id, grant=True)).errors == []


async def test_a_user_cannot_answer_any_request(client: Client, world: World) -> None:
    caller, ada = await coordinator_and_user(client, world)
    eve = colleague(caller, await world.member(caller.team))
    request_id = request(await ada.request_seat())["id"]
    before = await world.fingerprint()
    for grant in (True, False):
        assert (await ada.send("answerRequest", requestId=request_id, grant=grant)).codes == ["FORBIDDEN"]
        assert (await eve.send("answerRequest", requestId=request_id, grant=grant)).codes == ["NOT_FOUND"]
    assert await world.fingerprint() == before


async def test_a_coordinator_of_another_team_cannot_answer_a_request(client: Client, world: World) -> None:
    caller, ada = await coordinator_and_user(client, world)
    there = await new_caller(client, world, seats=1, role=MANAGER)
    await world.member(caller.team, account=there.who)
    request_id = request(await ada.request_seat())["id"]
    secrets = (there.secret, (await world.token(there.team, there.who.id, *Scope))[1])
    before = await world.fingerprint()
    for secret in secrets:
        answer = {"requestId": request_id, "grant": True}
        assert (await client(operation("answerRequest"), secret, input=answer)).codes == ["NOT_FOUND"]
    assert await world.fingerprint() == before


async def test_a_token_without_the_right_to_assign_seats_can_only_deny(client: Client, world: World) -> None:
    caller, ada = await coordinator_and_user(client, world)
    request_id = request(await ada.request_seat())["id"]
    _, secret = await world.token(caller.team, caller.who.id, Scope.REQUESTS_READ, Scope.REQUESTS_ANSWER)
    for grant, codes in ((True, ["FORBIDDEN"]), (False, [])):
        answer = {"requestId": request_id, "grant": grant}
        assert (await client(operation("answerRequest"), secret, input=answer)).codes == codes
    assert await list_requests(caller) == [(request_id, "DENIED")]


async def test_one_audit_row_has_the_answer_and_the_seat(client: Client, world: World) -> None:
    caller, ada = await coordinator_and_user(client, world)
    request_id = request(await ada.request_seat())["id"]
    payload = await caller.answer_request(request_id, grant=True, message="Enjoy")
    assert await world.audit_actions(caller.team) == ["requests:create", "requests:answer"]
    last = (await audit_rows(world, caller.team))[-1]
    assert (last.target_id, last.before) == (request_id, {"state": "open"})
    assert last.after == {
        "product": caller.product,
        "user": ada.who.id,
        "state": "granted",
        "personal": ["answer"],
        "assigned": {payload.content["seat"]["id"]: ada.who.id},
    }


async def answer_errors(caller: Caller, request_id: str, *, grant: bool) -> list[tuple[str, int | None]]:
    """Answer a request. Returns the code and the row of each error."""
    return (await caller.answer_request(request_id, grant=grant)).errors


@pytest.mark.parametrize("grants", [(True, True), (True, False), (False, False)])
async def test_one_of_two_simultaneous_answers_is_too_late(
    client: Client, world: World, grants: tuple[bool, bool]
) -> None:
    for _ in range(10):
        caller, ada = await coordinator_and_user(client, world, seats=2)
        other = colleague(caller, await world.member(caller.team, COORDINATOR))
        request_id = request(await ada.request_seat())["id"]
        errors = await asyncio.gather(
            *(answer_errors(one, request_id, grant=grant) for one, grant in zip((caller, other), grants, strict=True))
        )
        assert sorted(errors) == [[], [("REQUEST_ANSWERED", None)]]
        won = grants[errors.index([])]
        assert await list_requests(caller) == [(request_id, "GRANTED" if won else "DENIED")]
        assert await caller.holders() == ([ada.who.id] if won else [])
        assert await mail_count(world, request_id) == 1
        assert (await world.audit_actions(caller.team)).count("requests:answer") == 1


async def test_only_one_of_a_simultaneous_answer_and_withdrawal_succeeds(client: Client, world: World) -> None:
    for _ in range(10):
        caller, ada = await coordinator_and_user(client, world)
        request_id = request(await ada.request_seat())["id"]
        answer, withdrawal = await asyncio.gather(
            caller.answer_request(request_id, grant=True), ada.mutate("withdrawRequest", requestId=request_id)
        )
        assert sorted((answer.errors, withdrawal.errors)) == [[], [("REQUEST_ANSWERED", None)]]
        assert await caller.holders() == ([ada.who.id] if answer.errors == [] else [])


async def test_simultaneous_requests_of_one_person_become_one(client: Client, world: World) -> None:
    for _ in range(10):
        caller, ada = await coordinator_and_user(client, world)
        payloads = await asyncio.gather(*(ada.request_seat() for _ in range(3)))
        assert sorted(one.errors for one in payloads) == [[], *[[("ALREADY_REQUESTED", None)]] * 2]
        assert len(await list_requests(caller)) == 1


async def test_the_last_seat_goes_to_one_of_two_askers(client: Client, world: World) -> None:
    for _ in range(10):
        caller, ada = await coordinator_and_user(client, world)
        eve = colleague(caller, await world.member(caller.team))
        request_ids = [request(await one.request_seat())["id"] for one in (ada, eve)]
        errors = await asyncio.gather(*(answer_errors(caller, one, grant=True) for one in request_ids))
        assert sorted(errors) == [[], [("NO_SEAT_LEFT", None)]]
        assert [state for _, state in await list_requests(caller)] == [
            "GRANTED" if one == [] else "OPEN" for one in errors
        ]


async def test_a_simultaneous_answer_and_removal_leave_no_seat_behind(client: Client, world: World) -> None:
    for _ in range(10):
        caller, ada = await coordinator_and_user(client, world)
        request_id = request(await ada.request_seat())["id"]
        answer, payload = await asyncio.gather(
            caller.send("answerRequest", requestId=request_id, grant=True), caller.remove([ada.who.id])
        )
        assert answer.codes in ([], ["NOT_FOUND"])
        assert payload.errors == []
        assert (await list_requests(caller), await caller.holders()) == ([], [])
