"""Describe some targets among others by the fewest facts that only they have in common."""

import itertools
from collections.abc import Collection, Mapping

from policies import facts

Condition = Mapping[str, bool]


def conditions(some: Collection[facts.Target], among: Collection[facts.Target]) -> list[Condition]:
    """Return conditions such that a target `among` them meets one of the conditions exactly if it is one of `some`.

    This is the one condition with the fewest facts, if there is one (empty if `some` are all targets). Otherwise it is
    one condition for each target, with all its facts. The role is ignored: all targets must have the same role.
    """
    names = [name for name in next(iter(among)).__match_args__ if name != "role"]
    for size in range(len(names) + 1):
        for chosen in itertools.combinations(names, size):
            for values in itertools.product((False, True), repeat=size):
                condition: Condition = dict(zip(chosen, values, strict=True))
                if {target for target in among if _holds(condition, target)} == set(some):
                    return [condition]
    return [{name: getattr(target, name) for name in names} for target in some]


def _holds(condition: Condition, target: facts.Target) -> bool:
    return all(getattr(target, name) is value for name, value in condition.items())
