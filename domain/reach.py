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


NOWHERE = Reach()
