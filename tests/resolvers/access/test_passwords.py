"""Passwords: what is kept of one, and that it is dear to guess."""

from argon2 import extract_parameters
from argon2.low_level import Type
from argon2.profiles import RFC_9106_LOW_MEMORY

from resolvers.access import passwords


async def test_a_hash_costs_what_rfc_9106_asks_for() -> None:
    assert RFC_9106_LOW_MEMORY.type is Type.ID
    kept = await passwords.hashed("a good password")
    assert extract_parameters(kept) == RFC_9106_LOW_MEMORY
    assert await passwords.verify(kept, "a good password")
    assert not await passwords.verify(kept, "another password")


async def test_the_same_password_is_kept_in_another_form_each_time() -> None:
    assert await passwords.hashed("a good password") != await passwords.hashed("a good password")


async def test_nobody_has_no_password() -> None:
    assert not await passwords.verify(None, "")
    assert not await passwords.verify(None, "nobody's password")


async def test_what_is_no_hash_fits_no_password() -> None:
    assert not await passwords.verify("", "")
    assert not await passwords.verify("a good password", "a good password")
