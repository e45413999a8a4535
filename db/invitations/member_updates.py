"""Statements that edit many members of a team at once, and that find the members who are not in a file."""

from collections.abc import Mapping, Sequence
from types import NoneType
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, BigInteger, BindParameter, Text, bindparam, text

from db.core.connection import Connection
from db.core.statements import Statement
from db.core.text_keys import person_keys
from db.people.users import NAME_KEYS
from db.tables.types import ID
from domain.roles import Role

Names = tuple[str, str]
"""The first name and the last name of a person."""


class PresentMember(NamedTuple):
    """A member of a team as a mutation finds them.

    The names are those that the team sees: of the account if the person has accepted (`is_accepted`), else of the open
    invitation.
    """

    user_id: str
    member_id: str
    role: Role
    is_accepted: bool
    first_name: str
    last_name: str
    group_ids: list[str]
    external_id: str | None

    @property
    def names(self) -> Names:
        """The first name and the last name."""
        return self.first_name, self.last_name


class OtherMember(NamedTuple):
    """A member of a team who is not in a list, and the number of seats that they hold in the team."""

    user_id: str
    member_id: str
    role: Role
    seats: int


def _arrays(*names: str, type_: Text | None = None) -> list[BindParameter[Any]]:
    return [bindparam(name, type_=ARRAY(type_ or Text())) for name in names]


PRESENT = Statement(
    "present_members",
    PresentMember,
    text("""
select m.user_id, m.id as member_id, m.role, m.accepted_at is not null as is_accepted,
       case when m.accepted_at is null then coalesce(i.first_name, '') else u.first_name end as first_name,
       case when m.accepted_at is null then coalesce(i.last_name, '') else u.last_name end as last_name,
       array(
           select g.group_id from group_members g where g.team_id = m.team_id and g.user_id = m.user_id
           order by g.group_id
       ) as group_ids, m.external_id
from memberships m
join users u on u.id = m.user_id
left join invitations i on i.team_id = m.team_id and i.user_id = m.user_id
    and i.accepted_at is null and i.revoked_at is null
where m.team_id = :team_id and m.user_id = any(:user_ids)
""").bindparams(*_arrays("user_ids", type_=ID)),
)

# The accounts and invitations keep their addresses, so these are the keys of their new names.
WANTED = """
unnest(:user_ids, :first_names, :last_names, :name_keys, :name_searches)
    as w (user_id, first_name, last_name, name_key, name_search)
"""
NEW_NAMES = "first_name = w.first_name, last_name = w.last_name, name_key = w.name_key, name_search = w.name_search"
KEYS = ("name_keys", "name_searches")
NAMES = _arrays("user_ids", *KEYS, type_=ID) + _arrays("first_names", "last_names")
# An account that nobody has opened has the names that an inviter wrote. If no other team sees it, it gets the new names
# too, because it is shown only if it has the names that the invitation states (`users.by_ids`).
RENAME_INVITED = Statement(
    "rename_invited",
    NoneType,
    text(f"""
with wanted as (
    select * from {WANTED}
), unopened as (
    select u.id from users u join wanted w on w.user_id = u.id
    where u.password_hash is null and u.email_verified_at is null
      and not exists (select from memberships o where o.user_id = u.id and o.team_id <> :team_id)
    order by u.id for no key update of u
), renamed as (
    update users u set {NEW_NAMES}
    from wanted w where w.user_id = u.id and u.id in (select id from unopened)
)
update invitations i set {NEW_NAMES}
from wanted w
where i.team_id = :team_id and i.user_id = w.user_id and i.accepted_at is null and i.revoked_at is null
""").bindparams(*NAMES),  # noqa: S608 - all parts are constants
)

RENAME_ACCOUNTS = Statement(
    "rename_accounts",
    NoneType,
    text(f"""
update users u set {NEW_NAMES} from {WANTED} where u.id = w.user_id
""").bindparams(*NAMES),  # noqa: S608
)

OTHERS = Statement(
    "other_members",
    OtherMember,
    text("""
select m.user_id, m.id as member_id, m.role, coalesce(held.seats, 0) as seats
from memberships m
left join (
    select holder_id, count(*) as seats from seats where team_id = :team_id and holder_id is not null group by holder_id
) held on held.holder_id = m.user_id
where m.team_id = :team_id and m.user_id <> all(:user_ids)
order by m.id
limit :limit
""").bindparams(*_arrays("user_ids", type_=ID), bindparam("limit", type_=BigInteger())),
)


async def present(connection: Connection, team_id: str, user_ids: Sequence[str]) -> dict[str, PresentMember]:
    """The members and invited people of a team who have these user ids, by user id. Lock them first."""
    rows = await PRESENT.rows(connection, team_id=team_id, user_ids=list(user_ids))
    return {row.user_id: row for row in rows}


async def rename_invited(connection: Connection, team_id: str, names: Mapping[str, Names]) -> None:
    """Change the names in the open invitations of these people, by user id. The memberships must be locked."""
    if names:
        await RENAME_INVITED.run(connection, team_id=team_id, **_columns(names))


async def rename_accounts(connection: Connection, names: Mapping[str, Names]) -> None:
    """Change the names of these accounts, by user id."""
    if names:
        await RENAME_ACCOUNTS.run(connection, **_columns(names))


async def others(connection: Connection, team_id: str, user_ids: Sequence[str], limit: int) -> list[OtherMember]:
    """At most `limit` members and invited people of a team other than these, in the order of joining."""
    return await OTHERS.rows(connection, team_id=team_id, user_ids=list(user_ids), limit=limit)


def _columns(names: Mapping[str, Names]) -> dict[str, list[str]]:
    """The parameters of a statement that changes names: one list for each column."""
    keys = [person_keys(first_name, last_name, "") for first_name, last_name in names.values()]
    made = {array: [one[column] for one in keys] for array, column in zip(KEYS, NAME_KEYS, strict=True)}
    first_names, last_names = ([one[part] for one in names.values()] for part in (0, 1))
    return {"user_ids": list(names), "first_names": first_names, "last_names": last_names, **made}
