"""Entries of the audit log about contracts and payments: only those who may see orders see them, by any way."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from db.core import ids
from domain.actions import CONTRACT_ACTIONS, Action, Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.world import Account, World

AUDIT = """
query($id: ID!, $first: Int = 50, $after: String, $action: Action, $actor: ID, $since: Date, $until: Date) {
  team(id: $id) {
    audit(first: $first, after: $after, action: $action, actorId: $actor, since: $since, until: $until) {
      totalCount pageInfo { hasNextPage endCursor } edges { node { id action } } nodes { id action after }
    }
  }
}
"""
BACKWARDS = "query($id: ID!) { team(id: $id) { audit(last: 50) { nodes { action } } } }"
NODE = "query($id: ID!) { node(id: $id) { id } }"
ENTRY = """
insert into audit_events
  (team_id, actor_kind, actor_id, action, target_id, before, after, facts, policy_hash, request_id)
values (:team, 'person', :actor, :action, :target, '{}', '{}', '[]', encode(sha256(''), 'hex'), '')
"""
POLICY = "insert into policies (hash, text) values (encode(sha256(''), 'hex'), '') on conflict (hash) do nothing"
# What happens to the seats of people, which coordinators see.
OTHERS = (Action.SUBSCRIPTIONS_BEGIN, Action.SUBSCRIPTIONS_END, Action.SEATS_ASSIGN, Action.TEAMS_UPDATE)
CONTRACTS = {"contracts", "payments", "subscriptions", "notices"}
ALL = {one.value for one in (*CONTRACT_ACTIONS, *OTHERS)}


@dataclass(frozen=True)
class Scene:
    """A team with an entry about each action, two by two, made by `boss`; `lead` is a coordinator."""

    team: str
    boss: Account
    lead: Account


@pytest.fixture(scope="module")
async def scene(world: World) -> Scene:
    """Entries about contracts and others follow each other."""
    team = await world.team()
    boss, lead = await world.member(team, Role.CONTRACT_MANAGER), await world.member(team, Role.SOFTWARE_COORDINATOR)
    async with world.engine.begin() as connection:
        await connection.execute(text(POLICY))
        for _ in range(2):
            for action in (*CONTRACT_ACTIONS[:2], *OTHERS, *CONTRACT_ACTIONS[2:]):
                row = {"team": team, "actor": boss.id, "action": action.value, "target": team}
                await connection.execute(text(ENTRY), row)
    return Scene(team, boss, lead)


async def actions(client: Client, secret: str, team: str, **given: Any) -> list[str]:
    """The actions of the entries that somebody sees, each as often as they see it."""
    found = (await client(AUDIT, secret, id=team, **given)).data["team"]["audit"]
    assert [one["node"]["id"] for one in found["edges"]] == [one["id"] for one in found["nodes"]]
    assert found["totalCount"] == len(found["nodes"])
    return [one["action"] for one in found["nodes"]]


def test_the_actions_about_contracts_are_those_of_contracts_payments_and_purchases() -> None:
    named = {one for one in Action if one.value.partition(":")[0] in CONTRACTS}
    unseen = {Action.SUBSCRIPTIONS_BEGIN, Action.SUBSCRIPTIONS_END, Action.CONTRACTS_READ}
    assert set(CONTRACT_ACTIONS) == (named - unseen) | {Action.PRODUCTS_WITHDRAW}  # it stops renewals


async def test_a_contract_manager_sees_all_entries(client: Client, scene: Scene) -> None:
    assert sorted(await actions(client, scene.boss.secret, scene.team)) == sorted([*ALL, *ALL])


async def test_a_coordinator_sees_no_entry_about_contracts(client: Client, scene: Scene) -> None:
    seen = sorted([one.value for one in OTHERS] * 2)
    assert sorted(await actions(client, scene.lead.secret, scene.team)) == seen
    backwards = (await client(BACKWARDS, scene.lead.secret, id=scene.team)).data["team"]["audit"]["nodes"]
    assert sorted(one["action"] for one in backwards) == seen


@pytest.mark.parametrize("action", CONTRACT_ACTIONS)
async def test_no_filter_shows_a_coordinator_an_entry_about_contracts(
    client: Client, scene: Scene, action: Action
) -> None:
    today = datetime.now(UTC).date().isoformat()
    for given in ({}, {"actor": scene.boss.id}, {"since": today}, {"until": today, "actor": scene.boss.id}):
        assert await actions(client, scene.lead.secret, scene.team, action=action.name, **given) == []
        assert await actions(client, scene.boss.secret, scene.team, action=action.name, **given) == [action.value] * 2
    others = await actions(client, scene.lead.secret, scene.team, actor=scene.boss.id, since=today, until=today)
    assert len(others) == 2 * len(OTHERS)


async def test_a_coordinator_sees_no_entry_about_a_notice_that_a_job_queued(client: Client, world: World) -> None:
    team = await world.team()
    boss, lead = await world.member(team, Role.CONTRACT_MANAGER), await world.member(team, Role.SOFTWARE_COORDINATOR)
    async with world.engine.begin() as connection:
        await connection.execute(text(POLICY))
        for target in (ids.new("notice"), ids.new("token"), None):
            row = {"team": team, "actor": boss.id, "action": Action.MAILS_QUEUE.value, "target": target}
            await connection.execute(text(ENTRY), row)
    assert len(await actions(client, boss.secret, team)) == 3
    for given in ({}, {"action": "MAILS_QUEUE"}, {"actor": boss.id}):
        assert await actions(client, lead.secret, team, **given) == ["mails:queue"] * 2


async def test_the_pages_of_a_coordinator_are_full(client: Client, scene: Scene) -> None:
    seen, sizes, after = [], [], None
    while True:
        found = (await client(AUDIT, scene.lead.secret, id=scene.team, first=3, after=after)).data["team"]["audit"]
        sizes.append(len(found["nodes"]))
        seen += [one["action"] for one in found["nodes"]]
        after = found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break
    assert (sizes, sorted(seen)) == ([3, 3, 2], sorted([one.value for one in OTHERS] * 2))


@pytest.mark.parametrize(
    ("role", "scopes", "sees"),
    [
        (Role.CONTRACT_MANAGER, (Scope.AUDIT_READ, Scope.ORDERS_READ), True),
        (Role.CONTRACT_MANAGER, (Scope.AUDIT_READ, Scope.CONTRACTS_READ, Scope.CONTRACTS_AMEND), False),
        (Role.SOFTWARE_COORDINATOR, (Scope.AUDIT_READ, Scope.ORDERS_READ), False),
    ],
)
async def test_a_token_needs_the_scope_and_the_role_of_its_grantor(
    client: Client, world: World, scene: Scene, role: Role, scopes: tuple[Scope, ...], *, sees: bool
) -> None:
    grantor = await world.member(scene.team, role)
    _, secret = await world.token(scene.team, grantor.id, *scopes)
    expected = ALL if sees else {one.value for one in OTHERS}
    assert set(await actions(client, secret, scene.team)) == expected
    amended = await actions(client, secret, scene.team, action="CONTRACTS_AMEND")
    assert amended == (["contracts:amend"] * 2 if sees else [])


async def test_a_manager_who_is_demoted_sees_them_no_more(client: Client, world: World, scene: Scene) -> None:
    manager = await world.member(scene.team, Role.CONTRACT_MANAGER)
    assert set(await actions(client, manager.secret, scene.team)) == ALL
    await world.set_role(scene.team, manager.id, Role.SOFTWARE_COORDINATOR)
    assert set(await actions(client, manager.secret, scene.team)) == {one.value for one in OTHERS}


async def test_an_entry_is_no_node(client: Client, scene: Scene) -> None:
    found = (await client(AUDIT, scene.boss.secret, id=scene.team, action="CONTRACTS_AMEND")).data["team"]["audit"]
    for secret in (scene.boss.secret, scene.lead.secret):
        assert (await client(NODE, secret, id=found["nodes"][0]["id"])).codes == ["NOT_FOUND"]
