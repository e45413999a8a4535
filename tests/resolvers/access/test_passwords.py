"""Only a hash of a password is stored, and it is expensive to guess."""

from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type
from argon2.profiles import RFC_9106_LOW_MEMORY

from resolvers.access import passwords
from resolvers.access.hash_queue import Priority


async def test_a_hash_costs_what_owasp_asks_for() -> None:
    hash_ = await passwords.hash_password("a good password")
    cost = extract_parameters(hash_)
    assert (cost.type, cost.memory_cost, cost.time_cost, cost.parallelism) == (Type.ID, 19 * 1024, 2, 1)
    assert await passwords.verify(hash_, "a good password", Priority.QUIET)
    assert not await passwords.verify(hash_, "another password", Priority.QUIET)


async def test_a_hash_with_other_parameters_stays_valid() -> None:
    hash_ = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY).hash("a good password")
    assert await passwords.verify(hash_, "a good password", Priority.QUIET)
    assert not await passwords.verify(hash_, "another password", Priority.QUIET)


async def test_two_hashes_of_the_same_password_differ() -> None:
    assert await passwords.hash_password("a good password") != await passwords.hash_password("a good password")


async def test_an_account_without_a_hash_has_no_password() -> None:
    assert not await passwords.verify(None, "", Priority.QUIET)
    assert not await passwords.verify(None, "nobody's password", Priority.QUIET)


async def test_an_invalid_hash_matches_no_password() -> None:
    assert not await passwords.verify("", "", Priority.QUIET)
    assert not await passwords.verify("a good password", "a good password", Priority.QUIET)
