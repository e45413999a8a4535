"""A process remembers waits for a short time, and only so many."""

import pytest

from domain import waits
from domain.waits import Waits


class Clock:
    """A clock that tests move."""

    now = 100.0

    def __call__(self) -> float:
        """Return the time in seconds."""
        return self.now


def test_a_wait_is_remembered_until_it_ends_and_at_most_5_seconds() -> None:
    clock = Clock()
    known = Waits(clock)
    known.note("short", 2)
    known.note("long", 900)
    assert (known.seconds("short"), known.seconds("long"), known.seconds("other")) == (2, 900, 0)
    clock.now += 2
    assert (known.seconds("short"), known.seconds("long")) == (0, 898)
    clock.now += 3
    assert known.seconds("long") == 0


def test_the_oldest_wait_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waits, "MAX_SUBJECTS", 2)
    known = Waits(Clock())
    for subject in ("a", "b", "a", "c"):
        known.note(subject, 3)
    assert [known.seconds(subject) for subject in ("a", "b", "c")] == [3, 0, 3]
