"""Lists and decisions agree: the statements find exactly the rows for which the policy allows the action.

The rows are made at random. Then each actor's lists are compared with a decision on each row of the database.
"""

import random
from collections.abc import Sequence
from typing import Any

import pytest

from db.access import partner_tokens
from db.groups import groups
from db.people import teams, users
from db.seats import seats
from domain.actions import Action, Scope
from domain.reach import Reach
from domain.roles import Role
from domain.subjects import Actor, Anonymous, Partner, Person
from gateway.runtime.settings import ROOT
from policies import facts
from policies.engine.policy import Policy
from resolvers.core.node_kinds import Finder
from tests.support.world import World

TEAMS, PEOPLE, SEED = 6, 14, 20_261_124


class Rows:
    """The rows that were made, each with its team and the owner that its facts are about."""

    def __init__(self) -> None:
        self.roles: dict[str, dict[str, Role]] = {}
        self.separated: set[str] = set()
        self.found: dict[Action, tuple[Finder[Any], list[tuple[str, str, str | None]]]] = {
            Action.TEAMS_READ: (teams.by_ids, []),
            Action.GROUPS_READ: (groups.by_ids, []),
            Action.TOKENS_READ: (partner_tokens.by_ids, []),
            Action.SEATS_READ: (seats.by_ids, []),
        }

    def add(self, action: Action, id_: str, team_id: str, owner_id: str | None = None) -> None:
        self.found[action][1].append((id_, team_id, owner_id))


@pytest.fixture(scope="module")
def policy() -> Policy:
    return Policy.load(ROOT / "policy.polar")


@pytest.fixture(scope="module")
async def rows(world: World) -> Rows:
    drawn, made = random.Random(SEED), Rows()  # noqa: S311 - the same rows in each run
    people = [(await world.person()).id for _ in range(PEOPLE)]
    for number in range(TEAMS):
        team_id = await world.team(separation_of_duties=number % 2 == 0)
        if number % 2 == 0:
            made.separated.add(team_id)
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
        for seat_id in await world.free_seats(team_id, product_id):
            made.add(Action.SEATS_READ, seat_id, team_id)
    return made


def actors(rows: Rows) -> Sequence[Actor]:
    drawn = random.Random(SEED)  # noqa: S311
    separated = frozenset(rows.separated)
    found: list[Actor] = [Anonymous(), Person("user_nobody", "session_x", {})]
    for user_id, roles in rows.roles.items():
        found.append(Person(user_id, "session_x", roles, separated))
        for team_id, role in roles.items():
            scopes = frozenset(drawn.sample(list(Scope), drawn.randint(0, len(Scope))))
            found.append(Partner("token_x", team_id, scopes, user_id, role, separated))
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
            for action, (find, made) in rows.found.items():
                listed = await find(connection, policy.reach(actor, action), [id_ for id_, _, _ in made])
                for id_, team_id, owner_id in made:
                    allowed = policy.decide(actor, action, target(action, policy, actor, team_id, owner_id)).allowed
                    assert (id_ in listed) is allowed, (actor, action, id_)
                    compared += 1
    assert compared > 5_000


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
