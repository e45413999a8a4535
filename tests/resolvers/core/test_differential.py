"""Lists and decisions agree: the statements find exactly the rows for which the policy allows the action.

The rows are made at random. Then each actor's lists are compared with a decision on each row of the database.
"""

import random
from collections.abc import Sequence
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Text, cast, column, func, select

from db.access import partner_tokens
from db.core.descriptions import Column
from db.core.fusion import KEYS, Kind, Level, OwnKey, actor_reach, fused
from db.core.paging import Rows as Query
from db.core.paging import pages
from db.core.rows import Columns, columns_read, row_maker
from db.core.statements import RowQuery
from db.groups import groups
from db.people import teams, users
from db.seats import pools, seats, waits
from db.tables.access import PartnerToken
from db.tables.groups import Group
from db.tables.people import Team
from db.tables.seats import Seat
from domain.actions import Action, Scope
from domain.credentials import Credential, parse
from domain.ids import pool_id
from domain.paging import Page
from domain.reach import Reach
from domain.roles import Role
from domain.subjects import Actor, Anonymous, Partner, Person
from gateway.runtime.settings import ROOT
from policies import facts
from policies.engine.policy import Policy
from resolvers.core.fact_rows import actor_query
from tests.support.world import World

TEAMS, PEOPLE, SEED = 6, 14, 20_261_124


class Rows:
    """The rows that were made, each with its team and the owner that its facts are about."""

    def __init__(self) -> None:
        self.roles: dict[str, dict[str, Role]] = {}
        self.separated: set[str] = set()
        self.requiring: set[str] = set()
        self.with_factor: set[str] = set()
        self.pools: dict[str, str] = {}
        self.waits: dict[str, tuple[str, str]] = {}
        self.found: dict[Action, tuple[RowQuery[Any], list[tuple[str, str, str | None]]]] = {
            Action.TEAMS_READ: (teams.BY_IDS, []),
            Action.GROUPS_READ: (groups.BY_IDS, []),
            Action.TOKENS_READ: (partner_tokens.BY_IDS, []),
            Action.SEATS_READ: (seats.BY_IDS, []),
        }

    def add(self, action: Action, id_: str, team_id: str, owner_id: str | None = None) -> None:
        self.found[action][1].append((id_, team_id, owner_id))


def _every_id(table: type[Any]) -> Level:
    """A level with the ids of all rows of a table, whatever its key is."""

    def every(_: Sequence[str]) -> Query:
        return select(table.id.label("id"))

    columns = Columns(str, (table.id.label("id"),), lambda rows, _: [row[0] for row in rows], (Column("id", str),))
    return Level(Kind.ROWS, OwnKey.VALUE, (Column("id", str),), rows=RowQuery(columns, every))


EVERY_ID = {
    Action.TEAMS_READ: _every_id(Team),
    Action.GROUPS_READ: _every_id(Group),
    Action.TOKENS_READ: _every_id(PartnerToken),
    Action.SEATS_READ: _every_id(Seat),
}


class ReachTexts(NamedTuple):
    """A reach, each list of teams as one text."""

    teams: str
    own_teams: str
    me: str | None


def _reach_of(action: Action) -> tuple[Any, ...]:
    """A level that returns the reach of an action itself."""

    def read(reach: Reach, _: Sequence[str]) -> Query:
        texts = [func.array_to_string(teams, " ") for teams in (reach.teams, reach.own_teams)]
        return select(texts[0].label("teams"), texts[1].label("own_teams"), cast(reach.me, Text).label("me"))

    expected = columns_read(ReachTexts)
    columns = Columns(ReachTexts, tuple(column(str(one.name)) for one in expected), row_maker(ReachTexts), expected)
    return (Level(Kind.ROWS, OwnKey.VALUE, expected, rows=RowQuery(columns, read)), "", actor_reach(action), KEYS)


@pytest.fixture(scope="module")
def policy() -> Policy:
    return Policy.load(ROOT / "policy.polar")


@pytest.fixture(scope="module")
async def rows(world: World) -> Rows:
    drawn, made = random.Random(SEED), Rows()  # noqa: S311 - the same rows in each run
    people = [(await world.person()).id for _ in range(PEOPLE)]
    for user_id in people[::2]:
        await world.authenticator(user_id)
        made.with_factor.add(user_id)
    for number in range(TEAMS):
        separates, requires = number % 2 == 0, number % 3 == 0
        team_id = await world.team(separation_of_duties=separates, requires_second_factor=requires)
        made.separated |= {team_id} if separates else set()
        made.requiring |= {team_id} if requires else set()
        made.add(Action.TEAMS_READ, team_id, team_id)
        members = drawn.sample(people, drawn.randint(3, PEOPLE))
        for user_id in members:
            role = drawn.choice(list(Role))
            await world.add_member(team_id, user_id, role)
            made.roles.setdefault(user_id, {})[team_id] = role
        made.add(Action.GROUPS_READ, await world.group(team_id), team_id)
        token_id, _ = await world.token(team_id, drawn.choice(members), Scope.SEATS_READ)
        made.add(Action.TOKENS_READ, token_id, team_id)
        product_id = await world.pool(team_id, len(members))
        for user_id in drawn.sample(members, len(members) // 2 + 1):
            made.add(Action.SEATS_READ, await world.give_seat(team_id, product_id, user_id), team_id, user_id)
        queue = await world.pool(team_id, 1)
        for pool in (product_id, queue):
            made.pools[pool_id(team_id, pool)] = team_id
        for user_id in members:
            made.waits[await world.wait(team_id, queue, user_id)] = (team_id, user_id)
        for seat_id in await world.free_seats(team_id, product_id):
            made.add(Action.SEATS_READ, seat_id, team_id)
    return made


def actors(rows: Rows) -> Sequence[Actor]:
    drawn = random.Random(SEED)  # noqa: S311
    separated = frozenset(rows.separated)
    found: list[Actor] = [Anonymous(), Person("user_nobody", "session_x", {})]
    for user_id, roles in rows.roles.items():
        found.append(Person(user_id, "session_x", roles, separated))
        found.append(Person(user_id, "session_x", roles, separated, unproven=frozenset(rows.requiring)))
        for team_id, role in roles.items():
            scopes = frozenset(drawn.sample(list(Scope), drawn.randint(0, len(Scope))))
            unproven = team_id in rows.requiring and user_id not in rows.with_factor
            found.append(Partner("token_x", team_id, scopes, user_id, role, separated, unproven))
            found.append(Partner("token_y", team_id, frozenset(Scope), user_id, None, separated))
    return found


def target(action: Action, policy: Policy, actor: Actor, team_id: str, owner_id: str | None) -> facts.Target:
    if policy.kinds[action] is facts.Seat:
        return facts.seat(actor, team_id, owner_id)
    if policy.kinds[action] is facts.Token:
        return facts.token(actor, team_id)
    return facts.team(actor, team_id)


async def test_lists_have_exactly_the_rows_that_the_policy_allows(world: World, rows: Rows, policy: Policy) -> None:
    compared = 0
    async with world.database.snapshot() as connection:
        for actor in actors(rows):
            for action, (query, made) in rows.found.items():
                found = await query.rows(connection, policy.reach(actor, action), [id_ for id_, _, _ in made])
                listed = {row.id for row in found}
                for id_, team_id, owner_id in made:
                    allowed = policy.decide(actor, action, target(action, policy, actor, team_id, owner_id)).allowed
                    assert (id_ in listed) is allowed, (actor, action, id_)
                    compared += 1
    assert compared > 5_000


async def signed_in(world: World, rows: Rows) -> list[tuple[Actor, Credential]]:
    """Open sessions of each person, with a second factor and without. Make tokens in each team with random scopes."""
    drawn, found = random.Random(SEED), []  # noqa: S311
    separated = frozenset(rows.separated)

    def add(actor: Actor, secret: str) -> None:
        credential = parse(secret)
        assert credential is not None
        found.append((actor, credential))

    for user_id, roles in rows.roles.items():
        unproven = frozenset(rows.requiring)
        add(Person(user_id, "session_x", roles, separated, unproven=unproven), await world.session(user_id))
        add(Person(user_id, "session_x", roles, separated), await world.session(user_id, second_factor=True))
        for team_id, role in roles.items():
            for scopes in (drawn.sample(list(Scope), len(Scope) // 2), list(Scope)):
                _, secret = await world.token(team_id, user_id, *scopes)
                without = team_id in rows.requiring and user_id not in rows.with_factor
                add(Partner("token_x", team_id, frozenset(scopes), user_id, role, separated, without), secret)
    return found


# Coordinators see only their own seats.
RELOADED = ('"seats:read" if "software_coordinator";',)


@pytest.mark.parametrize("removed", [(), RELOADED], ids=["as it is", "reloaded"])
async def test_fused_statements_have_exactly_the_rows_that_the_policy_allows(
    world: World, rows: Rows, policy: Policy, removed: tuple[str, ...]
) -> None:
    text = policy.source.text
    for rule in removed:
        assert rule in text
        text = text.replace(rule, "")
    present = Policy(text)
    statement, compared = fused("test"), 0
    for actor, credential in await signed_in(world, rows):
        query = actor_query(present, credential.kind)
        for action, (by_ids, made) in rows.found.items():
            levels = [
                (EVERY_ID[action], "", KEYS),
                (Level(Kind.ROWS, "id", (Column("id", str),), 0, rows=by_ids), None, actor_reach(action), KEYS),
            ]
            async with world.database.connection() as connection:
                [record], _ = await statement.run(connection, query, credential.token_hash, *levels)
            listed = set(record[-1] or ())
            for id_, team_id, owner_id in made:
                allowed = present.decide(actor, action, target(action, present, actor, team_id, owner_id)).allowed
                assert (id_ in listed) is allowed, (actor, action, id_)
                compared += 1
    assert compared > 800


async def test_the_reach_of_every_action_is_the_same_in_sql_and_in_python(
    world: World, rows: Rows, policy: Policy
) -> None:
    actions = [action for action in policy.kinds if issubclass(policy.kinds[action], facts.InTeam)]
    reads = [_reach_of(action) for action in actions]
    statement = fused("test")
    for actor, credential in await signed_in(world, rows):
        query = actor_query(policy, credential.kind)
        async with world.database.connection() as connection:
            [record], _ = await statement.run(connection, query, credential.token_hash, *reads)
        found = record[len(query.columns) :]
        for number, action in enumerate(actions):
            reach = policy.reach(actor, action)
            [whole], [own], [me] = found[3 * number : 3 * number + 3]
            assert Reach(tuple(sorted(whole.split())), tuple(sorted(own.split())), me) == reach, action


async def test_a_person_is_visible_exactly_if_one_of_their_memberships_is(
    world: World, rows: Rows, policy: Policy
) -> None:
    people = list(rows.roles)
    async with world.database.snapshot() as connection:
        for actor in actors(rows):
            reach: Reach = policy.reach(actor, Action.MEMBERS_READ)
            listed = await users.by_ids(connection, reach, people)
            for user_id, roles in rows.roles.items():
                allowed = any(
                    policy.decide(actor, Action.MEMBERS_READ, facts.member(actor, team_id, user_id)).allowed
                    for team_id in roles
                )
                assert (user_id in listed) is allowed, (actor, user_id)


async def test_pools_and_waits_are_nodes_exactly_if_the_policy_and_their_lists_show_them(
    world: World, rows: Rows, policy: Policy
) -> None:
    compared = 0
    async with world.database.snapshot() as connection:
        for actor in actors(rows):
            reach: Reach = policy.reach(actor, Action.POOLS_READ)
            nodes = {row.id for row in await pools.BY_IDS.rows(connection, reach, list(rows.pools))}
            listed = {row.id for row in await pools.BY_TEAM.rows(connection, reach, [*rows.pools.values()])}
            for id_, team_id in rows.pools.items():
                allowed = policy.decide(actor, Action.POOLS_READ, facts.team(actor, team_id)).allowed
                assert (id_ in nodes) is (id_ in listed) is allowed, (actor, id_)
            reach = policy.reach(actor, Action.SEATS_READ)
            nodes = {row.id for row in await waits.BY_IDS.rows(connection, reach, list(rows.waits))}
            found = await pages(connection, waits.listed(reach), list(rows.pools), Page(100))
            listed = {row.id for part in found.values() for row in part.nodes}
            for id_, (team_id, user_id) in rows.waits.items():
                allowed = policy.decide(actor, Action.SEATS_READ, facts.seat(actor, team_id, user_id)).allowed
                assert (id_ in nodes) is (id_ in listed) is allowed, (actor, id_)
                compared += 1
    assert compared > 1_000
