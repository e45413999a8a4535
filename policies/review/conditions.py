"""Some targets told apart from the others by what they have in common, in as few words as will do."""

import itertools
from collections.abc import Collection, Mapping

from policies import facts

Condition = Mapping[str, bool]


def conditions(some: Collection[facts.Target], among: Collection[facts.Target]) -> list[Condition]:
    """What holds for `some` of the targets `among` which they are, and for no other: any one of the conditions.

    One condition if there is one (an empty one for all of them), with the fewest facts; else each target spelled out.
    The role is not looked at: all must have the same.
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
