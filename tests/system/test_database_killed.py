"""The embedded PostgreSQL is killed under `usher run` and `usher worker`. It returns, or both say why and exit."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from db.demo import company
from db.embedded import leftovers
from db.embedded.watch import GIVEN_UP_EXIT_CODE, TRIES
from gateway.runtime.settings import ROOT
from tests.support.process import Run, launched, running, usher, wait_for

pytestmark = pytest.mark.slow

SIGN_IN = """mutation($email: String!, $password: String!) {
  signIn(input: {email: $email, password: $password}) { token errors { code } }
}"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("killed")


@pytest.fixture(scope="module")
def run(data: Path) -> Iterator[Run]:
    """`usher run` with two web workers."""
    with running(data, USHER_WORKERS="2") as started:
        yield started


@pytest.fixture
def worker(run: Run) -> Iterator[Run]:
    """`usher worker` on the same data folder. Its output goes into a folder of its own."""
    folder, data = run.data.parent / "worker", run.data
    with launched(folder, "worker", USHER_DATA=str(data)) as started:
        wait_for(lambda: "worker_started" in started.err.read_text())
        yield started
        assert started.stop() == 0


def sign_in(run: Run) -> httpx.Response:
    account = company.SIGN_INS[0]
    body = {"query": SIGN_IN, "variables": {"email": account.email, "password": account.password}}
    return httpx.post(f"{run.address}/graphql", json=body, timeout=30)


def viewer(run: Run, token: str) -> httpx.Response:
    body = {"query": "{ viewer { email } }"}
    return httpx.post(f"{run.address}/graphql", json=body, headers={"authorization": f"Bearer {token}"}, timeout=30)


def runs(run: Run) -> bool:
    """Whether the first process of the database runs."""
    return run.postgres is not None


def kill_postgres(run: Run) -> int:
    killed = run.postgres
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: run.postgres != killed)
    return killed


def restarts(*runs: Run) -> list[int]:
    """How often each process has found the server running again."""
    return [one.err.read_text().count('"database_restarted"') for one in runs]


def test_a_killed_server_returns_for_all_processes_and_one_starts_it(run: Run, worker: Run, data: Path) -> None:
    """Requests meanwhile get the typed 503, and a mail that was queued afterwards is sent."""
    token = sign_in(run).json()["data"]["signIn"]["token"]
    for number in (1, 2):
        os.kill(run.process.pid, signal.SIGSTOP)  # nobody starts the server: the worker waits for its owner
        try:
            killed = kill_postgres(run)
            answers = [sign_in(run), viewer(run, token)]
            assert not run.healthy
            assert not runs(run)
        finally:
            os.kill(run.process.pid, signal.SIGCONT)
        assert [answer.json()["errors"][0]["extensions"]["code"] for answer in answers] == ["UNAVAILABLE"] * 2
        assert answers[1].status_code == 503
        wait_for(lambda number=number: restarts(run, worker) == [number, number])  # type: ignore[misc]
        run.wait_healthy()
        assert run.postgres not in (None, killed)
        assert viewer(run, token).json()["data"] == {"viewer": {"email": company.SIGN_INS[0].email}}
    assert usher("mail", "ada@x.example", data=data).returncode == 0
    wait_for(lambda: any("ada@x.example" in path.read_text() for path in (data / "mail").glob("*.eml")))


def test_requests_during_the_recovery_from_a_killed_backend_fail_as_unavailable(run: Run, data: Path) -> None:
    """The database restarts by itself, so nobody starts it again."""
    before, first = restarts(run), run.postgres
    for _ in range(3):
        os.kill(backend(data), signal.SIGKILL)
        wait_for(lambda: answered(run))
    assert (restarts(run), run.postgres) == (before, first)


def backend(data: Path) -> int:
    """A process of the database that serves a connection of Usher."""
    found = leftovers.server_processes((data / "postgres" / "data").resolve())
    return next(pid for pid in found if b"postgres: usher" in Path(f"/proc/{pid}/cmdline").read_bytes())


def answered(run: Run) -> bool:
    """Whether a sign-in succeeds. Fails if it fails for another reason than that the database is away."""
    errors = sign_in(run).json().get("errors", [])
    assert {error["extensions"]["code"] for error in errors} <= {"UNAVAILABLE"}
    return not errors


def test_the_worker_starts_the_server_if_usher_run_was_killed_too(tmp_path: Path) -> None:
    with running(tmp_path) as run, launched(tmp_path / "worker", "worker", USHER_DATA=str(tmp_path)) as worker:
        wait_for(lambda: "worker_started" in worker.err.read_text())
        run.process.kill()
        run.process.wait()
        killed = kill_postgres(run)
        wait_for(lambda: restarts(worker) == [1])
        assert run.postgres not in (None, killed)
        with running(tmp_path, PORT=run.port) as again:
            assert sign_in(again).json()["data"]["signIn"]["errors"] == []
            assert worker.stop() == 0  # it owns the server and stops it
            wait_for(lambda: restarts(again) == [1])
            again.wait_healthy()
            assert sign_in(again).json()["data"]["signIn"]["errors"] == []


@pytest.mark.parametrize("workers", ["1", "2"])
def test_usher_run_and_worker_exit_with_a_code_if_the_data_is_gone(tmp_path: Path, workers: str) -> None:
    with (
        running(tmp_path, USHER_WORKERS=workers) as run,
        launched(tmp_path / "worker", "worker", USHER_DATA=str(tmp_path)) as worker,
    ):
        wait_for(lambda: "worker_started" in worker.err.read_text())
        (tmp_path / "postgres" / "data").rename(tmp_path / "moved")
        postmaster = int((tmp_path / "moved" / "postmaster.pid").read_text().split("\n")[0])
        os.kill(postmaster, signal.SIGKILL)
        for one in (run, worker):
            assert one.process.wait(60) == GIVEN_UP_EXIT_CODE
            last = one.err.read_text().splitlines()[-1]
            assert last.startswith("usher: The embedded PostgreSQL has ended, and its data in ")
            assert last.endswith(f"Exit code {GIVEN_UP_EXIT_CODE}.")


def test_the_number_of_tries_and_the_exit_code_are_in_the_help_and_on_the_page(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
    assert f"gives up after {TRIES} tries in a row and exits with code {GIVEN_UP_EXIT_CODE}." in page
    for command in ("run", "worker"):
        text = " ".join(usher(command, "--help", data=tmp_path).stdout.split())
        assert f"After {TRIES} failed tries in a row it exits with code {GIVEN_UP_EXIT_CODE}." in text
