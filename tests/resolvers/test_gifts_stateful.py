"""Whatever happens to groups, defaults, members and seats: everybody holds, or waits for, exactly what is due to them.

Who does not was told so. Nobody holds two seats of a product, a seat goes back with its last reason, and none is
available while somebody waits for it.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncEngine

from db import gifts
from db.engine import commit, transaction
from db.tables import Membership
from tests.resolvers.gift_model import DEFAULT, DIRECT, Reason, Team
from tests.resolvers.mutations import Desk, desk_of
from tests.resolvers.test_stateful import Ground, ground
from tests.world import Someone, World

MEMBERS, GROUPS, SEATS = 5, 2, (3, 2)
REFUSED = {"NO_SEAT_LEFT", "SEPARATION_OF_DUTIES"}
HELD = """
select s.holder_id, s.product_id, coalesce(r.group_id, r.kind) from seats s
left join seat_sources r on r.team_id = s.team_id and r.seat_id = s.id
where s.team_id = :team and s.holder_id is not null
"""
WAITING = "select user_id, product_id, coalesce(group_id, kind) from waits where team_id = :team"
IDLE = """
select s.product_id from seats s join subscriptions p on p.team_id = s.team_id and p.id = s.subscription_id
where s.team_id = :team and s.holder_id is null and current_date between p.starts_on and p.ends_on
"""
HOLDERS = "select id, holder_id from seats where team_id = :team and holder_id is not null"
PERIODS = "select seat_id, holder_id, started_by from seat_history where team_id = :team and ended_at is null"
GROUPED = "select group_id, user_id from group_members where team_id = :team"
GIVING = "select group_id, product_id from group_products where team_id = :team"

who = st.integers(0, MEMBERS + 1)  # the last but one acts, the last never joins
people = st.lists(who, max_size=MEMBERS, unique=True)
product, group = st.integers(0, len(SEATS) - 1), st.integers(0, GROUPS - 1)
mode = st.sampled_from(["ALL_OR_NOTHING", "BEST_EFFORT", "WAITLIST", "WAITLIST"])
dry = st.sampled_from([False] * 5 + [True])
Change = Callable[[Team], None]
Asked = dict[str, Any]


class Gifts(RuleBasedStateMachine):
    """One team with two products and two groups, a coordinator who sends mutations, and the rules beside it."""

    ground: ClassVar[Ground]

    @initialize(separated=st.booleans())
    def begin(self, separated: bool) -> None:
        """Nobody holds anything as yet."""
        self.world: World = self.ground.world
        making = desk_of(self.ground.client, self.world, seats=SEATS[0], separated=separated)
        self.desk: Desk = self.ground.run(making)
        self.separated = separated
        self.products = [self.desk.product, self.ground.run(self.world.pool(self.desk.team, SEATS[1]))]
        outsider = self.ground.run(self.world.person())
        members = self.ground.run(self.desk.members(MEMBERS - 2))
        invited = [self.ground.run(self.world.invited(self.desk.team)).id for _ in range(2)]
        self.people = [*members, *invited, self.desk.who.id, outsider.id]
        self.team = Team({*members, self.desk.who.id}, set(invited))
        self.groups = [self.giving() for _ in range(GROUPS)]

    @rule(product=product, people=people, mode=mode, dry=dry)
    def assign(self, product: int, people: list[int], mode: str, dry: bool) -> None:
        """Give seats directly, to others."""
        asked = [self.people[one] for one in people if self.people[one] in self.team.members - {self.desk.who.id}]
        reasons = {(person, self.products[product], DIRECT) for person in asked}

        def change(team: Team) -> None:
            team.direct |= reasons

        if asked:
            pool: Asked = {"productId": self.products[product], "userIds": asked}
            self.send("assignSeats", change, DIRECT, mode=mode, dry=dry, teamId=self.desk.team, **pool)

    @rule(product=product, people=people, dry=dry)
    def unassign(self, product: int, people: list[int], dry: bool) -> None:
        """Take back what was given directly."""
        asked = [self.people[one] for one in people if self.people[one] in self.team.members]
        reasons = {(person, self.products[product], DIRECT) for person in asked}

        def change(team: Team) -> None:
            team.direct -= reasons

        if asked:
            pool: Asked = {"productId": self.products[product], "userIds": asked}
            self.send("unassignSeats", change, DIRECT, dry=dry, teamId=self.desk.team, **pool)

    @rule(group=group, people=people, mode=mode, dry=dry)
    def regroup(self, group: int, people: list[int], mode: str, dry: bool) -> None:
        """Say who is in a group."""
        id_, asked = self.groups[group], [self.people[one] for one in people]

        def change(team: Team) -> None:
            team.groups[id_] = set(asked) & team.members

        self.send("setGroupMembers", change, id_, mode=mode, dry=dry, groupId=id_, userIds=asked)

    @rule(group=group, product=product, mode=mode, dry=dry)
    def give(self, group: int, product: int, mode: str, dry: bool) -> None:
        """Let a group give a product."""
        id_, name = self.groups[group], self.products[product]
        pool: Asked = {"groupId": id_, "productId": name}
        self.send("assignGroupProduct", lambda team: team.given[id_].add(name), id_, mode=mode, dry=dry, **pool)

    @rule(group=group, product=product, dry=dry)
    def take(self, group: int, product: int, dry: bool) -> None:
        """Let a group give a product no more."""
        id_, name = self.groups[group], self.products[product]
        pool: Asked = {"groupId": id_, "productId": name}
        self.send("unassignGroupProduct", lambda team: team.given[id_].discard(name), id_, dry=dry, **pool)

    @rule(group=group)
    def delete(self, group: int) -> None:
        """Delete a group and make another in its place."""
        id_ = self.groups[group]
        about: Asked = {"teamId": self.desk.team, "groupId": id_}

        def change(team: Team) -> None:
            del team.groups[id_], team.given[id_]

        number = self.ground.run(self.desk.tell("deleteGroup", **about, dryRun=True)).content["freedSeats"]
        self.send("deleteGroup", change, id_, **about, confirm=number)
        self.groups[group] = self.giving()

    @rule(products=st.lists(product, unique=True), mode=mode, dry=dry)
    def default(self, products: list[int], mode: str, dry: bool) -> None:
        """Say what the team gives to everybody."""
        named = [self.products[one] for one in products]

        def change(team: Team) -> None:
            team.defaults = set(named)

        about: Asked = {"teamId": self.desk.team, "productIds": named}
        self.send("setDefaultProducts", change, DEFAULT, mode=mode, dry=dry, **about)

    @rule(people=st.lists(st.integers(0, MEMBERS - 1), min_size=1, max_size=2, unique=True), dry=dry)
    def remove(self, people: list[int], dry: bool) -> None:
        """Take people out of the team."""
        going = [self.people[one] for one in people if self.people[one] in self.team.members]

        def change(team: Team) -> None:
            for person in going:
                team.remove(person)

        if going:
            self.send("removeMembers", change, DIRECT, dry=dry, teamId=self.desk.team, userIds=going)

    @rule(one=st.integers(0, MEMBERS - 1))
    def invite(self, one: int) -> None:
        """Somebody who has left is invited again."""
        person = self.people[one]
        if person not in self.team.members:
            self.ground.run(self.world.invited(self.desk.team, someone=Someone(person, f"{person}@tests.example", "")))
            self.team.pending.add(person)

    @rule(one=st.integers(0, MEMBERS - 1))
    def accept(self, one: int) -> None:
        """Somebody who is invited accepts."""
        person = self.people[one]
        if person in self.team.pending:
            self.ground.run(self.accepting(person))
            self.team.pending.discard(person)
            self.team.active.add(person)

    @rule(one=st.integers(0, MEMBERS - 1), role=st.sampled_from(["USER", "SOFTWARE_COORDINATOR"]))
    def change_role(self, one: int, role: str) -> None:
        """A role is no reason for a seat."""
        if self.people[one] in self.team.active:
            about: Asked = {"teamId": self.desk.team, "userId": self.people[one], "role": role}
            self.send("changeRole", lambda _: None, DIRECT, **about)

    @rule(product=product)
    def buy(self, product: int) -> None:
        """A seat comes anew; the next one who is put into the line moves those who wait for it."""
        waiting = {reason[1] for reason in self.reasons(WAITING)}
        if self.products[product] not in waiting:
            self.ground.run(self.world.pool(self.desk.team, 1, self.products[product]))

    @invariant()
    def everybody_has_what_is_due(self) -> None:
        """Sources and waits are what groups, defaults and coordinators give, less what was told."""
        held, waiting = self.reasons(HELD), self.reasons(WAITING)
        assert len(held) == len(set(held))
        assert None not in {reason[2] for reason in held}, "a seat that nothing gives any more"
        assert set(held) | set(waiting) == self.team.due() - self.team.without
        assert not {reason[:2] for reason in held} & {reason[:2] for reason in waiting}
        assert not {reason[1] for reason in waiting} & {row[0] for row in self.rows(IDLE)}
        assert set(self.rows(GROUPED)) == {(id_, one) for id_, all_ in self.team.groups.items() for one in all_}
        assert set(self.rows(GIVING)) == {(id_, one) for id_, all_ in self.team.given.items() for one in all_}

    @invariant()
    def history_tells_who_holds_what(self) -> None:
        """One open period a seat that is held; nobody gave one to themselves where duties are separated."""
        holders, periods = self.rows(HOLDERS), self.rows(PERIODS)
        assert sorted(period[:2] for period in periods) == sorted(holders)
        pairs = {reason[:2] for reason in self.reasons(HELD)}
        assert len(holders) == len(pairs), "two seats of one product for one person"
        if self.separated:
            assert all(holder != giver for _, holder, giver in periods)

    def giving(self) -> str:
        """A new group, without members, that gives the first product."""
        id_ = self.ground.run(self.world.group(self.desk.team))
        self.ground.run(self.world.gives(self.desk.team, id_, self.products[0]))
        self.team.groups[id_], self.team.given[id_] = set(), {self.products[0]}
        return id_

    def send(
        self, mutation: str, change: Change, reason: str, *, mode: str | None = None, dry: bool = False, **asked: Any
    ) -> None:
        """Send a mutation; unless it was refused, or a dry run, what it did is done in the model too."""
        more = {"dryRun": dry} if mode is None else {"dryRun": dry, "mode": mode}
        said = self.ground.run(self.desk.tell(mutation, **asked, **more)).content["errors"]
        if dry or (mode == "ALL_OR_NOTHING" and not all(error["isInformation"] for error in said)):
            return
        change(self.team)
        refused = [error for error in said if error["code"] in REFUSED]
        if reason == DIRECT:
            lost = {(asked["userIds"][error["row"]], asked["productId"], DIRECT) for error in refused}
            self.team.direct -= lost - set(self.reasons(HELD)) - set(self.reasons(WAITING))
        told = [(error["userId"], error["productId"], reason) for error in refused if error["userId"]]
        self.team.told(told, {*self.reasons(HELD), *self.reasons(WAITING)})

    async def accepting(self, person: str) -> None:
        """A membership is accepted, as the gateway does it."""
        async with transaction(self.world.engine) as connection:
            await gifts.changing(connection, self.desk.team)
            theirs = (Membership.team_id == self.desk.team, Membership.user_id == person)
            await connection.execute(update(Membership).where(*theirs).values(accepted_at=Membership.created_at))
            await gifts.give_defaults(connection, self.desk.team, [person])
            await commit(connection)

    def reasons(self, query: str) -> list[Reason]:
        """Who holds, or waits for, what and why."""
        return [(row[0], row[1], row[2]) for row in self.rows(query)]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of the team."""

        async def read() -> list[tuple[Any, ...]]:
            async with self.world.engine.connect() as connection:
                return [tuple(row) for row in await connection.execute(text(query), {"team": self.desk.team})]

        return self.ground.run(read())


def test_any_sequence_leaves_everybody_with_what_is_due(postgres: str, engine: AsyncEngine) -> None:
    assert engine.dialect.name == "postgresql"
    chosen = settings(
        max_examples=50, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    with ground(postgres) as ready:
        run_state_machine_as_test(type("GiftsHere", (Gifts,), {"ground": ready}), settings=chosen)
