"""Partner tokens: made by who manages a team, shown once, listed and revoked."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import Desk, audit_rows, desk_of
from tests.support.world import World

TEAMS = "{ teams { nodes { id } } }"
LIST = """
query($id: ID!, $first: Int, $after: String) {
  team(id: $id) {
    partnerTokens(first: $first, after: $after) {
      totalCount pageInfo { hasNextPage endCursor } nodes { id name revokedAt lastUsedAt }
    }
  }
}
"""
SHOWN = """
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
async def desk(client: Client, world: World) -> Desk:
    """A coordinator's desk."""
    return await desk_of(client, world, seats=1)


def wanted(desk: Desk, **given: object) -> dict[str, object]:
    """The input for a token."""
    expires = (datetime.now(UTC) + HOUR).isoformat()
    return {"teamId": desk.team, "name": "Sync", "scopes": ["SEATS_READ"], "expiresAt": expires, **given}


async def tokens(desk: Desk) -> int:
    """How many tokens the team has, by the rows."""
    query = text("select count(*) from partner_tokens where team_id = :team")
    async with desk.world.engine.connect() as connection:
        return int((await connection.execute(query, {"team": desk.team})).scalar_one())


async def used_at(desk: Desk, token: str) -> str | None:
    """When a token was last used, as the team is shown."""
    listed = (await desk.client(LIST, desk.secret, id=desk.team, first=100)).data["team"]["partnerTokens"]["nodes"]
    used: str | None = next(one["lastUsedAt"] for one in listed if one["id"] == token)
    return used


@pytest.mark.parametrize("role", MANAGERS)
async def test_who_manages_a_team_makes_a_token_for_it(client: Client, world: World, role: Role) -> None:
    desk = await desk_of(client, world, seats=1, role=role)
    asked = wanted(desk, name="  Nightly sync ", scopes=["USAGE_READ", "SEATS_READ"])
    made = (await client(SHOWN, desk.secret, input=asked)).data["createPartnerToken"]
    token = made["partnerToken"]
    assert re.fullmatch(r"usher_partner_[A-Za-z0-9_-]{43}", made["secret"])
    assert made["errors"] == []
    assert (token["name"], sorted(token["scopes"])) == ("Nightly sync", ["SEATS_READ", "USAGE_READ"])
    assert datetime.fromisoformat(token["expiresAt"]) == datetime.fromisoformat(str(asked["expiresAt"]))
    assert (token["revokedAt"], token["lastUsedAt"], token["grantor"]) == (None, None, {"id": desk.who.id})
    assert (await client(TEAMS, made["secret"])).data == {"teams": {"nodes": [{"id": desk.team}]}}


async def test_a_secret_is_kept_nowhere(desk: Desk) -> None:
    made = (await desk.tell("createPartnerToken", **wanted(desk, idempotencyKey="a key"))).content
    async with desk.world.engine.connect() as connection:
        names = (
            await connection.execute(text("select tablename from pg_tables where schemaname = 'public'"))
        ).scalars()
        rows = [(await connection.execute(text(f"select t::text from {name} t"))).scalars().all() for name in names]
    kept = "\n".join(row for table in rows for row in table)
    assert made["partnerToken"]["id"] in kept
    body = made["secret"].removeprefix("usher_partner_")
    for form in (body, body.encode().hex()):
        assert form not in kept


async def test_the_secret_is_shown_even_if_another_mutation_beside_it_is_refused(desk: Desk) -> None:
    both = """mutation($input: CreatePartnerTokenInput!) {
      createPartnerToken(input: $input) { secret }
      revokePartnerToken(input: {tokenId: "token_of_nobody"}) { errors { code } }
    }"""
    answer = await desk.client(both, desk.secret, input=wanted(desk))
    assert answer.codes == ["NOT_FOUND"]
    assert answer.content["data"]["revokePartnerToken"] is None
    secret = answer.content["data"]["createPartnerToken"]["secret"]
    assert (await desk.client(TEAMS, secret)).data == {"teams": {"nodes": [{"id": desk.team}]}}


async def test_nobody_else_makes_lists_or_revokes_tokens(desk: Desk) -> None:
    client, world = desk.client, desk.world
    user = await world.member(desk.team)
    token, partner = await world.token(desk.team, desk.who.id, *Scope)
    before = await world.fingerprint()
    for secret, refused in ((user.secret, "FORBIDDEN"), (partner, "FORBIDDEN"), (None, "UNAUTHENTICATED")):
        made = await client(SHOWN, secret, input=wanted(desk))
        assert (made.codes, made.content["data"]) == ([refused], {"createPartnerToken": None})
        listed = await client(LIST, secret, id=desk.team, first=10)
        assert listed.codes == [refused]
        assert token not in str(listed.content)
        revoke = "mutation($id: ID!) { revokePartnerToken(input: {tokenId: $id}) { partnerToken { id } } }"
        assert (await client(revoke, secret, id=token)).codes == ["NOT_FOUND" if secret else "UNAUTHENTICATED"]
    assert await world.fingerprint() == before


async def test_tokens_are_listed_in_the_order_in_which_they_were_made(desk: Desk) -> None:
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    made = [(await desk.world.token(desk.team, desk.who.id, Scope.SEATS_READ, expires_at=long_ago))[0] for _ in "123"]
    await desk.world.revoke(made[1])
    seen, after = [], None
    for _ in made:
        page = (await desk.client(LIST, desk.secret, id=desk.team, first=1, after=after)).data["team"]["partnerTokens"]
        seen += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        assert page["totalCount"] == 3
    assert not page["pageInfo"]["hasNextPage"]
    assert [one["id"] for one in seen] == made
    assert [one["revokedAt"] is None for one in seen] == [True, False, True]


async def test_a_revoked_token_is_void_for_the_next_request(desk: Desk) -> None:
    made = (await desk.tell("createPartnerToken", **wanted(desk))).content
    assert (await desk.client(TEAMS, made["secret"])).status == 200
    first = await desk.tell("revokePartnerToken", tokenId=made["partnerToken"]["id"])
    assert first.said == []
    assert first.content["partnerToken"]["revokedAt"]
    assert (await desk.client(TEAMS, made["secret"])).status == 401
    before = await desk.world.fingerprint()
    again = await desk.tell("revokePartnerToken", tokenId=made["partnerToken"]["id"])
    assert again == first
    assert await desk.world.fingerprint() == before
    assert await desk.world.trail(desk.team) == ["tokens:create", "tokens:revoke"]


async def test_a_token_is_revoked_by_whoever_manages_the_team(desk: Desk) -> None:
    made = (await desk.tell("createPartnerToken", **wanted(desk))).content
    other = await desk.world.member(desk.team, Role.CONTRACT_MANAGER)
    query = "mutation($id: ID!) { revokePartnerToken(input: {tokenId: $id}) { partnerToken { revokedAt } } }"
    revoked = await desk.client(query, other.secret, id=made["partnerToken"]["id"])
    assert revoked.data["revokePartnerToken"]["partnerToken"]["revokedAt"]


async def test_the_audit_log_tells_what_was_granted(desk: Desk) -> None:
    made = (await desk.tell("createPartnerToken", **wanted(desk, scopes=["USAGE_READ", "SEATS_ASSIGN"]))).content
    await desk.tell("revokePartnerToken", tokenId=made["partnerToken"]["id"])
    created, revoked = await audit_rows(desk.world, desk.team)
    assert (created.actor_id, created.target_id) == (desk.who.id, made["partnerToken"]["id"])
    assert (created.after["name"], created.after["scopes"]) == ("Sync", ["seats:assign", "usage:read"])
    assert (revoked.target_id, revoked.before, revoked.after) == (
        made["partnerToken"]["id"],
        {"revoked": False},
        {"revoked": True},
    )


async def test_last_use_is_noted_to_the_minute(desk: Desk) -> None:
    made = (await desk.tell("createPartnerToken", **wanted(desk))).content
    token, secret = made["partnerToken"]["id"], made["secret"]
    assert await used_at(desk, token) is None
    await desk.client(TEAMS, secret)
    first = await used_at(desk, token)
    await desk.client(TEAMS, secret)
    assert first == await used_at(desk, token)
    async with desk.world.engine.begin() as connection:
        past = "update partner_tokens set last_used_at = last_used_at - interval '2 minutes' where id = :id"
        await connection.execute(text(past), {"id": token})
    past_use = await used_at(desk, token)
    await desk.client(TEAMS, secret)
    assert str(past_use) < str(first) <= str(await used_at(desk, token))


async def test_a_void_token_leaves_no_trace_of_use(desk: Desk) -> None:
    token, secret = await desk.world.token(desk.team, desk.who.id, Scope.SEATS_READ)
    await desk.world.revoke(token)
    assert (await desk.client(TEAMS, secret)).status == 401
    assert await used_at(desk, token) is None


EARLY, LATE = timezone(timedelta(hours=14)), timezone(-timedelta(hours=12))


@pytest.mark.parametrize(
    "expires",
    [
        "2026-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-23:59",
        "9999-12-31T23:59:59",
        (datetime.now(UTC) - HOUR).astimezone(EARLY).isoformat(),
        (datetime.now(UTC) - HOUR).astimezone(LATE).isoformat(),
        (datetime.now(UTC) + timedelta(days=366, hours=1)).isoformat(),
    ],
    ids=["long ago", "year 1", "year 9999", "a day before year 10000", "no zone", "past, early", "past, late", "later"],
)
async def test_a_token_ends_in_the_future_and_within_366_days(desk: Desk, expires: str) -> None:
    told = await desk.tell("createPartnerToken", **wanted(desk, expiresAt=expires))
    assert told.said == [("EXPIRY_INVALID", None)]
    assert (told.content["partnerToken"], told.content["secret"]) == (None, None)
    assert await tokens(desk) == 0


@pytest.mark.parametrize(
    "lifetime", [timedelta(minutes=5), timedelta(days=365, hours=23)], ids=["5 minutes", "almost 366 days"]
)
@pytest.mark.parametrize("zone", [UTC, EARLY, LATE, None], ids=str)
async def test_an_end_in_any_time_zone_is_taken(desk: Desk, lifetime: timedelta, zone: timezone | None) -> None:
    expires = datetime.now(UTC) + lifetime
    written = (expires.astimezone(zone) if zone else expires.replace(tzinfo=None)).isoformat()
    made = (await desk.client(SHOWN, desk.secret, input=wanted(desk, expiresAt=written))).data["createPartnerToken"]
    assert datetime.fromisoformat(made["partnerToken"]["expiresAt"]) == expires


@pytest.mark.parametrize("scope", Scope)
async def test_any_scope_can_be_granted(desk: Desk, scope: Scope) -> None:
    told = await desk.tell("createPartnerToken", **wanted(desk, scopes=[scope.name]))
    assert told.content["partnerToken"]["scopes"] == [scope.name]


async def test_a_scope_named_twice_is_granted_once(desk: Desk) -> None:
    told = await desk.tell("createPartnerToken", **wanted(desk, scopes=["SEATS_READ", "USAGE_READ", "SEATS_READ"]))
    assert sorted(told.content["partnerToken"]["scopes"]) == ["SEATS_READ", "USAGE_READ"]


@pytest.mark.parametrize("scopes", [["TOKENS_CREATE"], ["seats:read"], [None], "ALL", [7]])
async def test_what_is_no_scope_is_refused(desk: Desk, scopes: object) -> None:
    answer = await desk.send("createPartnerToken", **wanted(desk, scopes=scopes))
    assert (answer.status, await tokens(desk)) == (400, 0)


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\nb"])
async def test_all_that_is_wrong_is_told_at_once(desk: Desk, name: str) -> None:
    asked = wanted(desk, name=name, scopes=[], expiresAt="2026-01-01")
    made = (await desk.client(SHOWN, desk.secret, input=asked)).data["createPartnerToken"]
    assert [(one["code"], one["field"]) for one in made["errors"]] == [
        ("NAME_INVALID", ["name"]),
        ("LIST_EMPTY", ["scopes"]),
        ("EXPIRY_INVALID", ["expiresAt"]),
    ]
    assert await tokens(desk) == 0


async def test_a_repeat_shows_no_secret_and_makes_no_second_token(desk: Desk) -> None:
    asked = wanted(desk, idempotencyKey="a key")
    first = await desk.tell("createPartnerToken", **asked)
    again = await desk.tell("createPartnerToken", **asked)
    assert again.said == [("SECRET_SHOWN_ONCE", None)]
    assert again.content["secret"] is None
    assert again.content["partnerToken"] == first.content["partnerToken"]
    assert (await desk.send("createPartnerToken", **{**asked, "name": "Other"})).codes == ["IDEMPOTENCY_KEY_REUSED"]
    assert await tokens(desk) == 1
    assert await desk.world.trail(desk.team) == ["tokens:create"]


async def test_a_dry_run_makes_and_revokes_nothing(desk: Desk) -> None:
    kept, secret = await desk.world.token(desk.team, desk.who.id, Scope.SEATS_READ)
    before = await desk.world.fingerprint()
    made = (await desk.tell("createPartnerToken", **wanted(desk, dryRun=True))).content
    assert (made["partnerToken"]["name"], made["secret"], made["errors"]) == ("Sync", None, [])
    revoked = (await desk.tell("revokePartnerToken", tokenId=kept, dryRun=True)).content
    assert revoked["partnerToken"]["revokedAt"]
    assert await desk.world.fingerprint() == before
    assert (await desk.client(TEAMS, secret)).status == 200
