"""Information about the state in which a mutation found a person, only for those who may read this state.

A token may change what it may not read. If it heard that a person is in a group already, a dry run with each person of
the team would tell it who is in the group. So people who stay as they are are not mentioned then. A move does not
mention people who are in neither group either, and they do not stop it. Other errors are always told: they stop
something.
"""

from collections.abc import Collection, Mapping

from domain.actions import Action
from domain.problems import UserError, UserErrorCode
from resolvers.core.member_lists import Place, errors_in_rows
from resolvers.core.mutations import Change

READ_BY = {
    UserErrorCode.ALREADY_ASSIGNED: Action.SEATS_READ,
    UserErrorCode.ALREADY_IN_GROUP: Action.MEMBERS_READ,
    UserErrorCode.ALREADY_IN_ROLE: Action.MEMBERS_READ,
    UserErrorCode.ALREADY_OUT_OF_GROUP: Action.MEMBERS_READ,
    UserErrorCode.NOT_ASSIGNED: Action.SEATS_READ,
    UserErrorCode.NOT_IN_GROUP: Action.MEMBERS_READ,
    UserErrorCode.SOURCE_REMAINS: Action.SEATS_READ,
}
"""The right to read the state that a code tells."""


def may_tell(change: Change, code: UserErrorCode, team_id: str, user_id: str) -> bool:
    """Whether the actor may read what this code tells about a person of the team."""
    return change.reach(READ_BY[code]).has(team_id, user_id)


def told_in_rows(
    change: Change,
    team_id: str,
    people: Mapping[str, Place],
    user_ids: Collection[str],
    code: UserErrorCode,
    message: str,
) -> list[UserError]:
    """The information about each of these people whose state the actor may read, with their row."""
    if not user_ids:
        return []
    reach = change.reach(READ_BY[code])
    return errors_in_rows(people, {one for one in user_ids if reach.has(team_id, one)}, code, message)
