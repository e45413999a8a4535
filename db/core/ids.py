"""Ids: TypeIDs that are stored as text, such as `seat_01hx…`. They sort by time and are readable in a log."""

from typeid import TypeID


def new(prefix: str) -> str:
    """Return a new id. `prefix` names the type of the record."""
    return str(TypeID(prefix))
