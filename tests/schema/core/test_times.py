"""A column of times is written like each of its times, whether Python or the database made them."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, literal, select
from sqlalchemy.dialects.postgresql import TIMESTAMP

from db.core.timestamps import json_time
from schema.core.times import time_text, time_texts
from tests.support.world import World

MOMENTS = st.datetimes(timezones=st.just(UTC))


@given(st.lists(st.none() | MOMENTS, min_size=1))
def test_a_column_of_datetimes_is_written_like_each_of_them(column: list[datetime | None]) -> None:
    expected = [None if one is None else time_text(one) for one in column]
    assert time_texts(column, set(map(type, column))) in ([expected] if any(column) else [expected, None])


def test_a_stored_time_without_quotation_marks_is_unchanged() -> None:
    assert (
        time_text("2026-01-01T00:00:00+00:00")
        == time_text('"2026-01-01T00:00:00+00:00"')
        == "2026-01-01T00:00:00+00:00"
    )


def test_a_column_of_mixed_types_or_other_time_zones_is_refused() -> None:
    here = datetime(2026, 1, 1, tzinfo=UTC)
    for column in ([here, '"2026-01-01T00:00:00+00:00"'], [here.astimezone(timezone(timedelta(hours=1)))], [1]):
        assert time_texts(column, set(map(type, column))) is None


async def test_a_column_of_times_that_the_database_wrote_is_shown_as_such(world: World) -> None:
    moments = [
        datetime(2026, 11, 24, 13, 5, 7, 120_000, tzinfo=UTC),
        datetime(2026, 11, 24, tzinfo=UTC),
        datetime(1, 1, 2, tzinfo=UTC),
        datetime(9999, 12, 30, 23, 59, 59, 999_999, tzinfo=UTC),
    ]
    async with world.engine.connect() as connection:
        columns = [json_time(literal(moment, TIMESTAMP(timezone=True))) for moment in moments]
        texts = [*(await connection.execute(select(*columns, json_time(func.max(None))))).one()]
    column = time_texts(texts, set(map(type, texts)))
    assert column == [None if text is None else time_text(text) for text in texts]
    assert [text and datetime.fromisoformat(text) for text in column] == [*moments, None]
