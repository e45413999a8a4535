"""Runs the statements of an assignment with pgbench, to measure the database alone, without a gateway.

`pgbench.sql.template` has the statements of an assignment and of its unassignment. They are those that Usher sent at
commit 43cee54, with placeholders for ids. They stay as they are, also when Usher sends other statements, so that every
run measures Usher against the same work. Only the seats that are chosen follow the rule of today.
"""

import hashlib
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from string import Template

from sqlalchemy.engine import make_url

from bench.dataset import BenchData
from db.embedded import cluster

TEMPLATE = Path(__file__).with_suffix(".sql.template")
RATE = re.compile(r"tps = ([\d.]+)")


def script(bench_data: BenchData, people: Sequence[str]) -> str:
    """Return a pgbench script in which each client assigns a seat to its own person, and takes it back."""
    template = Template(TEMPLATE.read_text(encoding="utf-8"))
    values = {
        "token_hash": hashlib.sha256(bench_data.large_coordinator.encode()).hexdigest(),
        "actor": bench_data.large_actor,
        "team": bench_data.large,
        "product": bench_data.product,
        "seat": bench_data.seat,
        "policy": bench_data.policy,
    }
    blocks = [
        f"\\{'elif' if client else 'if'} :client_id = {client}\n{template.substitute(values, person=person)}"
        for client, person in enumerate(people)
    ]
    return "".join([*blocks, "\\endif\n"])


def run(url: str, file: Path, clients: int, seconds: float) -> float:
    """Run the script, and return the transactions a second. Raises AssertionError if one failed."""
    parts = make_url(url)
    command = [cluster.binary("pgbench"), "--no-vacuum", "-M", "prepared", "-f", str(file)]
    # pgbench takes whole seconds. One is added because it has no warm-up, and clients prepare their statements first.
    command += ["-c", str(clients), "-T", str(round(seconds) + 1)]
    command += ["-h", str(parts.query["host"]), "-U", parts.username or "", parts.database or ""]
    done = subprocess.run(  # noqa: S603 - fixed arguments, no shell
        command, env=cluster.environment(), capture_output=True, text=True, check=True
    )
    found = RATE.search(done.stdout)
    if found is None or "failed transactions: 0 " not in done.stdout:
        raise AssertionError(done.stdout + done.stderr)
    return float(found[1])
