"""The base of a state machine over a team: it sends mutations, keeps a model in step, and compares the rows with it."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import Any, ClassVar, NamedTuple

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant
from sqlalchemy import text

from tests.support.group_seats_model import DIRECT, Reason, Team
from tests.support.mutations import Caller, new_caller
from tests.support.sync_gateway import SyncGateway
from tests.support.world import World, counter

MEMBERS, GROUPS, SEATS = 7, 2, (3, 2)
REFUSED = {"NO_SEAT_LEFT", "SEPARATION_OF_DUTIES"}
HELD = """
select s.holder_id, s.product_id, coalesce(r.group_id, r.kind) from seats s
left join seat_sources r on r.team_id = s.team_id and r.seat_id = s.id
where s.team_id = :team and s.holder_id is not null
"""
WAITING = "select user_id, product_id, coalesce(group_id, kind) from waits where team_id = :team"
PLACES = "select user_id, product_id, min(id) from waits where team_id = :team group by user_id, product_id"
IDLE = """
select s.product_id from seats s join subscriptions p on p.team_id = s.team_id and p.id = s.subscription_id
where s.team_id = :team and s.holder_id is null and s.retired_at is null
  and current_date between p.starts_on and p.ends_on
"""
HOLDERS = "select id, holder_id, product_id from seats where team_id = :team and holder_id is not null"
PERIODS = "select seat_id, holder_id, started_by from seat_history where team_id = :team and ended_at is null"
GROUPED = "select group_id, user_id from group_members where team_id = :team"
GIVING = "select group_id, product_id from group_products where team_id = :team"
IN_TEAM = "select user_id, upper(role), accepted_at is null from memberships where team_id = :team"

mode = st.sampled_from(["ALL_OR_NOTHING", "BEST_EFFORT", "WAITLIST", "WAITLIST"])
dry = st.sampled_from([False] * 5 + [True])
Change = Callable[[Team], object]


class Invitee(NamedTuple):
    """A person to invite into groups. `one` is their index among the people; the address may be of a new account."""

    one: int
    email: str
    role: str
    groups: Sequence[str]


class GroupSeatsMachine(RuleBasedStateMachine):
    """One team with two products and two groups, a coordinator who sends mutations, and a model of the team."""

    gateway: ClassVar[SyncGateway]

    @initialize(separated=st.booleans())
    def begin(self, separated: bool) -> None:
        """Make the team. Nobody holds a seat yet."""
        self.world: World = self.gateway.world
        new = new_caller(self.gateway.client, self.world, seats=SEATS[0], separated=separated)
        self.caller: Caller = self.gateway.run(new)
        self.separated = separated
        self.products = [self.caller.product, self.gateway.run(self.world.pool(self.caller.team, SEATS[1]))]
        members = self.gateway.run(self.caller.members(MEMBERS - 4))
        invited = [self.gateway.run(self.world.invited_member(self.caller.team)).id for _ in range(2)]
        others = [self.gateway.run(self.world.person()).id for _ in range(3)]
        self.people = [*members, *invited, *others[1:], self.caller.who.id, others[0]]
        roles = dict.fromkeys([*members, *invited], "USER")
        self.team = Team({**roles, self.caller.who.id: "SOFTWARE_COORDINATOR"}, set(invited))
        self.bought = 0
        self.names, self.opened = dict[str, str](), set[str]()
        self.groups = [self.new_group() for _ in range(GROUPS)]

    @invariant()
    def people_hold_or_wait_for_what_is_given_to_them(self) -> None:
        """Sources and waits are what groups, defaults and coordinators give, except what was refused with an error."""
        held, waiting, idle = self.read(HELD, WAITING, IDLE)
        assert len(held) == len(set(held))
        assert None not in {reason[2] for reason in held}, "a held seat without a source"
        assert set(held) | set(waiting) == self.team.due() - self.team.unserved
        assert not {reason[:2] for reason in held} & {reason[:2] for reason in waiting}
        assert not {reason[1] for reason in waiting} & {row[0] for row in idle}

    @invariant()
    def members_and_groups_are_those_of_the_model(self) -> None:
        """Compares members, their roles, the groups' members and the groups' products."""
        in_team, grouped, giving = map(set, self.read(IN_TEAM, GROUPED, GIVING))
        assert in_team == {(one, role, one in self.team.pending) for one, role in self.team.roles.items()}
        assert grouped == {(id_, one) for id_, all_ in self.team.groups.items() for one in all_}
        assert giving == {(id_, one) for id_, all_ in self.team.given.items() for one in all_}

    @invariant()
    def each_held_seat_has_one_open_period(self) -> None:
        """Also: with separation of duties, nobody has assigned a seat to themselves."""
        holders, periods = self.read(HOLDERS, PERIODS)
        assert sorted(period[:2] for period in periods) == sorted(holder[:2] for holder in holders)
        assert len(holders) == len({holder[1:] for holder in holders}), "two seats of one product for one person"
        if self.separated:
            assert all(holder != giver for _, holder, giver in periods)

    def new_group(self) -> str:
        """Make a group without members that gives the first product. Returns its id."""
        name = f"Group {next(counter)}"
        id_ = self.gateway.run(self.world.group(self.caller.team, name))
        self.names[id_] = name
        self.gateway.run(self.world.add_group_product(self.caller.team, id_, self.products[0]))
        self.team.groups[id_], self.team.given[id_] = set(), {self.products[0]}
        return id_

    def send(
        self, mutation: str, change: Change, reason: str, *, mode: str | None = None, dry: bool = False, **input: Any
    ) -> list[str]:
        """Send a mutation, and change the model too unless it was refused or a dry run. Returns the error codes.

        `reason` is why the mutation gives seats: directly, by default, or by the group with this id.
        """
        more = {"dryRun": dry} if mode is None else {"dryRun": dry, "mode": mode}
        errors = self.gateway.run(self.caller.mutate(mutation, **input, **more)).content["errors"]
        codes = [error["code"] for error in errors]
        if dry or (mode == "ALL_OR_NOTHING" and not all(error["isInformation"] for error in errors)):
            return codes
        change(self.team)
        refused = [error for error in errors if error["code"] in REFUSED]
        if reason == DIRECT:
            lost = {(input["userIds"][error["row"]], input["productId"], DIRECT) for error in refused}
            self.team.direct -= lost - self.held_or_waiting()
        reasons = [(error["userId"], error["productId"], reason) for error in refused if error["userId"]]
        self.team.refuse(reasons, self.held_or_waiting())
        return codes

    def send_invitations(
        self,
        mutation: str,
        invitees: Sequence[Invitee],
        *,
        mode: str,
        dry: bool,
        product: str | None = None,
        **input: Any,
    ) -> dict[str, Any]:
        """Send a mutation that invites people, and assigns each a seat of `product` if there is one.

        Each person who gets no seat of a product must be in the errors. Returns the payload.
        """
        products = [] if product is None else [product]
        idle = Counter(row[0] for row in self.read(IDLE)[0])
        new = {
            place: invitee
            for place, invitee in enumerate(invitees)
            if self.people[invitee.one] not in self.team.members
        }
        about = {"teamId": self.caller.team, "mode": mode, "dryRun": dry, **input}
        payload: dict[str, Any] = self.gateway.run(self.caller.mutate(mutation, **about)).content
        # The first person of a file is in its line 2.
        errors = [(error["code"], error["row"]) for error in payload["errors"]]
        errors += [(problem["reason"], problem["line"] - 2) for problem in payload.get("problems", [])]
        wanted = Counter(id_ for invitee in new.values() for id_ in {*products, *self.products_of(invitee.groups)})
        short = sum((wanted - idle).values())
        without = [place for code, place in errors if code == ("WAITING" if mode == "WAITLIST" else "NO_SEAT_LEFT")]
        known = [place for code, place in errors if code == "ALREADY_MEMBER"]
        assert (len(without), sorted(known)) == (short, sorted(set(range(len(invitees))) - new.keys()))
        assert len(errors) == len(without) + len(known)
        if dry or (mode == "ALL_OR_NOTHING" and short):
            return payload
        due = dict[Reason, int]()
        for place, invitee in new.items():
            [[(person,)]] = self.read("select id from users where email = :email", email=invitee.email)
            self.people[invitee.one] = person
            due |= dict.fromkeys(self.team.invite(person, invitee.role, invitee.groups, products), place)
        served = set(self.read(HELD)[0])
        lost = {reason: place for reason, place in due.items() if reason not in served}
        assert sorted(without) == sorted(place for _, _, place in {(*one[:2], place) for one, place in lost.items()})
        self.team.direct -= lost.keys() - self.held_or_waiting()
        self.team.refuse(lost, self.held_or_waiting())
        return payload

    def products_of(self, groups: Sequence[str]) -> set[str]:
        """The products that these groups give."""
        return {product for group in groups for product in self.team.given[group]}

    def held_or_waiting(self) -> set[Reason]:
        """The person, the product and the reason of each held seat and of each place on a waiting list."""
        held, waiting = self.read(HELD, WAITING)
        return {(row[0], row[1], row[2]) for row in (*held, *waiting)}

    def seats_and_places(
        self, people: Collection[str], products: Collection[str]
    ) -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], int]]:
        """The seat, and the wait that determines the place, of each of these people and products."""
        held, places = self.read(HOLDERS, PLACES)
        return (
            {(one, of): seat for seat, one, of in held if one in people and of in products},
            {(one, of): place for one, of, place in places if one in people and of in products},
        )

    def read(self, *queries: str, **values: object) -> list[list[tuple[Any, ...]]]:
        """The rows of the team that each query finds."""

        async def run() -> list[list[tuple[Any, ...]]]:
            async with self.world.engine.connect() as connection:
                about = {"team": self.caller.team, **values}
                return [[tuple(row) for row in await connection.execute(text(query), about)] for query in queries]

        return self.gateway.run(run())
