"""Rows by name: a missing, extra, misspelled or swapped column is an error before any row is read."""

import ast
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Select, Update, func, select, update

import db
from db.core.reach import any_of
from db.core.rows import ALL, columns_of, columns_read, grouped, names_of, row_maker, with_parent
from db.core.statements import RowQuery
from db.tables.groups import Group
from db.tables.people import Team
from tests.support.world import World


class Size(Enum):
    """A value of the domain."""

    LARGE = "large"


class TeamName(NamedTuple):
    """A team's id and name."""

    id: str
    name: str


class Item(NamedTuple):
    """A group with its team."""

    id: str
    team: TeamName
    size: Size | None
    sizes: list[Size]


class Clash(NamedTuple):
    """`team_id` and the `id` of `team` would be read from the same column."""

    team_id: str
    team: TeamName


TEAM_NAMES = columns_of(TeamName, Team)
EXPRESSIONS: dict[str, Any] = {"team": TEAM_NAMES, "size": func.lower("large"), "sizes": func.array(["large"])}


def names_read(row: type[Any]) -> tuple[str, ...]:
    """Return the names of the columns that a row type is read from."""
    return tuple(names_of(columns_read(row)))


def test_columns_are_in_the_order_of_the_fields_whatever_the_order_of_the_expressions() -> None:
    swapped = columns_of(Item, Group, **dict(reversed(EXPRESSIONS.items())))
    assert swapped.names == names_read(Item) == ("id", "team_id", "team_name", "size", "sizes")
    assert columns_of(TeamName, Team, name=func.upper(Team.name)).names == ("id", "name")


def test_an_expression_for_a_name_that_is_no_field_is_refused() -> None:
    with pytest.raises(TypeError, match="TeamName has no field nmae; it has id, name"):
        columns_of(TeamName, Team, nmae=Team.name)


def test_a_field_without_an_expression_or_a_column_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Item\.size has neither an expression nor a column of groups"):
        columns_of(Item, Group, team=TEAM_NAMES)


@pytest.mark.parametrize("team", [{}, {"team": Team.id}, {"team": columns_of(Item, Group, **EXPRESSIONS)}])
def test_a_field_that_is_a_row_needs_the_columns_of_its_type(team: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"Item\.team needs the columns of TeamName"):
        columns_of(Item, Group, **(EXPRESSIONS | {"team": None} | team))


def test_two_fields_from_the_same_column_are_refused() -> None:
    with pytest.raises(TypeError, match="Clash reads two fields from the column team_id"):
        names_read(Clash)


@pytest.mark.parametrize(
    "columns",
    {
        "extra": [Team.id, Team.name, Team.created_at],
        "extra first": [Team.created_at, Team.id, Team.name],
        "missing": [Team.id],
        "misnamed": [Team.id, Team.name.label("title")],
        "swapped": [Team.name, Team.id],
    }.items(),
    ids=lambda columns: columns[0],
)
def test_a_query_with_other_columns_is_refused_when_it_is_declared(columns: tuple[str, list[Any]]) -> None:
    def build(ids: Sequence[str]) -> Select[Any]:
        return select(*columns[1]).where(Team.id == any_of(ids))

    with pytest.raises(TypeError, match=r"a query for TeamName returns .*, not id, name"):
        RowQuery(TEAM_NAMES, build)
    with pytest.raises(TypeError, match=r"a query for TeamName returns .*, not id, name"):
        TEAM_NAMES.apply_to(update(Team).values(name="x").returning(*columns[1]))


def test_rows_are_made_with_inner_rows_and_enum_members() -> None:
    values = [("g", "t", "Ours", "large", ["large"]), ("h", "t", "Ours", None, [])]
    team = TeamName("t", "Ours")
    assert row_maker(Item)(values, ALL) == [
        Item("g", team, Size.LARGE, [Size.LARGE]),
        Item("h", team, None, []),
    ]
    assert row_maker(Item)([(0, *each, 0) for each in values], slice(1, -1)) == row_maker(Item)(values, ALL)
    assert row_maker(Item)([], ALL) == []


def group_names(ids: Sequence[str]) -> Select[Any]:
    return select().where(Group.id == any_of(ids))


def renamed(ids: Sequence[str], name: str) -> Update:
    return update(Group).where(Group.id == any_of(ids)).values(name=name)


async def test_a_query_without_columns_gets_those_of_the_row_type(world: World) -> None:
    team, columns = await world.team(), columns_of(TeamName, Group)
    group = await world.group(team, "Ours")
    async with world.database.transaction() as connection:
        pairs = await RowQuery(with_parent(Group.team_id, columns), group_names).rows(connection, [group])
        assert grouped(pairs) == {team: [TeamName(group, "Ours")]}
        assert await RowQuery(columns, renamed).rows(connection, [group], "Theirs") == [TeamName(group, "Theirs")]


DECLARATIONS = {"Statement", "Prepared", "RowQuery"}


def test_every_statement_is_declared_in_its_module_and_no_row_is_made_by_position() -> None:
    wrong = []
    for path in Path(db.__path__[0]).rglob("*.py"):
        tree = ast.parse(path.read_text())
        functions = [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
        calls = [ast.unparse(node.func) for each in functions for node in ast.walk(each) if isinstance(node, ast.Call)]
        wrong += [
            (path.name, call)
            for call in calls
            # A fused statement is made for one operation, whose levels are not known before. The renewal of keys makes
            # two statements for each of its tables when the module is imported.
            if (call in DECLARATIONS and path.name not in {"fusion.py", "text_renewal.py"})
            or (call.endswith("._make") and call != "self._make")
        ]
    assert wrong == []
