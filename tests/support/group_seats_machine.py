"""A team, the rules for what everybody in it is to hold, and what must be true of its rows after every mutation."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, NamedTuple

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant
from sqlalchemy import text

from tests.resolvers.seats.test_seats_stateful import Ground
from tests.support.group_seats_model import DIRECT, Reason, Team
from tests.support.mutations import Desk, desk_of
from tests.support.world import World, counter

MEMBERS, GROUPS, SEATS = 7, 2, (3, 2)
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
HOLDERS = "select id, holder_id, product_id from seats where team_id = :team and holder_id is not null"
PERIODS = "select seat_id, holder_id, started_by from seat_history where team_id = :team and ended_at is null"
GROUPED = "select group_id, user_id from group_members where team_id = :team"
GIVING = "select group_id, product_id from group_products where team_id = :team"
IN_TEAM = "select user_id, upper(role), accepted_at is null from memberships where team_id = :team"

mode = st.sampled_from(["ALL_OR_NOTHING", "BEST_EFFORT", "WAITLIST", "WAITLIST"])
dry = st.sampled_from([False] * 5 + [True])
Change = Callable[[Team], object]


class Guest(NamedTuple):
    """Whom to invite, as one of the people or under an address of a new account, and into which groups."""

    one: int
    email: str
    role: str
    groups: Sequence[str]


class GiftMachine(RuleBasedStateMachine):
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
        members = self.ground.run(self.desk.members(MEMBERS - 4))
        invited = [self.ground.run(self.world.invited(self.desk.team)).id for _ in range(2)]
        others = [self.ground.run(self.world.person()).id for _ in range(3)]
        self.people = [*members, *invited, *others[1:], self.desk.who.id, others[0]]
        roles = dict.fromkeys([*members, *invited], "USER")
        self.team = Team({**roles, self.desk.who.id: "SOFTWARE_COORDINATOR"}, set(invited))
        self.bought = 0
        self.names, self.opened = dict[str, str](), set[str]()
        self.groups = [self.giving() for _ in range(GROUPS)]

    @invariant()
    def everybody_has_what_is_due(self) -> None:
        """Sources and waits are what groups, defaults and coordinators give, less what was told."""
        held, waiting, idle = self.look(HELD, WAITING, IDLE)
        assert len(held) == len(set(held))
        assert None not in {reason[2] for reason in held}, "a seat that nothing gives any more"
        assert set(held) | set(waiting) == self.team.due() - self.team.without
        assert not {reason[:2] for reason in held} & {reason[:2] for reason in waiting}
        assert not {reason[1] for reason in waiting} & {row[0] for row in idle}

    @invariant()
    def everybody_is_where_they_were_put(self) -> None:
        """Members, their roles, and groups with what they give."""
        in_team, grouped, giving = map(set, self.look(IN_TEAM, GROUPED, GIVING))
        assert in_team == {(one, role, one in self.team.pending) for one, role in self.team.roles.items()}
        assert grouped == {(id_, one) for id_, all_ in self.team.groups.items() for one in all_}
        assert giving == {(id_, one) for id_, all_ in self.team.given.items() for one in all_}

    @invariant()
    def history_tells_who_holds_what(self) -> None:
        """One open period a seat that is held; nobody gave one to themselves where duties are separated."""
        holders, periods = self.look(HOLDERS, PERIODS)
        assert sorted(period[:2] for period in periods) == sorted(holder[:2] for holder in holders)
        assert len(holders) == len({holder[1:] for holder in holders}), "two seats of one product for one person"
        if self.separated:
            assert all(holder != giver for _, holder, giver in periods)

    def giving(self) -> str:
        """A new group, without members, that gives the first product."""
        name = f"Group {next(counter)}"
        id_ = self.ground.run(self.world.group(self.desk.team, name))
        self.names[id_] = name
        self.ground.run(self.world.gives(self.desk.team, id_, self.products[0]))
        self.team.groups[id_], self.team.given[id_] = set(), {self.products[0]}
        return id_

    def send(
        self, mutation: str, change: Change, reason: str, *, mode: str | None = None, dry: bool = False, **asked: Any
    ) -> list[str]:
        """Send a mutation; unless it was refused, or a dry run, the model does the same. The codes that were said."""
        more = {"dryRun": dry} if mode is None else {"dryRun": dry, "mode": mode}
        said = self.ground.run(self.desk.tell(mutation, **asked, **more)).content["errors"]
        codes = [error["code"] for error in said]
        if dry or (mode == "ALL_OR_NOTHING" and not all(error["isInformation"] for error in said)):
            return codes
        change(self.team)
        refused = [error for error in said if error["code"] in REFUSED]
        if reason == DIRECT:
            lost = {(asked["userIds"][error["row"]], asked["productId"], DIRECT) for error in refused}
            self.team.direct -= lost - self.standing()
        told = [(error["userId"], error["productId"], reason) for error in refused if error["userId"]]
        self.team.told(told, self.standing())
        return codes

    def arrive(
        self, mutation: str, guests: Sequence[Guest], *, mode: str, dry: bool, product: str | None = None, **asked: Any
    ) -> dict[str, Any]:
        """Send a mutation that invites people, and gives them a product beside; who got none of a seat was told so."""
        beside = [] if product is None else [product]
        idle = Counter(row[0] for row in self.look(IDLE)[0])
        new = {place: guest for place, guest in enumerate(guests) if self.people[guest.one] not in self.team.members}
        about = {"teamId": self.desk.team, "mode": mode, "dryRun": dry, **asked}
        told: dict[str, Any] = self.ground.run(self.desk.tell(mutation, **about)).content
        # A file has its first person in line 2.
        said = [(error["code"], error["row"]) for error in told["errors"]]
        said += [(problem["reason"], problem["line"] - 2) for problem in told.get("problems", [])]
        wanted = Counter(id_ for guest in new.values() for id_ in {*beside, *self.given_by(guest.groups)})
        short = sum((wanted - idle).values())
        without = [place for code, place in said if code == ("WAITING" if mode == "WAITLIST" else "NO_SEAT_LEFT")]
        known = [place for code, place in said if code == "ALREADY_MEMBER"]
        assert (len(without), sorted(known)) == (short, sorted(set(range(len(guests))) - new.keys()))
        assert len(said) == len(without) + len(known)
        if dry or (mode == "ALL_OR_NOTHING" and short):
            return told
        due = dict[Reason, int]()
        for place, guest in new.items():
            [[(person,)]] = self.look("select id from users where email = :email", email=guest.email)
            self.people[guest.one] = person
            due |= dict.fromkeys(self.team.invite(person, guest.role, guest.groups, beside), place)
        served = set(self.look(HELD)[0])
        lost = {reason: place for reason, place in due.items() if reason not in served}
        assert sorted(without) == sorted(place for _, _, place in {(*one[:2], place) for one, place in lost.items()})
        self.team.direct -= lost.keys() - self.standing()
        self.team.told(lost, self.standing())
        return told

    def given_by(self, groups: Sequence[str]) -> set[str]:
        """What these groups give."""
        return {product for group in groups for product in self.team.given[group]}

    def standing(self) -> set[Reason]:
        """Who holds, or waits for, what and why."""
        held, waiting = self.look(HELD, WAITING)
        return {(row[0], row[1], row[2]) for row in (*held, *waiting)}

    def look(self, *queries: str, **values: object) -> list[list[tuple[Any, ...]]]:
        """Rows of the team, by each query."""

        async def read() -> list[list[tuple[Any, ...]]]:
            async with self.world.engine.connect() as connection:
                about = {"team": self.desk.team, **values}
                return [[tuple(row) for row in await connection.execute(text(query), about)] for query in queries]

        return self.ground.run(read())
