"""The report keeps the findings that people wrote, and compares the results with the targets."""

from collections import defaultdict
from pathlib import Path

import pytest

from bench.checks import NESTED, VIEWER
from bench.generator import Load
from bench.report import FINDINGS, format_number, keep_findings
from bench.results import Results, median_load
from bench.services import FLOOR, MERCURIUS, STRAWBERRY, USHER
from bench.targets import targets_table


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


def verdicts(results: Results, about: str) -> list[str]:
    """The verdicts in the rows about this, after adding what the table always needs."""
    results.growth[USHER, 50].append(1.0)
    rows = [line for line in targets_table(results) if about in line]
    return [line.split("|")[4].strip() for line in rows]


@pytest.mark.parametrize(("usher", "expected"), [(20.0, ["yes"] * 3), (14.0, ["**no**", "**no**", "yes"])])
def test_ratios_are_compared_with_the_targets(usher: float, expected: list[str]) -> None:
    results = Results()
    for name, rate in {USHER: usher, MERCURIUS: 11.5, STRAWBERRY: 1.0, FLOOR: 18.0}.items():
        results.loads[NESTED, 8, name].append(Load(rate, 1, 2))
    assert verdicts(results, "requests a second against") == expected


@pytest.mark.parametrize(("usher", "expected"), [(1.0, "yes"), (1.1, "**no**")])
def test_a_walk_may_not_take_longer_than_that_of_mercurius(usher: float, expected: str) -> None:
    results = Results(walks=defaultdict(list, {USHER: [usher], MERCURIUS: [1.0]}))
    assert verdicts(results, "(d)") == [expected]


@pytest.mark.parametrize(("usher", "expected"), [(1.2, "yes"), (1.3, "**no**")])
def test_many_seats_may_take_a_fifth_longer_than_on_the_floor(usher: float, expected: str) -> None:
    results = Results(bulk=defaultdict(list, {USHER: [usher], FLOOR: [1.0]}))
    assert verdicts(results, "in one request") == [expected]


def test_each_view_has_its_own_row_about_its_worst_tail() -> None:
    results = Results()
    for view, level, p99 in ((NESTED, 8, 3.0), (VIEWER, 8, 1.5), (VIEWER, 32, 3.1)):
        results.loads[view, level, USHER].append(Load(1, 1, p99))
        results.loads[view, level, MERCURIUS].append(Load(1, 1, 9))
    assert verdicts(results, "p99 against p50") == ["**no**", "yes"]


def test_statements_are_counted_for_each_view_of_members() -> None:
    results = Results()
    results.statements[USHER] = {
        "10 members": (5, 2),
        "50 members": (5, 2),
        "10 on the member page": (6, 2),
        "50 on the member page": (7, 2),
    }
    assert verdicts(results, "statements for each page size") == ["yes", "**no**"]
