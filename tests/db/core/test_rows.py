"""Rows by name: a column that is missing, extra, misspelled or swapped is found before anything is read."""

import ast
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Select, TextClause, func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

import db
from db.core.paging import _COUNTS, _PAGES
from db.core.reach import any_of
from db.core.rows import ALL, columns_of, grouped, making, names_of, with_parent
from db.core.statements import DIALECT, Prepared, RowQuery, RowStatement, Statement
from db.tables.groups import Group
from db.tables.people import Team
from domain.paging import Page
from tests.support.statements import declared, examples, listings
from tests.support.world import World


class Kind(Enum):
    """A word as the domain knows it."""

    LARGE = "large"


class Place(NamedTuple):
    """A team, by name."""

    id: str
    name: str


class Item(NamedTuple):
    """A group with its team."""

    id: str
    team: Place
    kind: Kind | None
    kinds: list[Kind]


class Twice(NamedTuple):
    """`place_id` and the `id` of `place` would be read from one column."""

    place_id: str
    place: Place


PLACES = columns_of(Place, Team)
GIVEN: dict[str, Any] = {"team": PLACES, "kind": func.lower("large"), "kinds": func.array(["large"])}


async def names(engine: AsyncEngine, sql: str) -> tuple[str, ...]:
    """The names that the server gives the columns of a statement."""
    async with engine.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        return tuple(each.name for each in (await driver.prepare(sql)).get_attributes())


def text_of(statement: Any) -> str:
    """A statement as the driver gets it."""
    return str(statement.compile(dialect=DIALECT))


def test_columns_stand_in_the_order_of_the_fields_however_they_are_given() -> None:
    swapped = columns_of(Item, Group, **dict(reversed(GIVEN.items())))
    assert swapped.names == names_of(Item) == ("id", "team_id", "team_name", "kind", "kinds")
    assert columns_of(Place, Team, name=func.upper(Team.name)).names == ("id", "name")


def test_a_name_that_is_no_field_is_refused() -> None:
    with pytest.raises(TypeError, match="Place has no field nmae; it has id, name"):
        columns_of(Place, Team, nmae=Team.name)


def test_a_field_that_is_read_from_nothing_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Item\.kind has neither an expression nor a column of groups"):
        columns_of(Item, Group, team=PLACES)


@pytest.mark.parametrize("team", [{}, {"team": Team.id}, {"team": columns_of(Item, Group, **GIVEN)}])
def test_a_field_that_is_a_row_wants_the_columns_of_its_type(team: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"Item\.team needs the columns of Place"):
        columns_of(Item, Group, **(GIVEN | {"team": None} | team))


def test_two_fields_of_one_column_are_refused() -> None:
    with pytest.raises(TypeError, match="Twice reads two fields from the column place_id"):
        names_of(Twice)


@pytest.mark.parametrize(
    "given",
    {
        "extra": [Team.id, Team.name, Team.created_at],
        "extra first": [Team.created_at, Team.id, Team.name],
        "missing": [Team.id],
        "misnamed": [Team.id, Team.name.label("title")],
        "swapped": [Team.name, Team.id],
    }.items(),
    ids=lambda given: given[0],
)
def test_a_query_with_other_columns_is_refused_when_it_is_declared(given: tuple[str, list[Any]]) -> None:
    def build(ids: Sequence[str]) -> Select[Any]:
        return select(*given[1]).where(Team.id == any_of(ids))

    with pytest.raises(TypeError, match=r"a query for Place gives .*, not id, name"):
        RowQuery(PLACES, build)
    with pytest.raises(TypeError, match=r"a query for Place gives .*, not id, name"):
        PLACES.of(update(Team).values(name="x").returning(*given[1]))


def test_rows_are_made_with_the_rows_in_them_and_the_words_of_the_domain() -> None:
    values = [("g", "t", "Ours", "large", ["large"]), ("h", "t", "Ours", None, [])]
    place = Place("t", "Ours")
    assert making(Item)(values, ALL) == [
        Item("g", place, Kind.LARGE, [Kind.LARGE]),
        Item("h", place, None, []),
    ]
    assert making(Item)([(0, *each, 0) for each in values], slice(1, -1)) == making(Item)(values, ALL)
    assert making(Item)([], ALL) == []


async def test_rows_come_by_name_from_a_query(world: World) -> None:
    team, group = await world.team(), "group_" + "0" * 26
    by_team = with_parent(Group.team_id, columns_of(Place, Group))
    async with world.engine.connect() as connection:
        await connection.execute(Group.__table__.insert().values(id=group, team_id=team, name="Ours"))  # type: ignore[attr-defined]
        assert grouped(await by_team.read(connection, select().where(Group.id == group))) == {
            team: [Place(group, "Ours")]
        }
        renamed = update(Group).where(Group.id == group).values(name="Theirs")
        assert await columns_of(Place, Group).read(connection, renamed) == [Place(group, "Theirs")]


DECLARATIONS = {"Statement", "RowStatement", "Prepared", "RowQuery"}
WRITTEN = {name: each for name, each in declared(Statement).items() if not isinstance(each, RowStatement)}
TEXTS = declared(TextClause)


@pytest.mark.parametrize("name", declared(RowStatement))
async def test_the_server_names_the_columns_of_a_written_statement_as_its_row_does(
    engine: AsyncEngine, name: str
) -> None:
    statement = declared(RowStatement)[name]
    assert await names(engine, statement.compiled[0]) == names_of(statement.row)


@pytest.mark.parametrize("name", [*WRITTEN, *TEXTS])
async def test_a_written_statement_without_a_row_type_gives_no_more_than_one_column(
    engine: AsyncEngine, name: str
) -> None:
    sql = WRITTEN[name].compiled[0] if name in WRITTEN else text_of(TEXTS[name])
    assert len(await names(engine, sql)) <= 1


@pytest.mark.parametrize("name", declared(Prepared))
async def test_the_server_names_the_columns_of_a_built_query_as_its_row_does(engine: AsyncEngine, name: str) -> None:
    prepared = declared(Prepared)[name]
    if prepared in (_PAGES, _COUNTS):  # of listings, below
        return
    for each in examples(prepared.build if isinstance(prepared, RowQuery) else prepared._build):
        found = await names(engine, prepared._compile(each).sql)
        assert found == prepared.columns.names if isinstance(prepared, RowQuery) else len(found) == 1


@pytest.mark.parametrize("name", listings())
async def test_the_server_names_the_columns_of_a_page_as_its_row_does(engine: AsyncEngine, name: str) -> None:
    for each in listings()[name]:
        definition = each.define(*each.args)
        keys = [f"key_{n}" for n, _ in enumerate(definition.keys)]
        for after in (None, ("1",) * len(keys)):
            compiled = _PAGES._compile((each.define, each.args, ["x"], Page(3, after)))
            parent, *found = await names(engine, compiled.sql)
            assert (parent, found) == ("parent_id", [*names_of(definition.columns.row), *keys])


def test_every_statement_is_declared_in_its_module_and_no_row_is_made_by_position() -> None:
    wrong = []
    for path in Path(db.__path__[0]).rglob("*.py"):
        tree = ast.parse(path.read_text())
        functions = [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
        calls = [ast.unparse(node.func) for each in functions for node in ast.walk(each) if isinstance(node, ast.Call)]
        wrong += [(path.name, call) for call in calls if call in DECLARATIONS or call.endswith("._make")]
    assert wrong == []
