"""What a partner token may do: what its scopes name and its grantor may do now, in its one team."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import Desk, audit_rows, desk_of, operation
from tests.support.world import Someone, World

ROOT = Path(__file__).parents[3]
SEATS = "input: {teamId: $team, productId: $product, userIds: [$%s], dryRun: true}"
MOVE = "input: {seatId: $seat, fromUserId: $holder, toUserId: $other, dryRun: true}"
GONE = "input: {teamId: $team, userIds: [$other], dryRun: true}"
MADE = "input: {teamId: $team, userId: $other, role: SOFTWARE_COORDINATOR, dryRun: true}"
DENIED = "input: {requestId: $request, grant: false, dryRun: true}"
NAMED = 'name: "Fresh", dryRun: true'
UNDONE = "input: {teamId: $team, groupId: $group, dryRun: true}"
GIVEN = "input: {groupId: $group, productId: $product, dryRun: true}"
HELD = "productId: $product, on: $today"
GUEST = 'input: {teamId: $team, dryRun: true, people: [{firstName: "A", lastName: "B", email: "guest@tests.example"}]}'
FILE = (
    "input: {teamId: $team, dryRun: true, mode: BEST_EFFORT, "
    'text: "First name,Last name,Email address\\nA,B,guest@tests.example\\nA,,guest@tests.example"}'
)
INVITED = "input: {teamId: $team, invitationId: $invitation, dryRun: true}"
# What each scope opens: a query that is answered without errors, and with something in it.
OPENS = {
    Scope.MEMBERS_READ: "{ team(id: $team) { members { totalCount nodes { user { name } } } } }",
    Scope.MEMBERS_INVITE: f"mutation {{ inviteMembers({GUEST}) {{ errors {{ code }} invitations {{ id }} }} }}",
    Scope.MEMBERS_IMPORT: f"mutation {{ importMembers({FILE}) {{ imported problems {{ line }} }} }}",
    Scope.MEMBERS_CHANGE_ROLE: f"mutation {{ changeRole({MADE}) {{ errors {{ code }} }} }}",
    Scope.MEMBERS_REMOVE: f"mutation {{ removeMembers({GONE}) {{ errors {{ code }} removedUserIds }} }}",
    Scope.INVITATIONS_RESEND: f"mutation {{ resendInvitation({INVITED}) {{ errors {{ code }} }} }}",
    Scope.INVITATIONS_REVOKE: f"mutation {{ revokeInvitation({INVITED}) {{ errors {{ code }} }} }}",
    Scope.EMAILS_READ: "{ node(id: $holder) { ... on User { email } } }",
    Scope.GROUPS_READ: "{ node(id: $group) { ... on Group { name } } }",
    Scope.GROUPS_CREATE: f"mutation {{ createGroup(input: {{teamId: $team, {NAMED}}}) {{ errors {{ code }} }} }}",
    Scope.GROUPS_UPDATE: f"mutation {{ renameGroup(input: {{groupId: $group, {NAMED}}}) {{ errors {{ code }} }} }}",
    Scope.GROUPS_DELETE: f"mutation {{ deleteGroup({UNDONE}) {{ errors {{ code }} }} }}",
    Scope.GROUPS_ASSIGN: f"mutation {{ assignGroupProduct({GIVEN}) {{ errors {{ code }} }} }}",
    Scope.DEFAULTS_SET: (
        "mutation { setDefaultProducts(input: {teamId: $team, productIds: [], dryRun: true}) { errors { code } } }"
    ),
    Scope.POOLS_READ: "{ team(id: $team) { pools { total } } }",
    Scope.SEATS_READ: "{ team(id: $team) { seats(assigned: true) { nodes { sources { kind } } } } }",
    Scope.SEATS_ASSIGN: f"mutation {{ assignSeats({SEATS % 'other'}) {{ errors {{ code }} }} }}",
    Scope.SEATS_UNASSIGN: f"mutation {{ unassignSeats({SEATS % 'holder'}) {{ errors {{ code }} }} }}",
    Scope.SEATS_REASSIGN: f"mutation {{ reassignSeat({MOVE}) {{ errors {{ code }} }} }}",
    Scope.REQUESTS_READ: "{ team(id: $team) { requests { nodes { state } } } }",
    Scope.REQUESTS_ANSWER: f"mutation {{ answerRequest({DENIED}) {{ errors {{ code }} }} }}",
    Scope.USAGE_READ: "{ node(id: $seat) { ... on Seat { usage { hours } } } }",
    Scope.HISTORY_READ: f"{{ team(id: $team) {{ seatHistory({HELD}) {{ nodes {{ startedAt }} }} }} }}",
    Scope.AUDIT_READ: "{ team(id: $team) { audit { nodes { action } } } }",
}
# What can be reached only through something else that a scope opens.
BEHIND = {
    Scope.INVITATIONS_RESEND: {Scope.MEMBERS_READ},
    Scope.INVITATIONS_REVOKE: {Scope.MEMBERS_READ},
    Scope.EMAILS_READ: {Scope.MEMBERS_READ},
    Scope.GROUPS_UPDATE: {Scope.GROUPS_READ},
    Scope.GROUPS_DELETE: {Scope.GROUPS_READ},
    Scope.GROUPS_ASSIGN: {Scope.GROUPS_READ, Scope.SEATS_ASSIGN},
    Scope.USAGE_READ: {Scope.SEATS_READ},
    Scope.REQUESTS_ANSWER: {Scope.REQUESTS_READ},
    Scope.SEATS_REASSIGN: {Scope.SEATS_READ},
}


@dataclass(frozen=True)
class Place:
    """A coordinator's team with somebody who holds a seat, somebody who holds none, and a group."""

    desk: Desk
    holder: Someone
    other: Someone
    group: str
    seat: str
    request: str
    invitation: str

    async def open_to(self, secret: str) -> set[Scope]:
        """The scopes whose queries are answered."""
        ids = {
            "$team": self.desk.team,
            "$product": self.desk.product,
            "$group": self.group,
            "$seat": self.seat,
            "$request": self.request,
            "$invitation": self.invitation,
            "$holder": self.holder.id,
            "$other": self.other.id,
            "$today": datetime.now(UTC).date().isoformat(),
        }
        answered = set()
        for scope, query in OPENS.items():
            asked = reduce(lambda text, name: text.replace(name, f'"{ids[name]}"'), ids, query)
            content = (await self.desk.client(asked, secret)).content
            if "errors" not in content and holds(content["data"]):
                answered.add(scope)
        return answered

    async def token(self, *scopes: Scope) -> str:
        """The secret of a token of the coordinator's with these scopes."""
        return (await self.desk.world.token(self.desk.team, self.desk.who.id, *scopes))[1]


def holds(value: Any) -> bool:
    """Whether there is something in it, and no error of a mutation."""
    if isinstance(value, dict):
        return not value.get("errors") and all(holds(part) for name, part in value.items() if name != "errors")
    if isinstance(value, list):
        return bool(value) and all(map(holds, value))
    return bool(value)


@pytest.fixture(scope="module")
async def place(client: Client, world: World) -> Place:
    """A place whose coordinator stays one."""
    return await furnished(client, world)


async def furnished(client: Client, world: World) -> Place:
    """A new place."""
    desk = await desk_of(client, world, seats=3)
    holder, other = await world.member(desk.team), await world.member(desk.team)
    group = await world.group(desk.team)
    seat = (await desk.assign([holder.id])).content["seats"][0]["id"]
    await world.usage(desk.team, seat, holder.id, datetime.now(UTC).date())
    request = await world.request(desk.team, desk.product, other.id)
    invited = await world.invited(desk.team)
    invitation = await world.invitation(desk.team, invited.id)
    return Place(desk, holder, other, group, seat, request, invitation)


def test_every_scope_that_opens_something_is_looked_at() -> None:
    named = set(re.findall(r'@policy\(action: "([^"]+)"\)', (ROOT / "schema.graphql").read_text(encoding="utf-8")))
    assert list(OPENS) == [scope for scope in Scope if scope in named]


def test_each_scope_is_tried() -> None:
    assert OPENS.keys() == set(Scope)


@pytest.mark.parametrize("scope", OPENS)
async def test_a_scope_opens_what_it_names_and_nothing_else(place: Place, scope: Scope) -> None:
    behind = BEHIND.get(scope, set())
    assert await place.open_to(await place.token(scope)) == (set() if behind else {scope})
    if behind:
        assert await place.open_to(await place.token(scope, *behind)) == {scope, *behind}


@pytest.mark.parametrize("scope", OPENS)
async def test_without_a_scope_just_what_it_names_is_hidden(place: Place, scope: Scope) -> None:
    rest = set(Scope) - {scope}
    hidden = {scope, *(one for one, behind in BEHIND.items() if scope in behind)}
    assert await place.open_to(await place.token(*rest)) == OPENS.keys() - hidden


async def test_a_token_never_may_more_than_its_grantor_now(client: Client, world: World) -> None:
    place = await furnished(client, world)
    token, team, grantor = await place.token(*Scope), place.desk.team, place.desk.who
    boss = await world.member(team, Role.CONTRACT_MANAGER)
    assert await place.open_to(token) == set(OPENS)
    await world.role(team, grantor.id, Role.USER)
    assert await place.open_to(token) == {Scope.MEMBERS_READ}
    members = "query($id: ID!) { team(id: $id) { members { nodes { user { id } } } } }"
    seen = (await client(members, token, id=team)).data["team"]["members"]["nodes"]
    assert seen == [{"user": {"id": grantor.id}}]
    await world.role(team, grantor.id, Role.SOFTWARE_COORDINATOR)
    assert await place.open_to(token) == set(OPENS)
    removal = {"teamId": team, "userIds": [grantor.id]}
    removed = await client(operation("removeMembers"), boss.secret, input=removal)
    assert removed.data["removeMembers"]["removedUserIds"] == [grantor.id]
    assert await place.open_to(token) == set()
    assert (await client("{ teams { totalCount } }", token)).data == {"teams": {"totalCount": 0}}
    assert (await client(members, token, id=team)).codes == ["NOT_FOUND"]


async def test_a_demoted_grantors_token_changes_nothing(client: Client, world: World) -> None:
    place = await furnished(client, world)
    desk, token = place.desk, await place.token(*Scope)
    await world.role(desk.team, desk.who.id, Role.USER)
    before = await world.fingerprint()
    pool = {"teamId": desk.team, "productId": desk.product, "userIds": [place.other.id]}
    move = {"seatId": place.seat, "fromUserId": place.holder.id, "toUserId": place.other.id}
    for mutation, asked, code in (
        ("assignSeats", pool, "FORBIDDEN"),
        ("unassignSeats", pool, "FORBIDDEN"),
        ("reassignSeat", move, "NOT_FOUND"),
        ("removeMembers", {"teamId": desk.team, "userIds": [place.other.id]}, "FORBIDDEN"),
    ):
        assert (await client(operation(mutation), token, input=asked)).codes == [code]
    assert await world.fingerprint() == before


async def test_a_token_reaches_no_other_team(client: Client, world: World) -> None:
    place, there = await furnished(client, world), await furnished(client, world)
    desk, token = place.desk, await place.token(*Scope)
    await world.member(there.desk.team, Role.CONTRACT_MANAGER, desk.who)
    await world.member(there.desk.team, Role.USER, place.holder)
    await there.desk.assign([place.holder.id])
    assert (await client("{ teams { nodes { id } } }", token)).data == {"teams": {"nodes": [{"id": desk.team}]}}
    shared = "query($id: ID!) { node(id: $id) { ... on User { %s { nodes { team { id } } } } } }"
    for field in ("memberships", "seats"):
        found = (await client(shared % field, token, id=place.holder.id)).data["node"][field]["nodes"]
        assert found == [{"team": {"id": desk.team}}]
    before = await world.fingerprint()
    assert await there.open_to(token) == set()
    for id_ in (there.desk.team, there.holder.id, there.group, there.seat):
        assert (await client("query($id: ID!) { node(id: $id) { id } }", token, id=id_)).codes == ["NOT_FOUND"]
    pool = {"teamId": there.desk.team, "productId": there.desk.product, "userIds": [there.other.id]}
    assert (await client(operation("assignSeats"), token, input=pool)).codes == ["NOT_FOUND"]
    assert await world.fingerprint() == before


async def test_what_a_token_does_is_told_of_the_token(place: Place) -> None:
    token, secret = await place.desk.world.token(place.desk.team, place.desk.who.id, Scope.SEATS_ASSIGN)
    [ada] = await place.desk.members(1)
    asked = {"teamId": place.desk.team, "productId": place.desk.product, "userIds": [ada]}
    assert (await place.desk.client(operation("assignSeats"), secret, input=asked)).status == 200
    last = (await audit_rows(place.desk.world, place.desk.team))[-1]
    assert (last.actor_kind, last.actor_id, last.token_id) == ("partner", place.desk.who.id, token)
    assert (last.action, last.after["assigned"]) == ("seats:assign", dict.fromkeys(last.after["assigned"], ada))


@pytest.mark.parametrize("query", ["{ viewer { id } }", "mutation { signOut(input: {}) { signedOut } }"])
async def test_a_token_is_nobody(place: Place, query: str) -> None:
    assert (await place.desk.client(query, await place.token(*Scope))).codes == ["FORBIDDEN"]
