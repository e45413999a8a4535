"""What groups and teams give, in plain Python: who should hold or wait for a seat of which product, and why."""

from collections.abc import Iterable
from dataclasses import dataclass, field

DEFAULT, DIRECT = "default", "direct"
Reason = tuple[str, str, str]
"""A person, a product, and why the person should have a seat of it: "direct", "default", or a group's id."""


@dataclass
class Team:
    """The members of a team by role, its groups, and what the groups, the team and coordinators give.

    `unserved` has the reasons for which a person got an error instead of a seat.
    """

    roles: dict[str, str]
    pending: set[str] = field(default_factory=set)
    groups: dict[str, set[str]] = field(default_factory=dict)
    given: dict[str, set[str]] = field(default_factory=dict)
    defaults: set[str] = field(default_factory=set)
    direct: set[Reason] = field(default_factory=set)
    unserved: set[Reason] = field(default_factory=set)

    @property
    def members(self) -> set[str]:
        """The people in the team, also those whose invitation is still open."""
        return set(self.roles)

    @property
    def active(self) -> set[str]:
        """The people in the team who have accepted."""
        return self.members - self.pending

    def due(self) -> set[Reason]:
        """Each reason for which a person should hold or wait for a seat."""
        by_group = {
            (person, product, group)
            for group, people in self.groups.items()
            for product in self.given[group]
            for person in people
        }
        return (
            self.direct | by_group | {(person, product, DEFAULT) for person in self.active for product in self.defaults}
        )

    def refuse(self, reasons: Iterable[Reason], held_or_waiting: set[Reason]) -> None:
        """Note who got an error instead of a seat. Forget those who now have the seat, or should not have it."""
        self.unserved = ((self.unserved | set(reasons)) & self.due()) - held_or_waiting

    def invite(self, person: str, role: str, groups: Iterable[str], products: Iterable[str]) -> set[Reason]:
        """Invite a person into groups, and assign them seats of products. Returns each reason they have for a seat."""
        self.roles[person] = role
        self.pending.add(person)
        for group in groups:
            self.groups[group].add(person)
        self.direct |= {(person, product, DIRECT) for product in products}
        return {reason for reason in self.due() if reason[0] == person}

    def remove(self, person: str) -> None:
        """Remove a person from the team."""
        self.roles.pop(person, None)
        self.pending.discard(person)
        self.direct = {reason for reason in self.direct if reason[0] != person}
        for people in self.groups.values():
            people.discard(person)
