"""`usher run` as its users have it: what it prints, what it keeps, how it ends, and why it cannot start."""

import json
import os
import signal
import subprocess
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from db.demo import company
from tests.support.process import Run, free_port, launched, processes, running, usher, wait_for

SIGN_UP = """mutation($email: String!, $password: String!) {
  signUp(input: {email: $email, password: $password, firstName: "Grace", lastName: "Hopper"}) { token errors { code } }
}"""
SIGN_IN = """mutation($email: String!, $password: String!) {
  signIn(input: {email: $email, password: $password}) { token errors { code } }
}"""
GRACE = {"email": "grace@tests.example", "password": "a nanosecond of wire"}


def ask(run: Run, query: str, variables: dict[str, str]) -> Any:
    body = {"query": query, "variables": variables}
    return httpx.post(f"{run.address}/graphql", json=body, timeout=30).json()["data"]


def sign_in(run: Run, variables: dict[str, str]) -> bool:
    return ask(run, SIGN_IN, variables)["signIn"]["token"] is not None


def alive(pids: Collection[int]) -> bool:
    return any(pid in pids for pid, _, _ in processes())


def left_over(data: Path) -> list[str]:
    return [command for _, _, command in processes() if f"{data}/" in command]


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which Usher ran: Grace signed up, then Ctrl-C was pressed."""
    data = tmp_path_factory.mktemp("before")
    with running(data) as run:
        assert ask(run, SIGN_UP, GRACE)["signUp"]["errors"] == []
        assert run.postgres is not None
        assert run.end(signal.SIGINT) == 0
        assert left_over(data) == []
    return data


def copy(folder: Path, to: Path) -> Path:
    """A copy that may be run in; PostgreSQL wants its owner kept."""
    subprocess.run(["cp", "-Rp", folder / "postgres", to], check=True)  # noqa: S603, S607
    return to


@pytest.fixture(scope="module")
def again(before: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """The second start, with two workers."""
    data = copy(before, tmp_path_factory.mktemp("again"))
    with running(data, USHER_WORKERS="2") as run:
        yield run
        workers = run.workers
        assert run.end(signal.SIGTERM) == 0
        assert left_over(data) == []
        assert not alive(workers)


def test_it_prints_where_graphiql_is(again: Run) -> None:
    assert f"GraphiQL: open {again.address}/graphql" in again.out.read_text()
    page = httpx.get(f"{again.address}/graphql", headers={"accept": "text/html"})
    assert "graphiql" in page.text


@pytest.mark.parametrize("account", company.SIGN_INS, ids=lambda account: str(account.role))
def test_it_prints_who_can_sign_in(again: Run, account: company.SignIn) -> None:
    [line] = [line for line in again.out.read_text().splitlines() if f" {account.email} " in line]
    assert account.role.replace("_", " ") in line
    assert sign_in(again, {"email": account.email, "password": line.split("│")[3].strip()})


def test_the_line_it_prints_can_be_pasted(again: Run) -> None:
    [line] = [line for line in again.out.read_text().splitlines() if line.startswith("curl ")]
    answer = json.loads(subprocess.check_output(["sh", "-c", line], timeout=30))  # noqa: S603, S607
    seats = answer["data"]["signIn"]["user"]["seats"]["nodes"]
    assert [seat["product"]["name"] for seat in seats] == ["Fusion", "Meridian"]


def test_a_second_start_keeps_the_data(again: Run) -> None:
    assert sign_in(again, GRACE)


def test_a_worker_that_died_is_replaced(again: Run) -> None:
    killed, other = again.workers
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: len(again.workers) == 2 and killed not in again.workers)
    assert other in again.workers
    again.wait_healthy()


def test_after_kill_9_the_next_start_takes_over_port_and_database(before: Path, tmp_path: Path) -> None:
    data = copy(before, tmp_path)
    with running(data, USHER_WORKERS="2") as killed:
        workers, database = killed.workers, killed.postgres
        killed.process.kill()
        killed.process.wait()
        wait_for(lambda: not alive(workers))
        assert killed.postgres == database
        with running(data, PORT=killed.port) as run:
            assert run.postgres == database
            assert sign_in(run, GRACE)
            assert run.end(signal.SIGTERM) == 0
            assert left_over(data) == []


@pytest.mark.parametrize(
    ("number", "sight"), [(signal.SIGINT, "postgres/data.new"), (signal.SIGTERM, "postgres/data/postmaster.pid")]
)
def test_a_signal_during_the_first_start_leaves_nothing_running(
    tmp_path: Path, number: signal.Signals, sight: str
) -> None:
    with launched(tmp_path) as run:
        wait_for((tmp_path / sight).exists)
        assert run.end(number) == 0
        assert left_over(tmp_path) == []
        assert run.err.read_text() == ""


def test_the_demo_company_is_for_this_machine_only(tmp_path: Path, database: str) -> None:
    with running(tmp_path, HOST="0.0.0.0", DATABASE_URL=database) as run:  # noqa: S104 - what the test is about
        printed = run.out.read_text()
        assert "GraphiQL" in printed
        for account in company.SIGN_INS:
            assert account.password not in printed
            assert not sign_in(run, {"email": account.email, "password": account.password})


def test_the_demo_company_is_not_served_to_others_later(tmp_path: Path, database: str) -> None:
    with running(tmp_path, DATABASE_URL=database):
        pass
    line = refused("run", data=tmp_path, PORT=free_port(), HOST="0.0.0.0", DATABASE_URL=database)  # noqa: S104
    assert line.startswith("usher: The database holds the demo company, whose passwords are public: ")


def refused(*words: str, data: Path, **given: str) -> str:
    """The one sentence of a command that cannot do its work, and left nothing running."""
    done = usher(*words, data=data, **given)
    assert (done.returncode, done.stdout) == (1, "")
    assert left_over(data) == []
    [line] = done.stderr.splitlines()
    assert line.endswith(".")
    return line


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("PORT", "eight thousand", "usher: PORT: "),
        (
            "DATABASE_URL",
            "postgresql://usher:hunter2@127.0.0.1:1/usher",
            "usher: The database at postgresql+asyncpg://",
        ),
        ("USHER_POLICY", "/dev/null", "null: The file is empty. "),
    ],
)
def test_what_cannot_be_used_is_told_in_one_sentence(tmp_path: Path, name: str, value: str, told: str) -> None:
    line = refused("run", data=tmp_path, **{"PORT": free_port()} | {name: value})
    assert line.startswith(told)
    assert "hunter2" not in line


def test_a_taken_port_is_told_before_anything_is_started(again: Run, tmp_path: Path) -> None:
    assert refused("run", data=tmp_path, PORT=again.port).startswith(f"usher: Cannot listen on 127.0.0.1:{again.port} ")
    assert list(tmp_path.iterdir()) == []
