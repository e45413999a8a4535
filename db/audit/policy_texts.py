"""The texts of the policies that were in force, by their hash. Audit rows refer to them by that hash."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables.audit import PolicyText


async def store(connection: AsyncConnection, hash_: str, text: str) -> None:
    """Store the text of a policy. If it is stored already, nothing changes.

    `hash_` is the SHA-256 of the text in hexadecimal; a constraint of the table refuses any other value.
    """
    await connection.execute(insert(PolicyText).values(hash=hash_, text=text).on_conflict_do_nothing())


async def text_of(connection: AsyncConnection, hash_: str) -> str:
    """The text of the policy to which an audit row refers. A foreign key guarantees that it exists."""
    return (await connection.execute(select(PolicyText.text).where(PolicyText.hash == hash_))).scalar_one()
