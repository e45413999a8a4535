"""The embedded PostgreSQL, with real servers: as the user who runs the tests and, if that is root, as another user."""

import json
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from db.embedded import cluster, pidfile
from db.embedded import server as embedded
from tests.support.embedded_server import kill_with_owner, query, start

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
AS_ROOT = os.geteuid() == 0
ORDINARY = pwd.getpwnam("nobody") if AS_ROOT else pwd.getpwuid(os.geteuid())
# Starts a server, prints one line of JSON, waits for a line or the end of its input, and stops the server.
DRIVER = """
import json, os, sys
from pathlib import Path
from db.embedded import server as embedded
server = embedded.start(Path(sys.argv[1]))
print(json.dumps(dict(url=server.url, pid=server.pid, owner=server.is_owner, uid=os.geteuid())), flush=True)
sys.stdin.readline()
server.stop()
"""
USERS = ["root", "ordinary"] if AS_ROOT else ["ordinary"]


class Process:
    """A separate Usher process that starts the server of `folder`, or uses the running one."""

    def __init__(self, folder: Path, prefix: list[str]) -> None:
        # The other account cannot write a measurement of coverage into this folder.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
        self.process = subprocess.Popen(  # noqa: S603
            [*prefix, sys.executable, "-c", DRIVER, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=environment | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        )

    def answer(self) -> dict[str, object]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.process.communicate()[1]
        answer: dict[str, object] = json.loads(line)
        return answer

    def stop(self) -> None:
        _, errors = self.process.communicate("\n", timeout=60)
        assert (self.process.returncode, errors) == (0, "")

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def prefix(user: str, folder: Path) -> list[str]:
    """Return the command that runs a program as `user`. An ordinary user can still read root's Python."""
    if user == "root" or not AS_ROOT:
        return []
    os.chown(folder, ORDINARY.pw_uid, ORDINARY.pw_gid)
    return cluster.as_account((ORDINARY.pw_uid, ORDINARY.pw_gid), [folder], [sys.executable])[:-1]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def ask(url: str, statement: str) -> object:
    """Return the result of a statement that is sent in the way Usher sends it."""
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            return (await connection.execute(text(statement))).scalar_one()
    finally:
        await engine.dispose()


def machine(folder: Path) -> list[object]:
    """Return the mode and the owner of every parent folder, and the accounts of the machine."""
    paths = (folder / "x", Path(sys.executable), Path(cluster.binary("postgres")))
    parents = [parent.stat() for path in paths for parent in path.parents]
    accounts = [Path(name).read_bytes() for name in ("/etc/passwd", "/etc/group")]
    return [*((parent.st_mode, parent.st_uid, parent.st_gid) for parent in parents), *accounts]


@pytest.mark.parametrize("user", USERS)
async def test_the_server_works_in_a_private_home_and_changes_nothing_outside_its_folder(home: Path, user: str) -> None:
    folder = home / "postgres"
    command = prefix(user, home)
    before = machine(home)
    usher = Process(folder, command)
    answer = usher.answer()
    assert answer["owner"]
    assert answer["uid"] == (0 if user == "root" else ORDINARY.pw_uid)
    url = str(answer["url"])
    assert str(await ask(url, "SELECT version()")).startswith("PostgreSQL 18")
    assert await ask(url, "SELECT concat_ws(' ', current_user, current_database())") == "usher usher"
    assert await ask(url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    for name, value in {"listen_addresses": "", "server_encoding": "UTF8", "jit": "off", "fsync": "on"}.items():
        assert await ask(url, f"SHOW {name}") == value
    assert {name: mode(folder / name) for name in ("", "data", "run")} == dict.fromkeys(("", "data", "run"), 0o700)
    pid = int(str(answer["pid"]))
    assert os.getsid(pid) == pid
    usher.stop()
    assert not pidfile.is_running(pid, folder / "data")
    assert machine(home) == before
    assert mode(home) == 0o700


def test_a_second_start_adopts_the_server_and_a_stopped_one_starts_again(home: Path) -> None:
    folder = home / "postgres"
    first = start(folder)
    second = start(folder)
    assert (first.is_owner, second.is_owner) == (True, False)
    assert (first.pid, first.url) == (second.pid, second.url)
    second.stop()
    assert query(first, "SELECT 1") == "1"
    first.stop()
    first.stop()
    assert pidfile.read(folder / "data") is None
    made = (folder / "data" / "PG_VERSION").stat()
    third = start(folder)
    assert query(third, "SELECT 1") == "1"
    # To make the data again would take seconds, and lose everything.
    assert (folder / "data" / "PG_VERSION").stat() == made
    third.stop()


@pytest.mark.parametrize("user", USERS)
def test_the_next_usher_adopts_the_server_of_an_usher_that_was_killed(home: Path, user: str) -> None:
    folder = home / "postgres"
    usher = Process(folder, prefix(user, home))
    killed = usher.answer()
    usher.kill()
    heir = start(folder)
    query(heir, "CREATE TABLE kept AS SELECT 7 AS n")
    assert (heir.is_owner, heir.pid) == (True, killed["pid"])
    heir.stop()
    assert not pidfile.is_running(heir.pid, folder / "data")
    again = start(folder)
    assert query(again, "SELECT n FROM kept") == "7"
    again.stop()


def test_the_server_starts_with_a_stale_pid_file_also_if_another_process_has_its_number(home: Path) -> None:
    folder = home / "postgres"
    server = embedded.start(folder)
    query(server, "CREATE TABLE kept AS SELECT 7 AS n")
    kill_with_owner(server)
    file = folder / "data" / "postmaster.pid"
    sleep = cluster.as_account(cluster.choose_account(folder), [folder / "data"], ["/bin/sleep", "60"])
    other = subprocess.Popen(sleep)  # noqa: S603
    try:
        lines = file.read_text().split("\n")
        file.write_text("\n".join([str(other.pid), *lines[1:]]))
        restarted = start(folder)
        assert restarted.is_owner
        assert restarted.pid != other.pid
        assert query(restarted, "SELECT n FROM kept") == "7"
        restarted.stop()
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_no_second_server_starts_while_the_owner_of_the_first_one_lives(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "OWNER_SECONDS", 0.3)
    folder = home / "postgres"
    server = start(folder)
    os.killpg(server.pid, signal.SIGKILL)
    server._shut_down()
    with pytest.raises(embedded.EmbeddedPostgresError, match="Another Usher holds"):
        start(folder)
    server.stop()
    start(folder).stop()


@pytest.mark.parametrize("name", ["long-" * 20, "comma,colon:", "space & per%cent ü"])
def test_the_server_works_in_a_folder_with_any_path(home: Path, name: str) -> None:
    folder = home / name / "postgres"
    first = start(folder)
    outside = first.socket_dir != folder / "run"
    assert outside == (not name.startswith("space"))
    assert mode(first.socket_dir) == 0o700
    second = start(folder)
    assert query(second, "SELECT 1") == "1"
    kill_with_owner(first)
    third = start(folder)
    assert third.url == first.url  # other processes know this address
    third.stop()
    assert third.socket_dir.exists() == (not outside)


def test_processes_that_start_together_share_one_server(home: Path) -> None:
    folder = home / "postgres"
    ushers = [Process(folder, []) for _ in range(4)]
    answers = [usher.answer() for usher in ushers]
    assert len({str(answer["pid"]) for answer in answers}) == 1
    assert [answer["owner"] for answer in answers].count(True) == 1
    pid = int(str(answers[0]["pid"]))
    *others, owner = sorted(range(4), key=lambda index: bool(answers[index]["owner"]))
    for index in others:
        ushers[index].stop()
        assert pidfile.is_running(pid, folder / "data")
    ushers[owner].stop()
    assert not pidfile.is_running(pid, folder / "data")


def test_a_start_works_after_one_that_was_interrupted(home: Path) -> None:
    folder = home / "postgres"
    incomplete = folder / "data.new" / "base"
    incomplete.mkdir(parents=True)
    (incomplete / "1").write_text("an incomplete cluster")
    start(folder).stop()
    assert not incomplete.parent.exists()


def test_an_error_at_the_start_is_one_line_with_the_reason_and_what_to_do(home: Path) -> None:
    folder = home / "postgres"
    start(folder).stop()
    with (folder / "data" / "postgresql.conf").open("a") as file:
        file.write("no_such_setting = 1\n")
    with pytest.raises(embedded.EmbeddedPostgresError) as caught:
        start(folder)
    message = str(caught.value)
    assert 'configuration file "' in message
    assert str(folder / "postgres.log") in message
    assert message.endswith("or set DATABASE_URL to use another server.")
    assert "\n" not in message


def test_the_error_names_a_file_that_is_in_the_place_of_the_folder(home: Path) -> None:
    (home / "postgres").write_text("not a folder")
    with pytest.raises(embedded.EmbeddedPostgresError, match=r"cannot use .*postgres: File exists\. .*DATABASE_URL"):
        start(home / "postgres")


def test_a_throwaway_server_is_fast_and_leaves_no_files() -> None:
    with embedded.throwaway() as server:
        assert query(server, "SHOW fsync") == "off"
        assert server.folder.exists()
    assert not server.folder.parent.exists()
    assert not pidfile.is_running(server.pid, server.folder / "data")


def test_the_next_throwaway_server_removes_one_whose_process_was_killed() -> None:
    parent = Path(tempfile.mkdtemp(prefix=embedded.THROWAWAY_PREFIX))
    usher = Process(parent / "postgres", [])
    try:
        abandoned = int(str(usher.answer()["pid"]))
        with embedded.throwaway():
            assert pidfile.is_running(abandoned, parent / "postgres" / "data")
        usher.kill()
        with embedded.throwaway():
            assert not parent.exists()
        assert not pidfile.is_running(abandoned, parent / "postgres" / "data")
    finally:
        usher.kill()
        shutil.rmtree(parent, ignore_errors=True)
