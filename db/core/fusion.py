"""Several levels of a read in one statement: a CTE for each level, answered as one row of arrays, one array a column.

Each level is read by the same query as alone; only its keys come from the level above instead of from the caller. One
statement sees one moment, so it needs no transaction.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache
from typing import Any, Final

from sqlalchemy import ARRAY, CTE, Subquery, Text, cast, column, distinct, func, select, table, text, true
from sqlalchemy.dialects.postgresql import array

from db.core.descriptions import Column
from db.core.paging import count_query, page_query
from db.core.rows import names_of
from db.core.statements import Prepared, RowQuery
from db.tables.types import ID
from domain.actions import Action
from domain.reach import Reach

RolesWithReach = Callable[[Action, bool], tuple[Sequence[str], Sequence[str]]]
RolesOverOthers = Callable[[Action, bool, bool], Sequence[str]]
_PARTS = ("teams", "own_teams", "me")

KEYS: Final[Any] = Enum("Keys", ["KEYS"]).KEYS  # type: ignore[attr-defined] # an Enum is a choice, not a value
"""Stands for the keys among the arguments of a query."""


class Kind(Enum):
    """What a level reads of each parent: a page of its rows, their number, or the rows that a query finds by keys."""

    PAGE = "page"
    COUNT = "count"
    ROWS = "rows"


class OwnKey(Enum):
    """A key that no level above has: a value that is passed, or the actor's own id."""

    VALUE = "value"
    ACTOR = "actor"


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """A level of a fused statement.

    Its keys are in the column `key` of the level with the number `parent`, or are an `OwnKey`. `first_only` says that
    the level above is one page, of which only the rows that are shown have keys: the row that tells whether another
    page follows has none. `columns` are the columns to return.
    """

    kind: Kind
    key: str | OwnKey
    columns: tuple[Column, ...]
    parent: int = 0
    first_only: bool = False
    rows: RowQuery[Any] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ActorQuery:
    """The query of the actor's rows, and what they let the actor reach.

    `sql` has one parameter, `:token_hash`, and returns `columns`. `own_id` is the column with the actor's own id,
    `team_id` and `role` those with a team and the role in it. `scopes` is the column with the scopes of a partner
    token, separated by blanks; None for a person, whose rights have no scopes.

    The functions are the policy's own tables, for an actor without (False) or with (True) the scope of the action.
    `roles_with_reach` returns the roles that reach every row of a team, and the roles that reach only own rows.
    `roles_over_others` returns the roles that may do an action on all rows that are not their own, in a team that does
    not separate duties (False) or does (True); `separated` is the column that tells which.
    """

    sql: str
    columns: tuple[Column, ...]
    own_id: str
    team_id: str
    role: str
    separated: str
    scopes: str | None
    roles_with_reach: RolesWithReach
    roles_over_others: RolesOverOthers


@dataclass(frozen=True, eq=False)
class ActorReach(Reach):
    """The reach of an action as expressions over the CTE `reaches`. It works wherever a reach of values works.

    `over_others` says that it is about rows that are not the actor's own.
    """

    action: Action | None = None
    over_others: bool = False


@cache
def actor_reach(action: Action) -> ActorReach:
    """Return the reach of an action, to be passed to a query of a fused statement; always the same object."""
    teams, own_teams, me = (_reach_column(action, part) for part in _PARTS)
    return ActorReach(cast(teams, ARRAY(Text)), cast(own_teams, ARRAY(Text)), me, action)  # type: ignore[arg-type]


@cache
def actor_account_reach(action: Action) -> ActorReach:
    """Return the reach of an action over accounts: `actor_reach`, and the actor's own account in any case."""
    return replace(actor_reach(action), me=own_id())


@cache
def reach_over_others(action: Action) -> ActorReach:
    """Return a reach with the teams in which the actor may do this action on every row that is not their own.

    It is larger than `actor_reach` if the action depends on whose row it is, or on whether the team separates duties.
    """
    teams = cast(_reach_column(action, "others"), ARRAY(Text))
    return ActorReach(teams, (), own_id(), action, over_others=True)  # type: ignore[arg-type]


@cache
def own_id() -> Any:
    """Return the actor's own id as an expression of a fused statement."""
    return select(table("reaches", column("own_id", ID)).c.own_id).scalar_subquery()


def fused(name: str, max_shapes: int | None = None) -> Prepared:
    """Return the statement for levels of any shape. Its arguments: an ActorQuery, a token hash, and the levels.

    A level is a tuple of a `Level`, the value of its key (None if it has none), and the arguments of its query: the
    definition and arguments of a listing, its page for `Kind.PAGE`, or the arguments of `rows` with `KEYS`.
    """
    return Prepared(name, _fuse, lambda built: built[1], max_shapes)


def _fuse(actor: ActorQuery, token_hash: Any, *levels: tuple[Any, ...]) -> tuple[Any, list[Column]]:
    names = names_of(actor.columns)
    query = text(actor.sql.replace(":token_hash", f":{token_hash.key}")).bindparams(token_hash)
    rows = query.columns(*map(column, names)).cte("actor").prefix_with("materialized")
    reaches = _reaches(actor, {one for _, _, *args in levels for one in _actor_reaches(args)})
    ctes: list[CTE] = []
    for number, (level, key, *args) in enumerate(levels):
        keys = _keys(level, key, levels, ctes)
        ctes.append(_query(level, args, keys).cte(f"level_{number}").prefix_with("materialized"))
    parts = [_arrays(rows, names)]
    parts += [_arrays(cte, names_of(level.columns)) for cte, (level, *_) in zip(ctes, levels, strict=True)]
    joined: Any = parts[0]
    for part in parts[1:]:
        joined = joined.join(part, true())
    expected = [Column(None, list[one.hint]) for one in actor.columns]  # type: ignore[name-defined]
    expected += [Column(None, list[one.hint]) for level, *_ in levels for one in level.columns]  # type: ignore[name-defined]
    return select(*(one for part in parts for one in part.c)).select_from(joined).add_cte(rows, reaches), expected


def _query(level: Level, args: Sequence[Any], keys: Any) -> Any:
    if level.kind is Kind.PAGE:
        define, listing_args, page = args
        return page_query(define, listing_args, keys, page)[0]
    if level.kind is Kind.COUNT:
        define, listing_args = args
        return count_query(define, listing_args, keys)
    if level.rows is None:
        raise TypeError("a level of rows needs their query")
    return level.rows.select(*(keys if argument is KEYS else argument for argument in args))


def _keys(level: Level, value: Any, levels: Sequence[tuple[Any, ...]], ctes: Sequence[CTE]) -> Any:
    """Return the array of a level's keys. PostgreSQL expects few of them, as for an array that is passed."""
    if level.key is OwnKey.VALUE:
        return array([value], type_=Text)
    if level.key is OwnKey.ACTOR:
        return array([own_id()], type_=Text)
    above: Any = ctes[level.parent]
    key = above.c[level.key]
    if level.first_only:
        page = levels[level.parent][-1]
        shown = select(key.label("key")).select_from(above).limit(page.size - 1)
        if page.backwards:
            # The row that tells whether there are more is the first one.
            number = select(func.count()).select_from(above).correlate(None).scalar_subquery()
            shown = shown.offset(func.greatest(number - (page.size - 1), 0))
        above = shown.subquery()
        key = above.c.key
    # A query finds the row of a key once, however often the key is passed. A page would be read as often.
    wanted = key if level.kind is Kind.ROWS else distinct(key)
    return cast(select(func.array_agg(wanted)).select_from(above).scalar_subquery(), ARRAY(Text))


def _reaches(actor: ActorQuery, wanted: set[ActorReach]) -> CTE:
    """Return the CTE with the reach of each action, in one row."""
    columns = {"own_id": f"min({actor.own_id})"}
    for reach in sorted(wanted, key=lambda one: (str(one.action), one.over_others)):
        if reach.action is not None:
            columns |= _over_others(actor, reach.action) if reach.over_others else _whole_and_own(actor, reach.action)
    parts = ", ".join(f"{value} as {name}" for name, value in columns.items())
    selected = text(f"select {parts} from actor")  # noqa: S608 - roles and actions are Usher's own enums
    return selected.columns(*map(column, columns)).cte("reaches").prefix_with("materialized")


def _whole_and_own(actor: ActorQuery, action: Action) -> dict[str, str]:
    """Return the parts of a reach by name."""
    parts = zip(*(actor.roles_with_reach(action, scoped) for scoped in (False, True)), strict=True)
    whole, own = (_by_scope(actor, action, *(f"{actor.role} in ({_roles(one)})" for one in part)) for part in parts)
    values = [_teams(actor, which) for which in (whole, own)]
    either = f"{whole} or {own}"
    values.append(f"case when count(*) filter (where {either}) > 0 then min({actor.own_id}) end")
    return {f"{action.name.lower()}_{part}": value for part, value in zip(_PARTS, values, strict=True)}


def _over_others(actor: ActorQuery, action: Action) -> dict[str, str]:
    def which(scoped: bool) -> str:
        united, separated = (_roles(actor.roles_over_others(action, scoped, one)) for one in (False, True))
        return f"case when {actor.separated} then {actor.role} in ({separated}) else {actor.role} in ({united}) end"

    return {f"{action.name.lower()}_others": _teams(actor, _by_scope(actor, action, which(False), which(True)))}


def _by_scope(actor: ActorQuery, action: Action, without: str, with_scope: str) -> str:
    """Return the condition that holds for an actor: with the scope of the action, or without it."""
    if actor.scopes is None or without == with_scope:
        return without
    return (
        f"case when '{action.value}' = any(string_to_array({actor.scopes}, ' ')) then {with_scope} else {without} end"
    )


def _teams(actor: ActorQuery, which: str) -> str:
    return f"coalesce(array_agg({actor.team_id}) filter (where {which}), '{{}}')"


def _roles(roles: Sequence[str]) -> str:
    return ", ".join(f"'{role}'" for role in roles) or "null"


def _reach_column(action: Action, part: str) -> Any:
    name = f"{action.name.lower()}_{part}"
    return select(table("reaches", column(name)).c[name]).scalar_subquery()


def _actor_reaches(args: Iterable[Any]) -> Iterator[ActorReach]:
    """Yield the reaches of actions among these arguments, also in tuples."""
    for arg in args:
        if isinstance(arg, ActorReach):
            yield arg
        elif isinstance(arg, tuple):
            yield from _actor_reaches(arg)


def _arrays(rows: CTE, names: Sequence[str]) -> Subquery:
    """Return one row with an array for each of these columns."""
    arrays = [func.array_agg(rows.c[name]).label(f"{rows.name}_{name}") for name in names]
    return select(*arrays).select_from(rows).subquery(f"{rows.name}_arrays")
