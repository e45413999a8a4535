"""The texts of the policies that were in force, by their hash; audit rows keep no more than that hash."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables.audit import PolicyText


async def keep(connection: AsyncConnection, hash_: str, text: str) -> None:
    """Keep a policy that is about to be in force; once is enough, and doing it again changes nothing.

    `hash_` is the SHA-256 of the text in hex; the table takes no other.
    """
    await connection.execute(insert(PolicyText).values(hash=hash_, text=text).on_conflict_do_nothing())


async def text_of(connection: AsyncConnection, hash_: str) -> str:
    """The text of a policy that an audit row names; the row's foreign key says that there is one."""
    return (await connection.execute(select(PolicyText.text).where(PolicyText.hash == hash_))).scalar_one()
