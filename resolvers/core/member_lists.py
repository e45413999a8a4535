"""For mutations on many people at once: check the list, lock the members, and report errors for each row."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar, Protocol

import strawberry

from db.core.fusion import reach_over_others
from db.people import members
from db.people.members import LockedPerson
from domain.actions import Action
from domain.bulk import BulkMode
from domain.problems import BadInput, UserError, UserErrorCode
from resolvers.core.fact_rows import Fact
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change

MAX_PEOPLE = 5_000
NO_MEMBER = "There is no member of this team with this id."


class PeopleList(Protocol):
    """An input that lists people by user id. `GIVES` says whether they get seats, for which they can wait."""

    GIVES: ClassVar[bool]

    user_ids: list[strawberry.ID]
    mode: BulkMode


@dataclass(kw_only=True)
class PeopleInput(MutationInput):
    """1 to 5,000 members of a team by user id."""

    GIVES: ClassVar[bool] = False

    team_id: strawberry.ID
    user_ids: list[strawberry.ID]
    mode: BulkMode = BulkMode.ALL_OR_NOTHING


def lock_fact(input: PeopleInput, action: Action) -> Fact[LockedPerson]:
    """The listed members, locked if the actor may do the action to all other people in the team, and is not listed.

    Otherwise it has no rows: a person without the right must not make others wait. A request with an idempotency key
    locks nobody before it has claimed the key, as other mutations do, so that these locks cannot form a deadlock.
    """
    user_ids = [] if input.idempotency_key is not None else _distinct(input)
    return Fact(members.LOCK_OTHERS, (reach_over_others(action), input.team_id, user_ids))


async def lock_members(change: Change, input: PeopleInput, errors: list[UserError]) -> dict[str, int]:
    """Check the list, lock the listed members, and return their rows by user id; add to `errors` what is wrong.

    Returns no member under ALL_OR_NOTHING if there is an error.
    """
    rows = check_list(input, errors)
    locked = change.known.of(lock_fact(input, change.action))
    if locked:
        known = {one.user_id for one in locked}
    else:
        known = set(await members.lock(change.connection, input.team_id, list(rows)))
    errors += errors_in_rows(rows, set(rows) - known, UserErrorCode.NOT_FOUND, NO_MEMBER)
    if errors and input.mode is BulkMode.ALL_OR_NOTHING:
        return {}
    return {user_id: row for user_id, row in rows.items() if user_id in known}


def check_list(input: PeopleList, errors: list[UserError]) -> dict[str, int]:
    """The first row of each listed person by user id; nobody if the list is too long. Adds to `errors` what is wrong.

    Raises BadInput for the mode WAITLIST if the mutation gives no seats.
    """
    if input.mode is BulkMode.WAITLIST and not input.GIVES:
        raise BadInput("This mutation gives no seats, so `mode: WAITLIST` cannot be used.")
    user_ids = input.user_ids
    if not user_ids:
        errors.append(UserError(UserErrorCode.LIST_EMPTY, "Name at least one person.", ["userIds"]))
    if len(user_ids) > MAX_PEOPLE:
        message = f"Name at most {MAX_PEOPLE} people at a time; this list has {len(user_ids)}."
        errors.append(UserError(UserErrorCode.LIST_TOO_LONG, message, ["userIds"]))
        return {}
    rows: dict[str, int] = {}
    for row, user_id in enumerate(user_ids):
        if rows.setdefault(user_id, row) != row:
            message = f"This person is already in row {rows[user_id]}."
            errors.append(UserError(UserErrorCode.DUPLICATE, message, ["userIds"], row))
    return rows


def errors_in_rows(
    rows: dict[str, int], user_ids: Collection[str], code: UserErrorCode, message: str
) -> list[UserError]:
    """One error for each of these people, with their row, in the order of the list."""
    return [UserError(code, message, ["userIds"], row) for user_id, row in rows.items() if user_id in user_ids]


def _distinct(input: PeopleList) -> list[str]:
    """The listed people without repetitions; nobody if the list is too long."""
    return list(dict.fromkeys(input.user_ids)) if len(input.user_ids) <= MAX_PEOPLE else []
