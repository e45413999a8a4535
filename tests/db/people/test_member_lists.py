"""Finding the people of a list: only within the reach, and only in the team."""

import pytest
from sqlalchemy import update

from db.people.member_lists import BY_EMAIL, BY_EXTERNAL_ID
from db.tables.people import Membership
from domain.reach import NOWHERE, Reach
from tests.support.world import World


@pytest.mark.parametrize("kind", ["emails", "external ids"])
async def test_only_people_of_the_team_within_the_reach_are_found(world: World, kind: str) -> None:
    team, other = await world.team(), await world.team()
    ada, eve, stranger = await world.member(team), await world.member(team), await world.member(other)
    people = (ada, eve, stranger)
    async with world.engine.begin() as connection:
        await connection.execute(
            update(Membership)
            .where(Membership.user_id.in_([one.id for one in people]))
            .values(external_id=Membership.user_id.expression + "x")
        )
    query, names = BY_EXTERNAL_ID, [f"{one.id}x" for one in people]
    if kind == "emails":
        query, names = BY_EMAIL, [one.email.upper() for one in people]
    reaches = {
        NOWHERE: [],
        Reach((), (team,), ada.id): names[:1],
        Reach((team,)): names[:2],
        Reach((team, other)): names[:2],
        Reach((other,)): [],
    }
    async with world.database.connection() as connection:
        for reach, expected in reaches.items():
            found = {one.name: one.user_id for one in await query.rows(connection, reach, team, names)}
            assert found == {name: one.id for name, one in zip(names, people, strict=True) if name in expected}
