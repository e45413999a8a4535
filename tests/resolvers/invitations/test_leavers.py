"""The people who are in a team but not in an imported file: reported, and removed only when that is confirmed."""

import asyncio
from typing import Any

import pytest

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import Caller, Payload, audit_rows, new_caller, operation
from tests.support.world import World

pytestmark = pytest.mark.slow

COORDINATOR, MANAGER = Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER
HEADER = "First name,Last name,Email address,Group"


async def imported(caller: Caller, *rows: str, remove: tuple[int, int] | None = None, **more: Any) -> Payload:
    """Import a file with these rows. `remove` are the confirmed numbers of people and seats."""
    values: dict[str, Any] = {"mode": "UPSERT", **more}
    if remove is not None:
        values["removeLeavers"] = {"people": remove[0], "seats": remove[1]}
    return await caller.mutate("importMembers", teamId=caller.team, text="\n".join((HEADER, *rows)), **values)


def leavers(result: Payload) -> set[str]:
    """The user ids of the leavers."""
    return {one["user"]["id"] for one in result.content["leavers"]}


def numbers(result: Payload) -> tuple[int, int]:
    """The numbers of people and seats to confirm."""
    return result.content["leaverCount"], result.content["leaverSeats"]


def reasons(result: Payload) -> list[str]:
    """The reason of each problem."""
    return [one["reason"] for one in result.content["problems"]]


async def test_leavers_are_reported_and_stay(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=2)
    ada, zoe, grace = *[await world.member(caller.team) for _ in "ab"], await world.invited_member(caller.team)
    await caller.assign([ada.id, grace.id])
    result = await imported(caller, f"Ada,Byron,{zoe.email},", "New,Person,new@stay.example,")
    assert (leavers(result), numbers(result)) == ({ada.id, grace.id, caller.who.id}, (2, 2))
    assert (result.content["removedUserIds"], result.content["imported"]) == ([], 1)
    assert await caller.holders() == sorted([ada.id, grace.id])


async def test_confirmed_leavers_are_removed_and_their_seats_go_on(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=2)
    ada, zoe, grace = *[await world.member(caller.team) for _ in "ab"], await world.invited_member(caller.team)
    await caller.assign([ada.id, grace.id])
    await caller.assign([zoe.id], mode="WAITLIST")
    group = await world.group(caller.team, "Design")
    await world.add_group_product(caller.team, group, caller.product)
    rows = (f"Ada,Byron,{zoe.email},", f"Ada,Byron,{caller.who.email},", "New,Person,new@leave.example,Design")
    dry = await imported(caller, *rows, remove=(2, 2), dryRun=True)
    result = await imported(caller, *rows, remove=(2, 2))
    for one in (dry, result):
        assert (one.errors, leavers(one), reasons(one), numbers(one)) == ([], set(), [], (2, 2))
        assert (set(one.content["removedUserIds"]), one.promoted) == ({ada.id, grace.id}, [zoe.id])
        assert (one.content["imported"], one.content["seats"]) == (1, 1)
    assert zoe.id in await caller.holders()
    removed = [row for row in await audit_rows(world, caller.team) if "removed" in row.after]
    assert [set(row.after["removed"]) for row in removed] == [{ada.id, grace.id}]
    again = await imported(caller, *rows, remove=(0, 0))
    assert (again.errors, again.content["removedUserIds"]) == ([], [])


@pytest.mark.parametrize("confirmed", [(1, 1), (2, 0), (0, 0), (2, 2), (-1, 1)])
@pytest.mark.parametrize("mode", ["UPSERT", "UPSERT_BEST_EFFORT"])
async def test_wrong_numbers_change_nothing_at_all(
    client: Client, world: World, confirmed: tuple[int, int], mode: str
) -> None:
    caller = await new_caller(client, world, seats=1)
    ada, grace = await world.member(caller.team), await world.invited_member(caller.team)
    await world.member(caller.team)
    await caller.assign([ada.id])
    before = await world.fingerprint()
    rows = (f"Augusta,Hopper,{grace.email},", "New,Person,new@wrong.example,")
    result = await imported(caller, *rows, remove=confirmed, mode=mode)
    assert (result.errors, numbers(result)) == ([("CONFIRM_NEEDED", None)], (2, 1))
    assert result.messages == ["This removes 2 people and frees 1 seats; to go on, send {people: 2, seats: 1}."]
    counts = [result.content[name] for name in ("imported", "updated", "skipped", "rejected")]
    assert (counts, result.content["changes"], reasons(result)) == ([0, 0, 2, 0], [], [])
    assert await world.fingerprint() == before


async def test_the_actor_and_the_people_that_they_may_not_remove_stay(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    manager, ada = await world.member(caller.team, MANAGER), await world.member(caller.team)
    result = await imported(caller, "New,Person,new@kept.example,", remove=(1, 0))
    assert (result.errors, result.content["removedUserIds"]) == ([], [ada.id])
    assert (leavers(result), reasons(result)) == ({manager.id, caller.who.id}, ["LEAVER_KEPT", "LEAVER_KEPT"])


@pytest.mark.parametrize(("mode", "imported_rows"), [("UPSERT", 0), ("UPSERT_BEST_EFFORT", 1)])
async def test_nobody_is_a_leaver_if_a_row_was_rejected(
    client: Client, world: World, mode: str, imported_rows: int
) -> None:
    caller = await new_caller(client, world, seats=0)
    ada = await world.member(caller.team)
    rows = (f",,{ada.email},", f"New,Person,{mode.lower()}@leavers.example,")
    result = await imported(caller, *rows, remove=(1, 0), mode=mode)
    assert (result.errors, result.content["leavers"]) == ([("LEAVERS_UNKNOWN", None)], None)
    assert (result.content["imported"], result.content["removedUserIds"]) == (imported_rows, [])
    assert numbers(result) == (0, 0)


async def test_a_row_that_the_team_rejects_still_names_its_person(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    ada = await world.member(caller.team)
    result = await imported(
        caller, f"Ada,Byron,{ada.email},Nowhere", f"Ada,Byron,{caller.who.email},", mode="UPSERT_BEST_EFFORT"
    )
    assert (leavers(result), reasons(result)) == (set(), ["GROUP_NOT_FOUND"])


async def test_leavers_are_removed_only_by_an_upsert(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    values = {"text": f"{HEADER}\nA,B,a@b.example,", "removeLeavers": {"people": 0, "seats": 0}}
    answer = await caller.send("importMembers", teamId=caller.team, **values)
    assert answer.codes == ["BAD_USER_INPUT"]
    result = await caller.mutate("importMembers", teamId=caller.team, text=values["text"])
    assert result.content["leavers"] is None


async def test_a_repeat_gets_the_first_report(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    manager, _ = await world.member(caller.team, MANAGER), await world.member(caller.team)
    first, again = [await imported(caller, "A,B,a@repeat.example,", remove=(1, 0), idempotencyKey="k") for _ in "ab"]
    assert (again.content, leavers(first)) == (first.content, {manager.id, caller.who.id})
    assert (await world.audit_actions(caller.team)).count("members:import") == 2


async def test_a_token_needs_the_scope_to_remove_people(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    ada = await world.member(caller.team)
    scopes = [Scope.MEMBERS_IMPORT, Scope.MEMBERS_UPDATE, Scope.MEMBERS_READ]
    values: dict[str, Any] = {"teamId": caller.team, "text": f"{HEADER}\nA,B,a@scopes.example,", "mode": "UPSERT"}
    values["removeLeavers"] = {"people": 1, "seats": 0}
    for also, codes in (([], ["FORBIDDEN"]), ([Scope.MEMBERS_REMOVE], [])):
        _, secret = await world.token(caller.team, caller.who.id, *scopes, *also)
        answer = await client(operation("importMembers", "removedUserIds"), secret, input=values)
        assert answer.codes == codes
    assert answer.data["importMembers"]["removedUserIds"] == [ada.id]


async def test_two_contract_managers_who_leave_each_other_out_do_not_both_go(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0, role=MANAGER)
    rival = await world.member(caller.team, MANAGER)
    there = Caller(client, world, caller.team, caller.product, rival.secret, rival)
    values = {"mode": "UPSERT", "removeLeavers": {"people": 1, "seats": 0}}
    answers = await asyncio.gather(
        *(
            one.send("importMembers", teamId=caller.team, text=f"{HEADER}\nA,B,{n}@race.example,", **values)
            for n, one in enumerate((caller, there))
        )
    )
    done = [answer for answer in answers if not answer.codes]
    assert [answer.data["importMembers"]["errors"] for answer in done] == [[]]
