"""Only a hash of a password is stored, and it is expensive to guess."""

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type
from argon2.profiles import RFC_9106_LOW_MEMORY

from domain.problems import UserErrorCode
from resolvers.access import passwords
from resolvers.access.hash_queue import Priority

COMPOSED, DECOMPOSED = "mañana-café-Zürich", "man\u0303ana-cafe\u0301-Zu\u0308rich"


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


async def test_both_normal_forms_of_a_password_match() -> None:
    hash_ = await passwords.hash_password(COMPOSED)
    assert await passwords.verify(hash_, DECOMPOSED, Priority.QUIET)
    assert await passwords.verify(await passwords.hash_password(DECOMPOSED), COMPOSED, Priority.QUIET)
    assert not await passwords.verify(hash_, "manana-cafe-Zurich", Priority.QUIET)


async def test_an_old_hash_matches_the_password_as_it_was_typed() -> None:
    hash_ = passwords.HASHER.hash(DECOMPOSED)
    assert await passwords.verify(hash_, DECOMPOSED, Priority.QUIET)
    assert not await passwords.verify(hash_, COMPOSED, Priority.QUIET)


@pytest.mark.parametrize(
    ("password", "number"), [(COMPOSED, 1), (DECOMPOSED, 2), ("x" * 201, 1), ("a\tb\tc\td\te\tf", 1)]
)
async def test_only_what_was_typed_decides_how_many_hashes_are_computed(
    monkeypatch: pytest.MonkeyPatch, password: str, number: int
) -> None:
    hash_ = await passwords.hash_password("a good password")
    tried: list[str] = []
    verify = PasswordHasher.verify

    def note(self: PasswordHasher, hash_: str, password: str) -> bool:
        tried.append(password)
        return verify(self, hash_, password)

    monkeypatch.setattr(PasswordHasher, "verify", note)
    for stored in (hash_, None, "no hash"):
        tried.clear()
        assert not await passwords.verify(stored, password, Priority.QUIET)
        assert len(tried) == len(set(tried)) == number


async def test_a_password_with_a_control_character_is_not_accepted_for_a_new_account() -> None:
    assert [error.code for error in passwords.errors("a\tb\tc\td\te\tf")] == [UserErrorCode.PASSWORD_INVALID]
    assert passwords.errors("x" * 9) != [] == passwords.errors(COMPOSED)
    with pytest.raises(ValueError, match="not valid"):
        await passwords.hash_password("a\tb\tc\td\te\tf")
