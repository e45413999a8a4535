"""The rows that a mutation needs for its decision, read with the actor in one statement.

    def facts(input: AssignSeatsInput) -> list[Fact[Any]]: ...

    @mutation(Action.SEATS_ASSIGN, facts=facts)

The reaches among a fact's arguments are those of `db.core.fusion`, because the actor is not known yet.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any, Generic, NamedTuple, TypeVar

from db.access import actors
from db.access.actors import LoadedActor
from db.catalogue import products
from db.catalogue.products import ProductExistence
from db.core.connection import Connection
from db.core.fusion import ActorQuery, Kind, Level, OwnKey, actor_reach, fused
from db.core.rows import ALL
from db.core.statements import Prepared, RowQuery
from domain.actions import Action
from domain.credentials import Credential, CredentialKind
from domain.roles import Standing
from policies.engine.policy import Policy
from policies.facts import Partner, Person, Subject, subjects_of

R = TypeVar("R")

MAX_POLICIES = 2
"""The policies whose statements are kept: the one in force, and the one before it, which a request may still have."""


class Fact(NamedTuple, Generic[R]):
    """A query and its arguments. If `key` names a column of the fact before it, `KEYS` stands for the values there.

    Without `key`, it stands for the actor's own id.
    """

    query: RowQuery[R]
    args: tuple[Any, ...]
    key: str | None = None


class FactRows:
    """The rows of facts that were read with the actor."""

    def __init__(self, facts: Sequence[Fact[Any]] = (), rows: Sequence[list[Any]] = ()) -> None:
        """Take the rows of each fact."""
        self._known = list(zip(facts, rows, strict=True))

    def of(self, fact: Fact[R]) -> list[R] | None:
        """The rows of a fact; None if it was not read."""
        return next((rows for known, rows in self._known if known == fact), None)


async def read_with_actor(
    connection: Connection, policy: Policy, credential: Credential, facts: Sequence[Fact[Any]]
) -> tuple[LoadedActor | None, FactRows]:
    """Read the actor of a credential, None if there is none, and the rows of these facts, in one statement."""
    actor, statement = _statement(policy, credential.kind)
    levels = [(_level(fact.query, fact.key, number), None, *fact.args) for number, fact in enumerate(facts)]
    [record], _ = await statement.run(connection, actor, credential.token_hash, *levels)
    start = len(actor.columns)
    rows = []
    for fact in facts:
        columns = record[start : start + len(fact.query.columns.expected)]
        rows.append(fact.query.columns.make(list(zip(*(column or () for column in columns), strict=True)), ALL))
        start += len(columns)
    return actors.of_columns(credential.kind, record[: len(actor.columns)]), FactRows(facts, rows)


def pool_fact(team_id: str, product_id: str) -> Fact[ProductExistence]:
    """Whether a product exists; no row if the actor has no such team."""
    return Fact(products.TEAM_AND_PRODUCT_EXIST, (actor_reach(Action.TEAMS_READ), team_id, product_id))


def subject_kind(kind: CredentialKind) -> type[Subject]:
    """The kind of subject that has this kind of credential."""
    return Partner if kind is CredentialKind.PARTNER else Person


@lru_cache(MAX_POLICIES * 2)
def actor_query(policy: Policy, kind: CredentialKind) -> ActorQuery:
    """The query of the actor of a session or a partner token under this policy; always the same object."""
    subject = subject_kind(kind)

    def roles_with_reach(action: Action, scoped: bool) -> tuple[list[Standing], list[Standing]]:
        return policy.roles_with_reach(subjects_of(subject, action)[scoped], action)

    def roles_over_others(action: Action, scoped: bool, separated: bool) -> list[Standing]:
        return policy.roles_over_others(subjects_of(subject, action)[scoped], action, separated)

    return actors.query(kind, roles_with_reach, roles_over_others)


@lru_cache(MAX_POLICIES * 2)
def _statement(policy: Policy, kind: CredentialKind) -> tuple[ActorQuery, Prepared]:
    return actor_query(policy, kind), fused("actor with facts")


@cache
def _level(query: RowQuery[Any], key: str | None, number: int) -> Level:
    """The level of a fact: the same object for each request, because the statement is found by it."""
    return Level(Kind.ROWS, key or OwnKey.ACTOR, query.columns.expected, number - 1, rows=query)
