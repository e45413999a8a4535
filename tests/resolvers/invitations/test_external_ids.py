"""External ids: an invitation or an import gives one to a person who has none, and never to two people of a team."""

from typing import Any

import pytest

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import Caller, Payload, audit_rows, new_caller, personal_values
from tests.support.world import Account, World, counter

pytestmark = pytest.mark.slow

MEMBERS = "query ($id: ID!) { team(id: $id) { members(first: 20) { nodes { externalId user { email } } } } }"


def person(external_id: str | None, email: str | None = None) -> dict[str, str | None]:
    """A person to invite, by default with a new address."""
    email = email or f"ada{next(counter)}@t.example"
    return {"firstName": "Ada", "lastName": "Byron", "email": email, "externalId": external_id}


async def invited(caller: Caller, *people: dict[str, str | None], **more: Any) -> Payload:
    """Invite these people to the caller's team."""
    return await caller.mutate("inviteMembers", teamId=caller.team, people=people, **more)


async def imported(caller: Caller, *people: dict[str, str | None], **more: Any) -> Payload:
    """Import these people into the caller's team."""
    rows = "".join(f"Ada,Byron,{one['email']},{one['externalId'] or ''}\n" for one in people)
    text = f"First name,Last name,Email address,Employee ID\n{rows}"
    return await caller.mutate("importMembers", teamId=caller.team, text=text, **more)


async def ids(caller: Caller) -> dict[str, str]:
    """The external id of each member of the caller's team who has one, by e-mail address."""
    nodes = (await caller.client(MEMBERS, caller.secret, id=caller.team)).data["team"]["members"]["nodes"]
    return {one["user"]["email"]: one["externalId"] for one in nodes if one["externalId"] is not None}


def problems(result: Payload) -> list[tuple[int, str, str, bool]]:
    """The line, column and reason of each problem, and whether it is only information."""
    names = ("line", "column", "reason", "isInformation")
    return [tuple(one[name] for name in names) for one in result.content["problems"]]


async def recorded_ids(caller: Caller) -> list[str]:
    """The external ids in the one entry of the audit log that has some, sorted. Fails if it names other people."""
    rows = [row for row in await audit_rows(caller.world, caller.team) if row.after.get("personal") == ["externalId"]]
    [(people, values)] = [(row.after["users"], await personal_values(caller.world, row.id)) for row in rows]
    assert people == sorted(values)
    return sorted(after["externalId"] for _, after in values.values())


@pytest.mark.parametrize("way", [invited, imported])
async def test_new_people_get_their_external_ids(client: Client, world: World, way: Any) -> None:
    caller, kim, leo, eve = await new_caller(client, world, seats=0), person("E 1"), person("e 1"), person(" ")
    result = await way(caller, kim, leo, eve)
    assert (result.errors, result.content.get("problems", [])) == ([], [])
    assert await ids(caller) == {kim["email"]: "E 1", leo["email"]: "e 1"}
    assert await recorded_ids(caller) == ["E 1", "e 1"]


async def test_a_second_import_changes_nothing_and_a_member_without_an_id_gets_it(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    ada = await world.member(caller.team)
    dry = await imported(caller, person("E1", ada.email.upper()), dryRun=True)
    assert await ids(caller) == {}
    first = await imported(caller, person("E1", ada.email.upper()))
    assert dry.content == first.content
    assert problems(first) == [(2, "Email address", "ALREADY_MEMBER", True)]
    assert await ids(caller) == {ada.email: "E1"}
    before = await world.fingerprint()
    assert (await imported(caller, person("E1", ada.email))).content == first.content
    assert await world.fingerprint() == before


async def test_a_member_with_another_external_id_keeps_it(client: Client, world: World) -> None:
    caller, ada = await new_caller(client, world, seats=0), person("E1")
    await invited(caller, ada)
    before = await world.fingerprint()
    found = problems(await imported(caller, {**ada, "externalId": "E2"}))
    assert found == [
        (2, "Email address", "ALREADY_MEMBER", True),
        (2, "External id", "EXTERNAL_ID_KEPT", True),
    ]
    again = await invited(caller, {**ada, "externalId": "E2"})
    assert again.errors == [("ALREADY_MEMBER", 0), ("EXTERNAL_ID_KEPT", 0)]
    assert await world.fingerprint() == before


@pytest.mark.parametrize("mode", ["ALL_OR_NOTHING", "BEST_EFFORT"])
async def test_an_external_id_that_somebody_else_has_stops_the_row(client: Client, world: World, mode: str) -> None:
    caller, other = await new_caller(client, world, seats=0), await new_caller(client, world, seats=0)
    await invited(caller, person("E1"))
    await invited(other, person("E2"))
    people = [person("E1"), person("E2"), person("E2"), person("x" * 101), person(None)]
    before = await ids(caller)
    result = await invited(caller, *people, mode=mode)
    codes = [("EXTERNAL_ID_TAKEN", 0), ("EXTERNAL_ID_TAKEN", 2), ("EXTERNAL_ID_INVALID", 3)]
    assert result.errors == codes
    assert {tuple(one["field"]) for one in result.content["errors"]} == {("people", "externalId")}
    assert len(result.content["invitations"]) == (2 if mode == "BEST_EFFORT" else 0)
    assert await ids(caller) == (before | {people[1]["email"]: "E2"} if mode == "BEST_EFFORT" else before)
    again = await imported(caller, person("E1"), person("E1"), person(None), mode=mode)
    assert problems(again) == [(line, "External id", "EXTERNAL_ID_TAKEN", False) for line in (2, 3)]
    assert (again.content["imported"], again.content["rejected"]) == (1 if mode == "BEST_EFFORT" else 0, 2)


async def test_two_spellings_of_an_address_are_one_person_as_in_the_index(client: Client, world: World) -> None:
    """Python's `lower` makes of İ an i with a dot of its own."""
    caller, number = await new_caller(client, world, seats=0), next(counter)
    kim, same, other = (person("E1", f"{name}{number}@t.example") for name in ("İda", "ida", "eda"))
    result = await invited(caller, kim, same, other, mode="BEST_EFFORT")
    assert sorted(result.errors) == [("DUPLICATE", 1), ("EXTERNAL_ID_TAKEN", 2)]
    assert await ids(caller) == {kim["email"]: "E1"}
    leo = [person(f"E{n}", f"{name}{number}@t.example") for n, name in ((2, "leo"), (3, "LEO"))]
    assert (await invited(caller, *leo, mode="BEST_EFFORT")).errors == [("DUPLICATE", 1)]
    assert await ids(caller) == {kim["email"]: "E1", leo[0]["email"]: "E2"}


async def test_a_repeated_person_is_not_invited_without_the_id_that_another_member_has(
    client: Client, world: World
) -> None:
    caller, eve = await new_caller(client, world, seats=0), person("E1")
    await invited(caller, person("E1"))
    result = await invited(caller, eve, eve, mode="BEST_EFFORT")
    assert result.errors == [("EXTERNAL_ID_TAKEN", 0), ("EXTERNAL_ID_TAKEN", 1)]
    assert result.content["invitations"] == []


@pytest.mark.parametrize("way", [invited, imported])
async def test_an_external_id_is_stored_as_the_directory_has_it(client: Client, world: World, way: Any) -> None:
    caller, kim, leo = await new_caller(client, world, seats=0), person(" e\u0301  1 "), person("E" + 100 * " " + "1")
    result = await way(caller, kim, leo, mode="BEST_EFFORT")
    assert "EXTERNAL_ID_INVALID" in str(result.content)
    assert await ids(caller) == {kim["email"]: "e\u0301  1"}
    lists = {"teamId": caller.team, "externalIds": ["E\u202e", "\u00e9 1", "\te\u0301  1", "x" * 101]}
    result = await caller.mutate("removeMembers", **lists, mode="BEST_EFFORT")
    assert result.errors == [("NOT_FOUND", row) for row in (0, 1, 3)]
    assert await ids(caller) == {}


async def test_an_external_id_is_free_again_after_its_member_left(client: Client, world: World) -> None:
    caller, ada, eve = await new_caller(client, world, seats=0), person("E1"), person("E1")
    await invited(caller, ada)
    await caller.mutate("removeMembers", teamId=caller.team, externalIds=["E1"])
    assert (await invited(caller, eve)).errors == []
    assert await ids(caller) == {eve["email"]: "E1"}


@pytest.mark.parametrize("number", [1, 40])
async def test_external_ids_cost_a_number_of_statements_that_does_not_grow(
    client: Client, world: World, statements: list[str], number: int
) -> None:
    """Two for the ids, and one for their audit row."""
    counts = []
    for external in (False, True):
        caller = await new_caller(client, world, seats=0)
        people = [person(f"E{n}" if external else None) for n in range(number)]
        statements.clear()
        await imported(caller, *people)
        counts.append(len(statements))
    assert counts[1] == counts[0] + 3


@pytest.mark.parametrize("way", [invited, imported])
@pytest.mark.parametrize("role", [Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER])
async def test_a_member_gets_an_id_only_from_those_who_may_edit_them(
    client: Client, world: World, way: Any, role: Role
) -> None:
    """Nobody is edited by an invitation who could not be edited by `updateMember`."""
    caller, new = await new_caller(client, world, seats=0, role=role), person("E0")
    manager, user = await world.member(caller.team, Role.CONTRACT_MANAGER), await world.member(caller.team)
    pending = await world.invited_member(caller.team, Role.CONTRACT_MANAGER)
    people = [person("E1", manager.email), person("E2", pending.email), person("E3", user.email), new]
    result = await way(caller, *people, mode="BEST_EFFORT")
    found = [code for code, _ in result.errors] or [one["reason"] for one in result.content["problems"]]
    may_edit = role is Role.CONTRACT_MANAGER
    assert found.count("EXTERNAL_ID_KEPT") == (0 if may_edit else 2)
    stored = {user.email: "E3", new["email"]: "E0"}
    assert await ids(caller) == stored | ({manager.email: "E1", pending.email: "E2"} if may_edit else {})
    assert await recorded_ids(caller) == sorted((await ids(caller)).values())


@pytest.mark.parametrize("way", [invited, imported])
async def test_a_token_needs_the_scope_to_update_members(client: Client, world: World, way: Any) -> None:
    caller = await new_caller(client, world, seats=0, role=Role.CONTRACT_MANAGER)
    ada = await world.member(caller.team)
    for scopes in (set(Scope) - {Scope.MEMBERS_UPDATE}, set(Scope)):
        _, secret = await world.token(caller.team, caller.who.id, *scopes)
        token = Caller(client, world, caller.team, caller.product, secret, Account(caller.who.id, "", secret))
        await way(token, person("E1", ada.email), person("E2"), mode="BEST_EFFORT")
        assert (await ids(caller)).get(ada.email) == ("E1" if Scope.MEMBERS_UPDATE in scopes else None)
        assert "E2" in (await ids(caller)).values()


@pytest.mark.parametrize("mutation", ["inviteMembers", "importMembers"])
@pytest.mark.parametrize("external_id", ["E1", "E2"])
async def test_an_id_is_not_probed_without_the_right_to_read_members(
    client: Client, world: World, mutation: str, external_id: str
) -> None:
    caller = await new_caller(client, world, seats=0)
    await invited(caller, person("E1"))
    scopes = (Scope.MEMBERS_INVITE, Scope.MEMBERS_IMPORT, Scope.MEMBERS_UPDATE)
    _, secret = await world.token(caller.team, caller.who.id, *scopes)
    token = Caller(client, world, caller.team, caller.product, secret, Account(caller.who.id, "", secret))
    new, before = person(external_id), await world.fingerprint()
    text = f"First name,Last name,Email address,Employee ID\nAda,Byron,{new['email']},{external_id}\n"
    values = {"people": [new, person("E3")]} if mutation == "inviteMembers" else {"text": text}
    for mode in ("ALL_OR_NOTHING", "BEST_EFFORT"):
        answer = await token.send(mutation, teamId=caller.team, mode=mode, **values, dryRun=True)
        assert answer.codes == ["FORBIDDEN"]
    assert await world.fingerprint() == before
    assert (await invited(token, person(None))).errors == []


async def test_the_audit_log_has_the_ids_that_were_stored(client: Client, world: World) -> None:
    """Of two rows for one person, the first counts."""
    caller, dup = await new_caller(client, world, seats=0), person("E1")
    ada = await world.member(caller.team)
    people = [dup, person("E2", str(dup["email"]).upper()), person("E3", ada.email), person("E4", ada.email.upper())]
    result = await invited(caller, *people, mode="BEST_EFFORT")
    assert sorted(result.errors) == [("ALREADY_MEMBER", 2), ("DUPLICATE", 1), ("DUPLICATE", 3)]
    assert await ids(caller) == {dup["email"]: "E1", ada.email: "E3"}
    assert await recorded_ids(caller) == ["E1", "E3"]


async def test_a_rejected_row_gives_no_id(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    ada, eve = await world.member(caller.team), await world.member(caller.team)
    rows = f"Ada,Byron,{ada.email},E1,contract manager\nAda,Byron,{eve.email},E2,user\n"
    text = f"First name,Last name,Email address,External id,Role\n{rows}"
    result = await caller.mutate("importMembers", teamId=caller.team, text=text, mode="UPSERT_BEST_EFFORT")
    assert problems(result) == [(2, "Role", "ROLE_REFUSED", False)]
    assert await ids(caller) == {eve.email: "E2"}
