"""HTTP beside GraphQL: pages for browsers, health, request ids, and CORS."""

import httpx
import pytest
from starlette.applications import Starlette

from gateway.app import application
from gateway.runtime.settings import Settings
from tests.conftest import Client
from tests.gateway.conftest import Company
from tests.support.process import free_port

QUERY = {"query": "{ __typename }"}
SIGN_OUT = "mutation { signOut(input: {}) { signedOut } }"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
ALLOWED = "https://app.example"
PREFLIGHT = {
    "access-control-request-method": "POST",
    "access-control-request-headers": "content-type,usher-require-preflight,authorization,x-request-id",
}


@pytest.fixture(scope="session")
async def shared(postgres: str, app: Starlette) -> Client:
    """A client of a gateway that the pages of one other origin may call."""
    assert app.routes
    opened = application(Settings(database_url=postgres, allowed_origins=[ALLOWED], allowed_headers=["Traceparent"]))
    return Client(httpx.AsyncClient(transport=httpx.ASGITransport(opened), base_url="http://usher.test"))


async def test_a_browser_gets_graphiql(client: Client) -> None:
    page = await client.http.get("/graphql", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "GraphiQL" in page.text


@pytest.mark.parametrize(
    "parameters", [QUERY, {"query": "{ nope }"}, {"variables": "{"}, {"utm_source": "x"}, {}, {"hash": "#/a"}]
)
@pytest.mark.parametrize("accept", [BROWSER, "text/html"])
async def test_a_browser_gets_graphiql_whatever_else_the_address_has(
    client: Client, parameters: dict[str, str], accept: str
) -> None:
    for method in ("GET", "HEAD"):
        page = await client.http.request(method, "/graphql", params=parameters, headers={"accept": accept})
        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/graphql-response+json, */*;q=0.1", ""])
async def test_a_program_gets_an_answer_to_a_get(client: Client, accept: str) -> None:
    answer = await client.http.get("/graphql", params=QUERY | {"utm_source": "x"}, headers={"accept": accept})
    assert answer.json()["data"] == {"__typename": "Query"}


@pytest.mark.parametrize("parameters", [{}, {"utm_source": "x"}, {"variables": "{}"}])
async def test_a_get_without_a_query_is_bad_input(client: Client, parameters: dict[str, str]) -> None:
    answer = await client.http.get("/graphql", params=parameters)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_USER_INPUT")


@pytest.mark.parametrize("parameters", [QUERY, {"query": "{ nope }"}, {}, {"query": SIGN_OUT}])
async def test_a_head_request_is_answered_as_a_get(client: Client, parameters: dict[str, str]) -> None:
    got, head = [await client.http.request(one, "/graphql", params=parameters) for one in ("GET", "HEAD")]
    differs = {"x-request-id"}
    assert head.status_code == got.status_code
    assert {**head.headers, **dict.fromkeys(differs)} == {**got.headers, **dict.fromkeys(differs)}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "PROPFIND"])
async def test_no_other_method_is_known(client: Client, method: str) -> None:
    response = await client.http.request(method, "/graphql", json=QUERY)
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD, POST")
    assert response.json()["errors"][0]["extensions"] == {"code": "METHOD_NOT_ALLOWED"}


async def test_a_mutation_by_get_is_told_to_use_post(client: Client) -> None:
    response = await client.http.get("/graphql", params={"query": SIGN_OUT})
    assert (response.status_code, response.headers["allow"]) == (405, "POST")


async def test_no_other_address_is_known(client: Client) -> None:
    assert (await client.http.get("/graphql/x")).status_code == 404


async def test_the_gateway_is_healthy_while_it_reaches_the_database(client: Client) -> None:
    health = await client.http.get("/healthz")
    assert (health.status_code, health.text) == (200, "ok\n")


@pytest.mark.parametrize("request_id", ["1", "a-b_c.D9", "x" * 64, "runner_1", "job-1", "my_job_1"])
async def test_a_valid_request_id_is_returned(client: Client, request_id: str) -> None:
    answer = await client.post(QUERY, {"x-request-id": request_id})
    assert answer.headers["x-request-id"] == request_id


OF_COMMANDS_AND_JOBS = ["run_01hx5d2qk7e4v9n3c8b6m1t0aw", "JOB_01HX5D2QK7E4V9N3C8B6M1T0AW", "job_1", "run_"]


@pytest.mark.parametrize("request_id", [None, "", "x" * 65, "a b", "a\tb", "é", '{"a":1}', *OF_COMMANDS_AND_JOBS])
async def test_a_request_without_a_valid_id_gets_a_new_one(client: Client, request_id: str | None) -> None:
    headers = [] if request_id is None else [(b"x-request-id", request_id.encode("latin-1"))]
    response = await client.http.post("/graphql", json=QUERY, headers=headers)
    assert len(response.headers["x-request-id"]) == 32
    assert response.headers["x-request-id"].isalnum()


async def test_no_answer_may_be_stored_by_a_cache(client: Client, ours: Company) -> None:
    answer = await client("{ viewer { email } }", ours.coordinator.secret)
    assert answer.headers["cache-control"] == "no-store"


async def test_an_allowed_origin_may_call_with_its_cookie(shared: Client) -> None:
    preflight = await shared.http.options("/graphql", headers={"origin": ALLOWED, **PREFLIGHT})
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == ALLOWED
    assert preflight.headers["access-control-allow-credentials"] == "true"
    answer = await shared.post(QUERY, {"origin": ALLOWED})
    assert answer.headers["access-control-allow-origin"] == ALLOWED


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
async def test_an_allowed_origin_may_use_each_method(shared: Client, method: str) -> None:
    preflight = {**PREFLIGHT, "access-control-request-method": method}
    assert (await shared.http.options("/graphql", headers={"origin": ALLOWED, **preflight})).status_code == 200
    answer = await shared.http.request(method, "/graphql", params=QUERY, json=QUERY, headers={"origin": ALLOWED})
    assert answer.headers["access-control-expose-headers"] == "x-request-id"
    assert answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("traceparent", 200),
        ("TraceParent", 200),
        ("content-encoding", 200),
        ("apollo-require-preflight,x-apollo-operation-name", 200),
        ("usher-person,usher-require-preflight", 200),
        ("tracestate", 400),
        ("x-anything", 400),
    ],
)
async def test_a_page_may_send_the_headers_that_the_operator_allows(shared: Client, header: str, status: int) -> None:
    preflight = {**PREFLIGHT, "access-control-request-headers": header}
    assert (await shared.http.options("/graphql", headers={"origin": ALLOWED, **preflight})).status_code == status


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "https://app.example.evil.example", "http://app.example", "null", ALLOWED + ":444"],
)
async def test_another_origin_is_refused(shared: Client, origin: str) -> None:
    preflight = await shared.http.options("/graphql", headers={"origin": origin, **PREFLIGHT})
    assert preflight.status_code == 400
    assert "access-control-allow-origin" not in preflight.headers
    assert "access-control-allow-origin" not in (await shared.post(QUERY, {"origin": origin})).headers


async def test_no_origin_is_allowed_by_default(client: Client) -> None:
    preflight = await client.http.options("/graphql", headers={"origin": ALLOWED, **PREFLIGHT})
    assert "access-control-allow-origin" not in preflight.headers


async def test_without_its_database_the_gateway_is_not_healthy_and_unavailable(ours: Company) -> None:
    opened = application(Settings(database_url=f"postgresql://nobody:secret@127.0.0.1:{free_port()}/nothing"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(opened), base_url="http://usher.test") as http:
        health = await http.get("/healthz")
        assert (health.status_code, health.text) == (503, "the database cannot be reached\n")
        headers = {"authorization": f"Bearer {ours.coordinator.secret}"}
        response = await http.post("/graphql", json=QUERY, headers=headers)
        assert response.status_code == 503
        assert response.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
        assert "secret" not in response.text
