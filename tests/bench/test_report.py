"""The report keeps the findings that people wrote, and compares the results with the targets."""

from pathlib import Path

import pytest

from bench.generator import Load
from bench.report import FINDINGS, format_number, keep_findings
from bench.results import Results, median_load
from bench.services import FLOOR, MERCURIUS, STRAWBERRY, USHER
from bench.targets import NESTED, targets_table


def test_a_new_report_keeps_the_earlier_findings(tmp_path: Path) -> None:
    file = tmp_path / "RESULTS.md"
    file.write_text(f"old\n\n{FINDINGS}\n\nBound by the database.\n")
    assert keep_findings("new\n", file) == f"new\n\n{FINDINGS}\nBound by the database.\n"


def test_a_first_report_ends_with_the_marker_for_findings(tmp_path: Path) -> None:
    assert keep_findings("new\n", tmp_path / "RESULTS.md") == f"new\n\n{FINDINGS}\n"


@pytest.mark.parametrize(("value", "text"), [(1234.5, "1,234"), (99.96, "100.0"), (12.34, "12.3"), (1.234, "1.23")])
def test_small_numbers_have_more_decimals(value: float, text: str) -> None:
    assert format_number(value) == text


def test_the_median_load_has_the_median_of_each_figure() -> None:
    assert median_load([Load(1, 9, 3), Load(2, 8, 1), Load(3, 7, 2)]) == Load(2, 8, 2)


@pytest.mark.parametrize(("usher", "verdicts"), [(15.0, ["yes", "yes", "yes"]), (14.0, ["**no**", "**no**", "yes"])])
def test_ratios_are_compared_with_the_targets(usher: float, verdicts: list[str]) -> None:
    results = Results()
    for name, rate in {USHER: usher, STRAWBERRY: 1.0, MERCURIUS: 11.5, FLOOR: 18.0}.items():
        results.loads[NESTED, 8, name].append(Load(rate, 1, 2))
    results.growth[USHER, 50].append(1.0)
    results.statements[USHER] = {NESTED: (7, 2)}
    rows = [line for line in targets_table(results) if "requests a second against" in line]
    assert [line.split("|")[4].strip() for line in rows] == verdicts
