from collections.abc import Callable

import pytest

from domain.roles import Role
from policies import facts
from policies.review.conditions import conditions

SEATS = list(facts.targets_of_role(facts.Seat, Role.USER))


def seats(which: Callable[[facts.Seat], bool]) -> list[facts.Target]:
    return [seat for seat in SEATS if isinstance(seat, facts.Seat) and which(seat)]


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        (lambda _: True, [{}]),
        (lambda seat: seat.own, [{"own": True}]),
        (lambda seat: not seat.separation_of_duties, [{"separation_of_duties": False}]),
        (lambda seat: seat.own and seat.separation_of_duties, [{"own": True, "separation_of_duties": True}]),
        (
            lambda seat: seat.own is seat.separation_of_duties,
            [{"own": False, "separation_of_duties": False}, {"own": True, "separation_of_duties": True}],
        ),
    ],
)
def test_the_fewest_facts_are_named(which: Callable[[facts.Seat], bool], expected: list[dict[str, bool]]) -> None:
    assert conditions(seats(which), SEATS) == expected


def test_impossible_targets_need_no_condition() -> None:
    among = seats(lambda seat: seat.separation_of_duties)
    assert conditions([facts.Seat(Role.USER, True, True)], among) == [{"own": True}]


def test_a_single_target_without_booleans_needs_an_empty_condition() -> None:
    team = facts.Team(Role.USER)
    assert conditions([team], [team]) == [{}]
