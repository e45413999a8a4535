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
