"""For mutations on many people at once: check the lists, find and lock the members, and report errors for each row."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import anyio
import strawberry

from db.core.fusion import actor_reach, reach_over_others
from db.core.statements import RowQuery
from db.people import member_lists, members
from db.people.member_lists import LockedPerson, NamedPerson
from domain.actions import Action
from domain.bulk import BulkMode
from domain.problems import BadInput, UserError, UserErrorCode
from domain.text import external_id
from policies import facts
from resolvers.core import emails, member_filters
from resolvers.core.fact_rows import Fact
from resolvers.core.member_filters import MembersFilter
from resolvers.core.mutation_types import MutationInput, PeopleMoved
from resolvers.core.mutations import Change

MAX_PEOPLE = 5_000
NO_MEMBER = "There is no member of this team with this id."
FILTER = "filter"
# A list with one of these errors was not read.
UNREAD = {UserErrorCode.LIST_TOO_LONG, UserErrorCode.LIST_EMPTY, UserErrorCode.CONFIRM_NEEDED}


class Place(NamedTuple):
    """Where an input names a person: the list, and the position in it, from 0.

    A filter has no positions. If it finds the person, `user_id` says who it is.
    """

    field: str
    row: int | None
    user_id: str | None = None


class Lookup(NamedTuple):
    """A way to name people: the list, what it holds, the right to read that, and the query that finds the people.

    `form` returns the stored form of a name, or None if nobody can have this name.
    """

    field: str
    attribute: str
    what: str
    action: Action
    query: RowQuery[NamedPerson]
    form: Callable[[str], str | None]


def _address(text: str) -> str | None:
    # The query ignores case. So most addresses need no check, which would take 25 µs for each.
    return text.strip() if emails.is_plain(text) else emails.normal(text)


LOOKUPS = (
    Lookup("emails", "emails", "e-mail address", Action.EMAILS_READ, member_lists.BY_EMAIL, _address),
    Lookup("externalIds", "external_ids", "external id", Action.MEMBERS_READ, member_lists.BY_EXTERNAL_ID, external_id),
)


@dataclass(kw_only=True)
class PeopleLists(MutationInput):
    """The people of a mutation: by user id, e-mail address or external id, or those that a filter finds.

    `GIVES` says whether they get seats, for which they can wait.
    """

    GIVES: ClassVar[bool] = False

    user_ids: list[strawberry.ID] | None = None
    emails: list[str] | None = None
    external_ids: list[str] | None = None
    filter: MembersFilter | None = None
    except_: list[strawberry.ID] | None = None
    expected_count: int | None = None
    mode: BulkMode = BulkMode.ALL_OR_NOTHING


@dataclass(kw_only=True)
class PeopleInput(PeopleLists):
    """1 to 5,000 members of a team, each by user id, e-mail address or external id, or found by a filter."""

    team_id: strawberry.ID


def lock_fact(input: PeopleInput, action: Action) -> Fact[LockedPerson]:
    """The listed members, locked if the actor may do the action to all other people in the team, and is not listed.

    Otherwise it has no rows: a person without the right must not make others wait. A request with an idempotency key
    locks nobody before it has claimed the key, as other mutations do, so that these locks cannot form a deadlock. Nor
    does a request that names people in another way than by user id, because all are locked in the order of their ids.
    """
    locks = input.idempotency_key is None and input.filter is None and not _lookups(input)
    user_ids = list(dict.fromkeys(input.user_ids or ())) if locks and not is_too_long(input) else []
    return Fact(member_lists.LOCK_OTHERS, (reach_over_others(action), input.team_id, user_ids))


def lookup_facts(input: PeopleLists, team_id: str) -> list[Fact[NamedPerson]]:
    """The listed people who are named in another way than by user id; no fact if there are none.

    Nor is there one if it takes long to make the stored forms of the names: `listed_people` does that in a thread.
    """
    if not all(map(emails.is_plain, input.emails or ())):
        return []
    return [_fact(lookup, team_id, _forms(lookup, names)) for lookup, names in _lookups(input)]


async def listed_people(
    change: Change, input: PeopleLists, team_id: str, anybody: facts.Target, errors: list[UserError]
) -> dict[str, Place]:
    """Check the lists, and return where each person is named, by user id; add to `errors` what is wrong.

    Returns nobody if there are too many, or if the filter finds others than expected: then `is_unread` holds. User ids
    are returned unchecked. `anybody` is the target of the action if it is about somebody else: without the right,
    nobody is looked up. Raises Forbidden also if the actor may not read what the people are named by, and BadInput for
    the mode WAITLIST if the mutation gives no seats.
    """
    change.require([anybody])
    _check_lists(input, errors)
    people = None if is_too_long(input) else await _found_people(change, input, team_id, errors)
    if people is None:
        return {}
    errors += await _unknown_exceptions(change, input, team_id)
    for row, user_id in enumerate(input.user_ids or ()):
        _add(people, user_id, Place("userIds", row), errors)
    for lookup, names in _lookups(input):
        change.require_also(lookup.action, facts.member(change.actor, team_id, ""))
        forms = await anyio.to_thread.run_sync(_forms, lookup, names)
        found = {one.name: one.user_id for one in await change.find(_fact(lookup, team_id, forms))}
        for row, name in enumerate(forms):
            if name in found:
                _add(people, found[name], Place(lookup.field, row), errors)
            else:
                message = f"There is no member of this team with this {lookup.what}."
                errors.append(UserError(UserErrorCode.NOT_FOUND, message, [lookup.field], row))
    return people


def _check_lists(input: PeopleLists, errors: list[UserError]) -> None:
    """Add an error if there is nobody in the lists and no filter, or if there are too many. Raises BadInput."""
    if input.mode is BulkMode.WAITLIST and not input.GIVES:
        raise BadInput("This mutation gives no seats, so `mode: WAITLIST` cannot be used.")
    if input.filter is None and not (input.except_ is None and input.expected_count is None):
        raise BadInput("`except` and `expectedCount` are about the people that `filter` finds; give it, too.")
    count = _count(input)
    if not count and input.filter is None:
        errors.append(UserError(UserErrorCode.LIST_EMPTY, "Name at least one person, or send a `filter`.", ["userIds"]))
    if is_too_long(input):
        given = " and ".join(f"`{field}`" for field, length in _lengths(input).items() if length)
        message = f"Name at most {MAX_PEOPLE} people at a time; you name {count} in {given}."
        errors.append(UserError(UserErrorCode.LIST_TOO_LONG, message, [_longest(input)]))


async def lock_members(
    change: Change, input: PeopleInput, people: Mapping[str, Place], errors: list[UserError]
) -> dict[str, Place]:
    """Lock the listed members, and return where they are named, by user id; add to `errors` what is wrong.

    Returns no member under ALL_OR_NOTHING if there is an error.
    """
    locked = change.known.of(lock_fact(input, change.action))
    if locked:
        known = {one.user_id for one in locked}
    else:
        known = set(await members.lock(change.connection, input.team_id, list(people)))
    errors += errors_in_rows(people, set(people) - known, UserErrorCode.NOT_FOUND, NO_MEMBER)
    await require_same_people(change, input, input.team_id, people)
    if errors and input.mode is BulkMode.ALL_OR_NOTHING:
        return {}
    return {user_id: place for user_id, place in people.items() if user_id in known}


async def require_same_people(change: Change, input: PeopleLists, team_id: str, people: Mapping[str, Place]) -> None:
    """Go on only if the filter of the input still finds the same people, whose memberships are locked now.

    Otherwise, for example, a mutation about invited people could reach a person who has accepted meanwhile. Raises
    PeopleMoved, after which the mutation runs again.
    """
    if input.filter is None or not people:
        return
    before = {user_id for user_id, place in people.items() if place.field == FILTER}
    if before != set(await _find(change, input, team_id, input.filter)):
        raise PeopleMoved("The people that `filter` finds are changing at this moment. Try again.")


def is_unread(errors: Sequence[UserError]) -> bool:
    """Whether the lists were not read, so that they do not say who is meant."""
    return any(one.code in UNREAD for one in errors)


def is_too_long(input: PeopleLists) -> bool:
    """Whether the lists name more people than a mutation takes."""
    return _count(input) > MAX_PEOPLE


def error_in_row(place: Place, code: UserErrorCode, message: str) -> UserError:
    """The error about the person who is named there."""
    return UserError(code, message, [place.field], place.row, place.user_id)


def errors_in_rows(
    people: Mapping[str, Place], user_ids: Collection[str | None], code: UserErrorCode, message: str
) -> list[UserError]:
    """One error for each of these people, with their row, in the order of the lists."""
    return [error_in_row(place, code, message) for user_id, place in people.items() if user_id in user_ids]


async def _found_people(
    change: Change, input: PeopleLists, team_id: str, errors: list[UserError]
) -> dict[str, Place] | None:
    """The people that the filter finds, in the order of their names; None if they are too many, or not as expected.

    Raises Forbidden if the actor may not read members.
    """
    if input.filter is None:
        return {}
    change.require_also(Action.MEMBERS_READ, facts.member(change.actor, team_id, ""))
    found = await _find(change, input, team_id, input.filter)
    if len(found) + _count(input) > MAX_PEOPLE:
        message = f"A mutation takes at most {MAX_PEOPLE} people, and `filter` finds more; let it find fewer."
        errors.append(UserError(UserErrorCode.LIST_TOO_LONG, message, [FILTER]))
        return None
    if not found and not _count(input):
        errors.append(UserError(UserErrorCode.LIST_EMPTY, "`filter` finds nobody.", [FILTER]))
        return None
    unconfirmed = input.expected_count is None and not input.dry_run
    if unconfirmed or input.expected_count not in (None, len(found)):
        message = f"`filter` finds {len(found)} people now; to go on, send `expectedCount: {len(found)}`."
        errors.append(UserError(UserErrorCode.CONFIRM_NEEDED, message, ["expectedCount"], count=len(found)))
        return None
    return {user_id: Place(FILTER, None, user_id) for user_id in found}


async def _find(change: Change, input: PeopleLists, team_id: str, which: MembersFilter) -> list[str]:
    """The user ids of the people that the filter finds, without the exceptions; of too many, one more than the most."""
    reach = member_filters.reaches(change.reach)
    args = (team_id, member_filters.conditions(which), list(input.except_ or ()), MAX_PEOPLE + 1)
    return [one.user_id for one in await member_lists.BY_FILTER.rows(change.connection, reach, *args)]


async def _unknown_exceptions(change: Change, input: PeopleLists, team_id: str) -> list[UserError]:
    """An error for each exception that names nobody in the team, as for other ids: it may be a slip of the caller."""
    if not input.except_:
        return []
    args = (change.reach(Action.MEMBERS_READ), team_id, list(input.except_))
    known = {one.user_id for one in await member_lists.BY_USER_ID.rows(change.connection, *args)}
    places = {str(id_): Place("except", row) for row, id_ in enumerate(input.except_)}
    return errors_in_rows(places, set(places) - known, UserErrorCode.NOT_FOUND, NO_MEMBER)


def _add(people: dict[str, Place], user_id: str, place: Place, errors: list[UserError]) -> None:
    first = people.setdefault(user_id, place)
    if first not in (place, Place(FILTER, None, user_id)):
        where = "" if first.field == place.field else f" of `{first.field}`"
        message = f"This person is already in row {first.row}{where}."
        errors.append(error_in_row(place, UserErrorCode.DUPLICATE, message))


def _lookups(input: PeopleLists) -> list[tuple[Lookup, list[str]]]:
    """The ways in which people are named, other than by user id, each with the names; none if there are too many."""
    if is_too_long(input):
        return []
    given = ((lookup, getattr(input, lookup.attribute)) for lookup in LOOKUPS)
    return [(lookup, names) for lookup, names in given if names]


def _forms(lookup: Lookup, names: Sequence[str]) -> list[str | None]:
    return [lookup.form(name) for name in names]


def _fact(lookup: Lookup, team_id: str, forms: Sequence[str | None]) -> Fact[NamedPerson]:
    return Fact(lookup.query, (actor_reach(lookup.action), team_id, [form for form in forms if form is not None]))


def _lengths(input: PeopleLists) -> dict[str, int]:
    """The length of each list, by its field."""
    others = {lookup.field: getattr(input, lookup.attribute) for lookup in LOOKUPS}
    return {field: len(one or ()) for field, one in {"userIds": input.user_ids, **others}.items()}


def _count(input: PeopleLists) -> int:
    return sum(_lengths(input).values())


def _longest(input: PeopleLists) -> str:
    """The field of the longest list; of lists that are equally long, the first."""
    lengths = _lengths(input)
    return max(lengths, key=lengths.__getitem__)
