"""`usher run` in a process of its own: what it prints, what it stores, how it stops, and why it cannot start."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from db.demo import company
from tests.support.process import Run, free_port, launched, processes, running, usher, wait_for

pytestmark = pytest.mark.slow

SIGN_UP = """mutation($email: String!, $password: String!) {
  signUp(input: {email: $email, password: $password, firstName: "Grace", lastName: "Hopper"}) { errors { code } }
}"""
VERIFY = """mutation($token: String!, $password: String!) {
  verifyEmail(input: {token: $token, password: $password}) { token errors { code } }
}"""
LINK = re.compile(r"/verify#(usher_signup_[A-Za-z0-9_-]{43})\s")
SIGN_IN = """mutation($email: String!, $password: String!) {
  signIn(input: {email: $email, password: $password}) { token errors { code } }
}"""
GRACE = {"email": "grace@tests.example", "password": "a nanosecond of wire"}


def send(run: Run, query: str, variables: dict[str, str]) -> Any:
    body = {"query": query, "variables": variables}
    return httpx.post(f"{run.address}/graphql", json=body, timeout=30).json()["data"]


def sign_in(run: Run, variables: dict[str, str]) -> bool:
    return send(run, SIGN_IN, variables)["signIn"]["token"] is not None


def any_running(pids: Collection[int]) -> bool:
    return any(pid in pids for pid, _, _ in processes())


def left_over(data: Path) -> list[str]:
    """The command lines of the processes that still use this folder."""
    return [command for _, _, command in processes() if f"{data}/" in command]


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a server in which Grace signed up, stopped with Ctrl-C."""
    data = tmp_path_factory.mktemp("stopped")
    with running(data) as run:
        assert send(run, SIGN_UP, GRACE)["signUp"]["errors"] == []
        wait_for(lambda: LINK.search(run.out.read_text()) is not None)
        [token] = LINK.findall(run.out.read_text())
        verified = send(run, VERIFY, {"token": token, "password": GRACE["password"]})["verifyEmail"]
        assert verified["errors"] == []
        assert run.postgres is not None
        assert run.stop(signal.SIGINT) == 0
        assert left_over(data) == []
    return data


def copy(folder: Path, to: Path) -> Path:
    """Copy a data folder, to run a server in it. The owner stays the same, because PostgreSQL requires it."""
    subprocess.run(["cp", "-Rp", folder / "postgres", to], check=True)  # noqa: S603, S607
    return to


@pytest.fixture(scope="module")
def restarted(stopped: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A second start with the same data, with two workers."""
    data = copy(stopped, tmp_path_factory.mktemp("restarted"))
    with running(data, USHER_WORKERS="2") as run:
        yield run
        workers = run.workers
        assert run.stop(signal.SIGTERM) == 0
        assert left_over(data) == []
        assert not any_running(workers)


def test_it_prints_the_address_of_graphiql(restarted: Run) -> None:
    assert f"GraphiQL: open {restarted.address}/graphql" in restarted.out.read_text()
    page = httpx.get(f"{restarted.address}/graphql", headers={"accept": "text/html"})
    assert "graphiql" in page.text


@pytest.mark.parametrize("account", company.SIGN_INS, ids=lambda account: str(account.role))
def test_it_prints_accounts_that_can_sign_in(restarted: Run, account: company.SignIn) -> None:
    [line] = [line for line in restarted.out.read_text().splitlines() if f" {account.email} " in line]
    assert account.role.replace("_", " ") in line
    assert sign_in(restarted, {"email": account.email, "password": line.split("│")[3].strip()})


def test_the_curl_line_that_it_prints_works(restarted: Run) -> None:
    [line] = [line for line in restarted.out.read_text().splitlines() if line.startswith("curl ")]
    answer = json.loads(subprocess.check_output(["sh", "-c", line], timeout=30))  # noqa: S603, S607
    seats = answer["data"]["signIn"]["user"]["seats"]["nodes"]
    assert [seat["product"]["name"] for seat in seats] == ["Fusion", "Meridian"]


def test_a_second_start_keeps_the_data(restarted: Run) -> None:
    assert sign_in(restarted, GRACE)


def test_a_killed_worker_is_replaced(restarted: Run) -> None:
    killed, other = restarted.workers
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: len(restarted.workers) == 2 and killed not in restarted.workers)
    assert other in restarted.workers
    restarted.wait_healthy()


def test_after_kill_9_the_next_start_takes_over_port_and_database(stopped: Path, tmp_path: Path) -> None:
    data = copy(stopped, tmp_path)
    with running(data, USHER_WORKERS="2") as killed:
        workers, database = killed.workers, killed.postgres
        killed.process.kill()
        killed.process.wait()
        wait_for(lambda: not any_running(workers))
        assert killed.postgres == database
        with running(data, PORT=killed.port) as run:
            assert run.postgres == database
            assert sign_in(run, GRACE)
            assert run.stop(signal.SIGTERM) == 0
            assert left_over(data) == []


@pytest.mark.parametrize(
    ("number", "path"), [(signal.SIGINT, "postgres/data.new"), (signal.SIGTERM, "postgres/data/postmaster.pid")]
)
def test_a_signal_during_the_first_start_leaves_nothing_running(
    tmp_path: Path, number: signal.Signals, path: str
) -> None:
    with launched(tmp_path) as run:
        wait_for((tmp_path / path).exists)
        assert run.stop(number) == 0
        assert left_over(tmp_path) == []
        assert run.err.read_text() == ""


def test_the_demo_company_is_not_loaded_on_a_public_address(tmp_path: Path, database: str) -> None:
    with running(tmp_path, HOST="0.0.0.0", DATABASE_URL=database) as run:  # noqa: S104 - what the test is about
        printed = run.out.read_text()
        assert "GraphiQL" in printed
        for account in company.SIGN_INS:
            assert account.password not in printed
            assert not sign_in(run, {"email": account.email, "password": account.password})


def test_a_loaded_demo_company_is_not_served_on_a_public_address(tmp_path: Path, database: str) -> None:
    with running(tmp_path, DATABASE_URL=database):
        pass
    line = refused("run", data=tmp_path, PORT=free_port(), HOST="0.0.0.0", DATABASE_URL=database)  # noqa: S104
    assert line.startswith("usher: The database holds the demo company, whose passwords are public. ")


def refused(*words: str, data: Path, **given: str) -> str:
    """The error message, of one sentence, of a command that fails and leaves no process running."""
    done = usher(*words, data=data, **given)
    assert (done.returncode, done.stdout) == (1, "")
    assert left_over(data) == []
    [line] = done.stderr.splitlines()
    assert line.endswith(".")
    return line


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("PORT", "eight thousand", "usher: PORT: "),
        (
            "DATABASE_URL",
            "postgresql://usher:hunter2@127.0.0.1:1/usher",
            "usher: The database at postgresql://",
        ),
        ("USHER_POLICY", "/dev/null", "null: The file is empty. "),
        ("USHER_TRUSTED_DOCUMENTS", "/dev/null", "usher: The manifest /dev/null is not JSON: "),
    ],
)
def test_an_unusable_setting_gives_an_error_of_one_sentence(
    tmp_path: Path, name: str, value: str, message: str
) -> None:
    line = refused("run", data=tmp_path, **{"PORT": free_port()} | {name: value})
    assert line.startswith(message)
    assert "hunter2" not in line


def test_a_port_in_use_is_an_error_before_anything_starts(restarted: Run, tmp_path: Path) -> None:
    assert refused("run", data=tmp_path, PORT=restarted.port).startswith(
        f"usher: Cannot listen on 127.0.0.1:{restarted.port} "
    )
    assert list(tmp_path.iterdir()) == []
