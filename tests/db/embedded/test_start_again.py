"""A killed embedded PostgreSQL starts again, whatever it leaves behind. One process starts it, and the others wait."""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.embedded import cluster, leftovers, pidfile
from db.embedded import server as embedded
from db.embedded import watch as watching
from db.embedded.watch import TRIES, PostgresGivenUp, Watch
from tests.support.embedded_server import kill, kill_with_owner, query, start
from tests.support.process import wait_for

pytestmark = pytest.mark.slow


@pytest.fixture
def server(home: Path) -> Iterator[embedded.RunningServer]:
    """A server with a table `kept` that has one row, which is on the disk."""
    started = start(home / "postgres")
    query(started, "SET synchronous_commit = on; CREATE TABLE kept AS SELECT 7 AS n")
    yield started
    started.stop()


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tries follow each other without long pauses."""
    monkeypatch.setattr(watching, "PAUSES", (0.0,) + (0.01,) * (TRIES - 1))
    monkeypatch.setattr(watching, "POLL_SECONDS", 0.01)


def other_process(data: Path) -> subprocess.Popen[bytes]:
    """A process of PostgreSQL's user that is no PostgreSQL."""
    sleep = cluster.as_account(cluster.choose_account(data.parent), [data], ["/bin/sleep", "60"])
    return subprocess.Popen(sleep)  # noqa: S603


def test_a_killed_server_starts_again_at_the_same_address_with_its_data(server: embedded.RunningServer) -> None:
    address, pid = server.url, server.pid
    kill(server)
    assert not server.is_alive
    assert server.start_again()
    assert (server.url, query(server, "SELECT n FROM kept")) == (address, "7")
    assert server.pid != pid
    assert server.is_alive


def test_processes_that_outlive_the_first_one_are_ended(server: embedded.RunningServer) -> None:
    """A suspended process keeps the shared memory. PostgreSQL alone would refuse to start as long as it lives."""
    data = server.folder / "data"
    os.kill(server.pid, signal.SIGSTOP)
    suspended = next(leftovers.server_processes(data))
    os.kill(suspended, signal.SIGSTOP)
    os.kill(server.pid, signal.SIGKILL)
    wait_for(lambda: not server.is_alive)
    bystander = subprocess.Popen(["/bin/sleep", "60"], cwd=data)
    try:
        assert server.start_again()
        assert suspended not in leftovers.server_processes(data)
        assert query(server, "SELECT n FROM kept") == "7"
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


@pytest.mark.parametrize("text", ["", "not a number\n", "1"])
def test_an_unusable_pid_file_does_not_hinder_the_start(server: embedded.RunningServer, text: str) -> None:
    kill(server)
    (server.folder / "data" / "postmaster.pid").write_text(text)
    assert server.start_again()
    assert query(server, "SELECT n FROM kept") == "7"


def test_a_socket_whose_lock_names_another_process_does_not_hinder_the_start(server: embedded.RunningServer) -> None:
    data = server.folder / "data"
    kill(server)
    other = other_process(data)
    try:
        lock = server.socket_dir / ".s.PGSQL.5432.lock"
        lines = lock.read_text().split("\n")
        lock.write_text("\n".join([str(other.pid), *lines[1:]]))
        assert server.start_again()
        assert query(server, "SELECT n FROM kept") == "7"
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


@pytest.mark.parametrize("replaced", [False, True])
def test_a_server_without_its_data_is_not_started_with_an_empty_database(
    server: embedded.RunningServer, replaced: bool
) -> None:
    data = server.folder / "data"
    kill(server)
    data.rename(server.folder / "moved")
    if replaced:
        data.mkdir()
    with pytest.raises(embedded.DataGone, match="removed or replaced"):
        server.start_again()
    assert replaced or not data.exists()


def test_only_the_owner_starts_it_and_the_others_then_use_it(server: embedded.RunningServer) -> None:
    other = start(server.folder)
    kill(server)
    assert not other.start_again()
    assert pidfile.read(server.folder / "data") is not None
    assert server.start_again()
    assert other.start_again()
    assert (other.pid, other.is_owner, server.is_owner) == (server.pid, False, True)
    assert query(other, "SELECT n FROM kept") == "7"


def test_another_process_starts_it_if_the_owner_was_killed_too(home: Path) -> None:
    owner = start(home / "postgres")
    heir = start(home / "postgres")
    kill_with_owner(owner)
    assert heir.start_again()
    assert heir.is_owner
    heir.stop()
    assert not pidfile.is_running(heir.pid, home / "postgres" / "data")


def test_all_processes_that_watch_share_one_new_server(server: embedded.RunningServer) -> None:
    servers = [server, *(start(server.folder) for _ in range(3))]
    watches = [Watch(one, lambda: None) for one in servers]
    for _ in range(3):
        killed = server.pid
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda killed=killed: {one.pid for one in servers} == {server.pid} != {killed})  # type: ignore[misc]
    for watch in watches:
        watch.stop()
    assert query(server, "SELECT n FROM kept") == "7"
    assert [one.is_owner for one in servers] == [True, False, False, False]


def test_a_start_waits_for_the_owner_that_starts_a_killed_server_again(server: embedded.RunningServer) -> None:
    kill(server)
    later = threading.Timer(0.5, server.start_again)
    later.start()
    assert start(server.folder).pid == server.pid
    later.join()


def test_the_watch_gives_up_after_its_number_of_tries(server: embedded.RunningServer) -> None:
    configuration = server.folder / "data" / "postgresql.conf"
    text = configuration.read_text()
    configuration.write_text(f"{text}no_such_setting = 1\n")
    given_up = threading.Event()
    watch = Watch(server, given_up.set)
    kill(server)
    assert given_up.wait(30)
    with pytest.raises(PostgresGivenUp, match=f"{TRIES} tries .* failed: .*postgres.log"):
        watch.stop()
    assert (server.folder / "postgres.log").read_text().count("unrecognized configuration parameter") == TRIES
    configuration.write_text(text)
    assert server.start_again()


def test_a_server_that_ends_soon_after_each_start_counts_as_failed_tries(server: embedded.RunningServer) -> None:
    given_up, seen = threading.Event(), {server.pid}
    watch = Watch(server, given_up.set)
    kill(server)
    while not given_up.is_set():
        if server.pid not in seen and server.is_alive:
            seen.add(server.pid)
            kill(server)
    with pytest.raises(PostgresGivenUp, match="soon after each start"):
        watch.stop()
    assert len(seen) == 1 + TRIES


def test_the_tries_count_anew_if_the_server_ran_for_a_while(
    server: embedded.RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "STEADY_SECONDS", 0.0)
    watch = Watch(server, lambda: None)
    for _ in range(TRIES + 1):
        killed = server.pid
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda killed=killed: server.pid != killed)  # type: ignore[misc]
    watch.stop()
    assert query(server, "SELECT n FROM kept") == "7"


def test_the_watch_of_a_server_without_its_data_gives_up_at_once(server: embedded.RunningServer) -> None:
    data, given_up = server.folder / "data", threading.Event()
    watch = Watch(server, given_up.set)
    data.rename(server.folder / "moved")
    os.kill(server.pid, signal.SIGKILL)
    assert given_up.wait(30)
    with pytest.raises(PostgresGivenUp, match="removed or replaced"):
        watch.stop()
