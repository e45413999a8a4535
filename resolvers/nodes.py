"""Objects by id: for `node(id:)`, and for whatever points to one."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

import strawberry
from sqlalchemy.ext.asyncio import AsyncConnection

from db import groups, invitations, members, products, requests, seats, teams, tokens, users
from domain.actions import Action
from domain.problems import NotFound
from domain.reach import Reach
from policies import facts
from resolvers.batched import also_by
from resolvers.changes import performs
from resolvers.context import Context, Info
from resolvers.loading import Loading


class Finder(Protocol):
    """Reads rows by id, those within a reach."""

    async def __call__(self, connection: AsyncConnection, reach: Reach, ids: Sequence[str]) -> dict[str, Any]:
        """The rows by id."""


class CatalogueFinder(Protocol):
    """Reads rows by id that everybody signed in may see."""

    async def __call__(self, connection: AsyncConnection, ids: Sequence[str]) -> dict[str, Any]:
        """The rows by id."""


# An id's prefix says which table it lives in, and under which action it is read.
FINDERS: dict[str, tuple[Finder, Action]] = {
    "user": (users.by_ids, Action.MEMBERS_READ),
    "team": (teams.by_ids, Action.TEAMS_READ),
    "member": (members.by_ids, Action.MEMBERS_READ),
    "invite": (invitations.by_ids, Action.MEMBERS_READ),
    "group": (groups.by_ids, Action.GROUPS_READ),
    "seat": (seats.by_ids, Action.SEATS_READ),
    "request": (requests.by_ids, Action.REQUESTS_READ),
    "token": (tokens.by_ids, Action.TOKENS_READ),
}
CATALOGUE: dict[str, CatalogueFinder] = {"product": products.by_ids, "release": products.releases_by_ids}


def accounts(context: Context, action: Action) -> Reach:
    """The accounts that can be read with this action: those of members, and one's own even without a team."""
    reach = context.reach(action)
    if context.policy.decide(context.actor, Action.VIEWER_READ, facts.GATEWAY).allowed:
        return replace(reach, me=facts.acts_for(context.actor))
    return reach


async def by_id(context: Context, ids: Sequence[str], prefix: str) -> dict[str, Any]:
    """The objects of one type that the actor may read; a batch for `Context.load`."""
    if prefix in CATALOGUE:
        context.require(Action.PRODUCTS_READ, facts.GATEWAY)
        async with context.reading() as connection:
            return await CATALOGUE[prefix](connection, ids)
    if prefix == "team" and context.teams is not None:
        # They were read with the actor, and there is no other that could be read.
        readable = context.reach(Action.TEAMS_READ).teams
        return {id_: context.teams[id_] for id_ in ids if id_ in readable}
    find, action = FINDERS[prefix]
    reach = accounts(context, action) if prefix == "user" else context.reach(action)
    async with context.reading() as connection:
        return await find(connection, reach, ids)


async def found(context: Context, id: str, *prefixes: str) -> Any:
    """The object of this id, if it is of one of these types (none given: of any).

    Raises NotFound: for an id of another form, of another type, unknown, or not readable, all alike.
    """
    context.signed_in()
    prefix = _prefix(id, prefixes)
    row = None if prefix is None else await context.load(by_id, id, prefix)
    if row is None:
        raise _missing(prefixes)
    return row


class Found:
    """What `found` finds, for an executor that asks for all that a level wants at once."""

    def __init__(self, context: Context, id: str, *prefixes: str) -> None:
        """Raises Unauthenticated for nobody."""
        context.signed_in()
        prefix = _prefix(id, prefixes)
        self._loading: Loading[Any] | None = None if prefix is None else context.loading(by_id, prefix)
        self._id, self._prefixes = id, prefixes

    def narrowed(self, _selected: frozenset[str]) -> "Found":
        """The one to use when only these fields are looked at."""
        return self

    def want(self, _keys: Sequence[Any]) -> None:
        """Ask for the object with the next `settle`."""
        if self._loading is not None:
            self._loading.want([self._id])

    async def settle(self) -> None:
        """Find all that is wanted."""
        if self._loading is not None:
            await self._loading.settle()

    def values(self, keys: Sequence[Any]) -> list[Any]:
        """The object, or NotFound, for each key."""
        row = None if self._loading is None else self._loading.values([self._id])[0]
        return [_missing(self._prefixes) if row is None else row] * len(keys)


def _prefix(id_: str, prefixes: Sequence[str]) -> str | None:
    """What kind of object an id names, if it is one of these (none given: any)."""
    prefix = id_.partition("_")[0]
    known = prefix in FINDERS or prefix in CATALOGUE
    return prefix if known and (not prefixes or prefix in prefixes) else None


def _missing(prefixes: Sequence[str]) -> NotFound:
    return NotFound(" or ".join(prefixes) or "object")


def _node(context: Context, id: str) -> Found:
    context.require(Action.NODES_READ, facts.GATEWAY)
    return Found(context, id)


@performs(Action.NODES_READ)
@also_by(_node)
async def node(info: Info, id: strawberry.ID) -> Any:
    """Any object by its id.

    Raises NOT_FOUND for an id that is unknown and for one you may not read, with the same answer.
    """
    info.context.require(Action.NODES_READ, facts.GATEWAY)
    return await found(info.context, id)
