"""The ids that a customer's own directory has for people, as lists of people to invite and files give them."""

from collections.abc import Sequence
from dataclasses import replace

from db.invitations import external_ids
from db.invitations.external_ids import Described
from domain.problems import UserError, UserErrorCode
from domain.text import EXTERNAL_ID_RULE, external_id
from resolvers.core.mutations import Change
from resolvers.invitations.bulk_invitations import Invitee

TAKEN = "Another member of the team has this external id."
KEPT = "This person has another external id in the team, and keeps it."


async def admitted(change: Change, team_id: str, invitees: Sequence[Invitee]) -> tuple[list[Invitee], list[UserError]]:
    """The people who may have their external ids, and the errors of the others. `given` gives them these ids later.

    EXTERNAL_ID_INVALID; EXTERNAL_ID_TAKEN if another member or another person of the list has the id.
    """
    errors: dict[int, UserError] = {}
    people = list[Invitee]()
    for one in invitees:
        written = (one.external_id or "").strip()
        stored = external_id(written)
        people.append(replace(one, external_id=stored))
        if written and stored is None:
            errors[one.position] = _error(one, UserErrorCode.EXTERNAL_ID_INVALID, EXTERNAL_ID_RULE)
    with_ids = [one for one in people if one.external_id is not None]
    taken = await external_ids.taken(change.connection, team_id, _described(with_ids)) if with_ids else []
    for place, first in taken:
        one = with_ids[place - 1]
        message = TAKEN if first is None else f"This is also the external id of {with_ids[first - 1].email}."
        errors[one.position] = _error(one, UserErrorCode.EXTERNAL_ID_TAKEN, message)
    return [one for one in people if one.position not in errors], [errors[position] for position in sorted(errors)]


async def given(change: Change, team_id: str, invitees: Sequence[Invitee]) -> list[UserError]:
    """Give their external ids to those of these people who are in the team now and have none, and write the audit row.

    Returns the information EXTERNAL_ID_KEPT for each person who has another one.
    """
    people = [one for one in invitees if one.external_id is not None]
    if not people:
        return []
    offered = await external_ids.give(change.connection, team_id, _described(people))
    new = {one.user_id: people[one.place - 1].external_id for one in offered if one.is_new}
    if new:
        await change.record(team_id, team_id, {}, {"externalIds": new})
    kept = (people[one.place - 1] for one in offered if not one.is_new)
    return [_error(one, UserErrorCode.EXTERNAL_ID_KEPT, KEPT) for one in kept]


def _described(people: Sequence[Invitee]) -> list[Described]:
    return [Described(one.email, one.external_id or "") for one in people]


def _error(invitee: Invitee, code: UserErrorCode, message: str) -> UserError:
    return UserError(code, message, ["people", "externalId"], invitee.position)
