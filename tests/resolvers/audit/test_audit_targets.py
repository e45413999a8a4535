"""The objects that entries of the audit log are about: each kind, their reach, and the number of statements."""

from typing import Any

from sqlalchemy import text

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.subscriptions import day, make_contract, make_subscription
from tests.support.world import Account, World

RENAME = "mutation($input: UpdateTeamInput!) { updateTeam(input: $input) { team { id } } }"
TARGETS = """
query($id: ID!) {
  team(id: $id) {
    audit(first: 50) {
      nodes {
        targetId
        target {
          __typename
          id
          ... on Team { name }
          ... on User { name }
          ... on Member { user { name } }
          ... on Group { name }
          ... on Product { name }
          ... on PartnerToken { name }
          ... on Seat { product { name } }
          ... on Contract { currency }
          ... on Subscription { product { name } }
          ... on SeatRequest { member { user { name } } product { name } }
        }
      }
    }
  }
}
"""
COPY = """
insert into audit_events
  (team_id, actor_kind, actor_id, action, target_id, before, after, facts, policy_hash, request_id)
select team_id, actor_kind, actor_id, action, target, before, after, facts, policy_hash, request_id
from audit_events, unnest(cast(:targets as text[])) as target where team_id = :team
"""


async def log_of(world: World, client: Client, me: Account, team: str, *targets: str) -> None:
    """Let the log of the team have an entry about the team, and one about each of these."""
    assert not (await client(RENAME, me.secret, input={"teamId": team, "name": f"Logged {team[-8:]}"})).codes
    async with world.engine.begin() as connection:
        await connection.execute(text(COPY), {"team": team, "targets": list(targets)})


async def targets(client: Client, secret: str, team: str) -> dict[str, Any]:
    """What the entries of the log are about, by its id."""
    answer = await client(TARGETS, secret, id=team)
    assert answer.codes == []
    return {one["targetId"]: one["target"] for one in answer.data["team"]["audit"]["nodes"]}


async def of_each_kind(world: World, team: str, me: Account) -> dict[str, str]:
    """The name of the type of an object of each kind, by its id."""
    product = await world.pool(team, 2)
    ada = await world.member(team)
    contract = await make_contract(world, team)
    return {
        ada.id: "User",
        await world.member_id(team, ada.id): "Member",
        await world.group(team): "Group",
        product: "Product",
        await world.give_seat(team, product, ada.id): "Seat",
        await world.request(team, product, me.id): "SeatRequest",
        contract: "Contract",
        (await make_subscription(world, contract, team, (day(0), day(9)))).id: "Subscription",
        (await world.token(team, me.id, Scope.AUDIT_READ))[0]: "PartnerToken",
    }


async def test_an_entry_shows_what_it_is_about(client: Client, world: World) -> None:
    team = await world.team()
    me = await world.member(team, Role.CONTRACT_MANAGER)
    objects = await of_each_kind(world, team, me)
    await log_of(world, client, me, team, *objects)
    seen = await targets(client, me.secret, team)
    assert {id_: (one["__typename"], one["id"]) for id_, one in seen.items()} == {
        id_: (type_, id_) for id_, type_ in {team: "Team", **objects}.items()
    }
    assert seen[team]["name"] == f"Logged {team[-8:]}"


async def test_what_is_gone_or_of_another_team_is_not_shown(client: Client, world: World) -> None:
    team, other = await world.team(), await world.team()
    me = await world.member(team, Role.CONTRACT_MANAGER)
    boss = await world.member(other, Role.CONTRACT_MANAGER)
    foreign = await of_each_kind(world, other, boss)
    product = next(id_ for id_, type_ in foreign.items() if type_ == "Product")
    gone = ["group_01jzxywz00egdv8xk6k2413pey", "sub_01jzxywz00egdv8xk6k2413pey", "nothing", "group_", ""]
    await log_of(world, client, me, team, *foreign, *gone)
    seen = await targets(client, me.secret, team)
    assert seen.keys() == {team, *foreign, *gone}
    # The catalogue is the same for all teams.
    assert {id_ for id_, one in seen.items() if one} == {team, product}


async def test_a_token_sees_only_what_its_scopes_show(client: Client, world: World) -> None:
    team = await world.team()
    me = await world.member(team, Role.CONTRACT_MANAGER)
    objects = await of_each_kind(world, team, me)
    _, secret = await world.token(team, me.id, Scope.AUDIT_READ, Scope.GROUPS_READ)
    await log_of(world, client, me, team, *objects)
    answer = await client(TARGETS, secret, id=team)
    seen = {one["target"]["__typename"] for one in answer.data["team"]["audit"]["nodes"] if one["target"]}
    assert seen == {"Team", "Group", "Product"}


async def test_the_statements_do_not_depend_on_the_number_of_entries(
    client: Client, world: World, statements: list[str]
) -> None:
    team = await world.team()
    me = await world.member(team, Role.CONTRACT_MANAGER)
    await log_of(world, client, me, team, *await of_each_kind(world, team, me))
    await targets(client, me.secret, team)
    statements.clear()
    assert len(await targets(client, me.secret, team)) == 10
    few = len(statements)
    for _ in range(3):
        objects = await of_each_kind(world, team, me)
        async with world.engine.begin() as connection:
            one = COPY.replace("where team_id = :team", "where team_id = :team and target_id = :team")
            await connection.execute(text(one), {"team": team, "targets": list(objects)})
    statements.clear()
    assert len(await targets(client, me.secret, team)) == 10 + 3 * 9
    assert len(statements) == few
