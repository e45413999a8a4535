"""What changes between two policies: the permissions gained and lost, cell by cell."""

from dataclasses import dataclass

from policies.engine.table import Cell, Outcome, Table

_GENEROSITY = {Outcome.DENY: 0, Outcome.SCOPE: 1, Outcome.ALLOW: 2}


@dataclass(frozen=True, slots=True)
class Shift:
    """A cell that is decided otherwise. A cell that one of the policies does not have is denied there."""

    cell: Cell
    before: Outcome
    after: Outcome

    @property
    def gained(self) -> bool:
        """Whether the new policy gives more here; otherwise it gives less."""
        return _GENEROSITY[self.after] > _GENEROSITY[self.before]

    def __str__(self) -> str:
        return f"{'+' if self.gained else '-'} {self.cell!s:<90} {self.before} -> {self.after}"


def compare(old: Table, new: Table) -> list[Shift]:
    """Every cell the two tables decide otherwise, in the order of the lock, those only the old one has last."""
    shifts = [
        Shift(cell, old.get(cell, Outcome.DENY), new.get(cell, Outcome.DENY)) for cell in dict.fromkeys([*new, *old])
    ]
    return [shift for shift in shifts if shift.before is not shift.after]
