"""The GraphQL types of what mutations answer, derived from the dataclasses that the mutations return."""

from dataclasses import fields
from functools import reduce
from operator import or_
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import strawberry
from strawberry.types.private import is_private

from schema.core.fields import shows
from schema.core.refs import SHOWN


def payload(row: type, **resolved: Any) -> Any:
    """Make the GraphQL type of a payload; `resolved` are its fields that a resolver answers, made by `expose`.

    The name, the docstring and the fields come from the dataclass `row`, and each field's description from its
    `metadata["description"]`. A row in a type hint becomes the GraphQL type that shows it, as `refs.SHOWN` says. A
    `strawberry.Private` field is not published; the resolved fields stand in its place, or else at the end.
    """
    hints = get_type_hints(row, include_extras=True)
    published: dict[str, Any] = {}
    for one in fields(row):
        if is_private(hints[one.name]):
            published |= resolved
        else:
            published[one.name] = strawberry.field(
                graphql_type=_shown(hints[one.name]), description=one.metadata.get("description")
            )
    return shows(row)(type(row.__name__, (), {"__doc__": row.__doc__, **published, **resolved}))


def _shown(hint: Any) -> Any:
    """The type hint with the GraphQL type in place of each row."""
    if get_origin(hint) is list:
        return list[_shown(*get_args(hint))]  # type: ignore[misc]
    if isinstance(hint, UnionType):
        return reduce(or_, map(_shown, get_args(hint)))
    return SHOWN.get(hint, hint)
