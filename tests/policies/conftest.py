"""The policy of this repository, loaded and as text."""

from pathlib import Path

import pytest

from policies.engine.policy import Policy

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def policy() -> Policy:
    """The policy of this repository."""
    return Policy.load(ROOT / "policy.polar")


@pytest.fixture(scope="session")
def policy_text() -> str:
    """The text of policy.polar."""
    return (ROOT / "policy.polar").read_text()
