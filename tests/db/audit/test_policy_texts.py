"""The texts of policies: kept once, under their own hash, and never changed."""

import hashlib

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from db.audit import policy_texts
from tests.support.world import World

# Every kind of line end, and letters that are no ASCII: the text comes back to the byte.
TEXT = "# Señor 許\r\nactor Person {}\n\tactor Partner {}\r"


def sha256(policy: str) -> str:
    return hashlib.sha256(policy.encode()).hexdigest()


async def keep(world: World, hash_: str, policy: str) -> None:
    async with world.engine.begin() as connection:
        await policy_texts.keep(connection, hash_, policy)


async def test_a_text_is_found_by_its_hash(world: World) -> None:
    await keep(world, sha256(TEXT), TEXT)
    async with world.engine.connect() as connection:
        assert await policy_texts.text_of(connection, sha256(TEXT)) == TEXT


async def test_keeping_it_again_changes_nothing(world: World) -> None:
    rows = text("select * from policies where hash = :hash")
    await keep(world, sha256(TEXT), TEXT)
    async with world.engine.connect() as connection:
        before = (await connection.execute(rows, {"hash": sha256(TEXT)})).one()
    await keep(world, sha256(TEXT), TEXT)
    async with world.engine.connect() as connection:
        assert (await connection.execute(rows, {"hash": sha256(TEXT)})).one() == before


async def test_nothing_is_kept_under_the_hash_of_another_text(world: World) -> None:
    with pytest.raises(IntegrityError, match="ck_policies_hash"):
        await keep(world, sha256("harmless"), "harmful")


@pytest.mark.parametrize("change", ["update policies set first_used_at = now()", "delete from policies"])
async def test_what_was_kept_stays(world: World, change: str) -> None:
    await keep(world, sha256(TEXT), TEXT)
    with pytest.raises(DBAPIError, match="policies only ever appends"):
        async with world.engine.begin() as connection:
            await connection.execute(text(change))
