"""The fields of payloads that show what changed in the lists of clients; see `resolvers.core.changed_lists`."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import strawberry

from resolvers.core import changed_lists
from resolvers.core.changed_lists import GroupMemberLists, MemberGroupLists, MemberLists, SeatLists
from resolvers.groups import groups
from resolvers.people import members, teams
from resolvers.seats import pools
from schema.core.fields import expose
from schema.core.paging import Edge
from schema.core.refs import GroupRef, MemberRef, PoolRef, SeatRef, TeamRef, WaitRef

IDS = list[strawberry.ID]


def fields_of(payload: type, never: Collection[str]) -> dict[str, Any]:
    """Return the fields for the classes of `resolvers.core.changed_lists` that a payload inherits, by name.

    `never` names those that would always be empty, which are left out. Raises TypeError if there is no such field.
    """
    found: dict[str, Any] = {}
    for kind, make in _FIELDS.items():
        if issubclass(payload, kind):
            found |= make()
    unknown = set(never) - found.keys()
    if unknown:
        raise TypeError(f"{payload.__name__} has no {', '.join(sorted(unknown))}")
    return {name: one for name, one in found.items() if name not in never}


def _seat_lists() -> dict[str, Any]:
    return {
        "seat_edges": expose(changed_lists.seat_edges, list[Edge[SeatRef]]),
        "deleted_seat_ids": expose(changed_lists.deleted_seat_ids, IDS),
        "wait_edges": expose(changed_lists.wait_edges, list[Edge[WaitRef]]),
        "deleted_wait_ids": expose(changed_lists.deleted_wait_ids, IDS),
        "pools": expose(pools.changed_pools, list[PoolRef]),
    }


def _member_lists() -> dict[str, Any]:
    return {
        "member_edges": expose(members.new_member_edges, list[Edge[MemberRef]]),
        "deleted_member_ids": expose(changed_lists.deleted_member_ids, IDS),
        "deleted_seat_request_ids": expose(changed_lists.deleted_seat_request_ids, IDS),
        "groups": expose(groups.changed_groups, list[GroupRef]),
        "team": expose(teams.changed_team, TeamRef | None),
    }


def _member_group_lists() -> dict[str, Any]:
    return {
        "group_edges": expose(groups.joined_group_edges, list[Edge[GroupRef]]),
        "deleted_group_ids": expose(changed_lists.deleted_group_ids, IDS),
        "groups": expose(groups.changed_groups, list[GroupRef]),
    }


def _group_member_lists() -> dict[str, Any]:
    return {
        "member_edges": expose(groups.joined_member_edges, list[Edge[MemberRef]]),
        "deleted_member_ids": expose(groups.left_member_ids, IDS),
        "members": expose(groups.changed_members, list[MemberRef]),
    }


_FIELDS: Mapping[type, Callable[[], dict[str, Any]]] = {
    MemberLists: _member_lists,
    MemberGroupLists: _member_group_lists,
    GroupMemberLists: _group_member_lists,
    SeatLists: _seat_lists,
}
