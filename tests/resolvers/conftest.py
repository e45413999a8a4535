"""Fixtures for several tests of resolvers."""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from resolvers.access import passwords
from tests.support.password_gate import OLD, Gate


@pytest.fixture
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hash passwords with the real algorithm at a low cost.

    `test_passwords` checks the real cost. Tests of concurrent requests must not use this fixture, because the requests
    overlap only at the real cost.
    """
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    passwords._decoy.cache_clear()
    yield
    passwords._decoy.cache_clear()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """Hold the checks of the old password in the threads of the hashes. Other passwords are checked as always."""
    held, verify = Gate(), PasswordHasher.verify

    def checked(self: PasswordHasher, hash_: str, password: str) -> bool:
        right = verify(self, hash_, password)
        if password == OLD:
            held.hold()
        return right

    monkeypatch.setattr(PasswordHasher, "verify", checked)
    yield held
    held.open()
