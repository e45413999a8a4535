"""Compare two policies: list the permissions that are gained and lost, cell by cell."""

from dataclasses import dataclass

from policies.engine.table import Cell, Outcome, Table

_GENEROSITY = {Outcome.DENY: 0, Outcome.SCOPE: 1, Outcome.ALLOW: 2}


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell on which two policies decide differently. If a policy does not have the cell, that counts as a denial."""

    cell: Cell
    before: Outcome
    after: Outcome

    @property
    def gained(self) -> bool:
        """Whether the new policy allows more than the old one; otherwise it allows less."""
        return _GENEROSITY[self.after] > _GENEROSITY[self.before]

    def __str__(self) -> str:
        return f"{'+' if self.gained else '-'} {self.cell!s:<90} {self.before} -> {self.after}"


def compare(old: Table, new: Table) -> list[CellChange]:
    """Return every cell on which the tables differ, in the order of the lock; cells of only the old table come last."""
    changes = [
        CellChange(cell, old.get(cell, Outcome.DENY), new.get(cell, Outcome.DENY))
        for cell in dict.fromkeys([*new, *old])
    ]
    return [change for change in changes if change.before is not change.after]
