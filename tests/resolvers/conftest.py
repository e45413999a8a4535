"""What several tests of resolvers stand on."""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from resolvers.access import passwords


@pytest.fixture
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hash passwords as always, but cheaply: for tests of what comes before and after that.

    What a hash has to cost is held by test_passwords. Tests of things that happen at once do without this: the real
    price is what makes them meet.
    """
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    passwords._decoy.cache_clear()
    yield
    passwords._decoy.cache_clear()
