"""The texts of the policies that were in force, by their hash. Audit rows refer to them by that hash."""

from types import NoneType

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from db.core.connection import Connection
from db.core.statements import Statement
from db.tables.audit import PolicyText

STORE = Statement(
    "store_policy_text",
    NoneType,
    insert(PolicyText).values(hash=bindparam("hash"), text=bindparam("text")).on_conflict_do_nothing(),
)

TEXT_OF = Statement("policy_text", str, select(PolicyText.text).where(PolicyText.hash == bindparam("hash")))


async def store(connection: Connection, hash_: str, text: str) -> None:
    """Store the text of a policy. If it is stored already, nothing changes.

    `hash_` is the SHA-256 of the text in hexadecimal; a constraint of the table refuses any other value.
    """
    await STORE.run(connection, hash=hash_, text=text)


async def text_of(connection: Connection, hash_: str) -> str:
    """The text of the policy to which an audit row refers. A foreign key guarantees that it exists."""
    [text] = await TEXT_OF.rows(connection, hash=hash_)
    return text
