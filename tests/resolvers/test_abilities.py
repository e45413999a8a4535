"""Which actions are allowed, and why: `viewerCan` on every node, `explain` for team managers, and refusals."""

from typing import Any

import pytest

from domain.actions import BUSINESS_ACTIONS, Action, Scope
from domain.ids import pool_id
from domain.roles import Role
from gateway.runtime.settings import ROOT
from policies import facts
from policies.engine.policy import Policy
from tests.conftest import Client
from tests.support import notices
from tests.support.orders import order
from tests.support.published_fields import node_types
from tests.support.subscriptions import day, make_contract, make_subscription
from tests.support.world import World

CAN = "query($id: ID!) { node(id: $id) { id viewerCan { action allowed reason } } }"
EXPLAIN = """
query($action: Action!, $target: ID!, $subject: ID!) {
  explain(action: $action, target: $target, subject: $subject) { action allowed reason }
}
"""
ASSIGN = "mutation($input: AssignSeatsInput!) { assignSeats(input: $input) { seats { id } } }"


async def can(client: Client, secret: str, id_: str) -> dict[str, tuple[bool, str]]:
    answer = await client(CAN, secret, id=id_)
    return {one["action"]: (one["allowed"], one["reason"]) for one in answer.data["node"]["viewerCan"]}


async def allowed(client: Client, secret: str, id_: str) -> set[str]:
    return {action for action, (yes, _) in (await can(client, secret, id_)).items() if yes}


async def test_a_plain_user_may_only_read_their_team_and_ask_for_a_seat(client: Client, world: World) -> None:
    team = await world.team()
    me = await world.member(team)
    shown = await can(client, me.secret, team)
    assert {action for action, (yes, _) in shown.items() if yes} == {"TEAMS_READ", "REQUESTS_CREATE"}
    assert shown["POOLS_READ"] == (False, "needs the role software coordinator in this team")
    assert shown["TEAMS_READ"][1].startswith("allowed by policy.polar:")


async def test_a_refusal_has_the_reason_that_viewer_can_shows(client: Client, world: World) -> None:
    team = await world.team(separation_of_duties=True)
    me = await world.member(team, Role.SOFTWARE_COORDINATOR)
    product = await world.pool(team, 2)
    members = await client(
        "query($id: ID!) { team(id: $id) { members { nodes { id user { id } } } } }", me.secret, id=team
    )
    [mine] = members.data["team"]["members"]["nodes"]
    shown = await can(client, me.secret, mine["id"])
    assert shown["SEATS_ASSIGN"] == (False, "may be done only for somebody else")
    given = await client(ASSIGN, me.secret, input={"teamId": team, "productId": product, "userIds": [me.id]})
    [error] = given.content["errors"]
    assert given.codes == ["FORBIDDEN"]
    policy = error["extensions"]["policy"]
    assert policy["action"] == "seats:assign"
    assert policy["needs"] == shown["SEATS_ASSIGN"][1]
    assert len(policy["hash"]) == 64


@pytest.mark.parametrize(
    ("role", "of", "removes"),
    [
        (Role.SOFTWARE_COORDINATOR, Role.USER, True),
        (Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER, False),
        (Role.CONTRACT_MANAGER, Role.CONTRACT_MANAGER, True),
    ],
)
async def test_viewer_can_shows_whether_a_member_can_be_removed(
    client: Client, world: World, role: Role, of: Role, removes: bool
) -> None:
    team = await world.team()
    me = await world.member(team, role)
    them = await world.member(team, of)
    query = "query($id: ID!) { team(id: $id) { members { nodes { id user { id } } } } }"
    members = (await client(query, me.secret, id=team)).data["team"]["members"]["nodes"]
    [theirs] = [one["id"] for one in members if one["user"]["id"] == them.id]
    assert ("MEMBERS_REMOVE" in await allowed(client, me.secret, theirs)) is removes


# The actions that a coordinator may do on each type of node in the team; the member is the coordinator. Of orders and
# invoices, which no coordinator sees, those of a contract manager.
ALLOWED = {
    "User": "",
    "Team": (
        "AUDIT_READ CONTRACTS_READ DEFAULTS_SET GROUPS_ASSIGN GROUPS_CREATE GROUPS_DELETE GROUPS_READ GROUPS_UPDATE "
        "HISTORY_READ MEMBERS_IMPORT MEMBERS_INVITE POLICY_EXPLAIN POOLS_READ REQUESTS_ANSWER REQUESTS_CREATE "
        "TEAMS_READ TEAMS_UPDATE TOKENS_CREATE"
    ),
    "Member": (
        "ACCOUNTS_RENAME EMAILS_READ GROUPS_UPDATE MEMBERS_READ MEMBERS_REMOVE MEMBERS_UPDATE NOTICES_SET "
        "REQUESTS_CREATE REQUESTS_READ SEATS_ASSIGN SEATS_UNASSIGN"
    ),
    "Invitation": "MEMBERS_READ INVITATIONS_RESEND INVITATIONS_REVOKE",
    "Group": "GROUPS_READ GROUPS_UPDATE GROUPS_DELETE GROUPS_ASSIGN",
    "Contract": "",
    "Subscription": "CONTRACTS_READ",
    "Order": "ORDERS_READ",
    "Invoice": "ORDERS_READ",
    "Product": "PRODUCTS_READ",
    "Release": "PRODUCTS_READ",
    "Seat": "SEATS_READ USAGE_READ SEATS_UNASSIGN SEATS_ASSIGN SEATS_REASSIGN",
    "Pool": "POOLS_READ SEATS_ASSIGN SEATS_UNASSIGN REQUESTS_CREATE",
    "Wait": "SEATS_READ SEATS_ASSIGN SEATS_UNASSIGN",
    "SeatRequest": "REQUESTS_READ REQUESTS_CREATE REQUESTS_ANSWER SEATS_ASSIGN",
    "Notice": "ORDERS_READ",
    "PartnerToken": "TOKENS_READ TOKENS_REVOKE TOKENS_ROTATE",
}


async def one_id(world: World, table: str, column: str, value: str) -> str:
    """The id of the only row of a table with this value."""
    async with world.engine.connect() as connection:
        sql = f"select id from {table} where {column} = $1"
        return str((await connection.exec_driver_sql(sql, (value,))).scalar_one())


async def test_viewer_can_lists_the_allowed_actions_of_every_type_of_node(client: Client, world: World) -> None:
    team = await world.team()
    me = await world.member(team, Role.SOFTWARE_COORDINATOR)
    product = await world.pool(team, 1)
    seat = await world.give_seat(team, product, me.id)
    token, secret = await world.token(team, me.id, Scope.SEATS_READ)
    contract = await make_contract(world, team)
    subscription = await make_subscription(world, contract, team, (day(0), day(9)))
    made = {
        "User": me.id,
        "Team": team,
        "Member": await one_id(world, "memberships", "user_id", me.id),
        "Invitation": await world.invitation(team, (await world.invited_member(team)).id),
        "Group": await world.group(team),
        "Product": product,
        "Release": await one_id(world, "releases", "product_id", product),
        "Seat": seat,
        "Pool": pool_id(team, product),
        "Wait": await world.wait(team, await world.pool(team, 1), me.id),
        "SeatRequest": await world.request(team, product, me.id),
        "Contract": contract,
        "Subscription": subscription.id,
        "PartnerToken": token,
    }
    shown = {name: await allowed(client, me.secret, id_) for name, id_ in made.items()}
    manager = await world.member(team, Role.CONTRACT_MANAGER)
    placed = await order(world, subscription)
    notice = await notices.row(world, team, manager.id)
    for name, id_ in {"Order": placed.id, "Invoice": str(placed.invoice_id), "Notice": notice}.items():
        shown[name] = await allowed(client, manager.secret, id_)
    assert shown == {name: set(ALLOWED[name].split()) for name in node_types()}
    assert await can(client, me.secret, manager.id) == {}
    assert (await can(client, me.secret, me.id)).keys() == {action.name for action in BUSINESS_ACTIONS}
    of_token = await can(client, secret, seat)
    assert of_token["SEATS_READ"][0]
    assert of_token["SEATS_ASSIGN"] == (False, "the token lacks seats:assign")


def test_an_account_has_all_actions_on_the_business_of_the_vendor() -> None:
    policy = Policy.load(ROOT / "policy.polar")
    on_business = {action for action in Action if policy.kinds[action] is facts.Business}
    assert set(BUSINESS_ACTIONS) == on_business


CHANGES = """
query($id: ID!) { node(id: $id) {
  viewerCan(actions: [SEATS_READ, SEATS_ASSIGN, USAGE_READ]) { allowed changes { fact value } }
} }
"""


async def test_viewer_can_answers_what_would_have_to_change(client: Client, world: World) -> None:
    team = await world.team()
    me = await world.member(team)
    _, token = await world.token(team, me.id, Scope.SEATS_READ)
    seat = await world.give_seat(team, await world.pool(team, 1), me.id)
    role = {"fact": "ROLE", "value": "software_coordinator"}
    for secret, assigning, using in [
        (me.secret, [role], []),
        (token, [{"fact": "SCOPE", "value": "seats:assign"}, role], [{"fact": "SCOPE", "value": "usage:read"}]),
    ]:
        [reading, assigned, used] = (await client(CHANGES, secret, id=seat)).data["node"]["viewerCan"]
        assert reading == {"allowed": True, "changes": []}
        assert assigned == {"allowed": False, "changes": assigning}
        assert used == {"allowed": not using, "changes": using}
    query = """query($target: ID!, $subject: ID!) {
      explain(action: USAGE_READ, target: $target, subject: $subject) { changes { fact value } }
    }"""
    asking = await world.member(team, Role.SOFTWARE_COORDINATOR)
    asked = await client(query, asking.secret, target=seat, subject=asking.id)
    assert asked.data["explain"] == {"changes": []}


NAMED = "query($id: ID!, $of: [Action!]) { node(id: $id) { viewerCan(actions: $of) { action allowed reason } } }"


async def test_viewer_can_answers_only_the_actions_that_are_named(client: Client, world: World) -> None:
    team = await world.team()
    me = await world.member(team, Role.SOFTWARE_COORDINATOR)
    whole = await can(client, me.secret, team)
    for of, actions in (
        (["POOLS_READ", "TEAMS_READ"], ["POOLS_READ", "TEAMS_READ"]),
        (["TEAMS_READ", "SEATS_REASSIGN", "TEAMS_READ"], ["TEAMS_READ"]),
        ([], []),
        (None, list(whole)),
    ):
        shown = (await client(NAMED, me.secret, id=team, of=of)).data["node"]["viewerCan"]
        assert [one["action"] for one in shown] == actions
        assert {one["action"]: (one["allowed"], one["reason"]) for one in shown}.items() <= whole.items()
    assert (await client(NAMED, me.secret, id=team, of=["SEATS_STEAL"])).codes == ["GRAPHQL_VALIDATION_FAILED"]


async def test_viewer_can_on_a_page_of_nodes_costs_no_statement(
    client: Client, world: World, statements: list[str]
) -> None:
    team = await world.team()
    me = await world.member(team, Role.SOFTWARE_COORDINATOR)
    await world.pool(team, 50)
    query = "query($id: ID!) { team(id: $id) { seats(first: 50) { nodes { id %s } } } }"
    await client(query % "", me.secret, id=team)
    plain = len(statements)
    answer = await client(query % "viewerCan { action allowed reason }", me.secret, id=team)
    assert len(answer.data["team"]["seats"]["nodes"]) == 50
    assert len(statements) == 2 * plain


async def explained(client: Client, secret: str | None, action: str, target: str, subject: str) -> Any:
    return await client(EXPLAIN, secret, action=action, target=target, subject=subject)


async def test_a_coordinator_can_explain_members_and_tokens_of_the_team(client: Client, world: World) -> None:
    team = await world.team()
    me = await world.member(team, Role.SOFTWARE_COORDINATOR)
    user = await world.member(team)
    token, _ = await world.token(team, me.id, Scope.SEATS_READ)
    seat = await world.give_seat(team, await world.pool(team, 1), user.id)
    shown = (await explained(client, me.secret, "POOLS_READ", team, user.id)).data["explain"]
    assert shown == {
        "action": "POOLS_READ", "allowed": False, "reason": "needs the role software coordinator in this team",
    }  # fmt: skip
    shown = (await explained(client, me.secret, "SEATS_READ", seat, user.id)).data["explain"]
    assert shown["allowed"]
    shown = (await explained(client, me.secret, "USAGE_READ", seat, token)).data["explain"]
    assert (shown["allowed"], shown["reason"]) == (False, "the token lacks usage:read")


async def test_nothing_is_explained_to_actors_who_may_not_ask_or_see(client: Client, world: World) -> None:
    team, other = await world.team(), await world.team()
    me = await world.member(team, Role.SOFTWARE_COORDINATOR)
    user = await world.member(team)
    stranger = await world.member(other, Role.SOFTWARE_COORDINATOR)
    _, partner = await world.token(team, me.id, *Scope)
    seat = await world.give_seat(team, await world.pool(team, 1), me.id)
    for secret, target, subject, codes in [
        (user.secret, team, user.id, ["FORBIDDEN"]),
        (user.secret, seat, user.id, ["NOT_FOUND"]),
        (partner, team, user.id, ["FORBIDDEN"]),
        (stranger.secret, team, user.id, ["NOT_FOUND"]),
        (me.secret, team, stranger.id, ["NOT_FOUND"]),
        (me.secret, other, user.id, ["NOT_FOUND"]),
        (me.secret, me.id, user.id, ["NOT_FOUND"]),
        (None, team, user.id, ["UNAUTHENTICATED"]),
    ]:
        assert (
            await explained(client, secret, "SEATS_READ" if target == seat else "TEAMS_READ", target, subject)
        ).codes == codes
    assert (await explained(client, me.secret, "SEATS_READ", team, user.id)).codes == ["BAD_USER_INPUT"]


async def test_a_revoked_token_is_not_found_by_explain(client: Client, world: World) -> None:
    team = await world.team()
    me = await world.member(team, Role.SOFTWARE_COORDINATOR)
    token, _ = await world.token(team, me.id, Scope.SEATS_READ)
    await world.revoke(token)
    assert (await explained(client, me.secret, "TEAMS_READ", team, token)).codes == ["NOT_FOUND"]
