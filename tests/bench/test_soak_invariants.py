"""Each invariant of the soak finds the fault that it is about, and finds nothing in data that Usher itself changed."""

from dataclasses import dataclass

import pytest
from sqlalchemy import text

from bench.soak import invariants
from bench.soak.invariants import Pool, Sent
from domain.roles import Role
from tests.conftest import Client
from tests.support.world import World

ASSIGN = """mutation($i: AssignSeatsInput!) { change: assignSeats(input: $i) { seats { id } errors { code } } }"""
UNASSIGN = """mutation($i: UnassignSeatsInput!) { change: unassignSeats(input: $i) { seats { id } errors { code } } }"""
# What breaks each rule. Constraints that make a fault impossible are dropped in the transaction that makes it.
FAULTS = {
    "no seat is lost or added": "delete from seats where team_id = :team and id = :free",
    "nobody holds two seats of a product": """
        drop index uq_seats_holder;
        update seats set holder_id = :holder, assigned_at = now() where team_id = :team and id = :free
    """,
    "each held seat has a source of its holder, and no other seat has one": """
        delete from seat_sources where team_id = :team and seat_id = :held
    """,
    "each held seat has one open period of its holder, and no other seat has one": """
        update seat_history set ended_at = now(), ended_by = 'x' where team_id = :team and seat_id = :held
    """,
    "periods of a seat do not overlap": """
        insert into seat_history (team_id, seat_id, product_id, holder_id, started_at, started_by, ended_at, ended_by)
        select team_id, id, product_id, holder_id, now() - interval '1 day', 'x', now() + interval '1 day', 'x'
        from seats where team_id = :team and id = :held
    """,
    "no seat is free while somebody waits for one": """
        insert into waits (team_id, product_id, user_id, kind, queued_by)
        select team_id, product_id, :other, 'direct', 'x' from seats where team_id = :team and id = :free
    """,
    "nobody waits who holds a seat": """
        insert into waits (team_id, product_id, user_id, kind, queued_by)
        select team_id, product_id, :holder, 'direct', 'x' from seats where team_id = :team and id = :held
    """,
    "the audit log tells each change of a holder": """
        insert into seat_history (team_id, seat_id, product_id, holder_id, started_at, started_by, ended_at, ended_by)
        select team_id, id, product_id, :other, now(), 'x', now(), 'x' from seats where team_id = :team and id = :free
    """,
    "the audit log tells no change that was not made": """
        insert into audit_events (team_id, actor_kind, actor_id, action, before, after, facts, policy_hash, request_id)
        select team_id, actor_kind, actor_id, action, before, after, facts, policy_hash, 'x' from audit_events
        where team_id = :team and action = 'seats:assign';
        insert into events (team_id, kind, payload) values (:team, 'seats:assign', '{}')
    """,
    "each audit row has its event": "delete from events where team_id = :team and kind = 'seats:unassign'",
    "each event has its audit row": "insert into events (team_id, kind, payload) values (:team, 'x', '{}')",
    "only the coordinator and the jobs of mails changed something": """
        insert into audit_events (team_id, actor_kind, actor_id, action, before, after, facts, policy_hash, request_id)
        select team_id, actor_kind, :other, 'x', '{}', '{}', facts, policy_hash, 'x' from audit_events
        where team_id = :team limit 1;
        insert into events (team_id, kind, payload) values (:team, 'x', '{}')
    """,
    "only members hold seats": """
        alter table seats drop constraint fk_seats_team_id_holder_id;
        delete from memberships where team_id = :team and user_id = :holder
    """,
}


@dataclass(frozen=True)
class Changed:
    """A team whose coordinator has assigned two seats and taken one back: its pool, and the ids that faults name."""

    pool: Pool
    names: dict[str, str]


@pytest.fixture(scope="module")
async def changed(world: World, client: Client) -> Changed:
    team = await world.team()
    coordinator = await world.member(team, Role.SOFTWARE_COORDINATOR)
    holder, former, other = await world.members(team, 3)
    product = await world.pool(team, 3)
    place = {"teamId": team, "productId": product}
    answer = await client(ASSIGN, coordinator.secret, i={**place, "userIds": [holder, former]})
    [held, freed] = answer.data["change"]["seats"]
    await client(UNASSIGN, coordinator.secret, i={**place, "userIds": [former]})
    [free] = set(await world.free_seats(team, product)) - {freed["id"]}
    names = {"team": team, "held": held["id"], "free": free, "holder": holder, "other": other}
    return Changed(Pool(team, product, 3, coordinator.id), names)


async def test_every_rule_holds_after_changes_of_usher(world: World, changed: Changed) -> None:
    assert await invariants.broken(world.engine, [changed.pool], {}) == []


def test_every_rule_has_a_fault() -> None:
    assert FAULTS.keys() == invariants.RULES.keys()


@pytest.mark.parametrize("rule", FAULTS)
async def test_the_rule_finds_its_fault(world: World, changed: Changed, rule: str) -> None:
    async with world.engine.connect() as connection:
        for statement in FAULTS[rule].split(";"):
            used = {name: value for name, value in changed.names.items() if f":{name}" in statement}
            await connection.execute(text(statement), used)
        assert (await invariants.violations(connection, changed.pool))[rule] > 0
        await connection.rollback()


async def test_a_change_that_a_client_has_seen_must_be_stored_once(world: World, client: Client) -> None:
    team = await world.team()
    coordinator = await world.member(team, Role.SOFTWARE_COORDINATOR)
    [person] = await world.members(team, 1)
    wanted = {"teamId": team, "productId": await world.pool(team, 1), "userIds": [person]}
    body = {"query": ASSIGN, "variables": {"i": wanted}}
    headers = {"authorization": f"Bearer {coordinator.secret}", "x-request-id": "soak-of-this-test"}
    assert (await client.post(body, headers)).data["change"]["errors"] == []
    async with world.engine.connect() as connection:
        stored, unknown = Sent(["no-such-request", "soak-of-this-test"], changed=True), ["no-such-request"]
        assert await invariants.unstored(connection, {"a": stored, "b": Sent(unknown)}) == 0
        assert await invariants.unstored(connection, {"a": Sent(unknown, changed=True)}) == 1
        twice = Sent(["soak-of-this-test", "soak-of-this-test"], changed=True)
        assert await invariants.unstored(connection, {"a": twice}) == 1


async def test_an_invitation_must_be_mailed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invariants, "DRAIN_SECONDS", 0.0)
    team = await world.team()
    invited = await world.invited_member(team)
    assert await invariants.unmailed(world.engine, [team]) == 1
    await world.invitation_token(team, invited.id)
    assert await invariants.unmailed(world.engine, [team]) == 0
