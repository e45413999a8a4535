"""Ids: TypeIDs stored as text, such as `seat_01hx…`: sortable by time, and readable in a log."""

from typeid import TypeID


def new(prefix: str) -> str:
    """A fresh id; `prefix` names the type it stands for."""
    return str(TypeID(prefix))
