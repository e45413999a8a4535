"""The hardware and the versions of a run, without names or paths of the machine."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from bench import node
from bench.node import Node
from bench.python312 import Python

PYTHON_PACKAGES = (
    "uvicorn",
    "uvloop",
    "httptools",
    "strawberry-graphql",
    "graphql-core",
    "sqlalchemy",
    "asyncpg",
    "orjson",
    "oso",
)
NODE_PACKAGES = ("mercurius", "graphql-jit", "graphql", "fastify", "postgres")


def description() -> str:
    """Return the number of cores, the processor and the operating system."""
    return f"{os.cpu_count()} cores of {_processor()}, {platform.system()} {platform.release().split('-')[0]}"


def versions(node_: Node | None, python312: Python | None, postgres: str) -> list[str]:
    """Return the names and versions of all software that affects the results."""
    found = [f"Python {platform.python_version()}", f"PostgreSQL {postgres}"]
    if python312 is not None:
        found.insert(1, f"Python {python312.version}")
    found += [f"{name} {version(name)}" for name in PYTHON_PACKAGES]
    if node_ is not None:
        found.append(f"Node.js {node_.version.removeprefix('v')}")
        found += [f"{name} {node.locked(node.MERCURIUS, name)}" for name in NODE_PACKAGES]
        found.append(f"autocannon {node.locked(node.LOAD, 'autocannon')}")
    return found


def _processor() -> str:
    """Return the name of the processor from the system: `platform.processor` is empty on most Linux systems."""
    information = Path("/proc/cpuinfo")
    if information.exists():
        names = [line for line in information.read_text().splitlines() if line.startswith("model name")]
        return names[0].partition(":")[2].strip() if names else platform.machine()
    if platform.system() == "Darwin":
        return subprocess.check_output(["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"], text=True).strip()
    return platform.machine()
