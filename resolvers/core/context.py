"""What one operation works with: who acts, the policy, one connection, and its loaders.

Reads see one moment: the first opens a read-only snapshot that the others share, one after the other. A mutation
closes it, so that its payload is read from the moment after.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Hashable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import strawberry
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.access import actors
from db.access.actors import Acting
from db.core.engine import begin, commit, end, transaction
from db.people.teams import TeamRow
from db.people.users import UserRow
from domain.actions import Action
from domain.credentials import Credential, CredentialKind
from domain.problems import Forbidden, Unauthenticated
from domain.reach import Reach
from domain.subjects import Actor, Anonymous, Partner
from policies import facts
from policies.engine.policy import Policy
from resolvers.core.connection import Over, Turns
from resolvers.core.loaders import Find, Loading

V = TypeVar("V")
Batch = Callable[..., Awaitable[Mapping[Any, V | Forbidden]]]
"""Finds what there is for keys: `(context, keys, *args)`; a Forbidden is raised for its key alone."""

BAD_TOKEN = "The token is not valid: it is malformed, expired or revoked. Sign in again, or ask for a new one."  # noqa: S105
PREFLIGHT = "Usher-Require-Preflight"
SIGN_IN = "Sign in first: send a session token or a partner token as `Authorization: Bearer …`."


@dataclass
class Context:
    """One operation of one actor. End it when the operation is over.

    `credential` is what the request came with and `address` where it came from. `cookie` is what a mutation leaves
    for the browser: a new session token, or "" to forget the old one. `preflighted`: the request has the header that
    no other site can send without asking first. `kept` are the hashes of the policies whose text this process knows to
    be in the database. `account` is the signed-in person's own; `teams` are those the actor acts in, as they were when
    that was found out (None: not known, or no longer, after a change). `rows` counts what the operation has loaded;
    `today` is its day (UTC).
    """

    engine: AsyncEngine
    policy: Policy
    credential: Credential | None
    request_id: str
    address: str
    preflighted: bool
    kept: set[str]
    actor: Actor = field(default_factory=Anonymous)
    account: UserRow | None = None
    teams: dict[str, TeamRow] | None = None
    cookie: str | None = None
    rows: int = 0
    today: date = field(default_factory=lambda: datetime.now(UTC).date())
    _begun: bool = False
    _loadings: dict[Hashable, Loading[Any]] = field(default_factory=dict)
    _reaches: dict[Action, tuple[Actor, Reach]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Nothing is opened yet."""
        self._turns = Turns(self.engine)

    async def identify(self, *, writes: bool = False) -> None:
        """Find out who acts. Raises Unauthenticated for a credential that is not, or is no longer, good.

        Before a mutation (`writes`), in the transaction that its change will be made in.
        """
        if self.credential is None:
            return
        if self.credential.kind is CredentialKind.PARTNER:
            async with transaction(self.engine) as connection:
                await actors.touch(connection, self.credential.token_hash)
        if writes:
            self._begun = True
            self._turns.keep(await begin(self.engine))
        async with self.reading() as connection:
            self.actor, self.teams, self.account = await actor_of(connection, self.credential)

    def reach(self, action: Action) -> Reach:
        """The rows the actor may touch with this action. Raises Unauthenticated for nobody."""
        self.signed_in()
        actor, known = self._reaches.get(action, (None, None))
        if known is None or actor is not self.actor:
            known = self.policy.reach(self.actor, action)
            self._reaches[action] = self.actor, known
        return known

    def require(self, action: Action, target: facts.Target) -> None:
        """Go on only if the policy allows it. Raises Unauthenticated or Forbidden."""
        if not self.policy.decide(self.actor, action, target).allowed:
            self.signed_in()
            raise self.refused(action, target)

    def refused(self, action: Action, target: facts.Target) -> Forbidden:
        """The error for what the policy denies, with what would allow it; only for what the actor may read."""
        return refusal(self.policy, self.actor, action, target)

    def refused_in(self, action: Action, team_id: str | None = None) -> Forbidden:
        """The same for a field of something that is not the actor's own: in this team, or in a token's only one."""
        if isinstance(self.actor, Partner):
            team_id = self.actor.team_id
        role = None if team_id is None else facts.roles(self.actor).get(team_id)
        return self.refused(action, next(facts.every(self.policy.kinds[action], role)))

    def signed_in(self) -> None:
        """Go on only if somebody acts. Raises Unauthenticated."""
        if isinstance(self.actor, Anonymous):
            raise Unauthenticated(SIGN_IN)

    def reading(self) -> Turns:
        """The operation's connection, for one statement: loaders of one level take turns on it."""
        return self._turns

    @asynccontextmanager
    async def writing(self, *, dry_run: bool) -> AsyncIterator[AsyncConnection]:
        """A transaction that commits when its block ends well; who acts has been looked up in it.

        A dry run stays open instead, and the payload is read in it, as the world would be; it is rolled back when
        the operation closes or writes again.
        """
        begun = self._turns.take() if self._begun else None
        await self.close()
        connection = await begin(self.engine) if begun is None else begun
        is_kept = False
        try:
            if begun is None:
                self.actor, _, self.account = await actor_of(connection, self.credential)
            self.teams = None
            yield connection
            if dry_run:
                self._turns.keep(connection)
                is_kept = True
            else:
                await commit(connection)
        finally:
            if not is_kept:
                await end(connection)

    async def close(self) -> None:
        """Give the connection back, rolling back what is open, and forget what was loaded."""
        self._begun = False
        for loading in self._loadings.values():
            loading.forget()
        self._loadings.clear()
        await self._turns.close()

    async def end(self) -> None:
        """Close for good; an error may have ended the operation while loaders of other fields were still at work."""
        await self._turns.end()
        await self.close()
        self.account = self.teams = None

    def load(self, batch: Batch[V], key: Hashable, *args: Hashable) -> "asyncio.Future[V | None]":
        """What `batch(context, keys, *args)` finds for this key; one call for all keys that are asked for together."""
        return self.loading(batch, *args).load(key)

    def loading(self, batch: Batch[V], *args: Hashable, kind: type[Loading[Any]] = Loading) -> Loading[V]:
        """How to load what `batch(context, keys, *args)` finds."""
        known = self._loadings.get((batch, args))
        if known is None:
            known = self._loadings[batch, args] = kind(self._finding(batch, args))
        return known

    def _finding(self, batch: Batch[V], args: tuple[Hashable, ...]) -> Find[V]:
        async def find(keys: list[Any]) -> Mapping[Any, V | Forbidden]:
            try:
                found = await batch(self, keys, *args)
            except Over:  # nobody is left to look at the answer, or at an error
                return {}
            self.rows += _rows(found.values())
            return found

        return find


def _rows(values: Collection[Any]) -> int:
    """How many rows these loaded values hold; a row itself is a tuple."""
    kinds: set[type] = set(map(type, values))
    lists = {kind for kind in kinds if hasattr(kind, "__len__") and not issubclass(kind, (str, tuple))}
    if not lists:
        return len(values)
    if lists == kinds:
        return sum(map(len, values))
    return sum(len(value) if type(value) in lists else 1 for value in values)


Info = strawberry.Info[Context, None]


async def actor_of(connection: AsyncConnection, credential: Credential | None) -> Acting:
    """Who acts by a credential, as of now; nobody without one. Raises Unauthenticated."""
    if credential is None:
        return Acting(Anonymous(), {})
    look = actors.partner if credential.kind is CredentialKind.PARTNER else actors.person
    found = await look(connection, credential.token_hash)
    if found is None:
        raise Unauthenticated(BAD_TOKEN)
    return found


def refusal(policy: Policy, actor: Actor, action: Action, target: facts.Target) -> Forbidden:
    """The error for what the policy denies this actor; `needs` is the smallest change that would allow it."""
    needs = policy.explain(actor, action, target).text
    return Forbidden(f"{action}: {needs}.", {"policy": {"action": action, "hash": policy.hash, "needs": needs}})
