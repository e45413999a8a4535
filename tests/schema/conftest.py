"""The policy and the schema that the gateway serves."""

from pathlib import Path

import pytest

from policies.engine.policy import Policy
from schema.build import Schema, build

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def policy() -> Policy:
    """The policy of this repository."""
    return Policy.load(ROOT / "policy.polar")


@pytest.fixture(scope="session")
def schema(policy: Policy) -> Schema:
    """The schema that the gateway builds from this policy."""
    return build(policy)
