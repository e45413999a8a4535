"""After any sequence of changes, everybody holds, or waits for, exactly the seats that are due to them.

A person who does not has got an error. Nobody holds two seats of a product, a seat is freed when its last source ends,
and no seat is available while somebody waits for it.
"""

from collections.abc import Callable, Collection
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from tests.support.group_seats_machine import (
    GROUPS,
    HELD,
    HOLDERS,
    MEMBERS,
    SEATS,
    WAITING,
    GroupSeatsMachine,
    Invitee,
    dry,
    mode,
)
from tests.support.group_seats_model import DEFAULT, DIRECT, Team
from tests.support.mutations import operation
from tests.support.sync_gateway import sync_gateway
from tests.support.world import counter

pytestmark = pytest.mark.slow

any_person = st.integers(0, MEMBERS + 1)  # the last but one is the caller, the last one is never in the team
other_person = st.integers(0, MEMBERS - 1)
people = st.lists(any_person, max_size=MEMBERS, unique=True)
some_people = st.lists(any_person, min_size=1, max_size=4, unique=True)
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
    """Mark a method as a move of the machine, with these arguments.

    A move is not a hypothesis rule. Hypothesis leaves out half of the rules in each run, and then most of the other
    moves find nothing to do.
    """

    def register(method: Move) -> Move:
        moves.append(st.tuples(st.just(method.__name__), st.fixed_dictionaries(arguments)))
        return method

    return register


class GroupSeats(GroupSeatsMachine):
    """The moves, which can follow each other in any order."""

    @move(product=product, people=some_people, gives=gives, mode=mode, dry=dry)
    def assign(self, product: int, people: list[int], gives: bool, mode: str, dry: bool) -> None:
        """Assign seats to other people directly, or unassign direct seats."""
        giver = {self.caller.who.id} if gives else set[str]()
        asked = [self.people[one] for one in people if self.people[one] in self.team.members - giver]
        reasons = {(person, self.products[product], DIRECT) for person in asked}

        def change(team: Team) -> None:
            team.direct = team.direct | reasons if gives else team.direct - reasons

        about: Asked = {"teamId": self.caller.team, "productId": self.products[product], "userIds": asked}
        if asked and gives:
            self.send("assignSeats", change, DIRECT, mode=mode, dry=dry, **about)
        elif asked:
            self.send("unassignSeats", change, DIRECT, dry=dry, **about)

    @move(product=product, giver=any_person, receiver=any_person, fits=st.sampled_from([True] * 3 + [False]), dry=dry)
    def reassign(self, product: int, giver: int, receiver: int, fits: bool, dry: bool) -> None:
        """Reassign a person's seat to another person. In most cases this is possible (`fits`)."""
        name, [held, holders] = self.products[product], self.read(HELD, HOLDERS)
        seats = {holder: seat for seat, holder, of in holders if of == name}
        kept = {person for person, of, reason in held if of == name and reason != DIRECT}
        receivers = self.team.members - seats.keys() if fits else {*self.people}
        receivers -= {self.caller.who.id} if self.separated else set()
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
        """Set the members of a group."""
        id_, asked = self.groups[group], [self.people[one] for one in people]

        def change(team: Team) -> None:
            team.groups[id_] = set(asked) & team.members

        self.send("setGroupMembers", change, id_, mode=mode, dry=dry, groupId=id_, userIds=asked)

    @move(group=group, people=some_people, mode=mode, dry=dry)
    def join(self, group: int, people: list[int], mode: str, dry: bool) -> None:
        """Add people to a group, also those who are in it already."""
        id_, asked = self.groups[group], [self.people[one] for one in people]

        def change(team: Team) -> None:
            team.groups[id_] |= set(asked) & team.members

        self.send("addGroupMembers", change, id_, mode=mode, dry=dry, groupId=id_, userIds=asked)

    @move(group=group, people=some_people, mode=st.sampled_from(["ALL_OR_NOTHING", "BEST_EFFORT"]), dry=dry)
    def leave(self, group: int, people: list[int], mode: str, dry: bool) -> None:
        """Remove people from a group, also those who are not in it."""
        id_, asked = self.groups[group], [self.people[one] for one in people]

        def change(team: Team) -> None:
            team.groups[id_] -= set(asked)

        self.send("removeGroupMembers", change, id_, mode=mode, dry=dry, groupId=id_, userIds=asked)

    @move(group=group, people=some_people, mode=mode, dry=dry)
    def transfer(self, group: int, people: list[int], mode: str, dry: bool) -> None:
        """Move people from one group to the next, also people who are not in the first one."""
        left, joined = self.groups[group], self.groups[(group + 1) % GROUPS]
        asked = [self.people[one] for one in people]
        if mode == "ALL_OR_NOTHING":  # then nobody moves if one person is not in the group
            asked = [person for person in asked if person in self.team.groups[left]]
        staying = (self.team.groups[left] & set(asked)) - ({self.caller.who.id} if self.separated else set())
        shared = self.team.given[left] & self.team.given[joined]
        held, waiting = self.seats_and_places(staying, shared)

        def change(team: Team) -> None:
            moving = team.groups[left] & set(asked)
            team.groups[left] -= moving
            team.groups[joined] |= moving

        if asked:
            about: Asked = {"fromGroupId": left, "toGroupId": joined, "userIds": asked}
            self.send("moveGroupMembers", change, joined, mode=mode, dry=dry, **about)
            seats, places = self.seats_and_places(staying, shared)
            assert held.items() <= seats.items(), "somebody lost a seat that both groups give"
            assert all(places.get(one, 0) == place or one in seats for one, place in waiting.items()), (
                "a place was lost"
            )

    @move(group=group, product=product, gives=gives, mode=mode, dry=dry)
    def give(self, group: int, product: int, gives: bool, mode: str, dry: bool) -> None:
        """Let a group give a product, or stop it."""
        id_, name = self.groups[group], self.products[product]
        about: Asked = {"groupId": id_, "productId": name}
        if gives:
            self.send("assignGroupProduct", lambda team: team.given[id_].add(name), id_, mode=mode, dry=dry, **about)
        else:
            self.send("unassignGroupProduct", lambda team: team.given[id_].discard(name), id_, dry=dry, **about)

    @move(group=group)
    def delete(self, group: int) -> None:
        """Delete a group, and create another one in its place."""
        id_ = self.groups[group]
        about: Asked = {"teamId": self.caller.team, "groupId": id_}

        def change(team: Team) -> None:
            del team.groups[id_], team.given[id_]

        number = self.gateway.run(self.caller.mutate("deleteGroup", **about, dryRun=True)).content["freedSeats"]
        self.send("deleteGroup", change, id_, **about, confirm=number)
        self.groups[group] = self.new_group()

    @move(products=st.lists(product, unique=True), mode=mode, dry=dry)
    def default(self, products: list[int], mode: str, dry: bool) -> None:
        """Set the products that the team gives to everybody."""
        named = [self.products[one] for one in products]

        def change(team: Team) -> None:
            team.defaults = set(named)

        about: Asked = {"teamId": self.caller.team, "productIds": named}
        self.send("setDefaultProducts", change, DEFAULT, mode=mode, dry=dry, **about)

    @move(people=st.lists(other_person, min_size=1, max_size=2, unique=True), dry=dry)
    def remove(self, people: list[int], dry: bool) -> None:
        """Remove people from the team."""
        going = [self.people[one] for one in people if self.people[one] in self.team.members]

        def change(team: Team) -> None:
            for person in going:
                team.remove(person)

        if going:
            self.send("removeMembers", change, DIRECT, dry=dry, teamId=self.caller.team, userIds=going)

    @move(newcomers=newcomers, mode=mode, dry=dry)
    def invite(self, newcomers: list[Newcomer], mode: str, dry: bool) -> None:
        """Invite people into groups. They may be members already, or former members, or new."""
        invitees = [self.invitee(*one) for one in newcomers]
        rows = [
            {"firstName": "Ada", "lastName": "Byron", "email": one.email, "role": one.role, "groupIds": one.groups}
            for one in invitees
        ]
        self.send_invitations("inviteMembers", invitees, mode=mode, dry=dry, people=rows)

    @move(newcomers=newcomers, product=st.none() | product, mode=mode, dry=dry)
    def import_(self, newcomers: list[Newcomer], product: int | None, mode: str, dry: bool) -> None:
        """Import such people from a file, each into at most one group, and give them a product directly, or none."""
        invitees = [self.invitee(one, fresh, "USER", groups[:1]) for one, fresh, _, groups in newcomers]
        named = None if product is None else self.products[product]
        rows = (f"Ada,Byron,{one.email},{self.names[one.groups[0]] if one.groups else ''}" for one in invitees)
        file = "\n".join(("First name,Last name,Email address,Group", *rows))
        # The moves remove people, and a file is to bring them back.
        more = {"text": file, "productId": named, "inviteRemoved": True}
        payload = self.send_invitations("importMembers", invitees, mode=mode, dry=dry, product=named, **more)
        assert payload["rows"] == len(invitees) == payload["imported"] + payload["skipped"] + payload["rejected"]

    @move(one=other_person, opens=st.sampled_from([False] * 4 + [True]))
    def accept(self, one: int, opens: bool) -> None:
        """Let an invited person accept, either with a new password, if the account has none, or signed in."""
        if not self.team.pending:
            return
        person = self.one_of(self.team.pending, one)
        asked = {"token": self.gateway.run(self.world.invitation_token(self.caller.team, person))}
        opens = opens and person not in self.opened
        secret = None
        if opens:
            asked["password"] = "correct horse battery"
        else:
            self.gateway.run(self.world.verify(person))
            secret = self.gateway.run(self.world.session(person))
        self.opened.add(person)
        answer = self.gateway.run(self.gateway.client(operation("acceptInvitation"), secret, input=asked))
        assert answer.data["acceptInvitation"]["errors"] == []
        self.team.pending.discard(person)

    @move(one=other_person, dry=dry)
    def revoke(self, one: int, dry: bool) -> None:
        """Revoke an invitation."""
        if not self.team.pending:
            return
        person = self.one_of(self.team.pending, one)
        about: Asked = {"teamId": self.caller.team}
        about["invitationId"] = self.gateway.run(self.world.invitation(self.caller.team, person))
        self.send("revokeInvitation", lambda team: team.remove(person), DIRECT, dry=dry, **about)

    @move(one=other_person, role=role, dry=dry)
    def change_role(self, one: int, role: str, dry: bool) -> None:
        """Change a member's role, which changes no seat."""
        person = self.people[one]
        if person in self.team.members:
            about: Asked = {"teamId": self.caller.team, "userId": person, "role": role}
            self.send("changeRole", lambda team: team.roles.update({person: role}), DIRECT, dry=dry, **about)

    @move(product=product)
    def buy(self, product: int) -> None:
        """Add a seat to a pool, at most twice and only if nobody waits for the product."""
        if self.bought < 2 and self.products[product] not in {row[1] for row in self.read(WAITING)[0]}:
            self.bought += 1
            self.gateway.run(self.world.pool(self.caller.team, 1, self.products[product]))

    @rule(move=st.one_of(moves))
    def step(self, move: tuple[str, Asked]) -> None:
        """Make one of the moves."""
        name, arguments = move
        getattr(self, name)(**arguments)

    def one_of(self, people: Collection[str], one: int) -> str:
        """One of these people, chosen by number in the order of `self.people`."""
        order = [person for person in self.people if person in people]
        return order[one % len(order)]

    def invitee(self, one: int, fresh: bool, role: str, groups: list[int]) -> Invitee:
        """One of the people to invite. If `fresh`, somebody new takes the place of a person who is not in the team."""
        person, email = self.people[one], f"newcomer{next(counter)}@tests.example"
        if person in self.team.members or not fresh:
            [[(email,)]] = self.read("select email from users where id = :id", id=person)
        return Invitee(one, email, role, [self.groups[group] for group in groups])


@pytest.mark.usefixtures("engine")
def test_after_any_sequence_everybody_holds_or_waits_for_what_is_due(postgres: str) -> None:
    chosen = settings(
        max_examples=20,
        stateful_step_count=60,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
    with sync_gateway(postgres) as ready:
        run_state_machine_as_test(type("GroupSeatsHere", (GroupSeats,), {"gateway": ready}), settings=chosen)
