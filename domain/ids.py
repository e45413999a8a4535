"""Ids of objects that have no row of their own. They are made of the ids of their parts, so they stay the same."""

POOL, WAIT = "pool", "wait"
SEPARATOR = "."
"""It is in no other id."""


def pool_id(team_id: str, product_id: str) -> str:
    """Return the id of a team's pool of a product."""
    return _joined(POOL, team_id, product_id)


def wait_id(team_id: str, product_id: str, user_id: str) -> str:
    """Return the id of a person's place on the waiting list of a pool."""
    return _joined(WAIT, team_id, product_id, user_id)


def _joined(prefix: str, *parts: str) -> str:
    return f"{prefix}_{SEPARATOR.join(parts)}"
