"""Recorded statements in the form that pgbench reads."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bench.pgbench import literal, script


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("it's a \\ back:slash", "text"),
        (None, "text"),
        (True, "boolean"),
        (12, "bigint"),
        (b"\x00\xff", "bytea"),
        (["a:b", "c"], "text[]"),
        ([], "text[]"),
        (datetime(2026, 1, 31, 10, 30, tzinfo=UTC), "timestamptz"),
    ],
)
async def test_postgresql_reads_a_literal_as_the_same_value(engine: AsyncEngine, value: object, kind: str) -> None:
    async with engine.connect() as connection:
        assert await connection.scalar(text(f"select cast({literal(value)} as {kind})")) == value


@pytest.mark.parametrize("value", ["10:30", '{"a":1}', datetime(2026, 1, 31, tzinfo=UTC)])
def test_a_literal_contains_no_colon_that_pgbench_would_read_as_a_variable(value: object) -> None:
    assert ":" not in literal(value)


def test_each_client_runs_the_statements_for_its_own_person() -> None:
    assert script(["begin", "select 'user_a'", "commit"], "user_a", ["user_a", "user_b"]) == (
        "\\if :client_id = 0\nbegin;\nselect 'user_a';\ncommit;\n"
        "\\elif :client_id = 1\nbegin;\nselect 'user_b';\ncommit;\n"
        "\\endif\n"
    )
