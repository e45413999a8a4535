"""A reach: the rows on which an actor may do one action.

Every function in `db/` that reads rows takes a reach, so that a caller that forgets authorisation is a type error.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reach:
    """All rows of the teams in `teams`, and in the teams of `own_teams` only the rows that belong to `me`.

    `me` is the user id of the person, or of the grantor of a token. Both lists hold team ids, are sorted and share no
    team. If both are empty, the reach contains no row.
    """

    teams: tuple[str, ...] = ()
    own_teams: tuple[str, ...] = ()
    me: str | None = None

    def has(self, team_id: str, owner_id: str | None = None) -> bool:
        """Whether this reach contains a row of a team that belongs to this user, or to nobody."""
        return team_id in self.teams or (owner_id is not None and owner_id == self.me and team_id in self.own_teams)

    def covers(self, other: "Reach") -> bool:
        """Whether this reach contains every row of the other one, including rows of `me` that belong to no team."""
        mine = {*self.teams, *self.own_teams} if self.me == other.me else {*self.teams}
        return {*other.teams} <= {*self.teams} and {*other.own_teams} <= mine and other.me in {None, self.me}


NOWHERE = Reach()
