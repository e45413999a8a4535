"""The header `Usher-Person`: a request for one person never runs as another who has signed in in the same browser."""

import pytest

from domain.roles import Role
from tests.conftest import Client
from tests.gateway.conftest import Company
from tests.support.world import World

HEADER, PREFLIGHT = "Usher-Person", {"Usher-Require-Preflight": "1"}
TEAMS = "{ teams { nodes { id } } }"
RENAME = 'mutation($team: ID!) { updateTeam(input: { teamId: $team, name: "Renamed" }) { errors { code } } }'
ASSIGN = """mutation($team: ID!, $product: ID!, $user: ID!) {
  assignSeats(input: { teamId: $team, productId: $product, userIds: [$user] }) { errors { code } }
}"""
SIGN_IN = 'mutation { signIn(input: { email: "a@b.example", password: "x", delivery: COOKIE }) { errors { code } } }'
OPERATIONS = {
    "a query of one statement": TEAMS,
    "a query without rows": "{ __typename }",
    "a query of an unknown field": "{ nothing }",
    "a mutation": RENAME,
    "a mutation that reads its facts with the actor": ASSIGN,
    "two mutations": f"{ASSIGN[:-1]} again: {ASSIGN.partition('{')[2]}",
    "a mutation for everybody": SIGN_IN,
    "a mutation that ends the session": "mutation { signOut(input: {}) { signedOut } }",
}


def cookie(secret: str, person: str) -> dict[str, str]:
    """The headers of a page that was made for a person, in a browser with this session."""
    return {**PREFLIGHT, "cookie": f"usher_session={secret}", HEADER: person}


def request(query: str, company: Company) -> dict[str, object]:
    """A request with the variables that the operations of this file use."""
    variables = {"team": company.team, "product": company.product, "user": company.coordinator.id}
    return {"query": query, "variables": variables}


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("query", OPERATIONS.values(), ids=OPERATIONS.keys())
async def test_nothing_runs_as_another_person(client: Client, ours: Company, query: str) -> None:
    headers = cookie(ours.coordinator.secret, ours.user.id)
    answer = await client.post(request(query, ours), headers)
    assert (answer.status, answer.codes, list(answer.content)) == (409, ["PERSON_DIFFERS"], ["errors"])
    assert "set-cookie" not in answer.headers
    assert ours.coordinator.id not in str(answer.content)


@pytest.mark.usefixtures("unchanged")
async def test_no_large_request_and_no_get_runs_as_another_person(client: Client, ours: Company) -> None:
    headers = cookie(ours.coordinator.secret, ours.user.id)
    large = {"query": TEAMS, "variables": {"unused": [1] * 5_000}}
    assert (await client.post(large, headers)).codes == ["PERSON_DIFFERS"]
    assert (await client.http.get("/graphql", params={"query": TEAMS}, headers=headers)).status_code == 409


async def test_it_takes_no_statement_more(client: Client, world: World, ours: Company, statements: list[str]) -> None:
    someone = await world.person()  # a session of minutes ago would note that it is used
    for person in (someone.id, ours.user.id):
        statements.clear()
        await client.post({"query": TEAMS}, cookie(someone.secret, person))
        assert len(statements) == 1


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json", "*/*"])
async def test_the_status_is_409_whatever_the_client_accepts(client: Client, ours: Company, accept: str) -> None:
    headers = {**cookie(ours.coordinator.secret, ours.user.id), "accept": accept}
    assert (await client.post({"query": TEAMS}, headers)).status == 409


async def test_a_request_for_the_person_who_is_signed_in_runs(client: Client, world: World) -> None:
    team = await world.team()
    manager = await world.member(team, Role.SOFTWARE_COORDINATOR)
    for person in (manager.id, ""):
        answer = await client.post({"query": TEAMS}, cookie(manager.secret, person))
        assert answer.data == {"teams": {"nodes": [{"id": team}]}}


async def test_of_several_sessions_the_valid_one_counts(client: Client, ours: Company, theirs: Company) -> None:
    for first, second in ((ours, theirs), (theirs, ours)):
        both = f"{first.coordinator.secret}; usher_session={second.coordinator.secret}"
        assert (await client.post({"query": TEAMS}, cookie(both, first.coordinator.id))).status == 200
        assert (await client.post({"query": TEAMS}, cookie(both, second.coordinator.id))).status == 409


async def test_if_nobody_is_signed_in_the_request_is_that_of_nobody(client: Client, ours: Company) -> None:
    for headers in (cookie("tossed", ours.user.id), {**PREFLIGHT, HEADER: ours.user.id}):
        answer = await client.post({"query": SIGN_IN}, headers)
        assert answer.data["signIn"]["errors"] == [{"code": "INVALID_CREDENTIALS"}]
        assert (await client.post({"query": "{ viewer { id } }"}, headers)).codes == ["UNAUTHENTICATED"]


async def test_somebody_else_can_sign_in_on_the_page_of_a_person_whose_session_has_ended(
    client: Client, world: World, ours: Company
) -> None:
    bob = await world.person(email="bob@next.example")
    await world.set_password(bob.id, "correct horse battery")
    right = SIGN_IN.replace("a@b.example", "bob@next.example").replace('"x"', '"correct horse battery"')
    answer = await client.post({"query": right}, {**PREFLIGHT, HEADER: ours.user.id})
    assert answer.data == {"signIn": {"errors": []}}
    assert "usher_session=" in answer.headers["set-cookie"]


@pytest.mark.usefixtures("unchanged")
async def test_a_bearer_token_of_another_actor_is_refused_too(client: Client, ours: Company) -> None:
    def bearer(secret: str, person: str) -> dict[str, str]:
        return {"authorization": f"Bearer {secret}", HEADER: person}

    assert (await client.post({"query": TEAMS}, bearer(ours.user.secret, ours.user.id))).status == 200
    assert (await client.post({"query": TEAMS}, bearer(ours.user.secret, ours.coordinator.id))).status == 409
    # The token of a partner is no person, and not the one who granted it either.
    assert (await client.post({"query": TEAMS}, bearer(ours.partner, ours.coordinator.id))).status == 409
