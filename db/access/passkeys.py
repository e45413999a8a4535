"""Passkeys: add, list, rename and remove those of an account, and find one by the id that its device gave it."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from db.core.connection import Connection
from db.core.paging import Definition, Rows, listing
from db.core.reach import is_own
from db.core.rows import columns_of
from db.core.statements import Statement
from db.people import users
from db.people.users import USERS, UserRow
from db.tables.passkeys import Passkey
from db.tables.people import User
from domain.passkeys import PasskeyDevice
from domain.reach import Reach


class PasskeyRow(NamedTuple):
    """A passkey as the graph shows it to its person. `alone`: it stands for the password."""

    id: str
    name: str
    device: PasskeyDevice
    alone: bool
    created_at: datetime
    last_used_at: datetime | None


class NewPasskey(NamedTuple):
    """A passkey to add, with what its device said about it."""

    id: str
    user_id: str
    name: str
    device: PasskeyDevice
    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: list[str]


class PasskeyKey(NamedTuple):
    """The public key of a passkey, and the account that it belongs to. `alone`: it stands for the password."""

    id: str
    public_key: bytes
    alone: bool
    user: UserRow


class Descriptor(NamedTuple):
    """What a browser needs to find a passkey: the id that its device gave it, and the ways to reach the device."""

    credential_id: bytes
    transports: list[str]


PASSKEYS = columns_of(PasskeyRow, Passkey)
OWN = (Passkey.id == bindparam("id"), Passkey.user_id == bindparam("user_id"))

DESCRIPTORS = Statement(
    "passkey_descriptors",
    Descriptor,
    select(Passkey.credential_id, Passkey.transports).where(Passkey.user_id == bindparam("user_id")),
)

NUMBER = Statement(
    "number_of_passkeys", int, text("select cast(count(*) as int) from passkeys where user_id = :user_id")
)

ADD = Statement(
    "add_passkey",
    PasskeyRow,
    upsert(Passkey)
    .values({name: bindparam(name) for name in NewPasskey._fields})
    .on_conflict_do_nothing(index_elements=[Passkey.credential_id])
    .returning(*PASSKEYS),
)

RENAME = Statement(
    "rename_passkey", PasskeyRow, PASSKEYS.apply_to(update(Passkey).where(*OWN).values(name=bindparam("name")))
)

REMOVE = Statement("remove_passkey", PasskeyRow, delete(Passkey).where(*OWN).returning(*PASSKEYS))

REMOVE_ALL = Statement(
    "remove_all_passkeys", str, delete(Passkey).where(Passkey.user_id == bindparam("user_id")).returning(Passkey.id)
)

BY_CREDENTIAL = Statement(
    "passkey_by_credential",
    PasskeyKey,
    select(*columns_of(PasskeyKey, Passkey, user=USERS))
    .join(User, User.id == Passkey.user_id)
    .where(Passkey.credential_id == bindparam("credential_id"), User.email_verified_at.is_not(None)),
)

# A device that counts must count on: else somebody has copied the passkey. Many devices do not count, and say 0.
USE = Statement(
    "use_passkey",
    str,
    text("""
update passkeys set sign_count = cast(:sign_count as bigint), last_used_at = now(), alone = true
where id = :id and (alone or cast(:second_step as boolean))
  and (sign_count < cast(:sign_count as bigint) or sign_count = 0 and cast(:sign_count as bigint) = 0)
returning id
"""),
)

USE_CHALLENGE = Statement(
    "use_passkey_challenge",
    bytes,
    text("insert into used_challenges (challenge) values (:challenge) on conflict do nothing returning challenge"),
)

END_ALONE = Statement(
    "end_passkeys_alone",
    str,
    update(Passkey)
    .where(Passkey.user_id == bindparam("user_id"), Passkey.alone)
    .values(alone=False)
    .returning(Passkey.id),
)


@listing
def listed(reach: Reach) -> Definition[PasskeyRow]:
    """The passkeys of a person, in the order in which they were added; only those of `reach.me`."""

    def rows(user_id: ColumnElement[str]) -> Rows:
        return select().where(Passkey.user_id == user_id, is_own(reach, Passkey.user_id))

    return Definition(rows, [Passkey.id.expression], PASSKEYS)


async def descriptors(connection: Connection, user_id: str) -> list[Descriptor]:
    """What a browser needs to find the passkeys of an account."""
    return await DESCRIPTORS.rows(connection, user_id=user_id)


async def count_locked(connection: Connection, user_id: str) -> int:
    """The number of passkeys of an account. Until the transaction ends, no other one adds a passkey to it."""
    # Additions to one account queue here, so that none of them counts too few.
    await users.lock(connection, user_id)
    [number] = await NUMBER.rows(connection, user_id=user_id)
    return number


async def add(connection: Connection, passkey: NewPasskey) -> PasskeyRow | None:
    """Add a passkey. Returns None if an account, this one or another, has it already."""
    return await ADD.row(connection, **passkey._asdict())


async def rename(connection: Connection, user_id: str, id_: str, name: str) -> PasskeyRow | None:
    """Give a passkey of this account another name. Returns None if it was removed."""
    return await RENAME.row(connection, user_id=user_id, id=id_, name=name)


async def remove(connection: Connection, user_id: str, id_: str) -> PasskeyRow | None:
    """Remove a passkey of this account. Returns None if it was removed before. Call `second_factors.forget` then."""
    # Removals of factors of one account queue here, so that `second_factors.forget` sees which are left.
    await users.lock(connection, user_id)
    return await REMOVE.row(connection, user_id=user_id, id=id_)


async def remove_all(connection: Connection, user_id: str) -> list[str]:
    """Remove all passkeys of an account. Returns their ids, sorted. Call `second_factors.forget` afterwards."""
    await users.lock(connection, user_id)
    return sorted(await REMOVE_ALL.rows(connection, user_id=user_id))


async def by_credential(connection: Connection, credential_id: bytes) -> PasskeyKey | None:
    """The passkey with the id that its device gave it, if its account is verified. Checks no reach."""
    return await BY_CREDENTIAL.row(connection, credential_id=credential_id)


async def use(connection: Connection, id_: str, sign_count: int, *, second_step: bool) -> bool:
    """Store that a passkey was used, in place of the password or, with `second_step`, after it.

    After a second step it stands for the password again. Returns False, and stores nothing, if it does not stand for
    the password, if it was removed, or if its count is not higher than the last one.
    """
    used = await USE.row(connection, id=id_, sign_count=sign_count, second_step=second_step)
    return used is not None


async def use_challenge(connection: Connection, challenge: bytes) -> bool:
    """Use a challenge, given by its SHA-256. Returns False if it was used; of simultaneous requests one gets True."""
    return await USE_CHALLENGE.row(connection, challenge=challenge) is not None


async def end_alone(connection: Connection, user_id: str) -> int:
    """Let no passkey of an account stand for its password any more. Returns how many did.

    Each remains a second step, and stands for the password again after it was used as one.
    """
    return len(await END_ALONE.rows(connection, user_id=user_id))
