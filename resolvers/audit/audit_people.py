"""The people in entries of the audit log."""

from collections.abc import Mapping, Sequence

import strawberry

from db.audit import audit_people
from db.audit.audit_people import PersonalChangeRow
from domain.actions import Action
from resolvers.core.context import Context
from resolvers.core.fields import loaded_by
from resolvers.core.loaders import Loading
from resolvers.core.mutations import performs


@performs(Action.AUDIT_READ)
@loaded_by("id")
def personal(context: Context) -> Loading[list[PersonalChangeRow]]:
    """The values that identify people, such as names. They are not in `before`, `after` and the events."""
    return context.loading(_values)


@performs(Action.AUDIT_READ)
@loaded_by("id")
def deleted_user_ids(context: Context) -> Loading[list[strawberry.ID]]:
    """The ids of those people in this entry whose accounts were deleted since. Nobody can find out who they were."""
    return context.loading(_deleted)


async def _values(context: Context, ids: Sequence[int]) -> Mapping[int, list[PersonalChangeRow]]:
    async with context.reading() as connection:
        rows = await audit_people.values(connection, context.reach(Action.AUDIT_READ), ids)
    found: dict[int, list[PersonalChangeRow]] = {id_: [] for id_ in ids}
    for row in rows:
        found[row.audit_id].append(row)
    return found


async def _deleted(context: Context, ids: Sequence[int]) -> Mapping[int, list[strawberry.ID]]:
    async with context.reading() as connection:
        rows = await audit_people.deleted(connection, context.reach(Action.AUDIT_READ), ids)
    found: dict[int, list[strawberry.ID]] = {id_: [] for id_ in ids}
    for audit_id, user_id in rows:
        found[audit_id].append(strawberry.ID(user_id))
    return found
