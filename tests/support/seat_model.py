"""The rules for assigning and moving seats and for removing members, in plain Python without a database."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

DIRECT = "direct"
Errors = list[tuple[str, int | None]]
"""The code and the row of each user error."""


@dataclass
class Pool:
    """A team's seats of one product.

    `seats` has the holder of each seat, `reasons` has why each holder has one, and `ended` counts the ended periods by
    seat and holder.
    """

    seats: dict[str, str | None]
    reasons: dict[str, set[str]] = field(default_factory=dict)
    ended: Counter[tuple[str, str]] = field(default_factory=Counter)

    def seat_of(self, person: str) -> str:
        """The seat that this person holds."""
        return next(seat for seat, holder in self.seats.items() if holder == person)

    def free(self) -> list[str]:
        """The seats without a holder, in the order in which they are assigned."""
        return sorted(seat for seat, holder in self.seats.items() if holder is None)

    def add_reason(self, person: str, reason: str) -> str:
        """Add a reason to hold a seat. With the first reason the person gets the next free seat. Returns their seat."""
        if person not in self.reasons:
            self.seats[self.free()[0]] = person
        self.reasons.setdefault(person, set()).add(reason)
        return self.seat_of(person)

    def end_reasons(self, person: str, reasons: Iterable[str]) -> str | None:
        """End these reasons. Returns the seat if it was freed, because no reason is left."""
        self.reasons[person] -= set(reasons)
        if self.reasons[person]:
            return None
        seat = self.seat_of(person)
        del self.reasons[person]
        self.seats[seat] = None
        self.ended[seat, person] += 1
        return seat


@dataclass
class Model:
    """A team: its members, and its pools by product."""

    members: set[str]
    pools: dict[str, Pool]

    def assign(self, product: str, people: list[str], best_effort: bool) -> tuple[list[tuple[str, str]], Errors]:
        """Returns the assigned seats with their holders, in the order of the list, and the errors."""
        listed, errors = self._listed(people, best_effort)
        pool = self.pools[product]
        wanted = [person for person in listed if person not in pool.reasons]
        short = wanted[len(pool.free()) :]
        errors += [("NO_SEAT_LEFT", listed[person]) for person in short]
        if short and not best_effort:
            return [], errors
        already_held = [person for person in listed if DIRECT in pool.reasons.get(person, ())]
        errors += [("ALREADY_ASSIGNED", listed[person]) for person in already_held]
        served = [person for person in listed if person not in {*short, *already_held}]
        return [(pool.add_reason(person, DIRECT), person) for person in served], errors

    def unassign(self, product: str, people: list[str], best_effort: bool) -> tuple[list[str], Errors]:
        """Returns the freed seats, sorted, and the errors."""
        listed, errors = self._listed(people, best_effort)
        pool = self.pools[product]
        holding = [person for person in listed if person in pool.reasons]
        errors += [("NOT_ASSIGNED", row) for person, row in listed.items() if person not in holding]
        freed = {person: pool.end_reasons(person, {DIRECT}) for person in holding}
        errors += [("SOURCE_REMAINS", listed[person]) for person, seat in freed.items() if seat is None]
        return sorted(seat for seat in freed.values() if seat), errors

    def reassign(self, product: str, seat: str, giver: str, receiver: str) -> tuple[str | None, Errors]:
        """Returns the new holder, or None if the seat was not moved, and the errors."""
        pool = self.pools[product]
        if receiver not in self.members:
            return None, [("NOT_FOUND", None)]
        if receiver in pool.reasons:
            return None, [("ALREADY_ASSIGNED", None)]
        if pool.seats[seat] != giver:
            return None, [("SEAT_CHANGED", None)]
        if pool.reasons[giver] != {DIRECT}:
            return None, [("SOURCE_REMAINS", None)]
        pool.end_reasons(giver, {DIRECT})
        pool.seats[seat], pool.reasons[receiver] = receiver, {DIRECT}
        return receiver, []

    def remove(self, people: list[str], best_effort: bool) -> tuple[list[str], Errors]:
        """Returns the removed people, in the order of the list, and the errors."""
        going, errors = self._listed(people, best_effort)
        for person in going:
            for pool in self.pools.values():
                if person in pool.reasons:
                    pool.end_reasons(person, set(pool.reasons[person]))
        self.members -= going.keys()
        return list(going), errors

    def _listed(self, people: list[str], best_effort: bool) -> tuple[dict[str, int], Errors]:
        """Returns the members in the list with their row, each once, and the errors.

        Without `best_effort`, any error in the list leaves out all members.
        """
        first = {person: people.index(person) for person in people}
        errors: Errors = [] if people else [("LIST_EMPTY", None)]
        errors += [("DUPLICATE", row) for row, person in enumerate(people) if first[person] != row]
        errors += [("NOT_FOUND", row) for person, row in first.items() if person not in self.members]
        if errors and not best_effort:
            return {}, errors
        return {person: row for person, row in first.items() if person in self.members}, errors
