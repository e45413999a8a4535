"""The fingerprint covers every table and column, so that "nothing was changed" means the whole database."""

from sqlalchemy import text

from db.tables.metadata import METADATA
from domain.actions import Scope
from tests.support.database import NOT_COMPARED, compared_columns
from tests.support.world import World

COLUMNS = """
select table_name || '.' || column_name from information_schema.columns
where table_schema = 'public' and table_name <> 'alembic_version'
"""


def is_left_out(column: str) -> bool:
    """Return whether the fingerprint leaves out the column or its table."""
    return column in NOT_COMPARED or column.partition(".")[0] in NOT_COMPARED


async def test_the_fingerprint_compares_every_column_of_the_database(world: World) -> None:
    async with world.engine.connect() as connection:
        existing = set((await connection.execute(text(COLUMNS))).scalars())
    compared = {f"{table}.{column}" for table, columns in compared_columns().items() for column in columns}
    assert compared == {"jobs.pgqueuer.t.*", *(column for column in existing if not is_left_out(column))}
    assert {line.partition(":")[0] for line in (await world.fingerprint()).splitlines()} == compared_columns().keys()


def test_each_exclusion_names_a_table_or_a_column_that_exists() -> None:
    columns = {f"{table.name}.{column.name}" for table in METADATA.tables.values() for column in table.columns}
    assert NOT_COMPARED.keys() <= columns | METADATA.tables.keys()


async def test_one_changed_column_of_a_subscription_changes_the_fingerprint(world: World) -> None:
    team = await world.team()
    await world.pool(team, 0)
    before = await world.fingerprint()
    async with world.engine.begin() as connection:
        await connection.execute(
            text("update subscriptions set months = months + 1 where team_id = :team"), {"team": team}
        )
    assert await world.fingerprint() != before


async def test_the_last_use_of_a_token_changes_no_fingerprint_but_its_revocation_does(world: World) -> None:
    team = await world.team()
    token, _ = await world.token(team, (await world.member(team)).id, Scope.SEATS_READ)
    before = await world.fingerprint()
    async with world.engine.begin() as connection:
        await connection.execute(text("update partner_tokens set last_used_at = now() where id = :id"), {"id": token})
    assert await world.fingerprint() == before
    await world.revoke(token)
    assert await world.fingerprint() != before
