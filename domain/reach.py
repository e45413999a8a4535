"""A reach: which rows an actor may touch with one action.

Every reading function in `db/` takes one, so that forgetting authorisation is a type error.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reach:
    """Rows of the teams in `teams`, and in the teams of `own_teams` only the rows that belong to `me`.

    `me` is the user id whose rows count as own: the person, or a token's grantor. Both team lists are sorted
    and share no team; two empty lists reach nothing.
    """

    teams: tuple[str, ...] = ()
    own_teams: tuple[str, ...] = ()
    me: str | None = None

    def covers(self, other: "Reach") -> bool:
        """Whether everything within the other reach lies within this one, the rows of `me` in no team too."""
        mine = {*self.teams, *self.own_teams} if self.me == other.me else {*self.teams}
        return {*other.teams} <= {*self.teams} and {*other.own_teams} <= mine and other.me in {None, self.me}


NOWHERE = Reach()
