"""The ids that a customer's own directory has for people: each is unique in a team, and belongs to a membership."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ARRAY, Text, bindparam, text

from db.core.connection import Connection
from db.core.statements import Statement
from db.tables.types import ID


class Described(NamedTuple):
    """A person of a list: the e-mail address, and the external id that they are to have."""

    email: str
    external_id: str


class FoundId(NamedTuple):
    """What the database knows about one `Described`, at its place in the list.

    `first` is the first place, from 1, that has the external id if that is another person, else None. `is_taken` says
    whether another member of the team has it. If the person is a member, `user_id` is theirs, and `external_id` is the
    id that they have now, or None.
    """

    first: int | None
    is_taken: bool
    user_id: str | None
    external_id: str | None


class StoredId(NamedTuple):
    """The external id that a member has now; None if it was removed."""

    user_id: str
    external_id: str | None


# The member who has the id may be the person of the list: then it is theirs already. Addresses are lowered by
# PostgreSQL, as in the unique index: Python's `lower` differs for some letters.
FIND = Statement(
    "find_external_ids",
    FoundId,
    text("""
with named as (
    select cast(place as int) as place, lower(email) as email, external_id
    from unnest(:emails, :external_ids) with ordinality as w (email, external_id, place)
), firsts as (
    select distinct on (external_id) place, email, external_id from named order by external_id, place
)
select case when f.email <> w.email then f.place end as first,
       h.user_id is not null and h.user_id is distinct from u.id as is_taken, m.user_id, m.external_id
from named w
join firsts f on f.external_id = w.external_id
left join memberships h on h.team_id = :team_id and h.external_id = w.external_id
left join users u on lower(u.email) = w.email
left join memberships m on m.team_id = :team_id and m.user_id = u.id
order by w.place
""").bindparams(*[bindparam(name, type_=ARRAY(Text())) for name in ("emails", "external_ids")]),
)
HOLDER = Statement(
    "holder_of_external_id",
    str,
    text("select user_id from memberships where team_id = :team_id and external_id = :external_id"),
)
STORE = Statement(
    "store_external_ids",
    StoredId,
    text("""
update memberships m set external_id = nullif(w.external_id, '')
from unnest(:user_ids, :external_ids) as w (user_id, external_id)
where m.team_id = :team_id and m.user_id = w.user_id and m.external_id is distinct from nullif(w.external_id, '')
returning m.user_id, m.external_id
""").bindparams(bindparam("user_ids", type_=ARRAY(ID)), bindparam("external_ids", type_=ARRAY(Text()))),
)


async def find(connection: Connection, team_id: str, people: Sequence[Described]) -> list[FoundId]:
    """What the database knows about each of these people, in the order of the list."""
    emails, ids = [one.email for one in people], [one.external_id for one in people]
    return await FIND.rows(connection, team_id=team_id, emails=emails, external_ids=ids)


async def holder(connection: Connection, team_id: str, external_id: str) -> str | None:
    """The user id of the member who has this external id."""
    return await HOLDER.row(connection, team_id=team_id, external_id=external_id)


async def store(connection: Connection, team_id: str, ids: Mapping[str, str]) -> list[StoredId]:
    """Give these members their external ids, by user id, or take them away if they are empty. Returns what changed.

    Call `given_products.lock_changes` first, and then `find` or `holder`, so that nobody else has one of the ids. The
    memberships must be locked, or new in this transaction.
    """
    values = {"user_ids": list(ids), "external_ids": list(ids.values())}
    return await STORE.rows(connection, team_id=team_id, **values)
