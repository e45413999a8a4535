"""Statements for lists of people: lock those named by user id, and find those named in another way or by a filter."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Text, all_, column, func, select

from db.core.paging import Rows
from db.core.reach import any_of, within
from db.core.rows import columns_of
from db.core.statements import RowQuery
from db.people.member_filters import MemberFilter, MemberReach, matching
from db.people.members import BY_NAME, locking, of_memberships
from db.tables.people import Membership, User
from domain.reach import Reach


class LockedPerson(NamedTuple):
    """A person whose membership of a team is locked."""

    team_id: str
    user_id: str


class FoundPerson(NamedTuple):
    """A person that a filter or a user id finds."""

    user_id: str


class NamedPerson(NamedTuple):
    """A member or an invited person of a team, and the name that the list has for them."""

    name: str
    user_id: str


NAMED = columns_of(NamedPerson, Membership, name=column("name"))


def _lock_others(reach: Reach, team_id: str, user_ids: Sequence[str]) -> Rows:
    is_other = reach.me != all_(user_ids)  # type: ignore[arg-type] # the ids are an expression here
    return locking(team_id, user_ids).where(within(reach, Membership.team_id), is_other)


def _by_email(reach: Reach, team_id: str, emails: Sequence[str]) -> Rows:
    names: Any = func.unnest(emails).table_valued(column("name", Text), name="named").render_derived()
    # Lowered by PostgreSQL, as in the unique index: Python's `lower` differs for some letters.
    return (
        select(names.c.name, Membership.user_id)
        .select_from(names)
        .join(User, func.lower(User.email) == func.lower(names.c.name))
        .join(Membership, (Membership.user_id == User.id) & (Membership.team_id == team_id))
        .where(within(reach, Membership.team_id, Membership.user_id))
    )


def _by_external_id(reach: Reach, team_id: str, external_ids: Sequence[str]) -> Rows:
    query = select(Membership.external_id.label("name"), Membership.user_id)
    return query.where(
        Membership.team_id == team_id,
        Membership.external_id == any_of(external_ids),
        within(reach, Membership.team_id, Membership.user_id),
    )


def _by_filter(reach: MemberReach, team_id: str, which: MemberFilter, excepted: Sequence[str], most: int) -> Rows:
    query = of_memberships(reach.members).where(Membership.team_id == team_id, *matching(which, reach))
    others = Membership.user_id != all_(excepted)  # type: ignore[arg-type] # the ids are an expression here
    return query.where(others).order_by(*BY_NAME).limit(most)


def _by_user_id(reach: Reach, team_id: str, user_ids: Sequence[str]) -> Rows:
    of_team = (Membership.team_id == team_id, within(reach, Membership.team_id, Membership.user_id))
    return select().where(Membership.user_id == any_of(user_ids), *of_team)


LOCK_OTHERS = RowQuery(columns_of(LockedPerson, Membership), _lock_others)
"""Locks members as `members.lock` does, but none outside of the reach, and none if `reach.me` is among them."""
BY_USER_ID = RowQuery(columns_of(FoundPerson, Membership), _by_user_id)
"""The people within the reach who have one of these user ids and are in the team, or invited to it."""
BY_FILTER = RowQuery(columns_of(FoundPerson, Membership), _by_filter)
"""The people of a team that a filter finds, but for these exceptions, in the order of their names."""
BY_EXTERNAL_ID = RowQuery(NAMED, _by_external_id)
"""The people within the reach who have one of these external ids in the team."""
BY_EMAIL = RowQuery(NAMED, _by_email)
"""The people within the reach who have one of these e-mail addresses, in any case."""
