"""The comparison of two contenders' answers."""

from typing import Any

import pytest

from bench.checks import difference, normal


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"hours": 2}, {"hours": 2.0}),
        ({"hours": 0.1 + 0.2}, {"hours": 0.3}),
        ({"at": "2026-01-31T10:00:00+00:00"}, {"at": "2026-01-31T10:00:00.000Z"}),
        ({"endCursor": "a"}, {"endCursor": "b"}),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ([None], [None]),
    ],
)
def test_answers_that_differ_only_in_format_are_equal(one: Any, other: Any) -> None:
    assert difference(normal(one), normal(other)) is None


@pytest.mark.parametrize(
    ("one", "other", "where"),
    [
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, "data.a.b[1]: 3 instead of 2"),
        ({"a": [1]}, {"a": [1, 2]}, "data.a: [1, 2] instead of [1]"),
        ({"a": 1}, {"a": 1, "b": 2}, "data: "),
        ({"at": "2026-01-31T10:00:00Z"}, {"at": "2026-01-31T10:00:01Z"}, "data.at: "),
        ({"role": "USER"}, {"role": "user"}, "data.role: "),
        ({"name": None}, {"name": ""}, "data.name: "),
    ],
)
def test_the_first_difference_is_reported_with_its_place(one: Any, other: Any, where: str) -> None:
    report = difference(normal(one), normal(other))
    assert report is not None
    assert report.startswith(where)
