"""What seats should do, in plain Python: the rules of assigning, taking back, moving and removing, and no database."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

DIRECT = "direct"
Said = list[tuple[str, int | None]]


@dataclass
class Pool:
    """A team's seats of one product: who holds each, and why each holder does."""

    seats: dict[str, str | None]
    reasons: dict[str, set[str]] = field(default_factory=dict)
    ended: Counter[tuple[str, str]] = field(default_factory=Counter)

    def seat_of(self, person: str) -> str:
        """The seat that somebody holds."""
        return next(seat for seat, holder in self.seats.items() if holder == person)

    def free(self) -> list[str]:
        """The seats that nobody holds, in the order in which they are given."""
        return sorted(seat for seat, holder in self.seats.items() if holder is None)

    def give(self, person: str, reason: str) -> str:
        """A reason more to hold a seat; the first one takes the next free seat."""
        if person not in self.reasons:
            self.seats[self.free()[0]] = person
        self.reasons.setdefault(person, set()).add(reason)
        return self.seat_of(person)

    def end(self, person: str, reasons: Iterable[str]) -> str | None:
        """End these reasons; the seat, if it went back."""
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
    """A team: its members and its pools by product."""

    members: set[str]
    pools: dict[str, Pool]

    def assign(self, product: str, people: list[str], best_effort: bool) -> tuple[list[tuple[str, str]], Said]:
        """The seats given with their holders, in the order of the list, and what is said."""
        asked, said = self._listed(people, best_effort)
        pool = self.pools[product]
        wanted = [person for person in asked if person not in pool.reasons]
        short = wanted[len(pool.free()) :]
        said += [("NO_SEAT_LEFT", asked[person]) for person in short]
        if short and not best_effort:
            return [], said
        settled = [person for person in asked if DIRECT in pool.reasons.get(person, ())]
        said += [("ALREADY_ASSIGNED", asked[person]) for person in settled]
        served = [person for person in asked if person not in {*short, *settled}]
        return [(pool.give(person, DIRECT), person) for person in served], said

    def unassign(self, product: str, people: list[str], best_effort: bool) -> tuple[list[str], Said]:
        """The seats that went back, in their order, and what is said."""
        asked, said = self._listed(people, best_effort)
        pool = self.pools[product]
        holding = [person for person in asked if person in pool.reasons]
        said += [("NOT_ASSIGNED", row) for person, row in asked.items() if person not in holding]
        freed = {person: pool.end(person, {DIRECT}) for person in holding}
        said += [("SOURCE_REMAINS", asked[person]) for person, seat in freed.items() if seat is None]
        return sorted(seat for seat in freed.values() if seat), said

    def reassign(self, product: str, seat: str, giver: str, receiver: str) -> tuple[str | None, Said]:
        """Who holds the seat when it was moved, and what is said."""
        pool = self.pools[product]
        if receiver not in self.members:
            return None, [("NOT_FOUND", None)]
        if receiver in pool.reasons:
            return None, [("ALREADY_ASSIGNED", None)]
        if pool.seats[seat] != giver:
            return None, [("SEAT_CHANGED", None)]
        if pool.reasons[giver] != {DIRECT}:
            return None, [("SOURCE_REMAINS", None)]
        pool.end(giver, {DIRECT})
        pool.seats[seat], pool.reasons[receiver] = receiver, {DIRECT}
        return receiver, []

    def remove(self, people: list[str], best_effort: bool) -> tuple[list[str], Said]:
        """Who was removed, in the order of the list, and what is said."""
        going, said = self._listed(people, best_effort)
        for person in going:
            for pool in self.pools.values():
                if person in pool.reasons:
                    pool.end(person, set(pool.reasons[person]))
        self.members -= going.keys()
        return list(going), said

    def _listed(self, people: list[str], best_effort: bool) -> tuple[dict[str, int], Said]:
        """The members asked for with their row, each once; none when a mistake in the list stops everything."""
        first = {person: people.index(person) for person in people}
        said: Said = [] if people else [("LIST_EMPTY", None)]
        said += [("DUPLICATE", row) for row, person in enumerate(people) if first[person] != row]
        said += [("NOT_FOUND", row) for person, row in first.items() if person not in self.members]
        if said and not best_effort:
            return {}, said
        return {person: row for person, row in first.items() if person in self.members}, said
