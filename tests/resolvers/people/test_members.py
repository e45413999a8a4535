"""The members of a team: search, filters and order, and the rights that these need."""

from typing import Any

import pytest

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.world import Account, World

MEMBERS = """
query ($team: ID!, $filter: MembersFilter, $order: MembersOrder) {
  team(id: $team) {
    members(first: 100, filter: $filter, orderBy: $order) { totalCount nodes { user { firstName lastName } } }
  }
}
"""
# First name, last name, the part of the address before the @.
PEOPLE = [
    ("Ada", "Byron", "ada.king"),
    ("ada", "Lovelace", "countess"),
    ("Grace", "Hopper", "grace_h"),
    ("Ægir", "Ørsted", "aegir"),
    ("Élodie", "d'Arc", "elodie"),
    ("100%", "Under_Score", "percent%sign"),
    ("Back\\slash", "Comma, Jr.", "backslash"),
    ("明", "王", "ming"),
    ("Ольга", "Ким", "olga"),
    ("🦊", "Fox", "reynard"),
]


class Team:
    """A team of PEOPLE. `boss` manages it, and its pool has seats of `product`."""

    def __init__(self, id_: str, boss: Account, people: dict[str, Account], product: str) -> None:
        self.id, self.boss, self.people, self.product = id_, boss, people, product


@pytest.fixture(scope="module")
async def team(world: World) -> Team:
    """The team that is searched. Ada Byron and Grace Hopper hold a seat of the product; Grace is a coordinator."""
    id_ = await world.team()
    boss = await world.member(id_, Role.CONTRACT_MANAGER, await world.person("Zoe", "Boss"))
    product, people = await world.pool(id_, 5), {}
    for first, last, local in PEOPLE:
        role = Role.SOFTWARE_COORDINATOR if first == "Grace" else Role.USER
        one = await world.person(first, last, f"{local}@{id_.replace('_', '-')}.example")
        people[first] = await world.member(id_, role, one)
    for first in ("Ada", "Grace"):
        await world.give_seat(id_, product, people[first].id)
    return Team(id_, boss, people, product)


async def found(client: Client, team: Team, secret: str, **variables: Any) -> list[str]:
    """The first names of the members that a query lists."""
    members = (await client(MEMBERS, secret, team=team.id, **variables)).data["team"]["members"]
    assert members["totalCount"] == len(members["nodes"])
    return [member["user"]["firstName"] for member in members["nodes"]]


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("Grace", ["Grace"]),
        ("hopper", ["Grace"]),
        ("GRACE HOPPER", ["Grace"]),
        ("ce Hop", ["Grace"]),
        ("Hopper Grace", ["Grace"]),
        (" hopper\u3000 grace ", ["Grace"]),
        ("king@ byron", ["Ada"]),
        ("grace byron", []),
        ("orsted aegir", ["Ægir"]),
        ("E\u0301LODIE", ["Élodie"]),
        ("elo", ["Élodie"]),
        ("d’arc", ["Élodie"]),
        ("hop\u200bper", ["Grace"]),
        ("ada", ["Ada", "ada"]),
        ("ADA.KING@", ["Ada"]),
        ("countess", ["ada"]),
        ("ægir", ["Ægir"]),
        ("øRSTED", ["Ægir"]),
        ("éLODIE", ["Élodie"]),
        ("D'ARC", ["Élodie"]),
        ("ольга ким", ["Ольга"]),
        ("王", ["明"]),
        ("🦊", ["🦊"]),
        ("Comma, Jr.", ["Back\\slash"]),
        ("%", ["100%"]),
        ("100%", ["100%"]),
        ("1%0", []),
        ("t%s", ["100%"]),
        ("_", ["100%", "Grace"]),
        ("_h@", ["Grace"]),
        ("G_ace", []),
        ("\\", ["Back\\slash"]),
        ("\\s", ["Back\\slash"]),
        ("\\%", []),
        ("/", []),
        ("'", ["Élodie"]),
        ("' or ''='", []),
        ("nobody of this name", []),
    ],
)
async def test_a_search_finds_words_in_names_and_addresses_without_wildcards(
    client: Client, team: Team, search: str, expected: list[str]
) -> None:
    assert sorted(await found(client, team, team.boss.secret, filter={"search": search})) == expected


@pytest.mark.parametrize(
    "filter_", [None, {}, {"search": ""}, {"search": " \u200b"}, {"search": None, "role": None, "productId": None}]
)
async def test_a_filter_without_a_condition_lists_everybody(client: Client, team: Team, filter_: Any) -> None:
    assert len(await found(client, team, team.boss.secret, filter=filter_)) == len(PEOPLE) + 1


@pytest.mark.parametrize(
    ("filter_", "expected"),
    [
        ({"role": "CONTRACT_MANAGER"}, ["Zoe"]),
        ({"role": "SOFTWARE_COORDINATOR"}, ["Grace"]),
        ({"productId": True}, ["Ada", "Grace"]),
        ({"productId": True, "role": "USER"}, ["Ada"]),
        ({"productId": True, "search": "hop"}, ["Grace"]),
        ({"productId": True, "search": "hop", "role": "USER"}, []),
        ({"search": "ada", "role": "USER"}, ["Ada", "ada"]),
        ({"productId": "product_unknown"}, []),
        ({"productId": "no id at all"}, []),
    ],
)
async def test_every_condition_of_a_filter_must_hold(
    client: Client, team: Team, filter_: dict[str, Any], expected: list[str]
) -> None:
    if filter_.get("productId") is True:
        filter_ = {**filter_, "productId": team.product}
    assert sorted(await found(client, team, team.boss.secret, filter=filter_)) == expected


async def test_a_seat_of_the_product_in_another_team_does_not_count(client: Client, team: Team, world: World) -> None:
    other = await world.team()
    await world.member(other, Role.USER, team.people["ada"])
    await world.give_seat(other, await world.pool(other, 1, team.product), team.people["ada"].id)
    assert "ada" not in await found(client, team, team.boss.secret, filter={"productId": team.product})


async def test_members_are_ordered_by_last_and_first_name_without_regard_to_case(client: Client, world: World) -> None:
    id_ = await world.team()
    boss = await world.member(id_, Role.SOFTWARE_COORDINATOR, await world.person("Zoe", "Zz"))
    for first, last in [("b", "Smith"), ("A", "smith"), ("C", "SMITH"), ("x", "Adams"), ("", "Smith")]:
        await world.member(id_, Role.USER, await world.person(first, last))
    team = Team(id_, boss, {}, "")
    assert await found(client, team, boss.secret) == ["x", "", "A", "b", "C", "Zoe"]
    backwards = {"field": "NAME", "descending": True}
    assert await found(client, team, boss.secret, order=backwards) == ["Zoe", "C", "b", "A", "", "x"]


@pytest.mark.parametrize("search", ["Nova\u0301k", "NOVAK", "user ", "  ursula", "ursula  user", "user ursula novák"])
async def test_a_search_is_read_as_people_write_it(client: Client, world: World, search: str) -> None:
    id_ = await world.team()
    boss = await world.member(id_, Role.SOFTWARE_COORDINATOR, await world.person("Zoe", "Boss"))
    await world.member(id_, Role.USER, await world.person("Ursula", "User-Novák"))
    assert await found(client, Team(id_, boss, {}, ""), boss.secret, filter={"search": search}) == ["Ursula"]


async def test_members_are_ordered_by_the_unicode_collation(client: Client, world: World) -> None:
    id_ = await world.team()
    boss = await world.member(id_, Role.SOFTWARE_COORDINATOR, await world.person("Zoe", "Ångström"))
    names = (
        "Zweig",
        "Łęcki",
        "Lee",
        "Ádám",
        "adam",
        "Müller",
        "Mueller",
        "Muller",
        "Öz",
        "Novák",
        "Novak",
        "Ολγα",
        "王",
    )
    for last in names:
        await world.member(id_, Role.USER, await world.person(last, last))
    expected = ["adam", "Ádám", "Zoe", "Łęcki", "Lee", "Mueller", "Muller", "Müller", "Novak", "Novák", "Öz"]
    assert await found(client, Team(id_, boss, {}, ""), boss.secret) == [*expected, "Zweig", "Ολγα", "王"]


async def test_members_are_ordered_by_address_and_by_joining(client: Client, world: World) -> None:
    id_ = await world.team()
    boss = await world.member(id_, Role.SOFTWARE_COORDINATOR, await world.person("0", "", f"m@{id_}.example"))
    for first, local in [("1", "Z"), ("2", "a"), ("3", "B")]:
        await world.member(id_, Role.USER, await world.person(first, "", f"{local}@{id_}.example"))
    team = Team(id_, boss, {}, "")
    assert await found(client, team, boss.secret, order={"field": "EMAIL"}) == ["2", "3", "0", "1"]
    assert await found(client, team, boss.secret, order={"field": "JOINED"}) == ["0", "1", "2", "3"]
    backwards = {"field": "JOINED", "descending": True}
    assert await found(client, team, boss.secret, order=backwards) == ["3", "2", "1", "0"]


@pytest.mark.parametrize("length", [100, 101])
async def test_a_search_has_at_most_100_characters(client: Client, team: Team, length: int) -> None:
    answer = await client(MEMBERS, team.boss.secret, team=team.id, filter={"search": "x" * length})
    assert answer.codes == ([] if length == 100 else ["BAD_USER_INPUT"])


async def test_a_search_with_a_nul_character_is_bad_input(client: Client, team: Team) -> None:
    answer = await client(MEMBERS, team.boss.secret, team=team.id, filter={"search": "a\0b"})
    assert answer.codes == ["BAD_USER_INPUT"]


# --- A search does not use data that the actor may not read --------------------------------------


async def test_an_actor_who_may_not_read_addresses_finds_nobody_by_address(
    client: Client, team: Team, world: World
) -> None:
    _, without = await world.token(team.id, team.boss.id, Scope.MEMBERS_READ)
    _, with_ = await world.token(team.id, team.boss.id, Scope.MEMBERS_READ, Scope.EMAILS_READ)
    for search in ("countess", "@", ".example", team.people["Grace"].email):
        assert await found(client, team, without, filter={"search": search}) == []
        assert await found(client, team, with_, filter={"search": search}) != []
    assert await found(client, team, without, filter={"search": "grace"}) == ["Grace"]


async def test_addresses_that_may_not_be_read_do_not_change_any_list(client: Client, world: World) -> None:
    """Two teams that differ only in their addresses give the same answers to all queries."""
    seen = []
    for local in ("aaa", "zzz"):
        id_ = await world.team()
        boss = await world.member(id_, Role.SOFTWARE_COORDINATOR, await world.person("B", "B"))
        for place, first in enumerate("XY"):
            one = await world.person(first, first, f"{local if place else 'mmm'}.{first}@{id_}.example")
            await world.member(id_, Role.USER, one)
        _, secret = await world.token(id_, boss.id, Scope.MEMBERS_READ)
        team = Team(id_, boss, {}, "")
        queries: list[dict[str, Any]] = [
            {"order": {"field": field, "descending": descending}}
            for field in ("NAME", "JOINED")
            for descending in (False, True)
        ]
        queries += [{"filter": {"search": search}} for search in ("aaa", "zzz", "mmm", "@", "x", "")]
        seen.append([await found(client, team, secret, **one) for one in queries])
    assert seen[0] == seen[1]


@pytest.mark.parametrize("descending", [False, True])
async def test_an_actor_who_may_not_read_addresses_cannot_order_by_address(
    client: Client, team: Team, world: World, descending: bool
) -> None:
    _, partner = await world.token(team.id, team.boss.id, Scope.MEMBERS_READ)
    for secret in (partner, team.people["Ada"].secret):
        order = {"field": "EMAIL", "descending": descending}
        answer = await client(MEMBERS, secret, team=team.id, order=order)
        assert answer.codes == ["FORBIDDEN"]
        assert answer.content["errors"][0]["extensions"]["policy"]["action"] == "emails:read"


async def test_an_actor_who_may_not_read_seats_finds_nobody_by_product(
    client: Client, team: Team, world: World
) -> None:
    by_product = {"productId": team.product}
    _, without = await world.token(team.id, team.boss.id, Scope.MEMBERS_READ)
    _, with_ = await world.token(team.id, team.boss.id, Scope.MEMBERS_READ, Scope.SEATS_READ)
    assert await found(client, team, without, filter=by_product) == []
    assert sorted(await found(client, team, with_, filter=by_product)) == ["Ada", "Grace"]


@pytest.mark.parametrize("search", ["", "Ada", "ada.king@", "Hopper", "grace_h"])
async def test_a_plain_user_finds_only_themselves(client: Client, team: Team, search: str) -> None:
    ada = team.people["Ada"]
    names = await found(client, team, ada.secret, filter={"search": search})
    assert names == (["Ada"] if search in ("", "Ada", "ada.king@") else [])
