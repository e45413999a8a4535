"""The workspace in which tests run commands and jobs, with Usher's own policy."""

from functools import cache

from db.core.database import Database
from gateway.runtime.settings import ROOT
from policies.engine.live import LivePolicy
from resolvers.core.system import Workspace


@cache
def live_policy() -> LivePolicy:
    """Usher's own policy, checked once for all tests of a process."""
    return LivePolicy(ROOT / "policy.polar")


def workspace(database: Database) -> Workspace:
    """The workspace of commands and jobs on this database."""
    return Workspace(database, live_policy().current)
