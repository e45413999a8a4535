"""What must be true of the data at any time, whatever was killed. Each rule is an SQL query that finds violations."""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

DRAIN_SECONDS = 60.0
"""How long mails may wait after the end of a story: a job of a killed worker is taken over after 10 s."""


@dataclass(frozen=True)
class Pool:
    """A team's pool that the soak changes: its number of seats, and the only person who may change them."""

    team: str
    product: str
    seats: int
    coordinator: str


# Each change of a seat's holder as the audit log tells it.
_AUDITED = """
select given.key as seat_id, given.value as holder_id
from audit_events e, lateral (values (e.after -> 'assigned'), (e.after -> 'promoted')) changed (seats),
     lateral jsonb_each_text(coalesce(changed.seats, '{}')) given
where e.team_id = :team
union all
select e.target_id, e.after ->> 'holder' from audit_events e where e.team_id = :team and e.action = 'seats:reassign'
"""
_STORED = "select seat_id, holder_id from seat_history where team_id = :team"
RULES: Mapping[str, str] = {
    "no seat is lost or added": """
        select count(*) from seats where team_id = :team having count(*) <> :seats
    """,
    "nobody holds two seats of a product": """
        select holder_id from seats where team_id = :team and holder_id is not null
        group by product_id, holder_id having count(*) > 1
    """,
    "each held seat has a source of its holder, and no other seat has one": """
        select s.id from seats s where s.team_id = :team and s.holder_id is distinct from
            (select min(r.holder_id) from seat_sources r where r.team_id = s.team_id and r.seat_id = s.id)
    """,
    "each held seat has one open period of its holder, and no other seat has one": """
        select s.id from seats s where s.team_id = :team and
            array(select h.holder_id from seat_history h
                  where h.team_id = s.team_id and h.seat_id = s.id and h.ended_at is null)
            <> array(select s.holder_id where s.holder_id is not null)
    """,
    "periods of a seat do not overlap": """
        select a.seat_id from seat_history a join seat_history b
            on a.team_id = b.team_id and a.seat_id = b.seat_id and a.id < b.id
        where a.team_id = :team and (a.ended_at is null or a.ended_at > b.started_at)
    """,
    "no seat is free while somebody waits for one": """
        select s.id from seats s where s.team_id = :team and s.holder_id is null and s.retired_at is null
            and exists (select from waits w where w.team_id = s.team_id and w.product_id = s.product_id)
    """,
    "nobody waits who holds a seat": """
        select w.user_id from waits w join seats s
            on s.team_id = w.team_id and s.product_id = w.product_id and s.holder_id = w.user_id
        where w.team_id = :team
    """,
    "the audit log tells each change of a holder": f"({_STORED}) except all ({_AUDITED})",
    "the audit log tells no change that was not made": f"({_AUDITED}) except all ({_STORED})",
    "each audit row has its event": """
        (select action from audit_events where team_id = :team)
        except all (select kind from events where team_id = :team)
    """,
    "each event has its audit row": """
        (select kind from events where team_id = :team)
        except all (select action from audit_events where team_id = :team)
    """,
    "only the coordinator and the jobs of mails changed something": """
        select id from audit_events
        where team_id = :team and actor_id is distinct from :coordinator
          and not (actor_kind = 'system' and action = 'mails:send')
    """,
    "only members hold seats": """
        select s.id from seats s where s.team_id = :team and s.holder_id is not null and not exists
            (select from memberships m where m.team_id = s.team_id and m.user_id = s.holder_id)
    """,
}
# The changes whose success the client has seen are stored, and no change is stored twice.
STORED = """
    select key from unnest(cast(:keys as text[]), cast(:requests as text[]), cast(:needed as int[]))
        as sent (key, request, needed)
    left join audit_events e on e.request_id = sent.request
    group by key having count(e.id) > 1 or count(e.id) < max(needed)
"""
STORED_RULE = "each change that a client has seen is stored once"
MAILED = "select id from invitations where team_id = any(:teams) and sent_at is null and revoked_at is null"
MAILED_RULE = "each invitation is mailed"


@dataclass
class Sent:
    """A change that a client sent: the ids of its requests (all with one idempotency key), and whether it succeeded.

    It has changed something if `changed` is true. If no request was answered, it may have happened or not.
    """

    requests: list[str]
    changed: bool = False


async def broken(engine: AsyncEngine, pools: Sequence[Pool], sent: Mapping[str, Sent]) -> list[str]:
    """Return the rules that do not hold, with the number of violations."""
    found = Counter({MAILED_RULE: await unmailed(engine, [pool.team for pool in pools])})
    async with engine.connect() as connection:
        for pool in pools:
            found += await violations(connection, pool)
        found[STORED_RULE] = await unstored(connection, sent)
    return [f"{rule} ({number} violations)" for rule, number in found.items() if number]


async def violations(connection: AsyncConnection, pool: Pool) -> Counter[str]:
    """Count the violations of each rule about a pool."""
    values = {"team": pool.team, "seats": pool.seats, "coordinator": pool.coordinator}
    found = Counter[str]()
    for rule, query in RULES.items():
        used = {name: value for name, value in values.items() if f":{name}" in query}
        found[rule] = len((await connection.execute(text(query), used)).all())
    return found


async def unstored(connection: AsyncConnection, sent: Mapping[str, Sent]) -> int:
    """Return how many changes that a client has seen are not stored, or stored twice."""
    rows = [(key, request, int(one.changed)) for key, one in sent.items() for request in one.requests]
    keys, requests, needed = zip(*rows, strict=True) if rows else ((), (), ())
    values = {"keys": list(keys), "requests": list(requests), "needed": list(needed)}
    return len((await connection.execute(text(STORED), values)).all())


async def unmailed(engine: AsyncEngine, teams: list[str]) -> int:
    """Return how many invitations are not mailed, after the workers had time for it."""
    deadline = time.monotonic() + DRAIN_SECONDS
    while True:
        async with engine.connect() as connection:
            waiting = len((await connection.execute(text(MAILED), {"teams": teams})).all())
        if not waiting or time.monotonic() > deadline:
            return waiting
        await asyncio.sleep(0.2)
