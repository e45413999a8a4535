from pathlib import Path

import pytest

from policies.engine.policy import Policy

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def policy() -> Policy:
    return Policy.load(ROOT / "policy.polar")


@pytest.fixture(scope="session")
def text() -> str:
    return (ROOT / "policy.polar").read_text()
