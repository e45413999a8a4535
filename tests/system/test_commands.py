"""The commands for tables, data and the schema, and the Python versions that `make run` refuses."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from db.core.database import Database
from gateway.cli.main import app
from gateway.runtime.settings import ROOT
from tests.support.database import fetch_rows

pytestmark = pytest.mark.slow

Command = Callable[..., Result]
TABLES = "select count(*) from pg_tables where schemaname = 'public' and tablename <> 'alembic_version'"
ROWS = "select (select count(*) from teams), (select count(*) from users), (select count(*) from seats)"
NOTHING, DEMO = (0, 0, 0), (2, 68, 168)
SMALL = ["seed", "--teams", "3", "--users", "30", "--seats", "60", "--usage-days", "2"]


@pytest.fixture
def command(database: str, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs a command. Its database has the tables and no rows at the start."""
    monkeypatch.setenv("DATABASE_URL", database)

    def run(*words: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(app, words, input=typed)

    assert run("db", "reset", "--yes").exit_code == 0
    return run


def fetch_row(database: str, query: str) -> tuple[int, ...]:
    """The one row of a query."""

    async def run() -> tuple[int, ...]:
        opened = Database(database)
        [row] = await fetch_rows(opened, query)
        await opened.close()
        return row

    return asyncio.run(run())


def test_downgrade_removes_every_table_and_upgrade_creates_them(command: Command, database: str) -> None:
    all_tables = fetch_row(database, TABLES)
    assert all_tables > (10,)
    assert command("db", "downgrade", "base").exit_code == 0
    assert fetch_row(database, TABLES) == (0,)
    for _ in range(2):
        assert command("db", "upgrade").exit_code == 0
        assert fetch_row(database, TABLES) == all_tables


def test_an_unknown_revision_gives_an_error_of_one_sentence(command: Command) -> None:
    done = command("db", "upgrade", "--revision", "no-such-revision")
    assert done.exit_code == 1
    [line] = done.stderr.splitlines()
    assert line.startswith("usher: ")
    assert "no-such-revision" in line


def test_reset_asks_for_confirmation(command: Command, database: str) -> None:
    assert command("db", "seed").exit_code == 0
    assert command("db", "reset", typed="n\n").exit_code == 1
    assert fetch_row(database, ROWS) == DEMO
    assert command("db", "reset", typed="y\n").exit_code == 0
    assert fetch_row(database, ROWS) == NOTHING


def test_db_seed_loads_the_demo_company_once(command: Command, database: str) -> None:
    assert command("db", "seed").stdout == "The demo company is loaded.\n"
    assert fetch_row(database, ROWS) == DEMO
    assert command("db", "seed").stdout == "Nothing was loaded: the database already has users.\n"
    assert fetch_row(database, ROWS) == DEMO


def test_seed_loads_the_requested_numbers_of_rows_and_only_once(command: Command, database: str) -> None:
    assert command(*SMALL).exit_code == 0
    assert fetch_row(database, ROWS) == (3, 30, 60)
    again = command(*SMALL)
    assert (again.exit_code, "usher db reset" in again.stderr) == (1, True)
    assert fetch_row(database, ROWS) == (3, 30, 60)


def test_schema_check_accepts_what_schema_prints(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "schema.graphql"
    file.write_text(command("schema").stdout)
    assert command("schema", "--check", str(file)).exit_code == 0


def test_schema_check_of_a_stale_file_gives_an_error_of_one_sentence(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "stale.graphql"
    file.write_text(command("schema").stdout.replace("viewer", "onlooker"))
    done = command("schema", "--check", str(file))
    assert (done.exit_code, done.stdout) == (1, "")
    [line] = done.stderr.splitlines()
    assert line.startswith(f"usher: {file} is out of date")


def test_schema_check_of_a_missing_file_is_a_usage_error(command: Command, tmp_path: Path) -> None:
    done = command("schema", "--check", str(tmp_path / "missing.graphql"))
    assert (done.exit_code, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("version", [(3, 10, 14), (3, 13, 0), (3, 14, 1)])
def test_make_run_refuses_another_python_with_one_sentence(tmp_path: Path, version: tuple[int, ...]) -> None:
    """The only Python on the path is a program that reports this version."""
    python = tmp_path / "python3"
    lines = (f"#!{sys.executable} -S", "import sys", f"sys.version_info = {version}", "exec(sys.argv[2])")
    python.write_text("\n".join(lines))
    python.chmod(0o755)
    shutil.copy(ROOT / "Makefile", tmp_path)
    for file in ("pyproject.toml", "requirements.lock"):
        (tmp_path / file).touch()
    make = shutil.which("make")
    assert make is not None
    done = subprocess.run(  # noqa: S603 - the test's own arguments, no shell
        [make, "run", f"PYTHON={python}"],
        cwd=tmp_path,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    message, *by_make = done.stderr.splitlines()
    assert message.startswith("Usher needs Python 3.11 or 3.12")
    assert all(line.startswith("make: ***") for line in by_make)
    assert not (tmp_path / ".venv").exists()


def test_without_a_registry_of_npm_one_sentence_says_that_the_console_is_missing(tmp_path: Path) -> None:
    """The command of `make run` in a folder without npm packages. In place of Usher, a program only reports itself."""
    for name in ("Makefile", "pyproject.toml", "requirements.lock", "web/package.json", "web/package-lock.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy2(ROOT / name, tmp_path / name)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    # A link to the Python of these tests would not have its packages, of which one is npm.
    for name, does in (("python", f'exec {sys.executable} "$@"'), ("usher", "echo Usher runs")):
        program = tmp_path / ".venv" / "bin" / name
        program.write_text(f"#!/bin/sh\n{does}\n")
        program.chmod(0o755)
    (tmp_path / ".venv" / "run").touch()
    nowhere = {"npm_config_registry": "http://127.0.0.1:9/", "npm_config_cache": str(tmp_path / "cache")}
    done = run_make(tmp_path, "run", **nowhere)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "Usher runs")
    [line] = done.stderr.splitlines()
    assert line.startswith("The console is missing, because npm cannot reach its registry")
    assert "`make console`" in line


PIP = """#!/bin/sh
case "$*" in *requirements.lock*)
echo "WARNING: Location 'file:///nowhere/' is ignored: it is neither a file nor a directory."
echo "Collecting one==1"
echo "Collecting two==2"
echo "  Successfully uninstalled one-0"
echo "Installing collected packages: one, two"
[ -z "$FULL" ] || { echo "ERROR: No space left on device"; exit 1; }
echo "Successfully installed one-1 two-2";;
esac
"""


@pytest.fixture
def with_pip(tmp_path: Path) -> Path:
    """A folder in which nothing is installed. In place of pip, a program only says what pip would."""
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy2(ROOT / name, tmp_path / name)
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(PIP)
    python.chmod(0o755)
    return tmp_path


def test_packages_are_installed_when_pip_has_ended_and_its_warnings_are_kept_in_a_file(with_pip: Path) -> None:
    done = run_make(with_pip, ".venv/run", f"PYTHON={sys.executable}")
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line.strip() for line in done.stdout.splitlines()]
    assert [line for line in lines if "are" in line] == [
        "2 packages are here and are unpacked",
        "2 packages are installed.",
    ]
    assert lines[-1] == "Installing Usher itself"
    assert "WARNING: Location" in (with_pip / ".venv" / "pip.log").read_text()


def test_if_pip_fails_its_error_is_shown_and_nothing_is_installed(with_pip: Path) -> None:
    done = run_make(with_pip, ".venv/run", f"PYTHON={sys.executable}", FULL="yes")
    assert done.returncode == 2
    assert "are installed" not in done.stdout
    assert [line for line in done.stderr.splitlines() if line][:2] == [
        "ERROR: No space left on device",
        "pip could not install requirements.lock; .venv/pip.log has all that it said.",
    ]
    assert not (with_pip / ".venv" / "run").exists()


def run_make(folder: Path, *words: str, **given: str) -> subprocess.CompletedProcess[str]:
    """Run `make` in a folder until it ends."""
    make = shutil.which("make")
    assert make is not None
    return subprocess.run(  # noqa: S603 - the tests' own arguments, no shell
        [make, *words],
        cwd=folder,
        # Without the options of the make that runs these tests.
        env={name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL"}} | given,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
