"""The floor: a bare ASGI application with hand-written SQL for exactly the views of the bench.

It does not read GraphQL documents: `operationName` selects a function. It reads the signed-in actor and checks the
role. It has no policy, no snapshot, no limits, and only one error.
"""

import base64
import hashlib
import os
from collections.abc import Awaitable, Callable, Iterable, MutableMapping, Sequence
from datetime import date
from typing import Any

import asyncpg
import orjson

from bench.contenders.floor import statements as sql

POOL_SIZE = 16
ADMINS = frozenset({"software_coordinator", "contract_manager"})

Message = MutableMapping[str, Any]
Pool = Any
Json = dict[str, Any]
View = Callable[[Pool, bytes, Json], Awaitable[Json]]


class Refused(Exception):
    """The actor is not signed in, the role does not allow the operation, or a person cannot get or lose a seat."""


def create() -> "Floor":
    """Return the application of one worker process."""
    return Floor(os.environ["DATABASE_URL"])


class Floor:
    """An ASGI application."""

    def __init__(self, url: str) -> None:
        """Store the database URL. The pool is opened when the server starts."""
        self._url = url
        self._pool: Pool = None

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Answer a request, or open and close the pool with the server."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        request = orjson.loads(body)
        token = next(value for name, value in scope["headers"] if name == b"authorization")
        digest = hashlib.sha256(token.removeprefix(b"Bearer ")).digest()
        try:
            data = await VIEWS[request["operationName"]](self._pool, digest, request["variables"])
            status, answer = 200, orjson.dumps({"data": data})
        except Refused:
            status, answer = 403, b'{"errors":[{"message":"refused"}]}'
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(answer))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    async def _lifespan(
        self, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        await receive()
        # No view changes the state of a connection, so a connection is not reset when it goes back to the pool.
        self._pool = await asyncpg.create_pool(self._url, min_size=1, max_size=POOL_SIZE, reset=_no_reset, init=_json)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._pool.close()
        await send({"type": "lifespan.shutdown.complete"})


async def _no_reset(_: Any) -> None:
    pass


async def _json(connection: Any) -> None:
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=lambda value: orjson.dumps(value).decode(), decoder=orjson.loads
    )


async def viewer(pool: Pool, token: bytes, _: Json) -> Json:
    """Return the signed-in person with their seats."""
    async with pool.acquire() as connection:
        actor = await connection.fetchrow(sql.VIEWER, token)
        if actor is None:
            raise Refused
        rows = await connection.fetch(sql.OWN_SEATS, actor[0])
    nodes = [{"id": r[0], "assignedAt": r[1], "product": {"id": r[2], "name": r[3]}} for r in rows]
    return {"viewer": {"id": actor[0], "name": _name(*actor[1:3]), "email": actor[3], "seats": {"nodes": nodes}}}


async def members(pool: Pool, token: bytes, variables: Json) -> Json:
    """Return a page of members with seats, products and usage."""
    team_id, first = variables["team"], variables["first"]
    async with pool.acquire() as connection:
        actor = await _admin(connection, token, team_id)
        page = await _page(connection, team_id, first, variables.get("after"))
        since, until = date.fromisoformat(variables["since"]), date.fromisoformat(variables["until"])
        rows = await connection.fetch(sql.SEATS, team_id, [row[3] for row in page[:first]], since, until)
    held: dict[str, list[Json]] = {}
    for holder, id_, assigned_at, product_id, product, minutes, sessions, last in rows:
        usage = {"hours": minutes / 60, "sessions": sessions, "lastUsedAt": last}
        seat = {"id": id_, "assignedAt": assigned_at, "product": {"id": product_id, "name": product}, "usage": usage}
        held.setdefault(holder, []).append(seat)
    nodes = [
        {"id": row[0], "role": row[1].upper(), "user": _user(row) | {"seats": {"nodes": held.get(row[3], [])[:20]}}}
        for row in page[:first]
    ]
    return {"team": {"id": team_id, "name": actor[2], "members": {"nodes": nodes, "pageInfo": _info(page, first)}}}


async def member_page(pool: Pool, token: bytes, variables: Json) -> Json:
    """Return a page of members with their seats, the pools of which they hold no seat, and their groups."""
    team_id, first = variables["team"], variables["first"]
    async with pool.acquire() as connection:
        actor = await _admin(connection, token, team_id)
        page = (await _page(connection, team_id, first, None))[:first]
        people = [row[3] for row in page]
        seats = await connection.fetch(sql.HELD, team_id, people)
        pools = await connection.fetch(sql.POOLS, team_id)
        groups = await connection.fetch(sql.GROUPS, team_id, people)
    held: dict[str, dict[str, Json]] = {person: {} for person in people}
    for holder, id_, assigned_at, product_id, product in seats:
        held[holder][product_id] = {
            "id": id_,
            "assignedAt": assigned_at,
            "product": {"id": product_id, "name": product},
        }
    counted = {
        id_: {"product": {"id": id_, "name": name}, "total": n, "available": free} for id_, name, n, free in pools
    }
    joined: dict[str, list[Json]] = {person: [] for person in people}
    for person, id_, name in groups:
        joined[person].append({"id": id_, "name": name})
    nodes = [
        {
            "id": row[0],
            "role": row[1].upper(),
            "user": _user(row),
            "seats": {"nodes": list(held[row[3]].values())[:20]},
            "unassignedProducts": [one for product_id, one in counted.items() if product_id not in held[row[3]]],
            "groups": {"nodes": joined[row[3]][:20]},
        }
        for row in page
    ]
    return {"team": {"id": team_id, "name": actor[2], "members": {"nodes": nodes}}}


async def counts(pool: Pool, token: bytes, variables: Json) -> Json:
    """Return members with the number of their seats."""
    team_id, first = variables["team"], variables["first"]
    async with pool.acquire() as connection:
        await _admin(connection, token, team_id)
        page = (await _page(connection, team_id, first, None))[:first]
        held = dict(await connection.fetch(sql.COUNTS, team_id, [row[3] for row in page]))
    users = [{"id": r[3], "name": _name(r[4], r[5]), "seats": {"totalCount": held.get(r[3], 0)}} for r in page]
    return {"team": {"members": {"nodes": [{"user": user} for user in users]}}}


async def walk(pool: Pool, token: bytes, variables: Json) -> Json:
    """Return a page of members without their seats."""
    team_id, first = variables["team"], variables["first"]
    async with pool.acquire() as connection:
        await _admin(connection, token, team_id)
        page = await _page(connection, team_id, first, variables.get("after"))
    nodes = [{"id": r[0], "role": r[1].upper(), "joinedAt": r[2], "user": _user(r)} for r in page[:first]]
    return {"team": {"members": {"nodes": nodes, "pageInfo": _info(page, first)}}}


async def assign(pool: Pool, token: bytes, variables: Json) -> Json:
    """Assign seats in one transaction: lock the members, and write seats, sources, history, audit row and event."""
    rows, people = await _change(pool, token, variables["input"], "seats:assign", sql.TAKE, sql.TAKE_PARAMETERS)
    if len(rows) != len(people):
        raise Refused
    return {"assignSeats": {"seats": [{"id": row[0]} for row in rows], "errors": []}}


async def unassign(pool: Pool, token: bytes, variables: Json) -> Json:
    """Take seats back in one transaction, in the same way."""
    rows, _ = await _change(pool, token, variables["input"], "seats:unassign", sql.FREE, sql.FREE_PARAMETERS)
    return {"unassignSeats": {"seats": [{"id": row[0]} for row in rows], "errors": []}}


async def _change(
    pool: Pool, token: bytes, variables: Json, action: str, statement: str, parameters: Sequence[str]
) -> tuple[list[Any], list[str]]:
    team_id, product_id, people = variables["teamId"], variables["productId"], variables["userIds"]
    async with pool.acquire() as connection, connection.transaction():
        actor = await _admin(connection, token, team_id)
        known = await connection.fetch(sql.LOCK, team_id, people)
        if len(known) != len(people):
            raise Refused
        given = {"team_id": team_id, "product_id": product_id, "user_ids": people, "by": actor[0]}
        given |= {"givers": [actor[0]] * len(people), "kind": "direct", "group_id": None, "passed_over": []}
        rows = await connection.fetch(statement, *(given[name] for name in parameters))
        after = {"product": product_id, action: {row[0]: people[n] for n, row in enumerate(rows)}}
        await connection.execute(sql.RECORD, team_id, action, actor[0], product_id, after)
    return rows, people


async def _admin(connection: Any, token: bytes, team_id: str) -> Any:
    actor = await connection.fetchrow(sql.ACTOR, token, team_id)
    if actor is None or actor[1] not in ADMINS:
        raise Refused
    return actor


async def _page(connection: Any, team_id: str, first: int, after: str | None) -> list[Any]:
    if after is None:
        return list(await connection.fetch(sql.MEMBERS, team_id, first + 1))
    key: Iterable[str] = orjson.loads(base64.urlsafe_b64decode(after))
    return list(await connection.fetch(sql.MEMBERS_AFTER, team_id, first + 1, *key))


def _info(page: list[Any], first: int) -> Json:
    last = page[:first][-1] if page else None
    key = None if last is None else base64.urlsafe_b64encode(orjson.dumps([last[7], last[0]])).decode()
    return {"hasNextPage": len(page) > first, "endCursor": key}


def _user(row: Any) -> Json:
    return {"id": row[3], "name": _name(row[4], row[5]), "email": row[6]}


def _name(first: str, last: str) -> str:
    return f"{first} {last}".strip()


VIEWS: dict[str, View] = {
    "Viewer": viewer,
    "Members": members,
    "MemberPage": member_page,
    "Counts": counts,
    "Walk": walk,
    "Assign": assign,
    "Unassign": unassign,
}
