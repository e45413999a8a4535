"""Whatever happens to groups, defaults, members and seats: everybody holds, or waits for, exactly what is due to them.

Who does not was told so. Nobody holds two seats of a product, a seat goes back with its last reason, and none is
available while somebody waits for it.
"""

from collections.abc import Callable, Collection
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.resolvers.seats.test_seats_stateful import ground
from tests.support.group_seats_machine import (
    GROUPS,
    HELD,
    HOLDERS,
    MEMBERS,
    SEATS,
    WAITING,
    GiftMachine,
    Guest,
    dry,
    mode,
)
from tests.support.group_seats_model import DEFAULT, DIRECT, Team
from tests.support.mutations import operation
from tests.support.world import counter

who = st.integers(0, MEMBERS + 1)  # the last but one acts, the last never joins
other = st.integers(0, MEMBERS - 1)
people = st.lists(who, max_size=MEMBERS, unique=True)
some = st.lists(who, min_size=1, max_size=4, unique=True)
product, group = st.integers(0, len(SEATS) - 1), st.integers(0, GROUPS - 1)
gives = st.sampled_from([True, True, False])
role = st.sampled_from(["USER", "SOFTWARE_COORDINATOR"])
newcomer = st.tuples(st.integers(0, MEMBERS), st.booleans(), role, st.lists(group, unique=True))
newcomers = st.lists(newcomer, min_size=1, max_size=4, unique_by=lambda one: one[0])
Newcomer = tuple[int, bool, str, list[int]]
Asked = dict[str, Any]
Move = TypeVar("Move", bound=Callable[..., None])
moves: list[st.SearchStrategy[tuple[str, Asked]]] = []


def move(**arguments: st.SearchStrategy[Any]) -> Callable[[Move], Move]:
    """Something that may happen, with such arguments.

    No rule of its own: hypothesis leaves half of the rules out of each run, and then most of the others find nothing
    to do.
    """

    def known(method: Move) -> Move:
        moves.append(st.tuples(st.just(method.__name__), st.fixed_dictionaries(arguments)))
        return method

    return known


class Gifts(GiftMachine):
    """What may happen, in any order."""

    @move(product=product, people=some, gives=gives, mode=mode, dry=dry)
    def assign(self, product: int, people: list[int], gives: bool, mode: str, dry: bool) -> None:
        """Give seats directly, to others, or take back what was given so."""
        giver = {self.desk.who.id} if gives else set[str]()
        asked = [self.people[one] for one in people if self.people[one] in self.team.members - giver]
        reasons = {(person, self.products[product], DIRECT) for person in asked}

        def change(team: Team) -> None:
            team.direct = team.direct | reasons if gives else team.direct - reasons

        about: Asked = {"teamId": self.desk.team, "productId": self.products[product], "userIds": asked}
        if asked and gives:
            self.send("assignSeats", change, DIRECT, mode=mode, dry=dry, **about)
        elif asked:
            self.send("unassignSeats", change, DIRECT, dry=dry, **about)

    @move(product=product, giver=who, receiver=who, fits=st.sampled_from([True] * 3 + [False]), dry=dry)
    def reassign(self, product: int, giver: int, receiver: int, fits: bool, dry: bool) -> None:
        """Move somebody's seat to another person; most often one that can be moved."""
        name, [held, holders] = self.products[product], self.look(HELD, HOLDERS)
        seats = {holder: seat for seat, holder, of in holders if of == name}
        kept = {person for person, of, reason in held if of == name and reason != DIRECT}
        receivers = self.team.members - seats.keys() if fits else {*self.people}
        receivers -= {self.desk.who.id} if self.separated else set()
        givers = seats.keys() - kept if fits else seats.keys()
        if not givers or not receivers:
            return
        from_id, to_id = self.one_of(givers, giver), self.one_of(receivers, receiver)
        refused = (
            (to_id not in self.team.members, "NOT_FOUND"),
            (to_id in seats, "ALREADY_ASSIGNED"),
            (from_id in kept, "SOURCE_REMAINS"),
        )
        said = [code for holds, code in refused if holds][:1]

        def change(team: Team) -> None:
            if not said:
                team.direct = (team.direct - {(from_id, name, DIRECT)}) | {(to_id, name, DIRECT)}

        about: Asked = {"seatId": seats[from_id], "fromUserId": from_id, "toUserId": to_id}
        assert self.send("reassignSeat", change, DIRECT, dry=dry, **about) == said

    @move(group=group, people=people, mode=mode, dry=dry)
    def regroup(self, group: int, people: list[int], mode: str, dry: bool) -> None:
        """Say who is in a group."""
        id_, asked = self.groups[group], [self.people[one] for one in people]

        def change(team: Team) -> None:
            team.groups[id_] = set(asked) & team.members

        self.send("setGroupMembers", change, id_, mode=mode, dry=dry, groupId=id_, userIds=asked)

    @move(group=group, product=product, gives=gives, mode=mode, dry=dry)
    def give(self, group: int, product: int, gives: bool, mode: str, dry: bool) -> None:
        """Let a group give a product, or give it no more."""
        id_, name = self.groups[group], self.products[product]
        about: Asked = {"groupId": id_, "productId": name}
        if gives:
            self.send("assignGroupProduct", lambda team: team.given[id_].add(name), id_, mode=mode, dry=dry, **about)
        else:
            self.send("unassignGroupProduct", lambda team: team.given[id_].discard(name), id_, dry=dry, **about)

    @move(group=group)
    def delete(self, group: int) -> None:
        """Delete a group and make another in its place."""
        id_ = self.groups[group]
        about: Asked = {"teamId": self.desk.team, "groupId": id_}

        def change(team: Team) -> None:
            del team.groups[id_], team.given[id_]

        number = self.ground.run(self.desk.tell("deleteGroup", **about, dryRun=True)).content["freedSeats"]
        self.send("deleteGroup", change, id_, **about, confirm=number)
        self.groups[group] = self.giving()

    @move(products=st.lists(product, unique=True), mode=mode, dry=dry)
    def default(self, products: list[int], mode: str, dry: bool) -> None:
        """Say what the team gives to everybody."""
        named = [self.products[one] for one in products]

        def change(team: Team) -> None:
            team.defaults = set(named)

        about: Asked = {"teamId": self.desk.team, "productIds": named}
        self.send("setDefaultProducts", change, DEFAULT, mode=mode, dry=dry, **about)

    @move(people=st.lists(other, min_size=1, max_size=2, unique=True), dry=dry)
    def remove(self, people: list[int], dry: bool) -> None:
        """Take people out of the team."""
        going = [self.people[one] for one in people if self.people[one] in self.team.members]

        def change(team: Team) -> None:
            for person in going:
                team.remove(person)

        if going:
            self.send("removeMembers", change, DIRECT, dry=dry, teamId=self.desk.team, userIds=going)

    @move(newcomers=newcomers, mode=mode, dry=dry)
    def invite(self, newcomers: list[Newcomer], mode: str, dry: bool) -> None:
        """Invite people, who may be in the team already, or come back to it, or be new, into groups."""
        guests = [self.guest(*one) for one in newcomers]
        rows = [
            {"firstName": "Ada", "lastName": "Byron", "email": one.email, "role": one.role, "groupIds": one.groups}
            for one in guests
        ]
        self.arrive("inviteMembers", guests, mode=mode, dry=dry, people=rows)

    @move(newcomers=newcomers, product=st.none() | product, mode=mode, dry=dry)
    def import_(self, newcomers: list[Newcomer], product: int | None, mode: str, dry: bool) -> None:
        """Import the like from a file, in a group or none, and give each a product beside, or none."""
        guests = [self.guest(one, fresh, "USER", groups[:1]) for one, fresh, _, groups in newcomers]
        named = None if product is None else self.products[product]
        rows = (f"Ada,Byron,{one.email},{self.names[one.groups[0]] if one.groups else ''}" for one in guests)
        file = "\n".join(("First name,Last name,Email address,Group", *rows))
        told = self.arrive("importMembers", guests, mode=mode, dry=dry, product=named, text=file, productId=named)
        assert told["rows"] == len(guests) == told["imported"] + told["skipped"] + told["rejected"]

    @move(one=other, opens=st.sampled_from([False] * 4 + [True]))
    def accept(self, one: int, opens: bool) -> None:
        """Somebody who is invited accepts: with a password for an account that has none, or signed in."""
        if not self.team.pending:
            return
        person = self.one_of(self.team.pending, one)
        asked = {"token": self.ground.run(self.world.link(self.desk.team, person))}
        opens = opens and person not in self.opened
        secret = None if opens else self.ground.run(self.world.session(person))
        if opens:
            self.opened.add(person)
            asked["password"] = "correct horse battery"
        answer = self.ground.run(self.ground.client(operation("acceptInvitation"), secret, input=asked))
        assert answer.data["acceptInvitation"]["errors"] == []
        self.team.pending.discard(person)

    @move(one=other, dry=dry)
    def revoke(self, one: int, dry: bool) -> None:
        """An invitation is taken back."""
        if not self.team.pending:
            return
        person = self.one_of(self.team.pending, one)
        about: Asked = {"teamId": self.desk.team}
        about["invitationId"] = self.ground.run(self.world.invitation(self.desk.team, person))
        self.send("revokeInvitation", lambda team: team.remove(person), DIRECT, dry=dry, **about)

    @move(one=other, role=role, dry=dry)
    def change_role(self, one: int, role: str, dry: bool) -> None:
        """A role is no reason for a seat."""
        person = self.people[one]
        if person in self.team.members:
            about: Asked = {"teamId": self.desk.team, "userId": person, "role": role}
            self.send("changeRole", lambda team: team.roles.update({person: role}), DIRECT, dry=dry, **about)

    @move(product=product)
    def buy(self, product: int) -> None:
        """A seat comes anew; the next one who is put into the line moves those who wait for it."""
        if self.bought < 2 and self.products[product] not in {row[1] for row in self.look(WAITING)[0]}:
            self.bought += 1
            self.ground.run(self.world.pool(self.desk.team, 1, self.products[product]))

    @rule(move=st.one_of(moves))
    def step(self, move: tuple[str, Asked]) -> None:
        """Any of these."""
        name, arguments = move
        getattr(self, name)(**arguments)

    def one_of(self, people: Collection[str], one: int) -> str:
        """One of these people, in the order of all."""
        order = [person for person in self.people if person in people]
        return order[one % len(order)]

    def guest(self, one: int, fresh: bool, role: str, groups: list[int]) -> Guest:
        """One of the people, or somebody new in the place of one who is not in the team."""
        person, email = self.people[one], f"newcomer{next(counter)}@tests.example"
        if person in self.team.members or not fresh:
            [[(email,)]] = self.look("select email from users where id = :id", id=person)
        return Guest(one, email, role, [self.groups[group] for group in groups])


def test_any_sequence_leaves_everybody_with_what_is_due(postgres: str, engine: AsyncEngine) -> None:
    assert engine.dialect.name == "postgresql"
    chosen = settings(
        max_examples=20,
        stateful_step_count=60,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
    with ground(postgres) as ready:
        run_state_machine_as_test(type("GiftsHere", (Gifts,), {"ground": ready}), settings=chosen)
