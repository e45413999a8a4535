"""What one may not see does not exist: the answer to a foreign id is the answer to an unknown one, byte for byte."""

import pytest

from db import ids
from tests.conftest import Client
from tests.gateway.conftest import Company

pytestmark = pytest.mark.usefixtures("unchanged")

SCOPE = 'name: "P", scopes: [SEATS_READ], expiresAt: "2027-01-01"'
GUEST = 'firstName: "A", lastName: "B", email: "guest@tests.example"'
SAID = "{ errors { code message field row } }"
PREFIXES = ["user", "team", "member", "group", "invite", "seat", "request", "token"]
# A field that takes an id of the type before it; $team, $product and $seat are our own.
FIELDS = [
    *((prefix, "query", "node(id: $id) { __typename id }") for prefix in PREFIXES),
    ("team", "query", "team(id: $id) { id name }"),
    ("team", "query", "viewer { seats(teamId: $id) { totalCount nodes { id } } }"),
    ("team", "mutation", f"createPartnerToken(input: {{teamId: $id, {SCOPE}}}) {{ secret }}"),
    ("team", "mutation", "assignSeats(input: {teamId: $id, productId: $product, userIds: [$user]}) { seats { id } }"),
    ("team", "mutation", "unassignSeats(input: {teamId: $id, productId: $product, userIds: [$user]}) { seats { id } }"),
    ("team", "mutation", "removeMembers(input: {teamId: $id, userIds: [$user]}) { removedUserIds }"),
    ("team", "mutation", "changeRole(input: {teamId: $id, userId: $user, role: USER}) { member { id } }"),
    ("team", "mutation", 'createGroup(input: {teamId: $id, name: "G"}) { group { id } }'),
    ("team", "mutation", "setDefaultProducts(input: {teamId: $id, productIds: []}) { team { id } }"),
    ("group", "mutation", 'renameGroup(input: {groupId: $id, name: "G"}) { group { id } }'),
    ("group", "mutation", "deleteGroup(input: {teamId: $team, groupId: $id}) { deletedGroupId }"),
    ("group", "mutation", "setGroupMembers(input: {groupId: $id, userIds: [$user]}) { group { id } }"),
    ("group", "mutation", "assignGroupProduct(input: {groupId: $id, productId: $product}) { group { id } }"),
    ("group", "mutation", "unassignGroupProduct(input: {groupId: $id, productId: $product}) { group { id } }"),
    ("user", "mutation", "setGroupMembers(input: {groupId: $group, userIds: [$id]}) { errors { code message row } }"),
    ("seat", "mutation", "reassignSeat(input: {seatId: $id, fromUserId: $user, toUserId: $user}) { seat { id } }"),
    ("request", "mutation", "withdrawRequest(input: {requestId: $id}) { request { id } }"),
    ("request", "mutation", "answerRequest(input: {requestId: $id, grant: false}) { request { id } }"),
    ("team", "mutation", "requestSeat(input: {teamId: $id, productId: $product}) { request { id } }"),
    ("token", "mutation", "revokePartnerToken(input: {tokenId: $id}) { partnerToken { id } }"),
    ("user", "mutation", "reassignSeat(input: {seatId: $seat, fromUserId: $user, toUserId: $id}) { errors { code } }"),
    *(
        (
            "user",
            "mutation",
            f"{name}(input: {{teamId: $team, productId: $product, userIds: [$id]}}) {{ errors {{ code row }} }}",
        )
        for name in ("assignSeats", "unassignSeats")
    ),
    *(
        ("invite", "mutation", f"{name}(input: {{teamId: $team, invitationId: $id}}) {{ errors {{ code }} }}")
        for name in ("resendInvitation", "revokeInvitation")
    ),
    ("team", "mutation", f"inviteMembers(input: {{teamId: $id, people: [{{{GUEST}}}]}}) {{ errors {{ code }} }}"),
    ("group", "mutation", f"inviteMembers(input: {{teamId: $team, people: [{{{GUEST}, groupIds: [$id]}}]}}) {SAID}"),
    ("team", "mutation", 'importMembers(input: {teamId: $id, text: ""}) { rows }'),
    ("user", "mutation", "changeRole(input: {teamId: $team, userId: $id, role: USER}) { errors { code } }"),
    ("user", "mutation", "removeMembers(input: {teamId: $team, userIds: [$id]}) { errors { code message row } }"),
]


async def answer(client: Client, ours: Company, secret: str, kind: str, fields: str, id_: str) -> tuple[int, bytes]:
    """Status and body of the answer for this id."""
    values = {"id": id_, "team": ours.team, "product": ours.product, "seat": ours.seat, "user": ours.user.id}
    values["group"] = ours.ids["group"]
    used = {name: value for name, value in values.items() if f"${name}" in fields}
    declared = ", ".join(f"${name}: ID!" for name in used)
    query = f"{kind}({declared}) {{ {fields} }}"
    headers = {"authorization": f"Bearer {secret}"}
    response = await client.http.post("/graphql", json={"query": query, "variables": used}, headers=headers)
    return response.status_code, response.content


@pytest.mark.parametrize(("prefix", "kind", "fields"), FIELDS)
async def test_a_foreign_id_is_answered_like_an_unknown_one(
    client: Client, ours: Company, theirs: Company, prefix: str, kind: str, fields: str
) -> None:
    for secret in (ours.coordinator.secret, ours.user.secret, ours.partner):
        foreign = await answer(client, ours, secret, kind, fields, theirs.ids[prefix])
        assert foreign == await answer(client, ours, secret, kind, fields, ids.new(prefix))
        assert foreign[0] == 200


@pytest.mark.parametrize("prefix", [*PREFIXES, "product", "release"])
async def test_an_unknown_node_is_not_found(client: Client, ours: Company, prefix: str) -> None:
    found = await client("query($id: ID!) { node(id: $id) { id } }", ours.coordinator.secret, id=ids.new(prefix))
    assert (found.status, found.codes) == (200, ["NOT_FOUND"])


@pytest.mark.parametrize("id_", ["", "_", "team", "team_", "TEAM_1", "session_1", "sub_1", "nobody_1", "user_' or 1=1"])
async def test_an_id_of_no_node_is_answered_like_an_unknown_one(client: Client, ours: Company, id_: str) -> None:
    fields = "node(id: $id) { __typename id }"
    unknown = await answer(client, ours, ours.coordinator.secret, "query", fields, ids.new("team"))
    assert unknown == await answer(client, ours, ours.coordinator.secret, "query", fields, id_)


@pytest.mark.parametrize("prefix", ["user", "seat", "member", "token", "product"])
async def test_the_id_of_another_type_is_no_team(client: Client, ours: Company, prefix: str) -> None:
    other = {**ours.ids, "product": ours.product}[prefix]
    found = await client("query($id: ID!) { team(id: $id) { id } }", ours.coordinator.secret, id=other)
    assert found.codes == ["NOT_FOUND"]


@pytest.mark.parametrize("prefix", [*PREFIXES, "product", "release"])
async def test_ones_own_is_found(client: Client, ours: Company, prefix: str) -> None:
    id_ = {**ours.ids, "product": ours.product, "release": ours.release}[prefix]
    found = await client("query($id: ID!) { node(id: $id) { id } }", ours.coordinator.secret, id=id_)
    assert found.data == {"node": {"id": id_}}


@pytest.mark.parametrize("prefix", ["group", "token"])
async def test_what_a_plain_user_may_not_see_is_answered_like_an_unknown_id(
    client: Client, ours: Company, prefix: str
) -> None:
    fields = "node(id: $id) { __typename id }"
    hidden = await answer(client, ours, ours.user.secret, "query", fields, ours.ids[prefix])
    assert hidden == await answer(client, ours, ours.user.secret, "query", fields, ids.new(prefix))


async def test_a_colleague_is_not_found_by_a_plain_user(client: Client, ours: Company) -> None:
    fields = "node(id: $id) { __typename id }"
    hidden = await answer(client, ours, ours.user.secret, "query", fields, ours.coordinator.id)
    assert hidden == await answer(client, ours, ours.user.secret, "query", fields, ids.new("user"))
