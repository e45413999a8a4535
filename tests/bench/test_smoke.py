"""The bench runs from its beginning to its end, so that it keeps working."""

import subprocess
import sys

import pytest

from bench import services
from gateway.runtime.settings import ROOT

pytestmark = pytest.mark.slow

SECONDS = 360
READS = (services.USHER, services.STOCK, services.STRAWBERRY, services.FLOOR)


@pytest.fixture(scope="module")
def run() -> subprocess.CompletedProcess[str]:
    """A smoke run. It fails by itself if contenders answer differently."""
    command = [sys.executable, "-m", "bench", "--smoke"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=SECONDS)  # noqa: S603


def test_a_smoke_run_succeeds(run: subprocess.CompletedProcess[str]) -> None:
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("name", READS)
def test_every_contender_in_python_is_measured(run: subprocess.CompletedProcess[str], name: str) -> None:
    assert f"\n| {name} | " in run.stdout


def test_mercurius_and_pgbench_are_measured_or_reported_as_left_out(run: subprocess.CompletedProcess[str]) -> None:
    measured = f"\n| {services.MERCURIUS} | " in run.stdout and "\n| pgbench | " in run.stdout
    left_out = f"Left out: {services.MERCURIUS}" in run.stderr
    assert measured != left_out


@pytest.mark.parametrize(
    "section",
    [
        "(d) ",
        "(e) Assigning",
        "(f) The member page",
        "(g) Reads and changes",
        "(h) Large teams",
        "(i) A quiet person",
        "(j) Billing",
        "Growth",
        "Statements",
        "Memory",
    ],
)
def test_the_report_has_the_section(run: subprocess.CompletedProcess[str], section: str) -> None:
    assert section in run.stdout


def test_the_report_contains_no_path_of_the_machine(run: subprocess.CompletedProcess[str]) -> None:
    assert str(ROOT) not in run.stdout
    assert sys.prefix not in run.stdout
