"""Makes the stored keys of names that have none, or those of another version, or whose name was changed by hand.

The keys say nothing that the names do not say. So this is maintenance, as the rebuild of an index is, and leaves no
audit rows.
"""

from collections.abc import Callable, Sequence
from types import NoneType
from typing import NamedTuple

from sqlalchemy import ARRAY, bindparam, text

from db.core import text_keys
from db.core.connection import Connection, DatabaseError
from db.core.database import Database
from db.core.statements import Statement
from db.core.text_keys import TEXT_VERSION
from db.tables.types import ID

BATCH = 1_000
MARK = "\x1f"
"""Comes before the id in the folded name of a group or team if an older one has the same. No name contains it."""


class SameName(NamedTuple):
    """A group or a team whose name counts as equal to that of an older one. It should get another name."""

    id: str
    name: str


class Renewal(NamedTuple):
    """The number of rows that got keys, and the groups and teams that should get another name."""

    rows: int
    same_names: list[SameName]


class OldRow(NamedTuple):
    """A row with old keys, and the texts to make new ones from. `is_old` is false if it has a mark only."""

    id: str
    texts: list[str]
    is_old: bool


class _Renewed(NamedTuple):
    """A table whose rows have keys: its name, the columns with the texts, and what makes the keys of these."""

    table: str
    texts: Sequence[str]
    make: Callable[..., dict[str, str]]

    @property
    def is_unique(self) -> bool:
        """Whether the folded name is unique."""
        return "name_fold" in self.make(*self.texts)

    def find(self) -> Statement[OldRow]:
        """Return the statement that locks and reads the next rows with old keys, or with a mark."""
        is_old = is_found = "text_version <> :version"
        if self.is_unique:
            is_found = f"({is_old} or strpos(name_fold, '{MARK}') > 0)"
        return Statement(
            f"old_text_of_{self.table}",
            OldRow,
            text(f"""
select id, array[{", ".join(self.texts)}] as texts, {is_old} as is_old from {self.table}
where id > :after and {is_found}
order by id limit :number
for no key update
"""),  # noqa: S608 - all parts are constants
        )

    def write(self) -> Statement[None]:
        """Return the statement that writes new keys."""
        made = list(self.make(*self.texts))
        return Statement(
            f"new_text_of_{self.table}",
            NoneType,
            text(f"""
update {self.table} t set {", ".join(f"{column} = w.{column}" for column in made)}
from unnest(:ids, {", ".join(f":{column}" for column in made)}) as w (id, {", ".join(made)}) where t.id = w.id
""").bindparams(*(bindparam(column, type_=ARRAY(ID)) for column in ("ids", *made))),  # noqa: S608
        )


_OF_PERSON = ("first_name", "last_name", "email")
_TABLES = (
    _Renewed("users", _OF_PERSON, text_keys.person_keys),
    _Renewed("invitations", _OF_PERSON, text_keys.person_keys),
    _Renewed("products", ("name",), text_keys.product_keys),
    _Renewed("groups", ("name",), text_keys.group_keys),
    _Renewed("teams", ("name",), text_keys.team_keys),
)
_STATEMENTS = [(one, one.find(), one.write()) for one in _TABLES]
SAME_NAMES = Statement(
    "same_names",
    SameName,
    text(f"""
select id, name from groups where strpos(name_fold, '{MARK}') > 0
union all select id, name from teams where strpos(name_fold, '{MARK}') > 0 order by id
"""),  # noqa: S608
)


async def renew(database: Database) -> Renewal:
    """Make the keys of all rows whose keys are old. Each batch is a transaction, so a repeat goes on with the rest.

    Two groups or teams may have names that count as equal: they are older than this rule, or were named by SQL. The
    younger one keeps its name. Until it is renamed, no import finds it by its name.
    """
    rows = 0
    for one, find, write in _STATEMENTS:
        after = ""
        while True:
            async with database.transaction() as connection:
                old = await find.rows(connection, version=TEXT_VERSION, after=after, number=BATCH)
                if not old:
                    break
                keys = {row.id: one.make(*row.texts) for row in old}
                if one.is_unique:
                    for id_, made in keys.items():
                        await _write_unique(connection, write, id_, made)
                else:
                    await _write(connection, write, keys)
                await connection.commit()
            after, rows = old[-1].id, rows + sum(row.is_old for row in old)
    async with database.connection() as connection:
        return Renewal(rows, await SAME_NAMES.rows(connection))


async def _write(connection: Connection, write: Statement[None], keys: dict[str, dict[str, str]]) -> None:
    columns = {column: [made[column] for made in keys.values()] for column in next(iter(keys.values()))}
    await write.run(connection, ids=list(keys), **columns)


async def _write_unique(connection: Connection, write: Statement[None], id_: str, made: dict[str, str]) -> None:
    """Write the keys of one row, with a folded name of its own if another row has the same."""
    savepoint = await connection.savepoint()
    try:
        await _write(connection, write, {id_: made})
    except DatabaseError as error:
        if error.constraint is None or not error.constraint.endswith("name_fold"):
            raise
        await savepoint.rollback()
        await _write(connection, write, {id_: {**made, "name_fold": f"{made['name_fold']}{MARK}{id_}"}})
