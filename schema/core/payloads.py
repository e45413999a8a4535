"""The GraphQL types of payloads, derived from the dataclasses that the mutations return."""

from collections.abc import Collection
from dataclasses import Field, fields
from functools import reduce
from operator import or_
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import strawberry
from strawberry.types.private import is_private

from db.contracts.subscriptions import SubscriptionRow
from db.seats.seats import SeatRow
from db.seats.waits import WaitRow
from domain.actions import Action
from resolvers.core.changed_lists import seen
from schema.core.changed_lists import fields_of
from schema.core.fields import expose, publish_enums, shows
from schema.core.refs import TYPE_OF_ROW

# Rows that actors may change who may not read them, and the right to read them.
_READ_BY: dict[Any, Action] = {
    SeatRow: Action.SEATS_READ,
    WaitRow: Action.SEATS_READ,
    # A contract manager of the home team amends what other teams have, and belongs to none of these.
    SubscriptionRow: Action.CONTRACTS_READ,
}


def payload(row: type, never: Collection[str] = (), **resolved: Any) -> Any:
    """Make the GraphQL type of a payload; `resolved` are the fields that have a resolver, made by `expose`.

    The name, the docstring and the fields come from the dataclass `row`, and the description of a field from its
    `metadata["description"]`, as the reason why it is deprecated from `metadata["deprecated"]`. A row class in a type
    hint becomes its GraphQL type, as in `refs.TYPE_OF_ROW`. A `strawberry.Private` field is not published; the resolved
    fields take its place, or else come last. What the mutation changed in lists follows, without the fields in `never`.
    """
    hints = get_type_hints(row, include_extras=True)
    publish_enums(hints)
    published: dict[str, Any] = {}
    for one in fields(row):
        if is_private(hints[one.name]):
            published |= resolved
        else:
            published[one.name] = _field(one, hints[one.name])
    return shows(row)(
        type(row.__name__, (), {"__doc__": row.__doc__, **published, **resolved, **fields_of(row, never)})
    )


def _field(declared: Field[Any], hint: Any) -> Any:
    """The field of a payload. Of the rows in `_READ_BY` it shows only those that the actor may see."""
    action = next((_READ_BY[one] for one in _parts(hint) if one in _READ_BY), None)
    if action is not None:
        return expose(seen(declared.name, declared.metadata["description"], action), _graphql_type(hint))
    return strawberry.field(
        graphql_type=_graphql_type(hint),
        description=declared.metadata.get("description"),
        deprecation_reason=declared.metadata.get("deprecated"),
    )


def _parts(hint: Any) -> tuple[Any, ...]:
    """The types in a list or a union; else the type itself."""
    return get_args(hint) or (hint,)


def _graphql_type(hint: Any) -> Any:
    """The type hint, with each row class replaced by its GraphQL type."""
    if get_origin(hint) is list:
        return list[_graphql_type(*get_args(hint))]  # type: ignore[misc]
    if isinstance(hint, UnionType):
        return reduce(or_, map(_graphql_type, get_args(hint)))
    return TYPE_OF_ROW.get(hint, hint)
