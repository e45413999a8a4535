"""Partner tokens: managers of a team create, list and revoke them; the secret is shown once."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import Caller, audit_rows, new_caller
from tests.support.queued_mails import queued
from tests.support.world import World

TEAMS = "{ teams { nodes { id } } }"
LIST_TOKENS = """
query($id: ID!, $first: Int, $after: String) {
  team(id: $id) {
    partnerTokens(first: $first, after: $after) {
      totalCount pageInfo { hasNextPage endCursor } nodes { id name revokedAt lastUsedAt }
    }
  }
}
"""
CREATE_TOKEN = """
mutation($input: CreatePartnerTokenInput!) {
  createPartnerToken(input: $input) {
    secret errors { code field }
    partnerToken { id name scopes createdAt expiresAt revokedAt lastUsedAt grantor { id } }
  }
}
"""
MANAGERS = [Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER]
HOUR = timedelta(hours=1)


@pytest.fixture
async def caller(client: Client, world: World) -> Caller:
    """A caller who is a coordinator."""
    return await new_caller(client, world, seats=1)


def token_input(caller: Caller, **given: object) -> dict[str, object]:
    """The input for a new token."""
    expires = (datetime.now(UTC) + HOUR).isoformat()
    return {"teamId": caller.team, "name": "Sync", "scopes": ["SEATS_READ"], "expiresAt": expires, **given}


async def count_tokens(caller: Caller) -> int:
    """The number of tokens of the team in the database."""
    query = text("select count(*) from partner_tokens where team_id = :team")
    async with caller.world.engine.connect() as connection:
        return int((await connection.execute(query, {"team": caller.team})).scalar_one())


async def used_at(caller: Caller, token: str) -> str | None:
    """The time of the last use of a token, as the team sees it."""
    listed = (await caller.client(LIST_TOKENS, caller.secret, id=caller.team, first=100)).data["team"]["partnerTokens"][
        "nodes"
    ]
    used: str | None = next(one["lastUsedAt"] for one in listed if one["id"] == token)
    return used


@pytest.mark.parametrize("role", MANAGERS)
async def test_a_manager_of_a_team_can_create_a_token(client: Client, world: World, role: Role) -> None:
    caller = await new_caller(client, world, seats=1, role=role)
    input_ = token_input(caller, name="  Nightly sync ", scopes=["USAGE_READ", "SEATS_READ"])
    made = (await client(CREATE_TOKEN, caller.secret, input=input_)).data["createPartnerToken"]
    token = made["partnerToken"]
    assert re.fullmatch(r"usher_partner_[A-Za-z0-9_-]{43}", made["secret"])
    assert made["errors"] == []
    assert (token["name"], sorted(token["scopes"])) == ("Nightly sync", ["SEATS_READ", "USAGE_READ"])
    assert datetime.fromisoformat(token["expiresAt"]) == datetime.fromisoformat(str(input_["expiresAt"]))
    assert (token["revokedAt"], token["lastUsedAt"], token["grantor"]) == (None, None, {"id": caller.who.id})
    assert (await client(TEAMS, made["secret"])).data == {"teams": {"nodes": [{"id": caller.team}]}}
    assert [mail["event"] for mail in await queued(world, caller.who.id)] == ["token created"]


async def test_a_secret_is_not_stored_anywhere(caller: Caller) -> None:
    made = (await caller.mutate("createPartnerToken", **token_input(caller, idempotencyKey="a key"))).content
    async with caller.world.engine.connect() as connection:
        names = (
            await connection.execute(text("select tablename from pg_tables where schemaname = 'public'"))
        ).scalars()
        rows = [(await connection.execute(text(f"select t::text from {name} t"))).scalars().all() for name in names]
    stored = "\n".join(row for table in rows for row in table)
    assert made["partnerToken"]["id"] in stored
    body = made["secret"].removeprefix("usher_partner_")
    for form in (body, body.encode().hex()):
        assert form not in stored


async def test_the_secret_is_shown_even_if_another_mutation_of_the_operation_is_refused(caller: Caller) -> None:
    both = """mutation($input: CreatePartnerTokenInput!) {
      createPartnerToken(input: $input) { secret }
      revokePartnerToken(input: {tokenId: "token_of_nobody"}) { errors { code } }
    }"""
    answer = await caller.client(both, caller.secret, input=token_input(caller))
    assert answer.codes == ["NOT_FOUND"]
    assert answer.content["data"]["revokePartnerToken"] is None
    secret = answer.content["data"]["createPartnerToken"]["secret"]
    assert (await caller.client(TEAMS, secret)).data == {"teams": {"nodes": [{"id": caller.team}]}}


async def test_nobody_else_can_create_list_or_revoke_tokens(caller: Caller) -> None:
    client, world = caller.client, caller.world
    user = await world.member(caller.team)
    token, partner = await world.token(caller.team, caller.who.id, *Scope)
    before = await world.fingerprint()
    for secret, refused, unseen in (
        (user.secret, "FORBIDDEN", "NOT_FOUND"),
        (partner, "FORBIDDEN", "FORBIDDEN"),
        (None, "UNAUTHENTICATED", "UNAUTHENTICATED"),
    ):
        made = await client(CREATE_TOKEN, secret, input=token_input(caller))
        assert (made.codes, made.content["data"]) == ([refused], {"createPartnerToken": None})
        listed = await client(LIST_TOKENS, secret, id=caller.team, first=10)
        assert listed.codes == [refused]
        assert token not in str(listed.content)
        revoke = "mutation($id: ID!) { revokePartnerToken(input: {tokenId: $id}) { partnerToken { id } } }"
        assert (await client(revoke, secret, id=token)).codes == [unseen]
    assert await world.fingerprint() == before


async def test_tokens_are_listed_in_the_order_of_creation(caller: Caller) -> None:
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    made = [
        (await caller.world.token(caller.team, caller.who.id, Scope.SEATS_READ, expires_at=long_ago))[0] for _ in "123"
    ]
    await caller.world.revoke(made[1])
    seen, after = [], None
    for _ in made:
        page = (await caller.client(LIST_TOKENS, caller.secret, id=caller.team, first=1, after=after)).data["team"][
            "partnerTokens"
        ]
        seen += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        assert page["totalCount"] == 3
    assert not page["pageInfo"]["hasNextPage"]
    assert [one["id"] for one in seen] == made
    assert [one["revokedAt"] is None for one in seen] == [True, False, True]


async def test_a_revoked_token_is_refused_in_the_next_request(caller: Caller) -> None:
    made = (await caller.mutate("createPartnerToken", **token_input(caller))).content
    assert (await caller.client(TEAMS, made["secret"])).status == 200
    first = await caller.mutate("revokePartnerToken", tokenId=made["partnerToken"]["id"])
    assert first.errors == []
    assert first.content["partnerToken"]["revokedAt"]
    assert (await caller.client(TEAMS, made["secret"])).status == 401
    before = await caller.world.fingerprint()
    again = await caller.mutate("revokePartnerToken", tokenId=made["partnerToken"]["id"])
    assert again == first
    assert await caller.world.fingerprint() == before
    assert await caller.world.audit_actions(caller.team) == ["tokens:create", "tokens:revoke"]


async def test_every_manager_of_the_team_can_revoke_a_token(caller: Caller) -> None:
    made = (await caller.mutate("createPartnerToken", **token_input(caller))).content
    other = await caller.world.member(caller.team, Role.CONTRACT_MANAGER)
    query = "mutation($id: ID!) { revokePartnerToken(input: {tokenId: $id}) { partnerToken { revokedAt } } }"
    revoked = await caller.client(query, other.secret, id=made["partnerToken"]["id"])
    assert revoked.data["revokePartnerToken"]["partnerToken"]["revokedAt"]


async def test_the_audit_log_has_the_granted_scopes(caller: Caller) -> None:
    made = (
        await caller.mutate("createPartnerToken", **token_input(caller, scopes=["USAGE_READ", "SEATS_ASSIGN"]))
    ).content
    await caller.mutate("revokePartnerToken", tokenId=made["partnerToken"]["id"])
    created, revoked = await audit_rows(caller.world, caller.team)
    assert (created.actor_id, created.target_id) == (caller.who.id, made["partnerToken"]["id"])
    assert (created.after["name"], created.after["scopes"]) == ("Sync", ["seats:assign", "usage:read"])
    assert (revoked.target_id, revoked.before, revoked.after) == (
        made["partnerToken"]["id"],
        {"revoked": False},
        {"revoked": True},
    )


async def test_the_last_use_is_stored_to_the_minute(caller: Caller) -> None:
    made = (await caller.mutate("createPartnerToken", **token_input(caller))).content
    token, secret = made["partnerToken"]["id"], made["secret"]
    assert await used_at(caller, token) is None
    await caller.client(TEAMS, secret)
    first = await used_at(caller, token)
    await caller.client(TEAMS, secret)
    assert first == await used_at(caller, token)
    async with caller.world.engine.begin() as connection:
        past = "update partner_tokens set last_used_at = last_used_at - interval '2 minutes' where id = :id"
        await connection.execute(text(past), {"id": token})
    past_use = await used_at(caller, token)
    await caller.client(TEAMS, secret)
    assert str(past_use) < str(first) <= str(await used_at(caller, token))


async def test_the_use_of_a_revoked_token_is_not_stored(caller: Caller) -> None:
    token, secret = await caller.world.token(caller.team, caller.who.id, Scope.SEATS_READ)
    await caller.world.revoke(token)
    assert (await caller.client(TEAMS, secret)).status == 401
    assert await used_at(caller, token) is None


EARLY, LATE = timezone(timedelta(hours=14)), timezone(-timedelta(hours=12))


@pytest.mark.parametrize(
    "expires",
    [
        "2026-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        (datetime.now(UTC) - HOUR).astimezone(EARLY).isoformat(),
        (datetime.now(UTC) - HOUR).astimezone(LATE).isoformat(),
        (datetime.now(UTC) + timedelta(days=366, hours=1)).isoformat(),
    ],
    ids=["long ago", "year 1", "year 9999", "past, early", "past, late", "later"],
)
async def test_a_token_must_expire_in_the_future_and_within_366_days(caller: Caller, expires: str) -> None:
    payload = await caller.mutate("createPartnerToken", **token_input(caller, expiresAt=expires))
    assert payload.errors == [("EXPIRY_INVALID", None)]
    assert (payload.content["partnerToken"], payload.content["secret"]) == (None, None)
    assert await count_tokens(caller) == 0


@pytest.mark.parametrize(
    "lifetime", [timedelta(minutes=5), timedelta(days=365, hours=23)], ids=["5 minutes", "almost 366 days"]
)
@pytest.mark.parametrize("zone", [UTC, EARLY, LATE], ids=str)
async def test_the_expiry_can_be_in_any_time_zone(caller: Caller, lifetime: timedelta, zone: timezone) -> None:
    expires = datetime.now(UTC) + lifetime
    written = expires.astimezone(zone).isoformat()
    made = (await caller.client(CREATE_TOKEN, caller.secret, input=token_input(caller, expiresAt=written))).data[
        "createPartnerToken"
    ]
    assert datetime.fromisoformat(made["partnerToken"]["expiresAt"]) == expires


# Each was once taken as a moment in UTC. The last two are days that are no moment in UTC.
UNCLEAR = ["2027-05-31T00:00:00", "2027-05-31", "2027-W22-1", "20270531T000000", "2026-12-31"]
BEYOND = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-23:59"]


@pytest.mark.parametrize("expires", [*UNCLEAR, *BEYOND])
@pytest.mark.parametrize("as_literal", [False, True], ids=["variable", "literal"])
async def test_an_unclear_expiry_is_refused_with_what_to_send(caller: Caller, expires: str, as_literal: bool) -> None:
    given = token_input(caller, expiresAt=expires)
    if as_literal:
        query = f"""mutation {{ createPartnerToken(input: {{
          teamId: "{caller.team}", name: "Sync", scopes: [SEATS_READ], expiresAt: "{expires}"
        }}) {{ secret }} }}"""
        answer = await caller.client(query, caller.secret)
    else:
        answer = await caller.client(CREATE_TOKEN, caller.secret, input=given)
    assert (answer.status, answer.codes) == (400, ["GRAPHQL_VALIDATION_FAILED"])
    assert "its offset from UTC" in answer.content["errors"][0]["message"]
    assert "2026-12-31T23:59:59Z" in answer.content["errors"][0]["message"]
    assert await count_tokens(caller) == 0


@pytest.mark.parametrize("scope", Scope)
async def test_any_scope_can_be_granted(client: Client, world: World, scope: Scope) -> None:
    caller = await new_caller(client, world, seats=1, role=Role.CONTRACT_MANAGER)
    payload = await caller.mutate("createPartnerToken", **token_input(caller, scopes=[scope.name]))
    assert payload.content["partnerToken"]["scopes"] == [scope.name]


async def test_a_scope_named_twice_is_granted_once(caller: Caller) -> None:
    payload = await caller.mutate(
        "createPartnerToken", **token_input(caller, scopes=["SEATS_READ", "USAGE_READ", "SEATS_READ"])
    )
    assert sorted(payload.content["partnerToken"]["scopes"]) == ["SEATS_READ", "USAGE_READ"]


@pytest.mark.parametrize("scopes", [["TOKENS_CREATE"], ["seats:read"], [None], "ALL", [7]])
async def test_an_unknown_scope_is_refused(caller: Caller, scopes: object) -> None:
    answer = await caller.send("createPartnerToken", **token_input(caller, scopes=scopes))
    assert (answer.status, await count_tokens(caller)) == (400, 0)


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\nb"])
async def test_all_errors_are_returned_at_once(caller: Caller, name: str) -> None:
    input_ = token_input(caller, name=name, scopes=[], expiresAt="2026-01-01T00:00:00Z")
    made = (await caller.client(CREATE_TOKEN, caller.secret, input=input_)).data["createPartnerToken"]
    assert [(one["code"], one["field"]) for one in made["errors"]] == [
        ("NAME_INVALID", ["name"]),
        ("LIST_EMPTY", ["scopes"]),
        ("EXPIRY_INVALID", ["expiresAt"]),
    ]
    assert await count_tokens(caller) == 0


async def test_a_repeat_shows_no_secret_and_creates_no_second_token(caller: Caller) -> None:
    input_ = token_input(caller, idempotencyKey="a key")
    first = await caller.mutate("createPartnerToken", **input_)
    again = await caller.mutate("createPartnerToken", **input_)
    assert again.errors == [("SECRET_SHOWN_ONCE", None)]
    assert again.content["secret"] is None
    assert again.content["partnerToken"] == first.content["partnerToken"]
    assert (await caller.send("createPartnerToken", **{**input_, "name": "Other"})).codes == ["IDEMPOTENCY_KEY_REUSED"]
    assert await count_tokens(caller) == 1
    assert await caller.world.audit_actions(caller.team) == ["tokens:create"]


async def test_a_dry_run_creates_and_revokes_nothing(caller: Caller) -> None:
    token, secret = await caller.world.token(caller.team, caller.who.id, Scope.SEATS_READ)
    before = await caller.world.fingerprint()
    made = (await caller.mutate("createPartnerToken", **token_input(caller, dryRun=True))).content
    assert (made["partnerToken"]["name"], made["secret"], made["errors"]) == ("Sync", None, [])
    revoked = (await caller.mutate("revokePartnerToken", tokenId=token, dryRun=True)).content
    assert revoked["partnerToken"]["revokedAt"]
    assert await caller.world.fingerprint() == before
    assert (await caller.client(TEAMS, secret)).status == 200
