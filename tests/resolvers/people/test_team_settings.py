"""The settings of a team: each is decided for itself, all that are given change together, and the rest stays."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from db.tables.audit import AuditEvent
from domain.roles import Role
from resolvers.people.team_settings import ASKED_NAMES
from tests.conftest import Client
from tests.support.mutations import Caller, new_caller
from tests.support.world import World

ERRORS = "{ errors { code field retryAfter } }"
TWICE = f"""mutation($input: UpdateTeamInput!) {{
  first: updateTeam(input: $input) {ERRORS}
  second: updateTeam(input: $input) {ERRORS}
}}"""
SETTINGS = """query($id: ID!) {
  team(id: $id) { name language separationOfDuties requiresSecondFactor lastSeatsBelow }
}"""


async def settings(caller: Caller) -> dict[str, Any]:
    """The settings of the caller's team."""
    found: dict[str, Any] = (await caller.client(SETTINGS, caller.secret, id=caller.team)).data["team"]
    return found


async def audited(world: World, team: str) -> list[tuple[Any, Any]]:
    """What the audit log says was changed: before and after."""
    query = select(AuditEvent.before, AuditEvent.after).where(
        AuditEvent.team_id == team, AuditEvent.action == "teams:update"
    )
    async with world.engine.connect() as connection:
        return [(row[0], row[1]) for row in await connection.execute(query.order_by(AuditEvent.id))]


async def manager(client: Client, world: World) -> Caller:
    """A contract manager whose session has a second factor."""
    caller = await new_caller(client, world, seats=0, role=Role.CONTRACT_MANAGER)
    secret = await world.session(caller.who.id, second_factor=True)
    return Caller(client, world, caller.team, caller.product, secret, caller.who)


@pytest.mark.parametrize(
    ("name", "value", "before"),
    [
        ("name", "Renamed", None),
        ("language", "DE", "EN"),
        ("separationOfDuties", True, False),
        ("requiresSecondFactor", True, False),
        ("lastSeatsBelow", 5, None),
    ],
)
async def test_one_setting_changes_and_the_others_stay(
    client: Client, world: World, name: str, value: object, before: object
) -> None:
    caller = await manager(client, world)
    first = await settings(caller)
    value = f"{value} {caller.team}" if name == "name" else value
    result = await caller.mutate("updateTeam", teamId=caller.team, **{name: value})
    assert result.errors == []
    assert await settings(caller) == {**first, name: value}
    assert result.content["team"] == {"id": caller.team, **first, name: value}
    stored = [one.lower() if name == "language" and isinstance(one, str) else one for one in (first[name], value)]
    assert await audited(world, caller.team) == [({name: stored[0]}, {name: stored[1]})]
    assert before in (None, first[name])


async def test_all_settings_change_together_or_none(client: Client, world: World) -> None:
    caller, other = await manager(client, world), await new_caller(client, world, seats=0)
    taken = (await settings(other))["name"]
    first = await settings(caller)
    change = {"language": "DE", "separationOfDuties": True}
    folded = f"  {taken.upper()}  "
    refused = await caller.mutate("updateTeam", teamId=caller.team, name=folded, **change)
    assert refused.errors == [("NAME_TAKEN", None)]
    bad = await caller.mutate("updateTeam", teamId=caller.team, name=" ", **change)
    assert bad.errors == [("NAME_INVALID", None)]
    assert await settings(caller) == first
    assert (await caller.mutate("updateTeam", teamId=caller.team, **change)).errors == []
    assert await settings(caller) == {**first, **change}
    [(before, after)] = await audited(world, caller.team)
    assert before == {"language": "en", "separationOfDuties": False}
    assert after == {"language": "de", "separationOfDuties": True}


async def test_0_free_seats_switch_the_notice_off(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    for below, stored in ((100_000, 100_000), (1, 1), (0, None), (0, None)):
        assert (await caller.mutate("updateTeam", teamId=caller.team, lastSeatsBelow=below)).errors == []
        assert (await settings(caller))["lastSeatsBelow"] == stored
    changes = [(None, 100_000), (100_000, 1), (1, None)]
    assert await audited(world, caller.team) == [
        ({"lastSeatsBelow": before}, {"lastSeatsBelow": after}) for before, after in changes
    ]


@pytest.mark.parametrize("below", [-1, 100_001])
async def test_another_number_of_free_seats_changes_nothing(client: Client, world: World, below: int) -> None:
    caller = await new_caller(client, world, seats=0)
    before = await world.fingerprint()
    refused = await caller.mutate("updateTeam", teamId=caller.team, lastSeatsBelow=below, language="DE")
    assert [(one["code"], one["field"]) for one in refused.content["errors"]] == [("SEATS_INVALID", ["lastSeatsBelow"])]
    assert await world.fingerprint() == before


async def test_nobody_tries_out_which_customers_there_are(client: Client, world: World) -> None:
    caller, other = await manager(client, world), await new_caller(client, world, seats=0)
    taken, own = (await settings(other))["name"], (await settings(caller))["name"]
    before = await world.fingerprint()
    for _ in range(ASKED_NAMES.attempts - 1):
        dry = await caller.mutate("updateTeam", teamId=caller.team, name=taken, dryRun=True)
        assert dry.errors == [("NAME_TAKEN", None)]
    # The present name asks for nothing, and each mutation of an operation counts.
    assert (await caller.mutate("updateTeam", teamId=caller.team, name=own, language="EN")).errors == []
    given = {"teamId": caller.team, "name": taken, "dryRun": True}
    both = (await client(TWICE, caller.secret, input=given)).data
    [first], [second] = both["first"]["errors"], both["second"]["errors"]
    assert (first["code"], second["code"], second["field"]) == ("NAME_TAKEN", "TOO_MANY_ATTEMPTS", ["name"])
    assert 0 < second["retryAfter"] <= ASKED_NAMES.seconds
    refused = await caller.mutate("updateTeam", teamId=caller.team, name=f"New {caller.team}")
    assert (refused.errors, refused.content["team"]["name"]) == ([("TOO_MANY_ATTEMPTS", None)], own)
    assert await world.fingerprint() == before
    assert (await caller.mutate("updateTeam", teamId=caller.team, language="DE")).errors == []
    assert (await other.mutate("updateTeam", teamId=other.team, name=f"New {other.team}")).errors == []


async def test_settings_that_are_as_asked_already_change_nothing(client: Client, world: World) -> None:
    caller = await manager(client, world)
    first = await settings(caller)
    before = await world.fingerprint()
    assert (await caller.mutate("updateTeam", teamId=caller.team)).errors == []
    assert (await caller.mutate("updateTeam", teamId=caller.team, **first)).errors == []
    assert await world.fingerprint() == before


@pytest.mark.parametrize("rule", [{"separationOfDuties": False}, {"requiresSecondFactor": False}])
async def test_a_coordinator_changes_no_rule_of_the_team(client: Client, world: World, rule: dict[str, bool]) -> None:
    caller = await new_caller(client, world, seats=0, separated=True)
    first = await settings(caller)
    refused = await caller.send("updateTeam", teamId=caller.team, name=f"By {caller.who.id}", **rule)
    assert refused.codes == ["FORBIDDEN"]
    assert refused.content["errors"][0]["extensions"]["policy"]["action"] == "teams:secure"
    assert await settings(caller) == first
    assert (await caller.mutate("updateTeam", teamId=caller.team, language="DE")).errors == []


async def test_nobody_requires_a_second_factor_without_giving_one(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0, role=Role.CONTRACT_MANAGER)
    refused = await caller.mutate("updateTeam", teamId=caller.team, requiresSecondFactor=True)
    assert refused.errors == [("SECOND_FACTOR_NEEDED", None)]
    assert not (await settings(caller))["requiresSecondFactor"]
    assert (await caller.mutate("updateTeam", teamId=caller.team, requiresSecondFactor=False)).errors == []


async def test_two_changes_at_the_same_time_both_last(client: Client, world: World) -> None:
    caller = await manager(client, world)
    changes: list[dict[str, object]] = [{"language": "DE"}, {"separationOfDuties": True}, {"name": f"N {caller.team}"}]
    await asyncio.gather(*(caller.mutate("updateTeam", teamId=caller.team, **one) for one in changes))
    found = await settings(caller)
    assert (found["language"], found["separationOfDuties"], found["name"]) == ("DE", True, f"N {caller.team}")
    assert len(await audited(world, caller.team)) == len(changes)


async def test_the_payload_shows_what_the_new_rules_allow(client: Client, world: World) -> None:
    caller = await manager(client, world)
    text = """mutation($input: UpdateTeamInput!) { updateTeam(input: $input) { team {
      members { nodes { viewerCan { action allowed } } }
    } } }"""
    given = {"teamId": caller.team, "separationOfDuties": True}
    data = (await client(text, caller.secret, input=given)).data["updateTeam"]["team"]
    [member] = data["members"]["nodes"]
    assert {"action": "SEATS_ASSIGN", "allowed": False} in member["viewerCan"]


async def test_a_new_account_gets_the_language_of_the_team_that_invites_it(client: Client, world: World) -> None:
    caller = await manager(client, world)
    await caller.mutate("updateTeam", teamId=caller.team, language="DE")
    email = f"newcomer-{caller.team}@tests.example".replace("_", "-")
    people = [{"firstName": "Ada", "email": email}]
    assert (await caller.mutate("inviteMembers", teamId=caller.team, people=people)).errors == []
    async with world.engine.connect() as connection:
        query = "select language from users where email = $1"
        rows = await connection.exec_driver_sql(query, (email,))
        assert rows.scalar_one() == "de"
