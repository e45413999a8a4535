"""A reach as SQL: the rows within it, and that the text does not depend on the number of teams."""

import pytest
from sqlalchemy import ColumnElement, select

from db.core.reach import Column, any_of, within
from db.tables.seats import Seat
from domain.reach import NOWHERE, Reach
from domain.roles import Role
from tests.support.world import World


async def found(world: World, reach: Reach, *, owned: bool = True) -> set[str]:
    """Return the ids of the seats within a reach."""
    condition = within(reach, Seat.team_id, Seat.holder_id) if owned else within(reach, Seat.team_id)
    async with world.engine.connect() as connection:
        return set((await connection.execute(select(Seat.id).where(condition))).scalars())


@pytest.fixture(scope="module")
async def seats(world: World) -> dict[str, str]:
    """Two teams with three seats each: Ada's, Bob's and nobody's."""
    ada, bob = await world.person(), await world.person()
    known = {"ada": ada.id, "bob": bob.id}
    for name in ("north", "south"):
        known[name] = team = await world.team()
        product = await world.pool(team, 3)
        for holder, one in (("ada", ada), ("bob", bob)):
            await world.member(team, Role.USER, one)
            known[f"{name} {holder}"] = await world.give_seat(team, product, one.id)
        async with world.engine.connect() as connection:
            free = select(Seat.id).where(Seat.team_id == team, Seat.holder_id.is_(None))
            known[f"{name} free"] = (await connection.execute(free)).scalar_one()
    return known


@pytest.mark.parametrize(
    ("whole", "own", "me", "expected"),
    [
        ([], [], None, set()),
        ([], [], "ada", set()),
        (["north"], [], "ada", {"north ada", "north bob", "north free"}),
        ([], ["north"], "ada", {"north ada"}),
        ([], ["north", "south"], "ada", {"north ada", "south ada"}),
        (["north"], ["south"], "bob", {"north ada", "north bob", "north free", "south bob"}),
        ([], ["north", "south"], None, set()),
        (["south"], ["north"], None, {"south ada", "south bob", "south free"}),
    ],
    ids=[
        "nowhere",
        "nowhere, somebody",
        "a whole team",
        "own rows of a team",
        "own rows of two teams",
        "a whole team and own rows of another",
        "own rows without a person are not the rows without an owner",
        "a whole team, and own rows without a person",
    ],
)
async def test_a_reach_contains_whole_teams_and_own_rows(
    world: World, seats: dict[str, str], whole: list[str], own: list[str], me: str | None, expected: set[str]
) -> None:
    reach = Reach(tuple(seats[t] for t in whole), tuple(seats[t] for t in own), me and seats[me])
    ours = {id_ for id_ in seats.values() if id_.startswith("seat_")}
    assert await found(world, reach) & ours == {seats[name] for name in expected}


async def test_without_an_owner_column_no_row_is_an_own_row(world: World, seats: dict[str, str]) -> None:
    assert await found(world, Reach((), (seats["north"],), seats["ada"]), owned=False) == set()


def sql_text(condition: ColumnElement[bool]) -> str:
    """Return the text of a statement with this condition."""
    return str(select(Seat.id).where(condition))


@pytest.mark.parametrize(
    "reach",
    [
        NOWHERE,
        Reach(("team_a",), (), "user_a"),
        Reach((), ("team_a", "team_b"), "user_a"),
        Reach(tuple(f"team_{n}" for n in range(300)), ("team_x",), None),
    ],
    ids=["nowhere", "one team", "two own teams", "300 teams and no person"],
)
@pytest.mark.parametrize("owner", [None, Seat.holder_id], ids=["without an owner column", "with an owner column"])
def test_the_text_is_the_same_for_every_reach(reach: Reach, owner: Column | None) -> None:
    usual = Reach(("team_1",), ("team_2",), "user_1")
    assert sql_text(within(reach, Seat.team_id, owner)) == sql_text(within(usual, Seat.team_id, owner))


@pytest.mark.parametrize("number", [0, 1, 5_000])
def test_the_text_is_the_same_for_any_number_of_ids(number: int) -> None:
    ids = [f"seat_{n}" for n in range(number)]
    assert sql_text(Seat.id == any_of(ids)) == sql_text(Seat.id == any_of(["seat_1", "seat_2"]))
