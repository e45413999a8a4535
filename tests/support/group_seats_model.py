"""What groups and teams give, in plain Python: who is to hold, or to wait for, a seat of what and why."""

from collections.abc import Iterable
from dataclasses import dataclass, field

DEFAULT, DIRECT = "default", "direct"
Reason = tuple[str, str, str]
"""A person, a product, and why: directly, by default, or a group's id."""


@dataclass
class Team:
    """Who is what in a team, in which groups, what these give, and who was told that there was no seat for them."""

    roles: dict[str, str]
    pending: set[str] = field(default_factory=set)
    groups: dict[str, set[str]] = field(default_factory=dict)
    given: dict[str, set[str]] = field(default_factory=dict)
    defaults: set[str] = field(default_factory=set)
    direct: set[Reason] = field(default_factory=set)
    without: set[Reason] = field(default_factory=set)

    @property
    def members(self) -> set[str]:
        """Who is in the team or invited to be."""
        return set(self.roles)

    @property
    def active(self) -> set[str]:
        """Who is in the team."""
        return self.members - self.pending

    def due(self) -> set[Reason]:
        """Everything that is to be held or waited for, by the rules."""
        by_group = {
            (person, product, group)
            for group, people in self.groups.items()
            for product in self.given[group]
            for person in people
        }
        return (
            self.direct | by_group | {(person, product, DEFAULT) for person in self.active for product in self.defaults}
        )

    def told(self, reasons: Iterable[Reason], standing: set[Reason]) -> None:
        """These people were told that they get nothing; who has got it meanwhile, or need not, is forgotten."""
        self.without = ((self.without | set(reasons)) & self.due()) - standing

    def invite(self, person: str, role: str, groups: Iterable[str], products: Iterable[str]) -> set[Reason]:
        """Somebody is invited into groups, and given products beside; all that they are to get."""
        self.roles[person] = role
        self.pending.add(person)
        for group in groups:
            self.groups[group].add(person)
        self.direct |= {(person, product, DIRECT) for product in products}
        return {reason for reason in self.due() if reason[0] == person}

    def remove(self, person: str) -> None:
        """Somebody leaves the team."""
        self.roles.pop(person, None)
        self.pending.discard(person)
        self.direct = {reason for reason in self.direct if reason[0] != person}
        for people in self.groups.values():
            people.discard(person)
