"""The triggers of the tables refuse to change or delete the audit log and closed periods."""

import pytest
from sqlalchemy import text

from tests.db.tables.test_constraints import AUDIT, refusal
from tests.support.world import World


@pytest.mark.parametrize(
    "change", ["update audit_events set action = 'y' where id = :id", "delete from audit_events where id = :id"]
)
async def test_an_audit_entry_cannot_be_changed_or_deleted(world: World, change: str) -> None:
    async with world.engine.begin() as connection:
        id_ = (await connection.execute(text(AUDIT.format(kind="person") + " returning id"))).scalar_one()
    assert "only ever appends" in await refusal(world, change, {"id": id_})
    async with world.engine.connect() as connection:
        action = await connection.execute(text("select action from audit_events where id = :id"), {"id": id_})
        assert action.scalar_one() == "x"


PERSONAL = "insert into audit_people (audit_id, user_id, before, after{more}) values (:id, :user, {values})"


async def entry_about(world: World, user_id: str, values: str = "'{}', '{}'", more: str = "") -> dict[str, object]:
    """Make an entry of the audit log with the values of a person. Returns the ids of both."""
    async with world.engine.begin() as connection:
        id_ = (await connection.execute(text(AUDIT.format(kind="person") + " returning id"))).scalar_one()
        ids = {"id": id_, "user": user_id}
        await connection.execute(text(PERSONAL.format(more=more, values=values)), ids)
    return ids


@pytest.mark.parametrize(
    "change",
    [
        "delete from audit_people where audit_id = :id",
        """update audit_people set after = '{"name": []}' where audit_id = :id""",
        "update audit_people set before = null, after = null, erased_at = now(), audit_id = 0 where audit_id = :id",
    ],
)
async def test_the_values_of_a_person_can_only_be_erased(world: World, change: str) -> None:
    values = await entry_about(world, (await world.person()).id)
    assert "can only be erased" in await refusal(world, change, values)


async def test_erased_values_do_not_come_back(world: World) -> None:
    values = await entry_about(world, (await world.person()).id, "null, null, now()", ", erased_at")
    back = "update audit_people set before = '{}', after = '{}', erased_at = null where audit_id = :id"
    assert "can only be erased" in await refusal(world, back, values)
    half = "insert into audit_people (audit_id, user_id, before) values (:id, :user, '{}')"
    other = {**values, "user": (await world.person()).id}
    assert "ck_audit_people_erased" in await refusal(world, half, other)


@pytest.mark.parametrize(
    "change",
    [
        "delete from seat_history where seat_id = :seat",
        "update seat_history set holder_id = holder_id where seat_id = :seat",
    ],
)
async def test_a_closed_period_cannot_be_changed_or_deleted(world: World, change: str) -> None:
    team = await world.team()
    ada = await world.member(team)
    seat = await world.give_seat(team, await world.pool(team, 1), ada.id)
    async with world.engine.begin() as connection:
        close = "update seat_history set ended_at = clock_timestamp(), ended_by = 'x' where seat_id = :seat"
        await connection.execute(text(close), {"seat": seat})
    assert "only ever appends" in await refusal(world, change, {"seat": seat})
