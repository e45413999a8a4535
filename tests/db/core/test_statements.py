"""Prepared statements are built once for each shape of their arguments, and always run with the values of the call."""

from datetime import date
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Select, column, event, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from db.core.paging import ROOT, Definition, listing, pages
from db.core.reach import within
from db.core.rows import columns_of
from db.core.statements import Prepared
from db.people import teams
from db.tables.seats import Seat
from domain.paging import Page
from domain.problems import BadInput
from domain.reach import Reach
from domain.roles import Role
from tests.support.world import World


async def test_a_statement_is_built_once_for_all_values_of_a_shape(world: World) -> None:
    built = []

    def echo(text: Any, number: Any, ids: Any, day: Any, role: Role, absent: Any) -> Select[Any]:
        built.append((role, absent is None))
        columns = (text, number, func.array_length(ids, 1), day, literal(role.value))
        return select(*(each.label(f"c{n}") for n, each in enumerate(columns)))

    prepared = Prepared(echo)
    async with world.engine.connect() as connection:
        for text, number, ids in (("a", 1, ["x"]), ("b", 2, ["x", "y"]), ("", 0, ["z"])):
            [row] = await prepared.rows(connection, text, number, ids, date(2026, 1, 1), Role.USER, None)
            assert tuple(row) == (text, number, len(ids), date(2026, 1, 1), "user")
        [row] = await prepared.rows(connection, "a", 1, ["x"], date(2026, 1, 2), Role.CONTRACT_MANAGER, None)
        assert row[4] == "contract_manager"
        await prepared.rows(connection, "a", 1, ["x"], date(2026, 1, 2), Role.USER, "there")
    assert built == [(Role.USER, True), (Role.CONTRACT_MANAGER, True), (Role.USER, False)]


REACHES = st.builds(
    Reach,
    st.lists(st.sampled_from("abc"), unique=True).map(tuple),
    st.lists(st.sampled_from("def"), unique=True).map(tuple),
    st.none() | st.sampled_from("xy"),
)


@given(first=REACHES, second=REACHES)
async def test_the_values_of_two_reaches_are_never_mixed_up(world: World, first: Reach, second: Reach) -> None:
    def build(one: Reach, two: Reach) -> Select[Any]:
        return select(func.count()).where(within(one, Seat.team_id, Seat.holder_id), within(two, Seat.team_id))

    prepared = Prepared(build)
    sent: list[tuple[Any, ...]] = []

    def note(_conn: Any, _cursor: Any, _statement: str, values: tuple[Any, ...], *_: Any) -> None:
        sent.append(values)

    async with world.engine.connect() as connection:
        event.listen(world.engine.sync_engine, "before_cursor_execute", note)
        await prepared.rows(connection, first, second)
        await prepared.rows(connection, second, first)
        event.remove(world.engine.sync_engine, "before_cursor_execute", note)
    for (one, two), values in zip(((first, second), (second, first)), sent, strict=True):
        assert values == (one.teams, one.own_teams, one.me, two.teams)


class Number(NamedTuple):
    """A row with a number."""

    n: int


@listing
def numbers() -> Definition[Number]:
    """List the numbers from one to five."""
    unnested = func.unnest(literal([1, 2, 3, 4, 5], ARRAY(BigInteger)))
    listed = unnested.table_valued(column("n", BigInteger), name="listed").render_derived()
    return Definition(lambda _: select(), [listed.c.n], columns_of(Number, Seat, n=listed.c.n))


async def test_a_part_of_a_cursor_gets_the_type_of_its_key(world: World) -> None:
    async with world.engine.connect() as connection:
        found = await pages(connection, numbers(), [ROOT], Page(2, ("2",)))
    assert found[ROOT].nodes == [Number(3), Number(4)]
    assert found[ROOT].has_next


@pytest.mark.parametrize("text", ["", "x", "-1", "1.5", "9" * 19, "١"])
async def test_a_cursor_without_a_number_for_a_numeric_key_is_refused(world: World, text: str) -> None:
    async with world.engine.connect() as connection:
        with pytest.raises(BadInput, match="not a cursor"):
            await pages(connection, numbers(), [ROOT], Page(1, (text,)))


@pytest.mark.parametrize("between", ["\n", "\n\n", ",", " "])
async def test_a_text_with_a_separator_is_never_split_into_ids(world: World, between: str) -> None:
    one, other = await world.team(), await world.team()
    reach = Reach((one, other))
    async with world.engine.connect() as connection:
        assert await teams.by_ids(connection, reach, [f"{one}{between}{other}"]) == {}
        assert set(await teams.by_ids(connection, reach, [f"{one}{between}", one, "", between])) == {one}
        assert await teams.by_ids(connection, reach, [""]) == {}
        assert await teams.by_ids(connection, reach, []) == {}
