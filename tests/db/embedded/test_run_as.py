"""Root runs PostgreSQL as another account: the capabilities that it keeps, and the errors if it may not."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.embedded import cluster, run_as

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
NOBODY = pwd.getpwnam("nobody")
# Docker's default for root: CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, SETGID, SETUID, SETPCAP, NET_BIND_SERVICE,
# NET_RAW, SYS_CHROOT, MKNOD, AUDIT_WRITE, SETFCAP.
DOCKER = {0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31}
EVERYTHING = set(range(64))
# Drops root's other capabilities permanently (PR_CAPBSET_DROP) and becomes the command that follows.
LIMIT = """
import ctypes, os, sys
libc = ctypes.CDLL(None)
for capability in set(range(64)) - {int(word) for word in sys.argv[1].split()}:
    libc.prctl(24, capability, 0, 0, 0)
os.execv(sys.argv[2], sys.argv[2:])
"""
DRIVER = """
import sys
from pathlib import Path
from db.embedded import cluster
from db.embedded import server as embedded
cluster.binary = lambda name: str(Path(sys.argv[2]) / name)
server = embedded.start(Path(sys.argv[1]), fast=True)
status = Path(f"/proc/{server.pid}/status").read_text()
server.stop()
print(status)
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """A private home folder with a program in it."""
    with tempfile.TemporaryDirectory(prefix="u-", dir="/tmp") as path:
        shutil.copy("/bin/cat", path)
        yield Path(path)


def run(command: list[str], capabilities: set[int] = EVERYTHING) -> subprocess.CompletedProcess[str]:
    """Run a command as this user, with at most these capabilities."""
    numbers = " ".join(str(capability) for capability in capabilities)
    limited = [sys.executable, "-c", LIMIT, numbers, *command] if os.geteuid() == 0 else command
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(limited, capture_output=True, text=True, check=False, env=environment)  # noqa: S603


def as_nobody(folder: Path, program: str) -> list[str]:
    command = [program, "/proc/self/status"]
    return cluster.as_account((NOBODY.pw_uid, NOBODY.pw_gid), [folder], command)


def status(done: subprocess.CompletedProcess[str]) -> dict[str, list[str]]:
    assert done.returncode == 0, done.stderr
    fields = (line.partition(":") for line in done.stdout.splitlines() if ":" in line)
    return {name: value.split() for name, _, value in fields}


def capabilities(done: subprocess.CompletedProcess[str]) -> set[int]:
    """Return the capabilities that the program had, which are the same in the three sets."""
    fields = status(done)
    effective, permitted, ambient = (int(fields[name][0], 16) for name in ("CapEff", "CapPrm", "CapAmb"))
    assert effective == permitted == ambient
    return {number for number in EVERYTHING if effective >> number & 1}


def test_without_the_right_to_change_its_account_the_error_names_the_capabilities(home: Path) -> None:
    done = run(as_nobody(home, "/bin/cat"), EVERYTHING - {6, 7})
    reason = "root needs CAP_SETUID and CAP_SETGID for this"
    expected = f"FATAL: root cannot run PostgreSQL as user {NOBODY.pw_uid}: {reason}\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", expected)


if os.geteuid() == 0:  # these tests are about root's capabilities; an ordinary user has none

    @pytest.fixture
    def folder(home: Path) -> Path:
        """A folder of the account in root's private home folder."""
        path = home / "data"
        cluster.make_private(path, (NOBODY.pw_uid, NOBODY.pw_gid))
        return path

    @pytest.mark.parametrize(
        ("available", "kept"),
        [
            pytest.param(EVERYTHING, run_as.CAP_DAC_READ_SEARCH, id="root"),
            pytest.param(DOCKER, run_as.CAP_DAC_OVERRIDE, id="container"),
        ],
    )
    def test_the_program_keeps_one_capability_for_a_private_home(folder: Path, available: set[int], kept: int) -> None:
        done = run(as_nobody(folder, str(folder.parent / "cat")), available)
        assert capabilities(done) == {kept}
        assert status(done)["Uid"] == [str(NOBODY.pw_uid)] * 4
        assert status(done)["Gid"] == [str(NOBODY.pw_gid)] * 4
        assert status(done)["Groups"] == []

    def test_a_program_that_only_root_may_execute_keeps_dac_override(folder: Path) -> None:
        program = folder.parent / "cat"
        program.chmod(0o700)
        assert capabilities(run(as_nobody(folder, str(program)))) == {run_as.CAP_DAC_OVERRIDE}

    def test_the_program_keeps_no_capability_if_it_needs_none() -> None:
        with tempfile.TemporaryDirectory(prefix="u-", dir="/tmp") as path:
            os.chown(path, NOBODY.pw_uid, NOBODY.pw_gid)
            assert capabilities(run(as_nobody(Path(path), "/bin/cat"))) == set()

    @pytest.mark.parametrize("missing", [{1, 2}, {8}], ids=["DAC", "SETPCAP"])
    def test_the_error_names_the_capabilities_that_root_needs(folder: Path, missing: set[int]) -> None:
        done = run(as_nobody(folder, "/bin/cat"), EVERYTHING - missing)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == (
            f"FATAL: root cannot run PostgreSQL as user {NOBODY.pw_uid}: it has no access to its files; "
            "root needs CAP_DAC_OVERRIDE and CAP_SETPCAP for this\n"
        )

    @pytest.mark.parametrize(("available", "kept"), [(EVERYTHING, 2), (DOCKER, 1)], ids=["root", "container"])
    def test_postgres_itself_may_lie_in_the_private_home(home: Path, available: set[int], kept: int) -> None:
        binaries = Path(cluster.binary("postgres")).parent
        packages = binaries.parents[2]
        libraries = packages / f"{binaries.parents[1].name}.libs"
        for part in (binaries.parent, *([libraries] if libraries.exists() else [])):
            shutil.copytree(part, home / part.relative_to(packages))
        binaries = home / binaries.relative_to(packages)
        done = run([sys.executable, "-c", DRIVER, str(home / "postgres"), str(binaries)], available)
        assert capabilities(done) == {kept}
        assert status(done)["Name"] == ["postgres"]
