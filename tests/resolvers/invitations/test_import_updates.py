"""Updating people from a file: names, roles and groups, by the rules of the mutations for one person."""

import asyncio
from random import Random
from typing import Any

import pytest

from db.core.text_keys import person_keys
from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.database import fetch_rows
from tests.support.mutations import Caller, Payload, audit_rows, new_caller, operation, personal_values
from tests.support.world import World

pytestmark = pytest.mark.slow

COORDINATOR, MANAGER = Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER
HEADER = "First name,Last name,Email address,Group,Role"
NEEDED = [
    Scope.MEMBERS_IMPORT,
    Scope.MEMBERS_UPDATE,
    Scope.MEMBERS_READ,
    Scope.MEMBERS_CHANGE_ROLE,
    Scope.GROUPS_UPDATE,
    Scope.SEATS_ASSIGN,
]


async def imported(caller: Caller, *rows: str, mode: str = "UPSERT", **more: Any) -> Payload:
    """Import a file with these rows."""
    text = "\n".join((HEADER, *rows))
    return await caller.mutate("importMembers", teamId=caller.team, text=text, mode=mode, **more)


def counts(result: Payload) -> tuple[int, ...]:
    """The numbers of imported, updated, skipped and rejected rows; checks that they add up."""
    found = [result.content[name] for name in ("imported", "updated", "skipped", "rejected")]
    assert result.content["rows"] == sum(found)
    return tuple(found)


def problems(result: Payload) -> list[tuple[int | None, str]]:
    """The line and the reason of each problem."""
    return [(one["line"], one["reason"]) for one in result.content["problems"]]


async def test_names_roles_and_groups_are_updated_and_new_people_invited(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    group = await world.group(caller.team, "Design")
    await world.add_group_product(caller.team, group, caller.product)
    grace, ada, same = await world.invited_member(caller.team), *[await world.member(caller.team) for _ in "ab"]
    rows = [
        f"Augusta,Hopper,{grace.email.upper()},design,",
        f"Ada,Byron,{ada.email},,Software Coordinator",
        f"Ada,Byron,{same.email},,user",
        "New,Person,new@upsert.example,,software_coordinator",
    ]
    result = await imported(caller, *rows)
    assert (counts(result), problems(result), result.errors) == ((1, 2, 1, 0), [], [])
    nothing: dict[str, Any] = {
        "nameBefore": None,
        "nameAfter": None,
        "roleBefore": None,
        "roleAfter": None,
        "joinedGroupIds": [],
    }
    assert result.content["changes"] == [
        nothing
        | {
            "line": 2,
            "userId": grace.id,
            "nameBefore": "Grace Hopper",
            "nameAfter": "Augusta Hopper",
            "joinedGroupIds": [group],
        },
        nothing | {"line": 3, "userId": ada.id, "roleBefore": "USER", "roleAfter": "SOFTWARE_COORDINATOR"},
    ]
    assert await caller.holders() == [grace.id]
    of_people = {row.after["user"]: row for row in await audit_rows(world, caller.team) if "user" in row.after}
    assert {row.action for row in of_people.values()} == {"members:import"}
    changed = ({"name": ["Grace", "Hopper"]}, {"name": ["Augusta", "Hopper"]})
    assert await personal_values(world, of_people[grace.id].id) == {grace.id: changed}
    assert of_people[ada.id].after == {"user": ada.id, "role": "software_coordinator"}
    before = await world.fingerprint()
    assert counts(await imported(caller, *rows)) == (0, 0, 4, 0)
    assert await world.fingerprint() == before


async def test_the_keys_of_changed_names_are_those_of_the_new_names(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    grace = await world.invited_member(caller.team)
    await imported(caller, f"Ágnes,Łęcki,{grace.email},,")
    made = person_keys("Ágnes", "Łęcki", grace.email)
    query = f"select {', '.join(made)} from invitations where user_id = $1"
    assert await fetch_rows(world.database, query, grace.id) == [tuple(made.values())]
    payload = await caller.mutate("updateMember", teamId=caller.team, userId=caller.who.id, lastName="Ñu")
    made = person_keys("Ada", "Ñu", caller.who.email)
    query = "select u.name_key, u.name_search, m.name_key from users u join memberships m on m.user_id = u.id"
    found = await fetch_rows(world.database, f"{query} where u.id = $1", caller.who.id)
    assert (payload.errors, found) == ([], [(made["name_key"], made["name_search"], made["name_key"])])


async def test_a_file_may_have_full_names_external_ids_and_people_who_were_removed(
    client: Client, world: World
) -> None:
    caller = await new_caller(client, world, seats=0)
    grace, gone = await world.invited_member(caller.team), await world.member(caller.team)
    await caller.remove([gone.id])
    rows = ("Full name,Mail,Team role,Employee ID,City", f"Grace Hopper,{grace.email},,E7,Bern", f"X,{gone.email},,,")
    values = {"teamId": caller.team, "text": "\n".join(rows), "mode": "UPSERT"}
    result = await caller.mutate("importMembers", **values)
    assert (counts(result), result.content["changes"]) == ((0, 0, 2, 0), [])
    assert problems(result) == [(1, "COLUMN_UNKNOWN"), (3, "REMOVED_BEFORE")]
    ids = "select external_id from memberships where user_id = $1"
    assert await fetch_rows(world.database, ids, grace.id) == [("E7",)]
    values["text"] = "\n".join((rows[0], f"Grace,{grace.email},,E8,", f"X,{gone.email},Software-Coordinator,,"))
    result = await caller.mutate("importMembers", **values, inviteRemoved=True)
    assert (counts(result), problems(result)) == ((1, 1, 0, 0), [(1, "COLUMN_UNKNOWN"), (2, "EXTERNAL_ID_KEPT")])
    assert result.content["changes"][0]["nameAfter"] == "Grace"


async def test_the_names_of_an_account_stay_and_the_row_is_imported(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    ada = await world.member(caller.team)
    result = await imported(caller, f"Eve,Evil,{ada.email},,software coordinator")
    assert (counts(result), problems(result)) == ((0, 1, 0, 0), [(2, "NAME_KEPT")])
    [change] = result.content["changes"]
    assert (change["nameAfter"], change["roleAfter"]) == (None, "SOFTWARE_COORDINATOR")


@pytest.mark.parametrize(("mode", "updated"), [("UPSERT", 0), ("UPSERT_BEST_EFFORT", 1)])
async def test_a_role_that_the_actor_may_not_change_rejects_its_row(
    client: Client, world: World, mode: str, updated: int
) -> None:
    caller = await new_caller(client, world, seats=0)
    grace, manager = await world.invited_member(caller.team), await world.member(caller.team, MANAGER)
    rows = [
        f"Augusta,Hopper,{grace.email},,",
        f"Ada,Byron,{manager.email},,user",
        f"Ada,Byron,{caller.who.email},,user",
        "New,Person,new@refused.example,,contract manager",
        "New,Person,newer@refused.example,,Boss",
    ]
    before = await world.fingerprint()
    result = await imported(caller, *rows, mode=mode)
    assert counts(result) == (0, updated, 1 - updated, 4)
    assert problems(result) == [
        (3, "ROLE_REFUSED"),
        (4, "ROLE_REFUSED"),
        (5, "ROLE_REFUSED"),
        (6, "ROLE_INVALID"),
    ]
    assert (await world.fingerprint() != before) is bool(updated)


async def test_a_dry_run_shows_the_difference_and_changes_nothing(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    grace = await world.invited_member(caller.team)
    rows = (f"Augusta,Hopper,{grace.email},,software coordinator",)
    before = await world.fingerprint()
    dry = await imported(caller, *rows, dryRun=True)
    assert await world.fingerprint() == before
    assert (counts(dry), len(dry.content["changes"])) == ((0, 1, 0, 0), 1)
    assert (await imported(caller, *rows)).content == dry.content


@pytest.mark.parametrize(
    ("mode", "outcome", "reason"),
    [
        ("UPSERT", (0, 0, 1, 1), "NO_SEAT_LEFT"),
        ("UPSERT_BEST_EFFORT", (1, 1, 0, 0), "NO_SEAT_LEFT"),
        ("UPSERT_WAITLIST", (1, 1, 0, 0), "WAITING"),
    ],
)
async def test_a_missing_seat_is_handled_by_the_mode(
    client: Client, world: World, mode: str, outcome: tuple[int, ...], reason: str
) -> None:
    caller = await new_caller(client, world, seats=1)
    group = await world.group(caller.team, "Design")
    await world.add_group_product(caller.team, group, caller.product)
    grace = await world.invited_member(caller.team)
    before = await world.fingerprint()
    rows = (f"Augusta,Hopper,{grace.email},Design,", f"New,Person,{mode.lower()}@shortage.example,Design,")
    result = await imported(caller, *rows, mode=mode)
    # The seat goes to the first line.
    assert (counts(result), problems(result)) == (outcome, [(3, reason)])
    assert (await world.fingerprint() == before) is (mode == "UPSERT")


async def test_the_actor_gets_no_seat_from_a_file_if_duties_are_separated(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1, separated=True)
    group = await world.group(caller.team, "Design")
    await world.add_group_product(caller.team, group, caller.product)
    result = await imported(caller, f"Ada,Byron,{caller.who.email},Design,")
    assert (counts(result), problems(result)) == ((0, 1, 0, 0), [(2, "SEPARATION_OF_DUTIES")])
    assert await caller.holders() == []


async def test_without_an_upsert_a_role_is_for_new_people_only(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    manager = await world.member(caller.team, MANAGER)
    rows = (f"Eve,Evil,{manager.email},,user", "New,Person,new@role.example,,software coordinator")
    result = await imported(caller, *rows, mode="ALL_OR_NOTHING")
    assert (counts(result), problems(result)) == ((1, 0, 1, 0), [(2, "ALREADY_MEMBER")])
    [row] = await audit_rows(world, caller.team)
    assert [one["role"] for one in row.after["invited"].values()] == ["software_coordinator"]


@pytest.mark.parametrize("missing", NEEDED)
async def test_a_token_needs_a_scope_for_each_kind_of_change(client: Client, world: World, missing: Scope) -> None:
    caller = await new_caller(client, world, seats=2, role=MANAGER)
    group = await world.group(caller.team, "Design")
    await world.add_group_product(caller.team, group, caller.product)
    people = [await world.invited_member(caller.team) for _ in "ab"]
    rows = [f"Augusta,Hopper,{one.email},Design,contract manager" for one in people]
    text = "\n".join((HEADER, *rows))
    for scopes, codes in ((set(NEEDED) - {missing}, ["FORBIDDEN"]), (set(NEEDED), [])):
        _, secret = await world.token(caller.team, caller.who.id, *scopes)
        values = {"teamId": caller.team, "text": text, "mode": "UPSERT", "dryRun": True}
        answer = await client(operation("importMembers", "updated"), secret, input=values)
        assert answer.codes == codes
    assert (answer.data["importMembers"]["updated"], await world.audit_actions(caller.team)) == (2, [])


@pytest.mark.parametrize("seed", range(6))
async def test_any_file_gives_the_report_of_its_dry_run_and_changes_nothing_the_second_time(
    client: Client, world: World, seed: int
) -> None:
    chance = Random(seed)  # noqa: S311 - the same rows in each run
    caller = await new_caller(client, world, seats=3)
    groups = [await world.group(caller.team, name) for name in ("Design", "Sales")]
    await world.add_group_product(caller.team, groups[0], caller.product)
    people = [await world.invited_member(caller.team, chance.choice(list(Role))) for _ in range(4)]
    people += [await world.member(caller.team, chance.choice(list(Role))) for _ in range(4)]
    emails = [*(one.email for one in people), caller.who.email, f"new{seed}@seed.example", "no address"]
    cells = (["Ada", "Grace", "Zoë", ""], ["Byron", "Hopper"], emails, ["", "Design", "sales", "Nowhere"])
    roles = ["", "user", "Software coordinator", "contract_manager", "boss"]
    rows = [",".join(chance.choice(values) for values in (*cells, roles)) for _ in range(15)]
    mode = chance.choice(["UPSERT_BEST_EFFORT", "UPSERT_WAITLIST"])
    before = await world.fingerprint()
    dry = await imported(caller, *rows, mode=mode, dryRun=True)
    assert await world.fingerprint() == before
    real = await imported(caller, *rows, mode=mode)
    assert (dry.report, sum(counts(real))) == (real.report, len(rows))
    after = await world.fingerprint()
    again = await imported(caller, *rows, mode=mode)
    assert (counts(again)[:2], again.content["changes"]) == ((0, 0), [])
    assert await world.fingerprint() == after


async def test_two_imports_of_the_same_people_in_other_orders_both_succeed(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=20, role=MANAGER)
    group = await world.group(caller.team, "Design")
    await world.add_group_product(caller.team, group, caller.product)
    people = [await world.invited_member(caller.team) for _ in range(8)]
    rows = [f"Augusta,Hopper,{one.email},Design,software coordinator" for one in people]
    results = await asyncio.gather(*(imported(caller, *rows[:: 1 - 2 * (n % 2)]) for n in range(4)))
    assert sorted(counts(one) for one in results) == [(0, 0, 8, 0)] * 3 + [(0, 8, 0, 0)]
    assert await caller.holders() == sorted(one.id for one in people)


@pytest.mark.parametrize("number", [1, 40])
async def test_the_number_of_statements_does_not_depend_on_the_number_of_people(
    client: Client, world: World, statements: list[str], number: int
) -> None:
    caller = await new_caller(client, world, seats=100, role=MANAGER)
    group = await world.group(caller.team, "Design")
    await world.add_group_product(caller.team, group, caller.product)
    people = [await world.invited_member(caller.team) for _ in range(number)]
    for _ in range(number):
        await world.member(caller.team)
    rows = [f"Augusta,Hopper,{one.email},Design,contract manager" for one in people]
    rows += [f"New,Person,new{n}@{number}.example,Design," for n in range(number)]
    values: dict[str, Any] = {"teamId": caller.team, "text": "\n".join((HEADER, *rows)), "mode": "UPSERT"}
    values |= {"removeLeavers": {"people": number, "seats": 0}}
    statements.clear()
    fields = "imported updated removedUserIds members { id } errors { message }"
    answer = await client(operation("importMembers", fields), caller.secret, input=values)
    assert answer.data["importMembers"]["errors"] == []
    assert (answer.data["importMembers"]["updated"], len(statements)) == (number, 35)
