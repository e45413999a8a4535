"""People with one name: wherever a name is asked, the last name may be absent."""

from typing import Any

import pytest

from tests.conftest import Client
from tests.support.mutations import new_caller, operation
from tests.support.world import World, counter

pytestmark = pytest.mark.slow

MEMBERS = "query ($id: ID!) { team(id: $id) { members(first: 9) { nodes { user { firstName lastName name } } } } }"
TELLER = {"firstName": "Teller", "lastName": "", "name": "Teller"}


@pytest.mark.parametrize("last", [{}, {"lastName": None}, {"lastName": ""}, {"lastName": "  "}])
async def test_a_person_with_one_name_is_invited(client: Client, world: World, last: dict[str, Any]) -> None:
    caller = await new_caller(client, world, seats=0)
    person = {"firstName": " Teller ", **last, "email": f"teller{next(counter)}@t.example"}
    assert (await caller.mutate("inviteMembers", teamId=caller.team, people=[person])).errors == []
    nodes = (await client(MEMBERS, caller.secret, id=caller.team)).data["team"]["members"]["nodes"]
    assert TELLER in [one["user"] for one in nodes]


async def test_a_person_with_one_name_is_imported(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    text = f"First name,Last name,Email address\nTeller,,teller{next(counter)}@t.example\n"
    assert (await caller.mutate("importMembers", teamId=caller.team, text=text)).content["problems"] == []
    nodes = (await client(MEMBERS, caller.secret, id=caller.team)).data["team"]["members"]["nodes"]
    assert TELLER in [one["user"] for one in nodes]


async def test_the_first_name_must_be_there(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    person = {"firstName": " ", "lastName": "Teller", "email": f"teller{next(counter)}@t.example"}
    assert (await caller.mutate("inviteMembers", teamId=caller.team, people=[person])).errors == [("NAME_INVALID", 0)]
    bad = {**person, "firstName": "Teller", "lastName": "\u0007"}
    assert (await caller.mutate("inviteMembers", teamId=caller.team, people=[bad])).errors == [("NAME_INVALID", 0)]


async def test_a_person_with_one_name_signs_up(client: Client) -> None:
    values = {"email": f"teller{next(counter)}@t.example", "password": "correct horse", "firstName": "Teller"}
    answer = await client(operation("signUp", "email errors { code }"), input=values)
    assert answer.data["signUp"] == {"email": values["email"], "errors": []}


@pytest.mark.parametrize(
    ("given", "name"), [({}, "Ada Byron"), ({"lastName": ""}, "Ada"), ({"firstName": "Teller"}, "Teller Byron")]
)
async def test_the_person_who_accepts_may_take_the_last_name_away(
    client: Client, world: World, given: dict[str, str], name: str
) -> None:
    caller, email = await new_caller(client, world, seats=0), f"ada{next(counter)}@t.example"
    person = {"firstName": "Ada", "lastName": "Byron", "email": email}
    invited = await caller.mutate("inviteMembers", teamId=caller.team, people=[person])
    query = "query ($id: ID!) { node(id: $id) { ... on Invitation { member { user { id } } } } }"
    node = (await client(query, caller.secret, id=invited.content["invitations"][0]["id"])).data["node"]
    token = await world.invitation_token(caller.team, node["member"]["user"]["id"])
    values = {"token": token, "password": "correct horse", **given}
    answer = await client(operation("acceptInvitation", "member { user { name } } errors { code }"), input=values)
    assert answer.data["acceptInvitation"] == {"member": {"user": {"name": name}}, "errors": []}


async def test_a_contract_manager_may_have_one_name(client: Client, world: World) -> None:
    caller, team = await new_caller(client, world, seats=0), await world.team()
    await world.make_vendor(caller.who.id)
    manager = {"firstName": "Teller", "email": f"teller{next(counter)}@t.example"}
    created = await caller.mutate("createCompany", name=f"Tellers {next(counter)}", contractManager=manager)
    again = {**manager, "email": f"teller{next(counter)}@t.example"}
    invited = await caller.mutate("inviteContractManager", teamId=team, **again)
    assert (created.errors, invited.errors, invited.content["email"]) == ([], [], again["email"])
    wrong = await caller.mutate("inviteContractManager", teamId=team, **again, lastName="\u0007")
    assert [(one["code"], one["field"]) for one in wrong.content["errors"]] == [("NAME_INVALID", ["lastName"])]
