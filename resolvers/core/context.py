"""The context of one operation: the actor, the policy, one database connection, and the loaders.

All reads of an operation see one moment: one statement reads all, or the first read opens a read-only snapshot that the
others share. A mutation closes the snapshot, so that its payload is read after its change.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import strawberry

from db.access import actors
from db.access.actors import LoadedActor
from db.core.connection import CHANGES, Connection, DatabaseError
from db.core.database import Database, PoolTimeout
from db.people.teams import TeamRow
from db.people.users import UserRow
from domain.actions import Action
from domain.credentials import Credential, CredentialFault, CredentialKind
from domain.devices import DeviceCookies
from domain.openid_connect import ProviderSignIns
from domain.passkeys import RelyingParty
from domain.problems import Forbidden, InvalidCredential, PersonDiffers, Unauthenticated
from domain.reach import Reach
from domain.subjects import Actor, Anonymous, Partner, System, is_another
from domain.waits import Waits
from policies import facts
from policies.engine.policy import Policy
from resolvers.core.connection import OperationConnection, OperationEnded
from resolvers.core.fact_rows import Fact, FactRows, read_with_actor
from resolvers.core.loaders import Find, Loading, row_count
from resolvers.core.refusals import refusal
from resolvers.core.sealing import Seal
from resolvers.core.signed_links import SignedLinks

V = TypeVar("V")
Batch = Callable[..., Awaitable[Mapping[Any, V | Forbidden]]]
"""A function `(context, keys, *args)` that returns values by key; a Forbidden value is the error of its key only."""

PREFLIGHT = "Usher-Require-Preflight"
SIGN_IN = "Sign in first: send a session token or a partner token as `Authorization: Bearer …`."


@dataclass
class Context:
    """One operation of one actor. Call `end` when the operation is over.

    `credential` is that of the request, and `address` is the client's address. `preflighted` says whether the
    request has a header that another site can send only after a CORS preflight. `stored_policy_hashes` are those of
    the policies whose text is known to be in the database. `account` is the signed-in person's own account. `teams`
    are the actor's teams by id, as they were when the actor was loaded; None if they are not known (any more).
    `cookie` is the cookie that a mutation sets: a new session token, or "" to delete the old one. `device` is the
    cookie of the device, "" without one, and `device_cookie` the one that a sign-in sets; `device_cookies` reads
    and writes them. `seal` encrypts secrets, `links` writes links to documents, and `relying_party` is the site of
    passkeys. `user_agent` is what the client says it is. `person` is the id that the actor must have, "" if any
    actor may run the operation. `provider_sign_ins` is set if people may sign in by OpenID Connect, and
    `flow_cookie` is the cookie of such a sign-in that begins. `place_waits` are the places that this process made
    wait. `rows` counts the rows that were loaded. `today` is the day (UTC). `system` is a command or a job that
    acts. `is_dry_run`: the last change was one.
    """

    database: Database
    policy: Policy
    credential: Credential | None
    request_id: str
    address: str
    preflighted: bool
    stored_policy_hashes: set[str]
    system: System | None = None
    device_cookies: DeviceCookies = field(default_factory=lambda: DeviceCookies(secrets.token_hex()))
    provider_sign_ins: ProviderSignIns | None = None
    place_waits: Waits = field(default_factory=Waits)
    seal: Seal = field(default_factory=lambda: Seal(secrets.token_hex()))
    links: SignedLinks = field(default_factory=lambda: SignedLinks(secrets.token_hex(), ""))
    relying_party: RelyingParty = field(default_factory=RelyingParty.unnamed)
    device: str = ""
    person: str = ""
    user_agent: str = ""
    actor: Actor = field(default_factory=Anonymous)
    account: UserRow | None = None
    teams: dict[str, TeamRow] | None = None
    cookie: str | None = None
    device_cookie: str | None = None
    flow_cookie: str | None = None
    is_dry_run: bool = False
    rows: int = 0
    today: date = field(default_factory=lambda: datetime.now(UTC).date())
    _in_transaction: bool = False
    _is_use_due: bool = False
    _loadings: dict[Hashable, Loading[Any]] = field(default_factory=dict)
    _reaches: dict[Action, tuple[Actor, Reach]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Prepare the operation's connection; the first read opens it. A command or a job is known from the start."""
        if self.system is not None:
            self.actor = self.system
        self._connection = OperationConnection(self.database)

    async def identify(self, *, writes: bool = False) -> None:
        """Load the actor of the credential. Raises InvalidCredential if it has none, and PersonDiffers.

        With `writes`, for a mutation, load it in the transaction in which the mutation makes its change. A mutation
        that declares facts loads it itself; then only call `begin_change`.
        """
        if self.credential is None:
            return
        if writes:
            await self.begin_change()
        async with self.reading() as connection:
            self.become(await self.load_actor(connection))

    async def begin_change(self) -> None:
        """Begin the transaction in which a mutation makes its change."""
        self._in_transaction = True
        self._connection.use(await self.database.take(CHANGES))

    @property
    def is_unidentified(self) -> bool:
        """Whether the actor of a credential is not loaded yet, so that it can be read together with other rows."""
        return self.credential is not None and type(self.actor) is Anonymous

    def required_credential(self) -> Credential:
        """The credential. Raises Unauthenticated without one."""
        if self.credential is None:
            raise Unauthenticated(SIGN_IN)
        return self.credential

    def become(self, found: LoadedActor | None) -> None:
        """Set the actor that was found. Raises InvalidCredential if there is none, and PersonDiffers."""
        if found is None:
            raise InvalidCredential(CredentialFault.UNKNOWN)
        if self.person and is_another(found.actor, self.person):
            raise PersonDiffers
        self.actor, self.teams, self.account, is_use_due = found
        self._is_use_due = self._is_use_due or is_use_due

    async def restart(self) -> None:
        """Forget everything that was read but the actor, so that the operation can be run from its beginning."""
        await self.close()
        self._connection.only_one = self._connection.refused = False
        self.rows = 0

    def reach(self, action: Action) -> Reach:
        """The rows on which the actor may do this action. Raises Unauthenticated if nobody is signed in."""
        self.signed_in()
        actor, known = self._reaches.get(action, (None, None))
        if known is None or actor is not self.actor:
            known = self.policy.reach(self.actor, action)
            self._reaches[action] = self.actor, known
        return known

    def account_reach(self, action: Action) -> Reach:
        """The reach of this action over accounts: that over members, and a person's own account even without a team."""
        reach, me = self.reach(action), facts.acts_for(self.actor)
        if reach.me == me or not self.policy.decide(self.actor, Action.VIEWER_READ, facts.GATEWAY).allowed:
            return reach
        return replace(reach, me=me)

    def require(self, action: Action, target: facts.Target) -> None:
        """Go on only if the policy allows it. Raises Unauthenticated or Forbidden."""
        if not self.policy.decide(self.actor, action, target).allowed:
            self.signed_in()
            raise self.refused(action, target)

    def refused(self, action: Action, target: facts.Target) -> Forbidden:
        """The error for an action that the policy denies on a target that the actor may read."""
        return refusal(self.policy, self.actor, action, target)

    def refused_in(self, action: Action, team_id: str | None = None) -> Forbidden:
        """The error for a field of a row that is not the actor's own, in this team or, for a token, in its team."""
        if isinstance(self.actor, Partner):
            team_id = self.actor.team_id
        role = None if team_id is None else facts.standings(self.actor).get(team_id)
        return self.refused(action, next(facts.targets_of_role(self.policy.kinds[action], role)))

    def refusal_in_team(self, action: Action, team_id: str) -> Forbidden | None:
        """The error for an action on a team, or on a seat that is not the actor's own; None if the policy allows it."""
        of_seats = self.policy.kinds[action] is facts.Seat
        target = facts.seat(self.actor, team_id, None) if of_seats else facts.team(self.actor, team_id)
        if self.policy.decide(self.actor, action, target).allowed:
            return None
        self.signed_in()
        return self.refused(action, target)

    def signed_in(self) -> None:
        """Raise Unauthenticated if nobody is signed in."""
        if isinstance(self.actor, Anonymous):
            raise Unauthenticated(SIGN_IN)

    def reading(self) -> OperationConnection:
        """The operation's connection; enter it for one statement, because the loaders of a level share it."""
        return self._connection

    @asynccontextmanager
    async def writing(
        self, facts: Sequence[Fact[Any]] = (), *, dry_run: bool
    ) -> AsyncIterator[tuple[Connection, FactRows]]:
        """A transaction in which the actor was loaded, and the facts that were read with the actor.

        It commits if its block raises no error. The transaction of a dry run stays open instead, so that the payload is
        read in it and shows the change. It is rolled back when the operation closes or writes again.
        """
        is_loaded, self.is_dry_run = self._in_transaction and not self.is_unidentified, dry_run
        begun = self._connection.detach() if self._in_transaction else None
        await self.close()
        connection = await self.database.take(CHANGES) if begun is None else begun
        stays_open = False
        try:
            known = FactRows() if is_loaded else await self._load_actor_and_facts(connection, facts)
            self.teams = None
            yield connection, known
            if dry_run:
                self._connection.use(connection)
                stays_open = True
            else:
                await connection.commit()
        finally:
            if not stays_open:
                await self.database.give_back(connection)

    async def load_actor(self, connection: Connection) -> LoadedActor:
        """Load the current actor: the command or the job, or else the actor of the credential, or else nobody.

        Raises InvalidCredential.
        """
        if self.system is not None:
            return LoadedActor(self.system, {})
        if self.credential is None:
            return LoadedActor(Anonymous(), {})
        find = actors.partner if self.credential.kind is CredentialKind.PARTNER else actors.person
        found = await find(connection, self.credential.token_hash)
        if found is None:
            raise InvalidCredential(CredentialFault.UNKNOWN)
        return found

    async def _load_actor_and_facts(self, connection: Connection, facts: Sequence[Fact[Any]]) -> FactRows:
        """Load the actor and, if there is a credential, these facts. Raises Unauthenticated and PersonDiffers."""
        if not facts or self.credential is None:
            self.become(await self.load_actor(connection))
            return FactRows()
        found, rows = await read_with_actor(connection, self.policy, self.credential, facts)
        self.become(found)
        return rows

    async def close(self) -> None:
        """Roll back the open transaction, give the connection back, and forget all loaded rows."""
        self._in_transaction = False
        for loading in self._loadings.values():
            loading.forget()
        self._loadings.clear()
        await self._connection.close()

    async def end(self) -> None:
        """Close for good. An error may have ended the operation while loaders of other fields are still running."""
        await self._connection.end()
        await self.close()
        self.account = self.teams = None
        if self._is_use_due and self.credential is not None:
            self._is_use_due = False
            # The answer does not depend on it, and the next request stores its own time.
            with suppress(DatabaseError, PoolTimeout, OSError):
                async with self.database.transaction() as connection:
                    await actors.update_last_used(connection, self.credential)

    def load(self, batch: Batch[V], key: Hashable, *args: Hashable) -> "asyncio.Future[V | None]":
        """Load the value of one key by `batch(context, keys, *args)`; one call loads all keys asked for together."""
        return self.loading(batch, *args).load(key)

    def loading(self, batch: Batch[V], *args: Hashable, kind: type[Loading[Any]] = Loading) -> Loading[V]:
        """The operation's loader for `batch(context, keys, *args)`; always the same one for the same arguments."""
        known = self._loadings.get((batch, args))
        if known is None:
            known = self._loadings[batch, args] = kind(self._find_function(batch, args))
        return known

    def _find_function(self, batch: Batch[V], args: tuple[Hashable, ...]) -> Find[V]:
        loads_rows = getattr(batch, "loads_rows", True)

        async def find(keys: list[Any]) -> Mapping[Any, V | Forbidden]:
            try:
                found = await batch(self, keys, *args)
            except OperationEnded:  # nobody reads the answer or an error any more
                return {}
            if loads_rows:
                self.rows += row_count(found.values())
            return found

        return find


Info = strawberry.Info[Context, None]
