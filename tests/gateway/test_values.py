"""A value that no row can hold, or that a client made up, is refused where it stands and breaks nothing beside it."""

import base64
import json

import pytest

from domain.paging import cursor
from tests.conftest import Answer, Client
from tests.gateway.conftest import Company

pytestmark = pytest.mark.usefixtures("unchanged")

TEXTS = {"NUL": "a\0b", "NUL alone": "\0", "very long": "x" * 100_000, "no ASCII": "Þ" * 300}
READS = {
    "node": "node(id: $id) { id }",
    "team": "team(id: $id) { id }",
    "search": "team(id: $team) { members(filter: {search: $text}) { totalCount nodes { id } } }",
    "product of members": "team(id: $team) { members(filter: {productId: $id}) { totalCount nodes { id } } }",
    "product of seats": "team(id: $team) { seats(productId: $id) { totalCount nodes { id } } }",
    "team of seats": "viewer { seats(teamId: $id) { totalCount nodes { id } } }",
    "cursor of members": "team(id: $team) { members(after: $text) { nodes { id } } }",
    "cursor of seats": "team(id: $team) { seats(after: $text) { nodes { id } } }",
    "cursor of tokens": "team(id: $team) { partnerTokens(after: $text) { nodes { id } } }",
    "cursor of products": "products(after: $text) { nodes { id } }",
    "cursor of teams": "teams(after: $text) { nodes { id } }",
    "cursor of memberships": "viewer { memberships(after: $text) { nodes { id } } }",
}
PERSON = 'password: "a password", firstName: "Ada", lastName: "Byron"'
SCOPE = 'scopes: [SEATS_READ], expiresAt: "2027-01-01"'
GUEST = 'firstName: "A", lastName: "B", email: "guest@tests.example"'
SAID = "{ errors { code message } }"
WRITES = {
    "e-mail of a sign-in": 'signIn(input: {email: $text, password: "a password"}) { token }',
    "password of a sign-in": 'signIn(input: {email: "x@y.example", password: $text}) { token }',
    "e-mail of a sign-up": f"signUp(input: {{email: $text, {PERSON}}}) {{ token }}",
    "first name": 'signUp(input: {email: "x@y.example", password: "1", firstName: $text, lastName: "B"}) { token }',
    "key of a sign-out": "signOut(input: {idempotencyKey: $text, dryRun: true}) { signedOut }",
    "name of a token": f"createPartnerToken(input: {{teamId: $team, name: $text, {SCOPE}, dryRun: true}}) {{ secret }}",
    "team of a token": f'createPartnerToken(input: {{teamId: $id, name: "P", {SCOPE}, dryRun: true}}) {{ secret }}',
    "token to revoke": "revokePartnerToken(input: {tokenId: $id}) { partnerToken { id } }",
    "seat to move": "reassignSeat(input: {seatId: $id, fromUserId: $id, toUserId: $id}) { seat { id } }",
    "receiver of a seat": "reassignSeat(input: {seatId: $seat, fromUserId: $id, toUserId: $id}) { seat { id } }",
    "team of a seat": "assignSeats(input: {teamId: $id, productId: $product, userIds: [$id]}) { seats { id } }",
    "product to assign": "assignSeats(input: {teamId: $team, productId: $id, userIds: [$id]}) { seats { id } }",
    "person to assign": "assignSeats(input: {teamId: $team, productId: $product, userIds: [$id]}) { seats { id } }",
    "person to unassign": "unassignSeats(input: {teamId: $team, productId: $product, userIds: [$id]}) { seats { id } }",
    "person to change": "changeRole(input: {teamId: $team, userId: $id, role: USER}) { member { id } }",
    "request to answer": "answerRequest(input: {requestId: $id, grant: true}) { request { id } }",
    "request to withdraw": "withdrawRequest(input: {requestId: $id}) { request { id } }",
    "product to ask for": "requestSeat(input: {teamId: $team, productId: $id}) { request { id } }",
    "name of a group": "createGroup(input: {teamId: $team, name: $text, dryRun: true}) { group { id } }",
    "team of a group": 'createGroup(input: {teamId: $id, name: "G", dryRun: true}) { group { id } }',
    "group to rename": 'renameGroup(input: {groupId: $id, name: "G"}) { group { id } }',
    "group to delete": "deleteGroup(input: {teamId: $team, groupId: $id}) { deletedGroupId }",
    "group to fill": "setGroupMembers(input: {groupId: $id, userIds: [$id]}) { group { id } }",
    "person to group": "setGroupMembers(input: {groupId: $group, userIds: [$id]}) { group { id } }",
    "product of a group": "assignGroupProduct(input: {groupId: $group, productId: $id}) { group { id } }",
    "default product": "setDefaultProducts(input: {teamId: $team, productIds: [$id]}) { team { id } }",
    "link to accept": f"acceptInvitation(input: {{token: $text, password: $text}}) {SAID}",
    "person to invite": (
        "inviteMembers(input: {teamId: $team, dryRun: true, people: "
        f"[{{firstName: $text, lastName: $text, email: $text}}]}}) {SAID}"
    ),
    "group to invite to": f"inviteMembers(input: {{teamId: $team, people: [{{{GUEST}, groupIds: [$id]}}]}}) {SAID}",
    "file to import": "importMembers(input: {teamId: $team, text: $text, dryRun: true}) { problems { message } }",
    "product to import with": 'importMembers(input: {teamId: $team, productId: $id, text: ""}) { rows }',
    "invitation to resend": f"resendInvitation(input: {{teamId: $team, invitationId: $id}}) {SAID}",
    "invitation to revoke": f"revokeInvitation(input: {{teamId: $team, invitationId: $id}}) {SAID}",
    "person to remove": "removeMembers(input: {teamId: $team, userIds: [$id]}) { removedUserIds }",
}
BESIDE = "a: teams { nodes { pools { total } } } b: viewer { email seats { nodes { sources { since } } } }"


async def ask(client: Client, ours: Company, kind: str, fields: str, text: object) -> Answer:
    """Ask as our coordinator for fields that use `text` as $text or $id."""
    values = {"text": text, "id": text, "team": ours.team, "product": ours.product, "seat": ours.seat}
    values["group"] = ours.ids["group"]
    used = {name: value for name, value in values.items() if f"${name}" in fields}
    declared = ", ".join(f"${name}: {'String!' if name == 'text' else 'ID!'}" for name in used)
    return await client(f"{kind}({declared}) {{ {fields} }}", ours.coordinator.secret, **used)


def is_settled(answer: Answer) -> bool:
    """Whether the answer gives what was asked for, or says clearly why not."""
    clear = {"BAD_USER_INPUT", "NOT_FOUND", "GRAPHQL_VALIDATION_FAILED"}
    return answer.status in {200, 400} and set(answer.codes) <= clear and "Traceback" not in str(answer.content)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
@pytest.mark.parametrize("fields", READS.values(), ids=READS.keys())
async def test_any_text_can_be_asked_for(client: Client, ours: Company, fields: str, text: str) -> None:
    answer = await ask(client, ours, "query", fields, text)
    assert is_settled(answer), answer


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
@pytest.mark.parametrize("fields", WRITES.values(), ids=WRITES.keys())
async def test_any_text_can_be_sent(client: Client, ours: Company, fields: str, text: str) -> None:
    answer = await ask(client, ours, "mutation", fields, text)
    assert is_settled(answer), answer


@pytest.mark.parametrize("fields", READS.values(), ids=READS.keys())
async def test_a_nul_in_one_field_breaks_no_other(client: Client, ours: Company, fields: str) -> None:
    answer = await ask(client, ours, "query", f"{fields} {BESIDE}", "\0")
    assert is_settled(answer), answer


@pytest.mark.parametrize("nul", ["\\u0000", "\\u{0}", "\\u{00000}"])
async def test_a_nul_in_the_document_is_refused(client: Client, ours: Company, nul: str) -> None:
    answer = await client(f'{{ node(id: "a{nul}") {{ id }} }}', ours.coordinator.secret)
    assert (answer.status, answer.codes) == (400, ["BAD_USER_INPUT"])


@pytest.mark.parametrize("value", [{"a": 1}, ["a", "b"], 1.5, True])
@pytest.mark.parametrize("fields", READS.values(), ids=READS.keys())
async def test_a_value_of_another_type_is_refused(client: Client, ours: Company, fields: str, value: object) -> None:
    answer = await ask(client, ours, "query", fields, value)
    assert answer.status == 400
    assert answer.codes == ["GRAPHQL_VALIDATION_FAILED"]


CURSORS = {
    "no base64": "!!!",
    "no JSON": base64.urlsafe_b64encode(b"abc").decode(),
    "nested": base64.urlsafe_b64encode(b"[" * 50_000).decode(),
    "another order": cursor("email", ("a", "b")),
    "too few keys": cursor("id", ()),
    "too many keys": cursor("id", ("a", "b")),
    "a NUL": cursor("id", ("a\0",)),
    "a lone surrogate": cursor("id", ("\ud800",)),
    "a number": base64.urlsafe_b64encode(json.dumps(["id", 7]).encode()).decode(),
    "empty": "",
}


@pytest.mark.parametrize("after", CURSORS.values(), ids=CURSORS.keys())
@pytest.mark.parametrize("fields", [fields for name, fields in READS.items() if name.startswith("cursor")])
async def test_a_made_up_cursor_is_refused(client: Client, ours: Company, fields: str, after: str) -> None:
    answer = await ask(client, ours, "query", fields, after)
    assert answer.codes == ["BAD_USER_INPUT"]
    assert "`after` is" in answer.content["errors"][0]["message"]


@pytest.mark.parametrize("first", [-(2**31), -1, 0, 101, 2**31 - 1])
@pytest.mark.parametrize(
    "fields",
    [
        "products(first: %d) { nodes { id } }",
        "teams(first: %d) { nodes { id } }",
        "viewer { seats(first: %d) { nodes { id } } }",
        "viewer { memberships(first: %d) { nodes { id } } }",
        "teams { nodes { members(first: %d) { nodes { id } } } }",
        "teams { nodes { seats(first: %d) { nodes { id } } } }",
        "teams { nodes { partnerTokens(first: %d) { nodes { id } } } }",
    ],
)
async def test_first_lies_between_1_and_100(client: Client, ours: Company, fields: str, first: int) -> None:
    answer = await client(f"{{ {fields % first} }}", ours.coordinator.secret)
    assert answer.codes == ["BAD_USER_INPUT"]
    assert answer.content["errors"][0]["message"] == f"`first` must lie between 1 and 100; it is {first}."


USAGE = (
    "query($id: ID!, $a: Date, $b: Date) { node(id: $id) { ... on Seat { usage(since: $a, until: $b) { hours } } } }"
)


@pytest.mark.parametrize("day", ["", "today", "2026-02-30", "2026-13-01", "0000-01-01", "10000-01-01", 7, ["a"]])
async def test_no_day_of_the_calendar_is_refused(client: Client, ours: Company, day: object) -> None:
    answer = await client(USAGE, ours.coordinator.secret, id=ours.seat, a=day)
    assert (answer.status, answer.codes) == (400, ["GRAPHQL_VALIDATION_FAILED"])


@pytest.mark.parametrize(
    ("since", "until"), [("2026-01-02", "2026-01-01"), ("2025-01-01", "2026-01-02"), ("0001-01-01", "9999-12-31")]
)
async def test_a_range_of_no_day_or_of_over_366_is_refused(
    client: Client, ours: Company, since: str, until: str
) -> None:
    answer = await client(USAGE, ours.coordinator.secret, id=ours.seat, a=since, b=until)
    assert answer.codes == ["BAD_USER_INPUT"]


@pytest.mark.parametrize(
    ("since", "until"),
    [(None, "0001-01-01"), ("0001-01-01", "0001-01-01"), ("9999-12-31", "9999-12-31"), ("2024-01-01", "2024-12-31")],
)
async def test_any_range_of_the_calendar_is_taken(client: Client, ours: Company, since: str, until: str) -> None:
    answer = await client(USAGE, ours.coordinator.secret, id=ours.seat, a=since, b=until)
    assert answer.data["node"]["usage"]["hours"] == 0


@pytest.mark.parametrize(
    "document", ["{ teams(first: %s) { totalCount } }", "query($n: Int = %s) { teams(first: $n) { totalCount } }"]
)
async def test_an_endless_number_is_refused(client: Client, ours: Company, document: str) -> None:
    answer = await client(document % ("9" * 5_000), ours.coordinator.secret)
    assert (answer.status, answer.codes) == (400, ["GRAPHQL_VALIDATION_FAILED"])
