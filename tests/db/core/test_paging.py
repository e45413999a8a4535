"""Pages of many parents in one statement: each row is read once and in order, whatever its texts are."""

from collections.abc import Sequence
from functools import cmp_to_key
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from icu import Collator, Locale, UCollAttribute, UCollAttributeValue
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.core.database import Database
from db.core.paging import Listing, counts, pages
from db.groups import groups
from db.people.member_filters import MemberFilter, MemberReach
from db.people.members import MemberOrder, MemberRow, listed
from domain.paging import Page
from domain.reach import NOWHERE, Reach
from domain.roles import Role
from domain.text import fold
from tests.support.database import noted
from tests.support.world import World

# The same sort keys in plain SQL, so that the tests do not compare the order with itself. That of names is not made in
# SQL, so the tests compare the names themselves.
IN_ORDER = {
    MemberOrder.EMAIL: "lower(u.email) {0}, m.id {0}",
    MemberOrder.JOINED: "m.created_at {0}, m.id {0}",
}
# All people here have the same role, nobody is only invited, and nobody has used anything.
BY_NAME = {MemberOrder.NAME, MemberOrder.ROLE, MemberOrder.STATUS}
COLLATOR = Collator.createInstance(Locale.getRoot())
COLLATOR.setAttribute(UCollAttribute.NORMALIZATION_MODE, UCollAttributeValue.ON)
DIRECTIONS = pytest.mark.parametrize("descending", [False, True], ids=["ascending", "descending"])
ORDERS = pytest.mark.parametrize("order", MemberOrder)
# PostgreSQL's text can hold any character except NUL. Lone surrogates, which Python strings can hold, are left out.
NAMES = st.text(
    st.one_of(st.sampled_from("aAbBéÉßİſ ,;'\"\\%_{}[]"), st.characters(exclude_characters="\0", codec="utf-8")),
    max_size=6,
)


def members(team_ids: Sequence[str], order: MemberOrder, *, descending: bool = False) -> Listing[MemberRow]:
    """Return the listing of all members of these teams. Their parents are the teams."""
    reach = Reach(tuple(sorted(team_ids)))
    return listed(MemberReach(*[reach] * 5), MemberFilter(), order, descending)


async def walk(database: Database, listing: Listing[Any], parent: str, first: int) -> list[str]:
    """Read page after page, and return the ids of all of them."""
    seen: list[str] = []
    after = None
    while True:
        async with database.snapshot() as connection:
            page = (await pages(connection, listing, [parent], Page(first, after)))[parent]
        assert 1 <= len(page.nodes) <= first
        assert not {node.id for node in page.nodes} & set(seen)
        seen += [node.id for node in page.nodes]
        if not page.has_more:
            return seen
        after = page.key(-1)


async def in_order(engine: AsyncEngine, team_id: str, order: MemberOrder, *, descending: bool) -> list[str]:
    """Return the ids of a team's members as one plain statement sorts them."""
    if order in BY_NAME:
        query = "select u.last_name, u.first_name, m.id from memberships m join users u on u.id = m.user_id"
        async with engine.connect() as connection:
            rows = list(await connection.execute(text(f"{query} where m.team_id = :t"), {"t": team_id}))
        return [row[2] for row in sorted(rows, key=cmp_to_key(compare), reverse=descending)]
    by = IN_ORDER.get(order, "m.id {0}").format("desc" if descending else "asc")
    query = f"select m.id from memberships m join users u on u.id = m.user_id where m.team_id = :t order by {by}"
    async with engine.connect() as connection:
        return list((await connection.execute(text(query), {"t": team_id})).scalars())


def compare(one: Sequence[str], other: Sequence[str]) -> int:
    """Compare two rows of a last name, a first name and an id."""
    names = COLLATOR.compare("\ufffe".join(one[:2]), "\ufffe".join(other[:2]))
    return names or (one[2] > other[2]) - (one[2] < other[2])


# tests/resolvers/people/test_member_filters.py tries the other orders.
@pytest.mark.parametrize("order", [MemberOrder.NAME, *IN_ORDER])
@DIRECTIONS
@settings(max_examples=12, phases=[Phase.generate])  # shrinking six names takes minutes here
@given(names=st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=6), first=st.integers(1, 4))
async def test_the_pages_have_every_row_once_and_in_order(
    world: World, order: MemberOrder, descending: bool, names: list[tuple[str, str]], first: int
) -> None:
    team = await world.team()
    for name in names:
        await world.member(team, account=await world.person(*name))
    listing = members([team], order, descending=descending)
    expected = await in_order(world.engine, team, order, descending=descending)
    assert len(expected) == len(names)
    assert await walk(world.database, listing, team, first) == expected


@settings(max_examples=12, phases=[Phase.generate])
@given(names=st.lists(NAMES.filter(bool), min_size=1, max_size=6, unique_by=fold), first=st.integers(1, 4))
async def test_the_pages_of_groups_have_every_group_once_and_in_order(
    world: World, names: list[str], first: int
) -> None:
    team = await world.team()
    rows = [(name, "", await world.group(team, name)) for name in names]
    expected = [id_ for _, _, id_ in sorted(rows, key=cmp_to_key(compare))]
    assert await walk(world.database, groups.listed(Reach((team,))), team, first) == expected


@ORDERS
@DIRECTIONS
async def test_rows_that_are_added_between_two_pages_move_no_other_row(
    world: World, order: MemberOrder, descending: bool
) -> None:
    team = await world.team()
    people = [await world.person("Ada", last, f"{last}{team}@tests.example") for last in "bdfhj"]
    for person in people:
        await world.member(team, account=person)
    listing = members([team], order, descending=descending)
    before = await in_order(world.engine, team, order, descending=descending)
    seen, after = [], None
    for newcomer in "aeiz":
        async with world.database.snapshot() as connection:
            page = (await pages(connection, listing, [team], Page(2, after)))[team]
        seen += [node.id for node in page.nodes]
        if not page.has_more:
            break
        after = page.key(-1)
        await world.member(team, account=await world.person("Ada", newcomer, f"{newcomer}{team}@tests.example"))
    assert [id_ for id_ in seen if id_ in before] == before
    assert len(set(seen)) == len(seen)


async def test_rows_that_are_deleted_between_two_pages_hide_no_other_row(world: World) -> None:
    team = await world.team()
    await world.members(team, 5)
    listing = members([team], MemberOrder.NAME)
    before = await in_order(world.engine, team, MemberOrder.NAME, descending=False)
    async with world.database.snapshot() as connection:
        page = (await pages(connection, listing, [team], Page(2)))[team]
    async with world.engine.begin() as connection:
        deleted = {"ids": [node.id for node in page.nodes]}
        await connection.execute(text("delete from memberships where id = any(:ids)"), deleted)
    async with world.database.snapshot() as connection:
        rest = (await pages(connection, listing, [team], Page(100, page.key(-1))))[team]
    assert [node.id for node in rest.nodes] == before[2:]


async def test_each_parent_has_its_own_page(world: World) -> None:
    sizes = {await world.team(): size for size in (1, 2, 3)}
    for team, size in sizes.items():
        for _ in range(size):
            await world.member(team)
    empty = await world.team()
    async with world.database.snapshot() as connection:
        found = await pages(connection, members([*sizes, empty], MemberOrder.JOINED), [*sizes, empty], Page(2))
    assert {id_: (len(page.nodes), page.has_more) for id_, page in found.items()} == dict(
        zip(sizes, [(1, False), (2, False), (2, True)], strict=True)
    )
    assert all(node.team_id == id_ for id_, page in found.items() for node in page.nodes)


async def test_the_rows_of_each_parent_are_counted(world: World) -> None:
    one, three, empty = await world.team(), await world.team(), await world.team()
    for team in (one, three, three, three):
        await world.member(team)
    async with world.database.snapshot() as connection:
        found = await counts(connection, members([one, three, empty], MemberOrder.NAME), [one, three, empty])
    assert found == {one: 1, three: 3}


async def test_a_parent_out_of_reach_has_no_rows(world: World) -> None:
    team = await world.team()
    await world.member(team, Role.CONTRACT_MANAGER)
    listing = listed(MemberReach(*[NOWHERE] * 5), MemberFilter(), MemberOrder.NAME, False)
    async with world.database.snapshot() as connection:
        assert await pages(connection, listing, [team], Page(10)) == {}
        assert await counts(connection, listing, [team]) == {}


async def test_the_order_of_joining_is_the_order_of_the_times(world: World) -> None:
    team = await world.team()
    for _ in range(4):
        await world.member(team)
    async with world.database.snapshot() as connection:
        page = (await pages(connection, members([team], MemberOrder.JOINED), [team], Page(10)))[team]
    joined = [node.joined_at for node in page.nodes]
    assert len(joined) == 4
    assert joined == sorted(joined)


async def test_one_statement_reads_the_pages_of_any_number_of_parents(world: World) -> None:
    texts = []
    for size in (1, 2, 7):
        parents = [await world.team() for _ in range(size)]
        async with world.database.snapshot() as connection:
            with noted(world.database) as sent:
                await pages(connection, members(parents, MemberOrder.NAME), parents, Page(3))
                await counts(connection, members(parents, MemberOrder.NAME), parents)
        texts.append([statement for statement, _ in sent])
    assert [len(each) for each in texts] == [2, 2, 2]
    assert texts[0] == texts[1] == texts[2]
