"""Python 3.12 in a virtual environment of its own, for one more Usher: it supports two versions of Python."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass

from gateway.runtime.settings import ROOT

NAME = "python3.12"
ENVIRONMENT = ROOT / ".usher" / NAME
LOCK = ROOT / "requirements.lock"
INSTALLED = ENVIRONMENT / "installed"
"""This file is touched when all packages are installed."""
VERSION = "import platform, sys; print(sys.executable, platform.python_version(), sep='\\n')"


class PythonMissing(Exception):
    """There is no Python 3.12 beside the one that runs the bench, or its packages are missing. The message says why."""


@dataclass(frozen=True, slots=True)
class Python:
    """The path of a Python with Usher's locked packages, and its version, such as `3.12.1`."""

    program: str
    version: str


def find() -> Python:
    """Return Python 3.12 with the packages of the lock file, and install them if they are missing or old.

    Raises PythonMissing.
    """
    if sys.version_info[:2] == (3, 12):
        raise PythonMissing("The bench itself runs on Python 3.12.")
    interpreter, version = _interpreter()
    program = ENVIRONMENT / "bin" / "python"
    if not INSTALLED.exists() or INSTALLED.stat().st_mtime < LOCK.stat().st_mtime:
        _run([interpreter, "-m", "venv", "--clear", str(ENVIRONMENT)])
        install = ["install", "--quiet", "--disable-pip-version-check", "--retries", "1"]
        _run([str(program), "-m", "pip", *install, "--require-hashes", "-r", str(LOCK)])
        INSTALLED.touch()
    return Python(str(program), version)


def _interpreter() -> tuple[str, str]:
    """Return the path and the version of Python 3.12. If the name is a shim of pyenv, ask it for this version."""
    found = shutil.which(NAME)
    if found is None:
        raise PythonMissing("There is no Python 3.12.")
    path, version = _run([found, "-c", VERSION]).splitlines()
    return path, version


def _run(command: list[str]) -> str:
    done = subprocess.run(  # noqa: S603 - fixed arguments, no shell
        command, env=os.environ | {"PYENV_VERSION": "3.12"}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise PythonMissing(f"Python 3.12 cannot be used: {done.stderr[-500:].strip()}")
    return done.stdout
