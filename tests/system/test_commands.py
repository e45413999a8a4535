"""The commands that end: tables made and removed, data loaded, the schema checked; and what `make run` refuses."""

import asyncio
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from db.core.engine import connect
from gateway.cli.main import app
from gateway.runtime.settings import ROOT

Command = Callable[..., Result]
TABLES = "select count(*) from pg_tables where schemaname = 'public' and tablename <> 'alembic_version'"
ROWS = "select (select count(*) from teams), (select count(*) from users), (select count(*) from seats)"
NOTHING, DEMO = (0, 0, 0), (2, 68, 168)
SMALL = ["seed", "--teams", "3", "--users", "30", "--seats", "60", "--usage-days", "2"]


@pytest.fixture
def command(database: str, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs a command on a database that has the tables and no rows."""
    monkeypatch.setenv("DATABASE_URL", database)

    def run(*words: str, says: str | None = None) -> Result:
        return CliRunner().invoke(app, words, input=says)

    assert run("db", "reset", "--yes").exit_code == 0
    return run


def found(database: str, query: str) -> tuple[int, ...]:
    async def ask() -> tuple[int, ...]:
        engine = connect(database)
        async with engine.connect() as connection:
            row = (await connection.execute(text(query))).one()
        await engine.dispose()
        return tuple(row)

    return asyncio.run(ask())


def test_downgrade_removes_every_table_and_upgrade_makes_them(command: Command, database: str) -> None:
    whole = found(database, TABLES)
    assert whole > (10,)
    assert command("db", "downgrade", "base").exit_code == 0
    assert found(database, TABLES) == (0,)
    for _ in range(2):
        assert command("db", "upgrade").exit_code == 0
        assert found(database, TABLES) == whole


def test_an_unknown_revision_is_told_in_one_sentence(command: Command) -> None:
    done = command("db", "upgrade", "--revision", "no-such-revision")
    assert done.exit_code == 1
    [line] = done.stderr.splitlines()
    assert line.startswith("usher: ")
    assert "no-such-revision" in line


def test_reset_asks_first(command: Command, database: str) -> None:
    assert command("db", "seed").exit_code == 0
    assert command("db", "reset", says="n\n").exit_code == 1
    assert found(database, ROWS) == DEMO
    assert command("db", "reset", says="y\n").exit_code == 0
    assert found(database, ROWS) == NOTHING


def test_db_seed_loads_the_demo_company_once(command: Command, database: str) -> None:
    assert command("db", "seed").stdout == "The demo company is loaded.\n"
    assert found(database, ROWS) == DEMO
    assert command("db", "seed").stdout == "Nothing done: the database has users already.\n"
    assert found(database, ROWS) == DEMO


def test_seed_loads_as_much_as_is_asked_for_and_only_once(command: Command, database: str) -> None:
    assert command(*SMALL).exit_code == 0
    assert found(database, ROWS) == (3, 30, 60)
    again = command(*SMALL)
    assert (again.exit_code, "usher db reset" in again.stderr) == (1, True)
    assert found(database, ROWS) == (3, 30, 60)


def test_schema_check_passes_what_schema_prints(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "schema.graphql"
    file.write_text(command("schema").stdout)
    assert command("schema", "--check", str(file)).exit_code == 0


def test_schema_check_fails_in_one_sentence(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "stale.graphql"
    file.write_text(command("schema").stdout.replace("viewer", "onlooker"))
    done = command("schema", "--check", str(file))
    assert (done.exit_code, done.stdout) == (1, "")
    [line] = done.stderr.splitlines()
    assert line.startswith(f"usher: {file} is stale")


def test_schema_check_of_no_file_is_a_wrong_use(command: Command, tmp_path: Path) -> None:
    done = command("schema", "--check", str(tmp_path / "missing.graphql"))
    assert (done.exit_code, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("version", [(3, 10, 14), (3, 13, 0), (3, 14, 1)])
def test_make_run_refuses_another_python_in_one_sentence(tmp_path: Path, version: tuple[int, ...]) -> None:
    """With a Python that says it is of that version, and no other one on the path."""
    python = tmp_path / "python3"
    lines = (f"#!{sys.executable} -S", "import sys", f"sys.version_info = {version}", "exec(sys.argv[2])")
    python.write_text("\n".join(lines))
    python.chmod(0o755)
    shutil.copy(ROOT / "Makefile", tmp_path)
    for file in ("pyproject.toml", "requirements.lock"):
        (tmp_path / file).touch()
    make = shutil.which("make")
    assert make is not None
    done = subprocess.run(  # noqa: S603 - our own words, no shell
        [make, "run", f"PYTHON={python}"],
        cwd=tmp_path,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    said, *by_make = done.stderr.splitlines()
    assert said.startswith("Usher needs Python 3.11 or 3.12")
    assert all(line.startswith("make: ***") for line in by_make)
    assert not (tmp_path / ".venv").exists()
