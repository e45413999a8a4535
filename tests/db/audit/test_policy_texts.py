"""The text of a policy is stored once, under its own hash, and never changes."""

import hashlib

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db.audit import policy_texts
from db.core.connection import DatabaseError
from tests.support.world import World

# All kinds of line ends, and letters outside ASCII: the text must be stored byte for byte.
TEXT = "# Señor 許\r\nactor Person {}\n\tactor Partner {}\r"


def sha256(policy: str) -> str:
    return hashlib.sha256(policy.encode()).hexdigest()


async def store(world: World, hash_: str, policy: str) -> None:
    async with world.database.connection() as connection:
        await policy_texts.store(connection, hash_, policy)


async def test_a_text_is_found_by_its_hash(world: World) -> None:
    await store(world, sha256(TEXT), TEXT)
    async with world.database.connection() as connection:
        assert await policy_texts.text_of(connection, sha256(TEXT)) == TEXT


async def test_storing_a_text_again_changes_nothing(world: World) -> None:
    rows = text("select * from policies where hash = :hash")
    await store(world, sha256(TEXT), TEXT)
    async with world.engine.connect() as connection:
        before = (await connection.execute(rows, {"hash": sha256(TEXT)})).one()
    await store(world, sha256(TEXT), TEXT)
    async with world.engine.connect() as connection:
        assert (await connection.execute(rows, {"hash": sha256(TEXT)})).one() == before


async def test_a_text_cannot_be_stored_under_another_hash(world: World) -> None:
    with pytest.raises(DatabaseError) as refused:
        await store(world, sha256("harmless"), "harmful")
    assert refused.value.constraint == "ck_policies_hash"


@pytest.mark.parametrize("change", ["update policies set first_used_at = now()", "delete from policies"])
async def test_a_stored_text_cannot_be_changed_or_deleted(world: World, change: str) -> None:
    await store(world, sha256(TEXT), TEXT)
    with pytest.raises(DBAPIError, match="policies only ever appends"):
        async with world.engine.begin() as connection:
            await connection.execute(text(change))
