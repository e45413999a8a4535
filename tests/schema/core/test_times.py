"""A column of times is what each of its times is, however it was read."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, literal, select
from sqlalchemy.dialects.postgresql import TIMESTAMP

from db.core.timestamps import written
from schema.core.times import all_shown, shown
from tests.support.world import World

MOMENTS = st.datetimes(timezones=st.just(UTC))


@given(st.lists(st.none() | MOMENTS, min_size=1))
def test_datetimes(column: list[datetime | None]) -> None:
    expected = [None if one is None else shown(one) for one in column]
    assert all_shown(column, set(map(type, column))) in ([expected] if any(column) else [expected, None])


def test_an_answer_that_was_kept_without_quotation_marks() -> None:
    assert shown("2026-01-01T00:00:00+00:00") == shown('"2026-01-01T00:00:00+00:00"') == "2026-01-01T00:00:00+00:00"


def test_what_is_mixed_or_in_another_zone_is_left_to_whoever_asked() -> None:
    here = datetime(2026, 1, 1, tzinfo=UTC)
    for column in ([here, '"2026-01-01T00:00:00+00:00"'], [here.astimezone(timezone(timedelta(hours=1)))], [1]):
        assert all_shown(column, set(map(type, column))) is None


async def test_times_as_the_database_writes_them(world: World) -> None:
    moments = [
        datetime(2026, 11, 24, 13, 5, 7, 120_000, tzinfo=UTC),
        datetime(2026, 11, 24, tzinfo=UTC),
        datetime(1, 1, 2, tzinfo=UTC),
        datetime(9999, 12, 30, 23, 59, 59, 999_999, tzinfo=UTC),
    ]
    async with world.engine.connect() as connection:
        columns = [written(literal(moment, TIMESTAMP(timezone=True))) for moment in moments]
        texts = [*(await connection.execute(select(*columns, written(func.max(None))))).one()]
    column = all_shown(texts, set(map(type, texts)))
    assert column == [None if text is None else shown(text) for text in texts]
    assert [text and datetime.fromisoformat(text) for text in column] == [*moments, None]
