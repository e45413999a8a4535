"""The audit log of a team, and the holders of its seats on a day."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from db.tables.seats import SeatPeriod
from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.world import World

ASSIGN = "mutation($input: AssignSeatsInput!) { assignSeats(input: $input) { seats { id } } }"
AUDIT = """
query($id: ID!, $first: Int! = 20, $after: String) {
  team(id: $id) {
    audit(first: $first, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { id action actorKind actorId tokenId targetId before after facts policyHash actor { id } token { id } }
    }
  }
}
"""
HISTORY = """
query($id: ID!, $product: ID!, $on: Date!) {
  team(id: $id) {
    seatHistory(productId: $product, on: $on) {
      totalCount
      nodes { holderId startedBy endedAt endedBy holder { id } seat { id } }
    }
  }
}
"""


async def read_log(client: Client, secret: str, team: str, **page: Any) -> Any:
    return (await client(AUDIT, secret, id=team, **page)).data["team"]["audit"]


async def test_a_change_is_shown_with_the_facts_of_its_decision(client: Client, world: World) -> None:
    team = await world.team()
    me = await world.member(team, Role.SOFTWARE_COORDINATOR)
    [ada] = await world.members(team, 1)
    product = await world.pool(team, 1)
    await client(ASSIGN, me.secret, input={"teamId": team, "productId": product, "userIds": [ada]})
    [row] = (await read_log(client, me.secret, team))["nodes"]
    assert (row["action"], row["actorKind"], row["actorId"]) == ("seats:assign", "person", me.id)
    assert (row["targetId"], row["actor"], row["token"]) == (product, {"id": me.id}, None)
    assert list(row["after"]["assigned"].values()) == [ada]
    assert row["facts"] == [
        {"kind": "Person"},
        {"kind": "Seat", "role": "software_coordinator", "own": False, "separation_of_duties": False},
    ]
    assert len(row["policyHash"]) == 64


async def test_a_change_by_a_token_names_the_token_and_its_grantor(client: Client, world: World) -> None:
    team = await world.team()
    me = await world.member(team, Role.SOFTWARE_COORDINATOR)
    [ada] = await world.members(team, 1)
    product = await world.pool(team, 1)
    token, secret = await world.token(team, me.id, Scope.SEATS_ASSIGN, Scope.AUDIT_READ)
    await client(ASSIGN, secret, input={"teamId": team, "productId": product, "userIds": [ada]})
    [row] = (await read_log(client, me.secret, team))["nodes"]
    assert (row["actorKind"], row["actorId"], row["tokenId"], row["token"]) == ("partner", me.id, token, {"id": token})
    [seen] = (await read_log(client, secret, team))["nodes"]
    assert (seen["tokenId"], seen["token"], seen["actor"]) == (token, None, None)


async def test_the_log_is_paged_from_the_newest(client: Client, world: World) -> None:
    team = await world.team()
    me = await world.member(team, Role.SOFTWARE_COORDINATOR)
    people = await world.members(team, 12)
    product = await world.pool(team, 12)
    for one in people:
        await client(ASSIGN, me.secret, input={"teamId": team, "productId": product, "userIds": [one]})
    seen, after = [], None
    while True:
        page = await read_log(client, me.secret, team, first=5, after=after)
        assert page["totalCount"] == 12
        seen += [next(iter(row["after"]["assigned"].values())) for row in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert seen == people[::-1]


async def test_a_user_and_a_token_without_the_scope_are_refused(client: Client, world: World) -> None:
    team = await world.team()
    lead = await world.member(team, Role.SOFTWARE_COORDINATOR)
    user = await world.member(team)
    product = await world.pool(team, 1)
    _, secret = await world.token(team, lead.id, *(set(Scope) - {Scope.AUDIT_READ, Scope.HISTORY_READ}))
    today = datetime.now(UTC).date().isoformat()
    for asking in (user.secret, secret):
        log = await client(AUDIT, asking, id=team)
        assert (log.codes, log.content["data"]["team"]["audit"]) == (["FORBIDDEN"], None)
        history = await client(HISTORY, asking, id=team, product=product, on=today)
        assert (history.codes, history.content["data"]["team"]["seatHistory"]) == (["FORBIDDEN"], None)


@pytest.mark.parametrize(
    ("days_ago", "holders"), [(11, []), (10, ["ada"]), (7, ["ada"]), (5, ["ada", "bob"]), (4, ["bob"]), (0, ["bob"])]
)
async def test_the_history_shows_the_holders_of_a_seat_on_a_day(
    client: Client, world: World, days_ago: int, holders: list[str]
) -> None:
    team = await world.team()
    me = await world.member(team, Role.CONTRACT_MANAGER)
    ada, bob = await world.members(team, 2)
    product = await world.pool(team, 1)
    noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    given = await client(ASSIGN, me.secret, input={"teamId": team, "productId": product, "userIds": [bob]})
    [seat] = given.data["assignSeats"]["seats"]
    await set_start(world, bob, noon - timedelta(days=5))
    earlier = {"started_at": noon - timedelta(days=10), "started_by": me.id}
    ended = {"ended_at": noon - timedelta(days=5, hours=1), "ended_by": me.id}
    place = {"team_id": team, "seat_id": seat["id"], "product_id": product, "holder_id": ada}
    await world.insert(SeatPeriod, place | earlier | ended)
    day = (noon - timedelta(days=days_ago)).date().isoformat()
    history = (await client(HISTORY, me.secret, id=team, product=product, on=day)).data["team"]["seatHistory"]
    names = {ada: "ada", bob: "bob"}
    assert sorted(names[one["holderId"]] for one in history["nodes"]) == holders
    assert history["totalCount"] == len(holders)
    assert all(one["startedBy"] == me.id for one in history["nodes"])


async def set_start(world: World, user_id: str, moment: datetime) -> None:
    """Set the start of the open period of this holder."""
    async with world.engine.begin() as connection:
        change = update(SeatPeriod).where(SeatPeriod.holder_id == user_id).values(started_at=moment)
        await connection.execute(change)


FILTERED = """
query($id: ID!, $action: Action, $actor: ID, $since: Date, $until: Date) {
  team(id: $id) {
    audit(action: $action, actorId: $actor, since: $since, until: $until) { totalCount nodes { action actorId } }
  }
}
"""


async def test_the_log_is_filtered_by_action_actor_and_days(client: Client, world: World) -> None:
    team, product = await world.team(), await world.product()
    await world.pool(team, 3, product)
    first, second = [await world.member(team, Role.SOFTWARE_COORDINATOR) for _ in range(2)]
    [ada] = await world.members(team, 1)
    rename = "mutation($input: UpdateTeamInput!) { updateTeam(input: $input) { team { id } } }"
    for who in (first, second):
        await client(ASSIGN, who.secret, input={"teamId": team, "productId": product, "userIds": [who.id]})
    await client(rename, second.secret, input={"teamId": team, "name": f"Renamed {team[-6:]}"})
    await client(ASSIGN, first.secret, input={"teamId": team, "productId": product, "userIds": [ada]})
    today = datetime.now(UTC).date()
    days = {"since": str(today - timedelta(days=1)), "until": str(today + timedelta(days=1))}
    past = {"since": None, "until": str(today - timedelta(days=2))}
    future = {"since": str(today + timedelta(days=2)), "until": None}
    cases: list[tuple[dict[str, Any], int]] = [
        ({}, 4),
        ({"action": "SEATS_ASSIGN"}, 3),
        ({"action": "TEAMS_UPDATE"}, 1),
        ({"actor": first.id}, 2),
        ({"actor": second.id, "action": "SEATS_ASSIGN"}, 1),
        ({"actor": ada}, 0),
        ({"actor": first.id, **days}, 2),
        (past, 0),
        (future, 0),
    ]
    for given, number in cases:
        found = (await client(FILTERED, first.secret, id=team, **given)).data["team"]["audit"]
        assert (found["totalCount"], len(found["nodes"])) == (number, number), given
    refused = await client(FILTERED, first.secret, id=team, until="9999-12-31")
    assert refused.codes == ["BAD_USER_INPUT"]
