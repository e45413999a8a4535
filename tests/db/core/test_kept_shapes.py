"""A statement keeps a limited number of shapes, however many combinations of filters clients send."""

import itertools

import pytest

from db.core import statements
from db.people.member_filters import MemberFilter, MemberReach
from db.people.member_lists import BY_FILTER
from domain.reach import NOWHERE
from tests.support.world import World


async def test_the_oldest_shape_goes_when_there_are_too_many(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "MAX_KEPT", 3)
    BY_FILTER._compiled.clear()
    reach = MemberReach(*[NOWHERE] * 5)
    filters = [MemberFilter(role="user"), MemberFilter(group_id="x"), MemberFilter("%a%"), MemberFilter(product_id="x")]
    async with world.database.connection() as connection:
        for which in itertools.chain(filters, reversed(filters)):
            assert await BY_FILTER.rows(connection, reach, "team_x", which, [], 1) == []
            assert len(BY_FILTER._compiled) <= 3
