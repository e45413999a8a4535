"""A partner token may do what its scopes allow and its grantor may do now, in its own team."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from db.tables.contracts import Contract
from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import Caller, audit_rows, new_caller, operation
from tests.support.world import Account, World

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
SEATS_INPUT = "input: {teamId: $team, productId: $product, userIds: [$%s], dryRun: true}"
REASSIGN_INPUT = "input: {seatId: $seat, fromUserId: $holder, toUserId: $other, dryRun: true}"
REMOVE_INPUT = "input: {teamId: $team, userIds: [$other], dryRun: true}"
ROLE_INPUT = "input: {teamId: $team, userId: $other, role: SOFTWARE_COORDINATOR, dryRun: true}"
UPDATE_INPUT = 'input: {teamId: $team, userId: $invited, firstName: "Augusta", dryRun: true}'
ANSWER_INPUT = "input: {requestId: $request, grant: false, dryRun: true}"
NAME = 'name: "Fresh", dryRun: true'
DELETE_GROUP_INPUT = "input: {teamId: $team, groupId: $group, dryRun: true}"
GROUP_PRODUCT_INPUT = "input: {groupId: $group, productId: $product, dryRun: true}"
HISTORY_ARGUMENTS = "productId: $product, on: $today"
INVITE_INPUT = (
    'input: {teamId: $team, dryRun: true, people: [{firstName: "A", lastName: "B", email: "guest@tests.example"}]}'
)
IMPORT_INPUT = (
    "input: {teamId: $team, dryRun: true, mode: BEST_EFFORT, "
    'text: "First name,Last name,Email address\\nA,B,guest@tests.example\\nA,,guest@tests.example"}'
)
INVITATION_INPUT = "input: {teamId: $team, invitationId: $invitation, dryRun: true}"
# For each scope, a query that it opens: the answer has no errors and is not empty.
OPENS = {
    Scope.MEMBERS_READ: "{ team(id: $team) { members { totalCount nodes { user { name } } } } }",
    Scope.MEMBERS_INVITE: f"mutation {{ inviteMembers({INVITE_INPUT}) {{ errors {{ code }} invitations {{ id }} }} }}",
    Scope.MEMBERS_IMPORT: f"mutation {{ importMembers({IMPORT_INPUT}) {{ imported problems {{ line }} }} }}",
    Scope.MEMBERS_UPDATE: f"mutation {{ updateMember({UPDATE_INPUT}) {{ errors {{ code }} }} }}",
    Scope.MEMBERS_CHANGE_ROLE: f"mutation {{ changeRole({ROLE_INPUT}) {{ errors {{ code }} }} }}",
    Scope.MEMBERS_REMOVE: f"mutation {{ removeMembers({REMOVE_INPUT}) {{ errors {{ code }} removedUserIds }} }}",
    Scope.INVITATIONS_RESEND: f"mutation {{ resendInvitation({INVITATION_INPUT}) {{ errors {{ code }} }} }}",
    Scope.INVITATIONS_REVOKE: f"mutation {{ revokeInvitation({INVITATION_INPUT}) {{ errors {{ code }} }} }}",
    Scope.EMAILS_READ: "{ node(id: $holder) { ... on User { email } } }",
    Scope.GROUPS_READ: "{ node(id: $group) { ... on Group { name } } }",
    Scope.GROUPS_CREATE: f"mutation {{ createGroup(input: {{teamId: $team, {NAME}}}) {{ errors {{ code }} }} }}",
    Scope.GROUPS_UPDATE: f"mutation {{ renameGroup(input: {{groupId: $group, {NAME}}}) {{ errors {{ code }} }} }}",
    Scope.GROUPS_DELETE: f"mutation {{ deleteGroup({DELETE_GROUP_INPUT}) {{ errors {{ code }} }} }}",
    Scope.GROUPS_ASSIGN: f"mutation {{ assignGroupProduct({GROUP_PRODUCT_INPUT}) {{ errors {{ code }} }} }}",
    Scope.DEFAULTS_SET: (
        "mutation { setDefaultProducts(input: {teamId: $team, productIds: [], dryRun: true}) { errors { code } } }"
    ),
    Scope.POOLS_READ: "{ team(id: $team) { pools { total } } }",
    Scope.SEATS_READ: "{ team(id: $team) { seats(assigned: true) { nodes { sources { kind } } } } }",
    Scope.SEATS_ASSIGN: f"mutation {{ assignSeats({SEATS_INPUT % 'other'}) {{ errors {{ code }} }} }}",
    Scope.SEATS_UNASSIGN: f"mutation {{ unassignSeats({SEATS_INPUT % 'holder'}) {{ errors {{ code }} }} }}",
    Scope.SEATS_REASSIGN: f"mutation {{ reassignSeat({REASSIGN_INPUT}) {{ errors {{ code }} }} }}",
    Scope.REQUESTS_READ: "{ team(id: $team) { requests { nodes { state } } } }",
    Scope.REQUESTS_ANSWER: f"mutation {{ answerRequest({ANSWER_INPUT}) {{ errors {{ code }} }} }}",
    Scope.USAGE_READ: "{ node(id: $seat) { ... on Seat { usage { hours } } } }",
    Scope.HISTORY_READ: f"{{ team(id: $team) {{ seatHistory({HISTORY_ARGUMENTS}) {{ nodes {{ startedAt }} }} }} }}",
    Scope.CONTRACTS_READ: "{ team(id: $team) { contracts { nodes { number subscriptions { nodes { status } } } } } }",
    Scope.CONTRACTS_AMEND: (
        "mutation { setContactPerson(input: {contractId: $contract, dryRun: true}) { errors { code } } }"
    ),
    Scope.ORDERS_READ: "{ team(id: $team) { subscriptions { nodes { unitPrice { amount } } } } }",
    Scope.AUDIT_READ: "{ team(id: $team) { audit { nodes { action } } } }",
}
# The other scopes that the query of a scope needs.
NEEDED_SCOPES = {
    Scope.INVITATIONS_RESEND: {Scope.MEMBERS_READ},
    Scope.INVITATIONS_REVOKE: {Scope.MEMBERS_READ},
    Scope.EMAILS_READ: {Scope.MEMBERS_READ},
    Scope.GROUPS_UPDATE: {Scope.GROUPS_READ},
    Scope.GROUPS_DELETE: {Scope.GROUPS_READ},
    Scope.GROUPS_ASSIGN: {Scope.GROUPS_READ, Scope.SEATS_ASSIGN},
    Scope.USAGE_READ: {Scope.SEATS_READ},
    Scope.CONTRACTS_AMEND: {Scope.CONTRACTS_READ},
    Scope.ORDERS_READ: {Scope.CONTRACTS_READ},
    Scope.REQUESTS_ANSWER: {Scope.REQUESTS_READ},
    Scope.SEATS_REASSIGN: {Scope.SEATS_READ},
}


@dataclass(frozen=True)
class FullTeam:
    """A contract manager's team that has an object for every query of OPENS.

    `holder` holds `seat`. `other` holds no seat and requests one. `invited` has the invitation.
    """

    caller: Caller
    holder: Account
    other: Account
    group: str
    seat: str
    request: str
    invitation: str
    invited: str
    contract: str

    async def open_scopes(self, secret: str) -> set[Scope]:
        """The scopes whose queries this secret can run without errors."""
        ids = {
            "$team": self.caller.team,
            "$product": self.caller.product,
            "$group": self.group,
            "$seat": self.seat,
            "$request": self.request,
            "$invitation": self.invitation,
            "$contract": self.contract,
            "$holder": self.holder.id,
            "$invited": self.invited,
            "$other": self.other.id,
            "$today": datetime.now(UTC).date().isoformat(),
        }
        answered = set()
        for scope, query in OPENS.items():
            input_ = reduce(lambda text, name: text.replace(name, f'"{ids[name]}"'), ids, query)
            content = (await self.caller.client(input_, secret)).content
            if "errors" not in content and is_filled(content["data"]):
                answered.add(scope)
        return answered

    async def token(self, *scopes: Scope) -> str:
        """Create a token of the contract manager with these scopes. Returns its secret."""
        return (await self.caller.world.token(self.caller.team, self.caller.who.id, *scopes))[1]


def is_filled(value: Any) -> bool:
    """Whether the data of an answer has no empty value and no error of a mutation."""
    if isinstance(value, dict):
        return not value.get("errors") and all(is_filled(part) for name, part in value.items() if name != "errors")
    if isinstance(value, list):
        return bool(value) and all(map(is_filled, value))
    return bool(value)


@pytest.fixture(scope="module")
async def full_team(client: Client, world: World) -> FullTeam:
    """A full team whose contract manager no test changes."""
    return await create_full_team(client, world)


async def create_full_team(client: Client, world: World) -> FullTeam:
    """Create a full team."""
    caller = await new_caller(client, world, seats=3, role=Role.CONTRACT_MANAGER)
    holder, other = await world.member(caller.team), await world.member(caller.team)
    group = await world.group(caller.team)
    seat = (await caller.assign([holder.id])).content["seats"][0]["id"]
    await world.add_usage(caller.team, seat, holder.id, datetime.now(UTC).date())
    request = await world.request(caller.team, caller.product, other.id)
    invited = await world.invited_member(caller.team)
    invitation = await world.invitation(caller.team, invited.id)
    async with world.engine.connect() as connection:
        found = await connection.execute(select(Contract.id).where(Contract.team_id == caller.team))
        contract: str = found.scalar_one()
    return FullTeam(caller, holder, other, group, seat, request, invitation, invited.id, contract)


def test_every_scope_that_a_field_names_has_a_query() -> None:
    named = set(re.findall(r'@policy\(action: "([^"]+)"\)', (ROOT / "schema.graphql").read_text(encoding="utf-8")))
    assert list(OPENS) == [scope for scope in Scope if scope in named]


def test_every_scope_has_a_query() -> None:
    assert OPENS.keys() == set(Scope)


@pytest.mark.parametrize("scope", OPENS)
async def test_a_scope_opens_only_its_own_query(full_team: FullTeam, scope: Scope) -> None:
    needed = NEEDED_SCOPES.get(scope, set())
    assert await full_team.open_scopes(await full_team.token(scope)) == (set() if needed else {scope})
    if needed:
        assert await full_team.open_scopes(await full_team.token(scope, *needed)) == {scope, *needed}


@pytest.mark.parametrize("scope", OPENS)
async def test_without_a_scope_only_the_queries_that_need_it_fail(full_team: FullTeam, scope: Scope) -> None:
    rest = set(Scope) - {scope}
    hidden = {scope, *(one for one, needed in NEEDED_SCOPES.items() if scope in needed)}
    assert await full_team.open_scopes(await full_team.token(*rest)) == OPENS.keys() - hidden


async def test_a_token_may_never_do_more_than_its_grantor_may_do_now(client: Client, world: World) -> None:
    full_team = await create_full_team(client, world)
    token, team, grantor = await full_team.token(*Scope), full_team.caller.team, full_team.caller.who
    boss = await world.member(team, Role.CONTRACT_MANAGER)
    assert await full_team.open_scopes(token) == set(OPENS)
    await world.set_role(team, grantor.id, Role.USER)
    assert await full_team.open_scopes(token) == {Scope.MEMBERS_READ}
    members = "query($id: ID!) { team(id: $id) { members { nodes { user { id } } } } }"
    seen = (await client(members, token, id=team)).data["team"]["members"]["nodes"]
    assert seen == [{"user": {"id": grantor.id}}]
    await world.set_role(team, grantor.id, Role.SOFTWARE_COORDINATOR)
    assert await full_team.open_scopes(token) == OPENS.keys() - {Scope.ORDERS_READ, Scope.CONTRACTS_AMEND}
    await world.set_role(team, grantor.id, Role.CONTRACT_MANAGER)
    assert await full_team.open_scopes(token) == set(OPENS)
    removal = {"teamId": team, "userIds": [grantor.id]}
    removed = await client(operation("removeMembers"), boss.secret, input=removal)
    assert removed.data["removeMembers"]["removedUserIds"] == [grantor.id]
    assert (await client(members, token, id=team)).codes == ["UNAUTHENTICATED"]


async def test_the_token_of_a_demoted_grantor_changes_nothing(client: Client, world: World) -> None:
    full_team = await create_full_team(client, world)
    caller, token = full_team.caller, await full_team.token(*Scope)
    await world.set_role(caller.team, caller.who.id, Role.USER)
    before = await world.fingerprint()
    pool = {"teamId": caller.team, "productId": caller.product, "userIds": [full_team.other.id]}
    move = {"seatId": full_team.seat, "fromUserId": full_team.holder.id, "toUserId": full_team.other.id}
    for mutation, input_, code in (
        ("assignSeats", pool, "FORBIDDEN"),
        ("unassignSeats", pool, "FORBIDDEN"),
        ("reassignSeat", move, "NOT_FOUND"),
        ("removeMembers", {"teamId": caller.team, "userIds": [full_team.other.id]}, "FORBIDDEN"),
    ):
        assert (await client(operation(mutation), token, input=input_)).codes == [code]
    assert await world.fingerprint() == before


async def test_a_token_reaches_no_other_team(client: Client, world: World) -> None:
    full_team, foreign = await create_full_team(client, world), await create_full_team(client, world)
    caller, token = full_team.caller, await full_team.token(*Scope)
    await world.member(foreign.caller.team, Role.CONTRACT_MANAGER, caller.who)
    await world.member(foreign.caller.team, Role.USER, full_team.holder)
    await foreign.caller.assign([full_team.holder.id])
    assert (await client("{ teams { nodes { id } } }", token)).data == {"teams": {"nodes": [{"id": caller.team}]}}
    shared = "query($id: ID!) { node(id: $id) { ... on User { %s { nodes { team { id } } } } } }"
    for field in ("memberships", "seats"):
        found = (await client(shared % field, token, id=full_team.holder.id)).data["node"][field]["nodes"]
        assert found == [{"team": {"id": caller.team}}]
    before = await world.fingerprint()
    assert await foreign.open_scopes(token) == set()
    for id_ in (foreign.caller.team, foreign.holder.id, foreign.group, foreign.seat):
        assert (await client("query($id: ID!) { node(id: $id) { id } }", token, id=id_)).codes == ["NOT_FOUND"]
    pool = {"teamId": foreign.caller.team, "productId": foreign.caller.product, "userIds": [foreign.other.id]}
    assert (await client(operation("assignSeats"), token, input=pool)).codes == ["NOT_FOUND"]
    assert await world.fingerprint() == before


async def test_the_audit_log_names_the_token_and_its_grantor(full_team: FullTeam) -> None:
    token, secret = await full_team.caller.world.token(
        full_team.caller.team, full_team.caller.who.id, Scope.SEATS_ASSIGN
    )
    [ada] = await full_team.caller.members(1)
    input_ = {"teamId": full_team.caller.team, "productId": full_team.caller.product, "userIds": [ada]}
    assert (await full_team.caller.client(operation("assignSeats"), secret, input=input_)).status == 200
    last = (await audit_rows(full_team.caller.world, full_team.caller.team))[-1]
    assert (last.actor_kind, last.actor_id, last.token_id) == ("partner", full_team.caller.who.id, token)
    assert (last.action, last.after["assigned"]) == ("seats:assign", dict.fromkeys(last.after["assigned"], ada))


@pytest.mark.parametrize("query", ["{ viewer { id } }", "mutation { signOut(input: {}) { signedOut } }"])
async def test_a_token_is_not_a_person(full_team: FullTeam, query: str) -> None:
    assert (await full_team.caller.client(query, await full_team.token(*Scope))).codes == ["FORBIDDEN"]
