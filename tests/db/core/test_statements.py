"""Prepared statements are built once for each shape of their arguments, and always run with the values of the call."""

from collections import Counter
from datetime import date
from types import NoneType
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Select, bindparam, column, func, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from db.core.database import Database
from db.core.descriptions import Column, StatementMismatch
from db.core.paging import ROOT, Definition, listing, pages
from db.core.reach import within
from db.core.rows import columns_of
from db.core.statements import Prepared, Statement
from db.people import teams
from db.seats import seats
from db.tables.seats import Seat
from domain.paging import Page
from domain.problems import BadInput
from domain.reach import Reach
from domain.roles import Role
from tests.support.database import noted
from tests.support.statements import declared, statements
from tests.support.world import World

NAMES = ("text", "number", "length", "day", "role")
ECHOED = [Column(name, hint) for name, hint in zip(NAMES, (str, int, int, date, str), strict=True)]


async def test_a_statement_is_built_once_for_all_values_of_a_shape(world: World) -> None:
    built = []

    def echo(text: Any, number: Any, ids: Any, day: Any, role: Role, absent: Any) -> Select[Any]:
        built.append((role, absent is None))
        columns = (text, number, func.array_length(ids, 1), day, literal(role.value))
        return select(*(each.label(name) for name, each in zip(NAMES, columns, strict=True)))

    prepared = Prepared("echo", echo, lambda _: ECHOED)
    async with world.database.connection() as connection:
        for text, number, ids in (("a", 1, ["x"]), ("b", 2, ["x", "y"]), ("", 0, ["z"])):
            [row], _ = await prepared.run(connection, text, number, ids, date(2026, 1, 1), Role.USER, None)
            assert tuple(row) == (text, number, len(ids), date(2026, 1, 1), "user")
        [row], _ = await prepared.run(connection, "a", 1, ["x"], date(2026, 1, 2), Role.CONTRACT_MANAGER, None)
        assert row[4] == "contract_manager"
        await prepared.run(connection, "a", 1, ["x"], date(2026, 1, 2), Role.USER, "there")
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

    prepared = Prepared("count", build, lambda _: [Column(None, int)])
    async with world.database.connection() as connection:
        with noted(world.database) as sent:
            await prepared.run(connection, first, second)
            await prepared.run(connection, second, first)
    for (one, two), (_, values) in zip(((first, second), (second, first)), sent, strict=True):
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


def test_a_listing_takes_its_arguments_by_position_only() -> None:
    # By name they could come in another order than the function has them.
    swapped: Any = seats.listed
    with pytest.raises(TypeError, match="keyword"):
        swapped(assigned=None, product_id=None, reach=Reach((), (), None))


async def test_a_part_of_a_cursor_gets_the_type_of_its_key(world: World) -> None:
    async with world.database.connection() as connection:
        found = await pages(connection, numbers(), [ROOT], Page(2, ("2",)))
    assert found[ROOT].nodes == [Number(3), Number(4)]
    assert found[ROOT].has_more


@pytest.mark.parametrize("text", ["", "x", "-1", "1.5", "9" * 19, "١"])
async def test_a_cursor_without_a_number_for_a_numeric_key_is_refused(world: World, text: str) -> None:
    async with world.database.connection() as connection:
        with pytest.raises(BadInput, match="not a cursor"):
            await pages(connection, numbers(), [ROOT], Page(1, (text,)))


@pytest.mark.parametrize("between", ["\n", "\n\n", ",", " "])
async def test_a_text_with_a_separator_is_never_split_into_ids(world: World, between: str) -> None:
    one, other = await world.team(), await world.team()
    reach = Reach((one, other))
    async with world.database.connection() as connection:
        assert await teams.by_ids(connection, reach, [f"{one}{between}{other}"]) == {}
        assert set(await teams.by_ids(connection, reach, [f"{one}{between}", one, "", between])) == {one}
        assert await teams.by_ids(connection, reach, [""]) == {}
        assert await teams.by_ids(connection, reach, []) == {}


def test_no_two_statements_have_the_same_name() -> None:
    different = {id(one): one.name for one in declared(Statement).values()}.values()
    assert [name for name, number in Counter(different).items() if number > 1] == []


STATEMENTS = statements()


@pytest.mark.slow
@pytest.mark.parametrize("name", STATEMENTS)
async def test_postgresql_describes_each_statement_as_its_row_type_expects(usher_database: Database, name: str) -> None:
    checked = []
    async with usher_database.connection() as connection:
        for sql in STATEMENTS[name]:
            sql.check((await connection.driver.prepare(sql.text)).get_attributes())
            checked.append(sql.checked)
    assert checked
    assert all(checked)


class Shown(NamedTuple):
    """A row with columns of several types."""

    id: str
    size: int | None
    role: Role
    roles: list[Role]
    more: dict[str, Any] | None


SHOWN = """
select 'x' as id, null::int as size, 'user' as role, array['user']::text[] as roles, '{"a": [1]}'::jsonb as more
"""


async def test_a_statement_makes_rows_of_its_type(world: World) -> None:
    async with world.database.connection() as connection:
        assert await Statement("shown", Shown, text(SHOWN)).row(connection) == Shown(
            "x", None, Role.USER, [Role.USER], {"a": [1]}
        )
        assert await Statement("number", int, text("select generate_series(1, :n)")).rows(connection, n=3) == [1, 2, 3]
        assert await Statement("none", str, text("select 'x' where false")).row(connection) is None


@pytest.mark.parametrize(
    ("kind", "query", "reason"),
    [
        (Shown, SHOWN.replace("as size", "as sise"), r"returns \(id, sise, role, roles, more\), not \(id, size"),
        (Shown, SHOWN.replace(", 'user' as role", ""), r"returns \(id, size, roles, more\), not"),
        (Shown, f"select more, * from ({SHOWN}) x", r"returns \(more, id"),
        (Shown, SHOWN.replace("null::int", "'7'::text"), "returns size as text, which is not int"),
        (Shown, SHOWN.replace("array['user']::text[]", "'user'"), "returns roles as text, which is not"),
        (Shown, SHOWN.replace("::jsonb", ""), "returns more as text, which is not"),
        (Shown, SHOWN.replace("'x'", "1::bool"), "returns id as bool, which is not"),
        (int, "select 1, 2", r"returns \(\?column\?, \?column\?\), not"),
        (int, "select 1.5", r"returns \?column\? as numeric, which is not .*int"),
        (NoneType, "select 1", r"returns \(\?column\?\), not \(\)"),
        (int, "notify nobody", r"returns \(\), not"),
    ],
)
async def test_a_statement_that_returns_other_columns_is_refused_before_it_runs(
    world: World, kind: type[Any], query: str, reason: str
) -> None:
    statement = Statement("wrong", kind, text(query.replace("1::bool", "(1 = 1)")))
    async with world.database.connection() as connection:
        for _ in range(2):
            with pytest.raises(StatementMismatch, match=f"wrong {reason}"):
                await statement.rows(connection)


async def test_a_statement_is_compared_with_its_description_once(world: World) -> None:
    statement = Statement("once", int, text("select 1"))
    checked = [statement.sql.checked]
    async with world.database.connection() as connection:
        for _ in range(2):
            assert await statement.row(connection) == 1
            checked.append(statement.sql.checked)
    assert checked == [False, True, True]


async def test_a_statement_passes_json_and_constants_and_refuses_a_missing_value(world: World) -> None:
    query = select(bindparam("given", type_=JSONB).label("given"), literal({"b": 2}, JSONB).label("constant"))
    statement = Statement("json", Given, query)
    async with world.database.connection() as connection:
        assert await statement.row(connection, given={"a": [None, "ü"]}) == Given({"a": [None, "ü"]}, {"b": 2})
        with pytest.raises(KeyError, match="given"):
            await statement.row(connection)


class Given(NamedTuple):
    """Two objects of JSON."""

    given: dict[str, Any]
    constant: dict[str, Any]
