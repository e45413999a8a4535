"""Mutations on many people at once: their list, checked and locked, and what is said of each row."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar, Protocol

import strawberry

from db.people import members
from domain.bulk import BulkMode
from domain.problems import BadInput, UserError, UserErrorCode
from resolvers.core.mutations import Change, MutationInput

MAX_PEOPLE = 5_000
NO_MEMBER = "There is no member of this team with this id."


class Listed(Protocol):
    """People by user id. `GIVES`: they get something that can be waited for."""

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


async def people_of(change: Change, input: PeopleInput, errors: list[UserError]) -> dict[str, int]:
    """The members asked for, locked, with their row; none when the list as a whole is refused."""
    asked = listed(input, errors)
    known = await members.lock(change.connection, input.team_id, list(asked))
    errors += rows(asked, set(asked) - known.keys(), UserErrorCode.NOT_FOUND, NO_MEMBER)
    if errors and input.mode is BulkMode.ALL_OR_NOTHING:
        return {}
    return {user_id: row for user_id, row in asked.items() if user_id in known}


def listed(input: Listed, errors: list[UserError]) -> dict[str, int]:
    """The people asked for with their row, each once; none when there are none or too many.

    Raises BadInput for a mode that makes no sense here.
    """
    if input.mode is BulkMode.WAITLIST and not input.GIVES:
        raise BadInput("Nobody waits for this: `mode: WAITLIST` is for giving seats.")
    asked = input.user_ids
    if not asked:
        errors.append(UserError(UserErrorCode.LIST_EMPTY, "Name at least one person.", ["userIds"]))
    if len(asked) > MAX_PEOPLE:
        message = f"Name at most {MAX_PEOPLE} people at a time; these are {len(asked)}."
        errors.append(UserError(UserErrorCode.LIST_TOO_LONG, message, ["userIds"]))
        return {}
    first: dict[str, int] = {}
    for row, user_id in enumerate(asked):
        if first.setdefault(user_id, row) != row:
            message = f"This person stands in row {first[user_id]} already."
            errors.append(UserError(UserErrorCode.DUPLICATE, message, ["userIds"], row))
    return first


def rows(people: dict[str, int], those: Collection[str], code: UserErrorCode, message: str) -> list[UserError]:
    """One error for each of those people, in the order of the list."""
    return [UserError(code, message, ["userIds"], row) for user_id, row in people.items() if user_id in those]
