"""The statements that pgbench runs never change, and still run on the tables of today."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bench import pgbench
from bench.dataset import BenchData, prepare
from bench.plan import SMOKE

STATEMENTS = "67fea0331c02f62d2bca6e4277fad5db528aad7c6e6058e284e492767de36f0d"
"""The SHA-256 of the statements that Usher sent at commit 43cee54. Another denominator would be another measurement."""
CLIENTS = 2


@pytest.fixture(scope="module")
async def bench_data(database: str) -> AsyncIterator[BenchData]:
    """The data of a smoke run in a database of its own."""
    yield await prepare(database, SMOKE)


def test_the_statements_are_those_of_the_first_measurement() -> None:
    assert hashlib.sha256(pgbench.TEMPLATE.read_bytes()).hexdigest() == STATEMENTS


@pytest.mark.slow
async def test_each_client_runs_the_statements_for_its_own_person(bench_data: BenchData) -> None:
    one, other = bench_data.people[:CLIENTS]
    script = pgbench.script(bench_data, [one, other])
    first, second = script.removesuffix("\\endif\n").split("\\elif :client_id = 1\n")
    assert first.removeprefix("\\if :client_id = 0\n").replace(one, other) == second
    assert "$" not in script


@pytest.mark.slow
async def test_every_transaction_assigns_a_seat_or_takes_it_back(
    database: str, own_engine: AsyncEngine, bench_data: BenchData, tmp_path: Path
) -> None:
    file = tmp_path / "assign.sql"
    file.write_text(pgbench.script(bench_data, bench_data.people[:CLIENTS]))
    assert pgbench.run(database, file, CLIENTS, 0) > 0
    async with own_engine.connect() as connection:
        periods, ended = (
            await connection.execute(
                text("select count(*), count(ended_at) from seat_history where product_id = :product"),
                {"product": bench_data.product},
            )
        ).one()
        entries = await connection.scalar(text("select count(*) from audit_events"))
    assert periods == ended > 0
    assert entries == 2 * periods
