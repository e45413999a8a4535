"""Lists of people in mutations: each person may be named by user id, e-mail address or external id."""

from typing import Any

import pytest
from sqlalchemy import update

from db.tables.people import Membership
from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import Caller, changed_people, new_caller, operation
from tests.support.world import Account, World, counter

pytestmark = pytest.mark.slow

# A mutation, and the scopes that a token needs for it.
MUTATIONS = {
    "assignSeats": [Scope.SEATS_ASSIGN, Scope.POOLS_READ, Scope.SEATS_READ],
    "unassignSeats": [Scope.SEATS_UNASSIGN, Scope.POOLS_READ, Scope.SEATS_READ],
    "removeMembers": [Scope.MEMBERS_REMOVE],
    "changeRoles": [Scope.MEMBERS_CHANGE_ROLE],
    "setGroupMembers": [Scope.GROUPS_UPDATE, Scope.GROUPS_READ],
    "addGroupMembers": [Scope.GROUPS_UPDATE, Scope.GROUPS_READ],
    "removeGroupMembers": [Scope.GROUPS_UPDATE, Scope.GROUPS_READ],
}
UNKNOWN = "There is no member of this team with this e-mail address."


async def setting(client: Client, world: World, mutation: str) -> tuple[Caller, dict[str, Any], list[Account]]:
    """A caller, the input of a mutation without people, and three people that it changes."""
    caller = await new_caller(client, world, seats=3)
    people = [await world.member(caller.team) for _ in range(3)]
    if mutation == "unassignSeats":
        for one in people:
            await caller.give_seat(one.id)
    if mutation.endswith("GroupMembers"):
        group = await world.group(caller.team)
        if mutation == "removeGroupMembers":
            await world.add_to_group(caller.team, group, *(one.id for one in people))
        return caller, {"groupId": group}, people
    more = {"removeMembers": {}, "changeRoles": {"role": "SOFTWARE_COORDINATOR"}}
    return caller, {"teamId": caller.team, **more.get(mutation, {"productId": caller.product})}, people


@pytest.mark.parametrize("mutation", MUTATIONS)
async def test_an_address_in_any_case_finds_the_person_in_each_mutation(
    client: Client, world: World, mutation: str
) -> None:
    caller, values, [ada, eve, kim] = await setting(client, world, mutation)
    mixed = {"userIds": [ada.id], "emails": [f" {eve.email.upper()} ", kim.email]}
    assert (await caller.mutate(mutation, **values, **mixed)).errors == []
    assert await changed_people(world, caller.team) == [{ada.id, eve.id, kim.id}]


@pytest.mark.parametrize(
    ("stored", "written"),
    [
        ("Ada{}@bücher.example", "ADA{}@xn--bcher-kva.example"),
        ("Ada{}@bücher.example", " ada{}@bu\u0308cher.EXAMPLE"),
        ("zoë{}@x.example", "ZOE\u0308{}@x.example"),
    ],
    ids=ascii,
)
async def test_all_spellings_that_sign_in_find_the_person(
    client: Client, world: World, stored: str, written: str
) -> None:
    caller, number = await new_caller(client, world, seats=1), next(counter)
    ada = await world.member(caller.team, account=await world.person(email=stored.format(number)))
    emails = [written.format(number), "zoë@x", stored.format(number)]
    pool = {"teamId": caller.team, "productId": caller.product}
    payload = await caller.mutate("assignSeats", **pool, emails=emails, mode="BEST_EFFORT")
    assert payload.errors == [("NOT_FOUND", 1), ("DUPLICATE", 2)]
    assert await caller.holders() == [ada.id]


async def give_external_id(world: World, team_id: str, user_id: str, external_id: str) -> None:
    """Store an external id, without a mutation."""
    place = (Membership.team_id == team_id, Membership.user_id == user_id)
    async with world.engine.begin() as connection:
        await connection.execute(update(Membership).where(*place).values(external_id=external_id))


@pytest.mark.parametrize("mutation", MUTATIONS)
async def test_an_external_id_finds_the_member_of_this_team_in_each_mutation(
    client: Client, world: World, mutation: str
) -> None:
    caller, values, [ada, eve, _] = await setting(client, world, mutation)
    other = await world.team()
    stranger, kim = await world.member(other), await world.member(other)
    await give_external_id(world, caller.team, ada.id, "E1")
    await give_external_id(world, other, stranger.id, "E1")
    await give_external_id(world, other, kim.id, "E2")
    ids = [" E1 ", "E2", "e1"]
    payload = await caller.mutate(mutation, **values, externalIds=ids, emails=[eve.email], mode="BEST_EFFORT")
    message = "There is no member of this team with this external id."
    found = [(one["code"], one["field"], one["row"], one["message"]) for one in payload.content["errors"]]
    assert found == [("NOT_FOUND", ["externalIds"], row, message) for row in (1, 2)]
    assert await changed_people(world, caller.team) == [{ada.id, eve.id}]


async def test_a_token_finds_people_by_external_id_only_with_the_right_to_read_members(
    client: Client, world: World
) -> None:
    caller, values, [ada, *_] = await setting(client, world, "removeMembers")
    await give_external_id(world, caller.team, ada.id, "E1")
    values["externalIds"] = ["E1"]
    _, token = await world.token(caller.team, caller.who.id, Scope.MEMBERS_REMOVE)
    answer = await client(operation("removeMembers", "errors { code }"), token, input=values)
    action = answer.content["errors"][0]["extensions"]["policy"]["action"]
    assert (answer.codes, action) == (["FORBIDDEN"], "members:read")
    _, token = await world.token(caller.team, caller.who.id, Scope.MEMBERS_REMOVE, Scope.MEMBERS_READ)
    answer = await client(operation("removeMembers", "removedUserIds errors { code }"), token, input=values)
    assert answer.data["removeMembers"] == {"removedUserIds": [ada.id], "errors": []}


@pytest.mark.parametrize("mutation", MUTATIONS)
@pytest.mark.parametrize("mode", ["ALL_OR_NOTHING", "BEST_EFFORT"])
async def test_an_address_outside_of_the_team_answers_as_an_unknown_one(
    client: Client, world: World, mutation: str, mode: str
) -> None:
    caller, values, [ada, *_] = await setting(client, world, mutation)
    stranger = await world.member(await world.team())
    emails = [ada.email, stranger.email, f"nobody{next(counter)}@tests.example", "no\naddress"]
    before = await world.fingerprint()
    payload = await caller.mutate(mutation, **values, emails=emails, mode=mode)
    found = [(one["code"], one["field"], one["row"], one["message"]) for one in payload.content["errors"]]
    assert found == [("NOT_FOUND", ["emails"], row, UNKNOWN) for row in (1, 2, 3)]
    if mode == "BEST_EFFORT":
        assert await changed_people(world, caller.team) == [{ada.id}]
    else:
        assert await world.fingerprint() == before


@pytest.mark.parametrize("mutation", MUTATIONS)
async def test_a_person_who_is_named_twice_is_a_duplicate(client: Client, world: World, mutation: str) -> None:
    caller, values, [ada, eve, _] = await setting(client, world, mutation)
    emails = [eve.email, ada.email, eve.email.upper()]
    payload = await caller.mutate(mutation, **values, userIds=[ada.id], emails=emails)
    found = [(one["code"], one["field"], one["row"], one["message"]) for one in payload.content["errors"]]
    assert found == [
        ("DUPLICATE", ["emails"], 1, "This person is already in row 0 of `userIds`."),
        ("DUPLICATE", ["emails"], 2, "This person is already in row 0."),
    ]


@pytest.mark.parametrize("mutation", MUTATIONS)
async def test_a_token_finds_people_by_address_only_with_the_right_to_read_addresses(
    client: Client, world: World, mutation: str
) -> None:
    caller, values, [ada, *_] = await setting(client, world, mutation)
    for email in (ada.email, "nobody@tests.example"):
        _, token = await world.token(caller.team, caller.who.id, *MUTATIONS[mutation])
        answer = await client(operation(mutation, "errors { code }"), token, input={**values, "emails": [email]})
        assert (answer.codes, answer.content["errors"][0]["extensions"]["policy"]["action"]) == (
            ["FORBIDDEN"],
            "emails:read",
        )
    _, token = await world.token(caller.team, caller.who.id, *MUTATIONS[mutation], Scope.EMAILS_READ)
    before = await changed_people(world, caller.team)
    answer = await client(operation(mutation, "errors { code }"), token, input={**values, "emails": [ada.email]})
    assert answer.data[mutation]["errors"] == []
    assert await changed_people(world, caller.team) == [*before, {ada.id}]


@pytest.mark.parametrize("mutation", [one for one in MUTATIONS if not one.endswith("GroupMembers")])
async def test_a_person_without_the_right_learns_nothing_about_an_address(
    client: Client, world: World, mutation: str
) -> None:
    caller, values, [ada, *_] = await setting(client, world, mutation)
    user = await world.member(caller.team)
    answers = [
        await client(operation(mutation), user.secret, input={**values, "emails": [email]})
        for email in (ada.email, "nobody@tests.example")
    ]
    assert [answer.codes for answer in answers] == [["FORBIDDEN"]] * 2
    assert answers[0].content["errors"][0]["message"] == answers[1].content["errors"][0]["message"]


async def test_nobody_gives_a_seat_to_themselves_by_their_address_if_the_team_separates_duties(
    client: Client, world: World
) -> None:
    caller = await new_caller(client, world, seats=1, separated=True)
    answer = await caller.send(
        "assignSeats", teamId=caller.team, productId=caller.product, emails=[caller.who.email.upper()]
    )
    assert answer.codes == ["FORBIDDEN"]
    assert await caller.holders() == []


async def test_the_last_contract_manager_stays_whatever_names_them(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0, role=Role.CONTRACT_MANAGER)
    payload = await caller.mutate("removeMembers", teamId=caller.team, emails=[caller.who.email])
    assert [(one["code"], one["field"], one["row"]) for one in payload.content["errors"]] == [
        ("LAST_CONTRACT_MANAGER", ["emails"], 0)
    ]


async def test_an_invited_person_is_found_by_the_address_of_the_invitation(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    eve = await world.invited_member(caller.team)
    payload = await caller.mutate("assignSeats", teamId=caller.team, productId=caller.product, emails=[eve.email])
    assert (payload.errors, await caller.holders()) == ([], [eve.id])


async def test_all_lists_together_name_at_most_5000_people(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    ids, addresses = [f"user_{n}" for n in range(2_500)], [f"a{n}@t.example" for n in range(5_001)]
    for lists, where in (
        ({"userIds": ids, "emails": addresses[:2_501]}, "5001 in `userIds` and `emails`."),
        ({"emails": addresses}, "5001 in `emails`."),
    ):
        payload = await caller.mutate("assignSeats", teamId=caller.team, productId=caller.product, **lists)
        [error] = payload.content["errors"]
        assert (error["code"], error["field"], error["row"]) == ("LIST_TOO_LONG", ["emails"], None)
        assert error["message"] == f"Name at most 5000 people at a time; you name {where}"


@pytest.mark.parametrize("lists", [{}, {"userIds": None, "emails": None, "externalIds": None}])
async def test_a_group_is_not_emptied_by_a_forgotten_list(client: Client, world: World, lists: dict[str, None]) -> None:
    caller, values, [ada, *_] = await setting(client, world, "setGroupMembers")
    await world.add_to_group(caller.team, values["groupId"], ada.id)
    before = await world.fingerprint()
    assert (await caller.send("setGroupMembers", **values, **lists)).codes == ["BAD_USER_INPUT"]
    assert await world.fingerprint() == before
    assert (await caller.mutate("setGroupMembers", **values, emails=[])).errors == []
    assert await world.fingerprint() != before


@pytest.mark.parametrize(
    ("mutation", "more"), [("assignSeats", 1), ("unassignSeats", 2), ("removeMembers", 1), ("changeRoles", 1)]
)
async def test_the_number_of_statements_does_not_depend_on_the_number_of_addresses(
    client: Client, world: World, statements: list[str], mutation: str, more: int
) -> None:
    """An address costs the statement that locks, which user ids share with the one that loads the actor."""
    counts = list[int]()
    for name in ("userIds", "emails", "emails"):
        caller, values, people = await setting(client, world, mutation)
        listed = people[: 2 if counts else 1]
        lists = {name: [one.id if name == "userIds" else one.email for one in listed]}
        statements.clear()
        answer = await client(operation(mutation, "errors { code }"), caller.secret, input={**values, **lists})
        counts.append(len(statements))
        assert answer.data[mutation]["errors"] == []
    assert (counts[1], counts[2]) == (counts[0] + more, counts[0] + more)
