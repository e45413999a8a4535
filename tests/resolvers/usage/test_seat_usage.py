"""The usage of a seat is summed over days, for its current holder only."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.world import Account, World

USAGE = """
query ($seat: ID!, $since: Date, $until: Date) {
  node(id: $seat) { ... on Seat { usage(since: $since, until: $until) { hours sessions lastUsedAt } } }
}
"""
REASSIGN = """
mutation ($seat: ID!, $from: ID!, $to: ID!) {
  reassignSeat(input: { seatId: $seat, fromUserId: $from, toUserId: $to }) { seat { id } errors { code } }
}
"""
UNUSED = {"hours": 0.0, "sessions": 0, "lastUsedAt": None}


async def create_held_seat(world: World, holder: Account | None = None) -> tuple[str, str, Account, Account]:
    """Create a team with a seat that has a holder. Returns the team, the seat, the holder and a coordinator."""
    team = await world.team()
    holder = await world.member(team, account=holder)
    boss = await world.member(team, Role.SOFTWARE_COORDINATOR)
    return team, await world.give_seat(team, await world.pool(team, 2), holder.id), holder, boss


async def usage(client: Client, seat: str, secret: str, since: str | None = None, until: str | None = None) -> Any:
    """The usage of a seat in the graph."""
    return (await client(USAGE, secret, seat=seat, since=since, until=until)).data["node"]["usage"]


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("2026-03-01", "2026-03-03", (3.75, 6, "2026-03-03T12:00:00+00:00")),
        ("2026-03-01", "2026-03-01", (0.25, 2, "2026-03-01T12:00:00+00:00")),
        ("2026-03-02", "2026-03-03", (3.5, 4, "2026-03-03T12:00:00+00:00")),
        ("2026-02-01", "2026-03-02", (1.75, 4, "2026-03-02T12:00:00+00:00")),
        ("2026-03-04", "2026-03-31", (0.0, 0, None)),
        ("2026-02-01", "2026-02-28", (0.0, 0, None)),
    ],
)
async def test_days_are_summed_from_the_first_to_the_last(
    client: Client, world: World, since: str, until: str, expected: tuple[float, int, str | None]
) -> None:
    team, seat, holder, _ = await create_held_seat(world)
    for day, minutes in ((1, 15), (2, 90), (3, 120)):
        await world.add_usage(team, seat, holder.id, date(2026, 3, day), minutes)
    shown = await usage(client, seat, holder.secret, since, until)
    assert (shown["hours"], shown["sessions"], shown["lastUsedAt"]) == expected


async def test_the_default_is_the_last_30_days_in_utc(client: Client, world: World) -> None:
    team, seat, holder, _ = await create_held_seat(world)
    today = datetime.now(UTC).date()
    for ago, minutes in ((0, 60), (29, 120), (30, 240)):
        await world.add_usage(team, seat, holder.id, today - timedelta(days=ago), minutes)
    assert (await usage(client, seat, holder.secret))["hours"] == 3.0
    assert (await usage(client, seat, holder.secret, since=str(today - timedelta(days=30))))["hours"] == 7.0
    yesterday = today - timedelta(days=1)
    assert (await usage(client, seat, holder.secret, until=str(yesterday)))["hours"] == 6.0


@pytest.mark.parametrize(
    ("since", "until", "codes"),
    [
        ("2025-01-01", "2026-01-01", []),
        ("2025-01-01", "2026-01-02", ["BAD_USER_INPUT"]),
        ("2026-01-02", "2026-01-01", ["BAD_USER_INPUT"]),
        ("9999-12-31", None, ["BAD_USER_INPUT"]),
        ("0001-01-01", None, ["BAD_USER_INPUT"]),
        (None, "0001-01-01", []),
        (None, "9999-12-31", []),
        ("2026-02-29", "2026-03-01", ["GRAPHQL_VALIDATION_FAILED"]),
        ("yesterday", None, ["GRAPHQL_VALIDATION_FAILED"]),
    ],
    ids=[
        "366 days",
        "367 days",
        "backwards",
        "since the last day",
        "since the first day",
        "until the first day",
        "until the last day",
        "a day that does not exist",
        "no day at all",
    ],
)
async def test_the_range_must_be_valid_and_at_most_366_days(
    client: Client, world: World, since: str | None, until: str | None, codes: list[str]
) -> None:
    _, seat, holder, _ = await create_held_seat(world)
    answer = await client(USAGE, holder.secret, seat=seat, since=since, until=until)
    assert answer.codes == codes


async def test_a_seat_without_usage_or_holder_shows_zeros(client: Client, world: World) -> None:
    team, seat, _, boss = await create_held_seat(world)
    assert await usage(client, seat, boss.secret) == UNUSED
    seats = (
        "query ($t: ID!) { team(id: $t) { seats(assigned: false) { nodes { usage { hours sessions lastUsedAt } } } } }"
    )
    answer = await client(seats, boss.secret, t=team)
    assert answer.data["team"]["seats"]["nodes"] == [{"usage": UNUSED}]


async def test_a_new_holder_does_not_see_the_usage_of_the_former_holder(client: Client, world: World) -> None:
    team, seat, former, boss = await create_held_seat(world)
    today = datetime.now(UTC).date()
    await world.add_usage(team, seat, former.id, today, 120)
    new = await world.member(team)
    moved = (await client(REASSIGN, boss.secret, seat=seat, **{"from": former.id, "to": new.id})).data["reassignSeat"]
    assert moved == {"seat": {"id": seat}, "errors": []}
    for secret in (new.secret, boss.secret):
        assert await usage(client, seat, secret) == UNUSED
    assert (await client(USAGE, former.secret, seat=seat)).codes == ["NOT_FOUND"]
    await world.add_usage(team, seat, new.id, today, 30)
    for secret in (new.secret, boss.secret):
        assert (await usage(client, seat, secret))["hours"] == 0.5


async def test_a_holder_who_gets_the_seat_back_sees_their_earlier_usage(client: Client, world: World) -> None:
    team, seat, former, boss = await create_held_seat(world)
    other = await world.member(team)
    await world.add_usage(team, seat, former.id, datetime.now(UTC).date(), 120)
    for giver, taker in ((former, other), (other, former)):
        await client(REASSIGN, boss.secret, seat=seat, **{"from": giver.id, "to": taker.id})
    assert (await usage(client, seat, former.secret))["hours"] == 2.0


async def test_two_ranges_in_one_query_have_separate_sums(client: Client, world: World) -> None:
    team, seat, holder, _ = await create_held_seat(world)
    await world.add_usage(team, seat, holder.id, date(2026, 3, 1), 60)
    await world.add_usage(team, seat, holder.id, date(2026, 4, 1), 180)
    query = """
    query ($seat: ID!) {
      node(id: $seat) {
        ... on Seat {
          march: usage(since: "2026-03-01", until: "2026-03-31") { hours }
          april: usage(since: "2026-04-01", until: "2026-04-30") { hours }
        }
      }
    }
    """
    node = (await client(query, holder.secret, seat=seat)).data["node"]
    assert node == {"march": {"hours": 1.0}, "april": {"hours": 3.0}}


async def test_each_seat_of_a_list_has_its_own_sum(client: Client, world: World) -> None:
    team, seat, holder, boss = await create_held_seat(world)
    other = await world.member(team)
    second = await world.give_seat(team, await world.pool(team, 1), other.id)
    today = datetime.now(UTC).date()
    await world.add_usage(team, seat, holder.id, today, 60)
    await world.add_usage(team, second, other.id, today, 600)
    query = "query ($t: ID!) { team(id: $t) { seats(assigned: true) { nodes { id usage { hours } } } } }"
    nodes = (await client(query, boss.secret, t=team)).data["team"]["seats"]["nodes"]
    assert {node["id"]: node["usage"]["hours"] for node in nodes} == {seat: 1.0, second: 10.0}


async def test_a_partner_without_the_scope_gets_the_other_fields(client: Client, world: World) -> None:
    team, seat, _, boss = await create_held_seat(world)
    _, without = await world.token(team, boss.id, Scope.SEATS_READ)
    _, with_ = await world.token(team, boss.id, Scope.SEATS_READ, Scope.USAGE_READ)
    query = "query ($seat: ID!) { node(id: $seat) { id ... on Seat { usage { hours } } } }"
    refused = await client(query, without, seat=seat)
    assert refused.codes == ["FORBIDDEN"]
    assert refused.content["data"] == {"node": {"id": seat, "usage": None}}
    assert refused.content["errors"][0]["path"] == ["node", "usage"]
    assert (await client(query, with_, seat=seat)).data == {"node": {"id": seat, "usage": {"hours": 0.0}}}
