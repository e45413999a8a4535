"""What a person writes about themselves: the names of their account, and the language of the mails to them."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, select, update

from db.core.connection import Connection
from db.core.paging import Rows
from db.core.reach import any_of, is_own
from db.core.rows import columns_of
from db.core.statements import RowQuery, Statement
from db.core.text_keys import person_keys
from db.people.users import NAME_KEYS, USERS, UserRow
from db.tables.people import User
from domain.languages import Language
from domain.reach import Reach


class Profile(NamedTuple):
    """The names and the language of an account."""

    first_name: str
    last_name: str
    language: Language


class LanguageRow(NamedTuple):
    """The language of an account."""

    id: str
    language: Language


LOCK = Statement(
    "lock_profile",
    Profile,
    columns_of(Profile, User).apply_to(
        select().where(User.id == bindparam("id")).with_for_update(key_share=True),
    ),
)
UPDATE = Statement(
    "update_profile",
    UserRow,
    update(User)
    .where(User.id == bindparam("user_id"))
    .values({name: bindparam(name) for name in (*Profile._fields, *NAME_KEYS)})
    .returning(*USERS),
)


async def lock(connection: Connection, user_id: str) -> Profile:
    """Lock an account, and return its profile."""
    [profile] = await LOCK.rows(connection, id=user_id)
    return profile


async def update_profile(connection: Connection, user_id: str, profile: Profile) -> UserRow:
    """Change the profile of an account."""
    # The account keeps its address, so only the keys of the names are new.
    keys = person_keys(profile.first_name, profile.last_name, "")
    values = {**profile._asdict(), **{name: keys[name] for name in NAME_KEYS}}
    [user] = await UPDATE.rows(connection, user_id=user_id, **values)
    return user


async def languages(connection: Connection, reach: Reach, ids: Sequence[str]) -> dict[str, Language]:
    """The language of the account of `reach.me`, by its id, if it is one of these."""
    return dict(await _LANGUAGES.rows(connection, reach, list(ids)))


def _languages(reach: Reach, ids: Sequence[str]) -> Rows:
    return select().where(User.id == any_of(ids), is_own(reach, User.id))


_LANGUAGES = RowQuery(columns_of(LanguageRow, User), _languages)
