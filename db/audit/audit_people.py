"""The people in entries of the audit log: the values that identify them, and which of their accounts were deleted."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ARRAY, BigInteger, bindparam, text

from db.core.connection import Connection
from db.core.statements import Statement
from db.tables.types import ID, Json
from domain.reach import Reach


class PersonalChangeRow(NamedTuple):
    """The values of one person in an entry. Both are None after the person's account was deleted."""

    audit_id: int
    user_id: str
    before: Json | None
    after: Json | None


class DeletedPerson(NamedTuple):
    """A person in an entry whose account was deleted."""

    audit_id: int
    user_id: str


ENTRIES = (bindparam("ids", type_=ARRAY(BigInteger)), bindparam("teams", type_=ARRAY(ID)))

VALUES = Statement(
    "personal_values",
    PersonalChangeRow,
    text("""
select p.audit_id, p.user_id, p.before, p.after
from audit_people p join audit_events e on e.id = p.audit_id
where e.id = any(:ids) and e.team_id = any(:teams)
order by p.audit_id, p.user_id
""").bindparams(*ENTRIES),
)

DELETED = Statement(
    "deleted_people",
    DeletedPerson,
    text("""
select e.id as audit_id, u.id as user_id
from audit_events e
cross join lateral (
    select distinct found[1] as user_id
    from regexp_matches(concat_ws(' ', e.actor_id, e.target_id, e.before, e.after), 'user_[0-9a-z]{26}', 'g') as found
) named
join users u on u.id = named.user_id and u.deleted_at is not null
where e.id = any(:ids) and e.team_id = any(:teams)
order by e.id, u.id
""").bindparams(*ENTRIES),
)


async def values(connection: Connection, reach: Reach, ids: Sequence[int]) -> list[PersonalChangeRow]:
    """The values that identify people in these entries, as far as they are within `reach`."""
    return await VALUES.rows(connection, ids=list(ids), teams=list(reach.teams))


async def deleted(connection: Connection, reach: Reach, ids: Sequence[int]) -> list[DeletedPerson]:
    """The people in these entries whose accounts were deleted, as far as the entries are within `reach`."""
    return await DELETED.rows(connection, ids=list(ids), teams=list(reach.teams))
