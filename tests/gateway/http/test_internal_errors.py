"""If the gateway itself fails, the client is told so, the log says where, and neither shows a secret."""

import json
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from domain.roles import Role
from tests.conftest import Answer, Client
from tests.support.process import Run, running
from tests.support.world import World, world_of

pytestmark = pytest.mark.slow

PASSWORD = "horse battery staple"
SIGN_UP = "mutation($i: SignUpInput!) { signUp(input: $i) { email errors { code } } }"
VERIFY = "mutation($i: VerifyEmailInput!) { verifyEmail(input: $i) { token errors { code } } }"
SIGN_IN = "mutation($i: SignInInput!) { signIn(input: $i) { token errors { code } } }"
CREATE = "mutation($i: CreatePartnerTokenInput!) { createPartnerToken(input: $i) { secret errors { code } } }"
MASKED = "Something broke in the gateway. Nothing was changed. Search the log for the request id."


@pytest.fixture(scope="module")
def run(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Usher in its own process, with its own database."""
    with running(tmp_path_factory.mktemp("usher"), DATABASE_URL=database) as started:
        yield started


@pytest.fixture(scope="module")
async def its_world(run: Run, database: str) -> AsyncIterator[World]:
    """Creates rows in that database."""
    assert run.address
    async with world_of(database) as its_world:
        yield its_world


@pytest.fixture(scope="module")
async def over_http(run: Run) -> AsyncIterator[Client]:
    """A client of that process."""
    async with httpx.AsyncClient(base_url=run.address) as http:
        yield Client(http)


def logged(run: Run, answer: Answer) -> list[dict[str, Any]]:
    """Return the log records of the request with this answer."""
    lines = [json.loads(line) for line in run.written_log().splitlines()]
    return [line for line in lines if line.get("request_id") == answer.headers["x-request-id"]]


async def execute(world: World, statement: str) -> None:
    """Execute a statement in the database, without the gateway."""
    async with world.engine.begin() as connection:
        await connection.execute(text(statement))


def sign_up(first_name: str) -> dict[str, str]:
    """Return the input of a sign-up."""
    email = f"{first_name}.secret@tests.example"
    return {"email": email, "password": PASSWORD, "firstName": first_name, "lastName": "Hopper"}


async def test_no_secret_is_logged(run: Run, over_http: Client, its_world: World) -> None:
    team = await its_world.team()
    boss = await its_world.member(team, Role.SOFTWARE_COORDINATOR)
    token = {"teamId": team, "name": "Sync", "scopes": ["SEATS_READ"], "expiresAt": "2027-01-01T00:00:00Z"}
    secret = (await over_http(CREATE, boss.secret, i=token)).data["createPartnerToken"]["secret"]
    assert (await over_http(SIGN_UP, i=sign_up("Grace"))).data["signUp"]["email"]
    link = {"token": await its_world.sign_up("Grace.secret@tests.example", PASSWORD), "password": PASSWORD}
    session = (await over_http(VERIFY, i=link)).data["verifyEmail"]["token"]
    credentials = {"email": "Grace.secret@tests.example", "password": PASSWORD}
    await over_http(SIGN_IN, i=credentials)
    await over_http(SIGN_IN, i={**credentials, "password": "a wrong guess"})
    await over_http(SIGN_IN, i={**credentials, "password": ["a list of guesses"]})
    for bearer in (secret, session, secret[:-1], f"{session}x", "usher_session_made_up"):
        await over_http("{ teams { nodes { id } } }", bearer)
    await over_http.post({"query": "{"}, {"cookie": f"usher_session={session}"})
    log = run.written_log() + run.out.read_text()
    # Without a mail server, the terminal also shows the recipient of each mail, in a line that is no line of the log.
    assert not [line for line in log.splitlines() if "Grace" in line and not line.startswith("Mail to ")]
    assert log.count('"request"') > 5
    for word in (
        secret,
        secret[:-1],
        session,
        link["token"],
        PASSWORD,
        "guess",
        "made_up",
        boss.secret,
        "argon2",
        "Bearer",
    ):
        assert word not in log


async def test_a_failing_statement_is_masked_and_its_values_stay_out_of_the_log(
    run: Run, over_http: Client, its_world: World
) -> None:
    await execute(its_world, "alter table sign_ups add constraint no_eve check (first_name <> 'Eve')")
    answer = await over_http(SIGN_UP, i=sign_up("Eve"))
    request_id = answer.headers["x-request-id"]
    assert answer.status == 200
    assert answer.content["errors"][0]["message"] == MASKED
    assert answer.content["errors"][0]["extensions"] == {"code": "INTERNAL", "requestId": request_id}
    broken, request = logged(run, answer)
    assert (broken["event"], broken["level"], broken["sqlstate"]) == ("database_error", "error", "23514")
    assert broken["statement"] == "create_sign_up"
    assert request["event"] == "request"
    log = run.written_log()
    for word in ("Eve", "Hopper", "argon2", "Failing row", PASSWORD):
        assert word not in log


async def test_a_failure_before_the_operation_is_masked_and_logged_without_variables(
    run: Run, over_http: Client, its_world: World
) -> None:
    await execute(its_world, "alter table memberships drop constraint ck_memberships_role")
    someone = await its_world.member(await its_world.team())
    await execute(its_world, f"update memberships set role = 'wizard' where user_id = '{someone.id}'")
    answer = await over_http("{ viewer { id } }", someone.secret)
    request_id = answer.headers["x-request-id"]
    assert answer.status == 500
    assert answer.content == {
        "errors": [{"message": MASKED, "extensions": {"code": "INTERNAL", "requestId": request_id}}]
    }
    broken, _ = logged(run, answer)
    assert (broken["event"], broken["level"]) == ("internal_error", "error")
    (raised,) = broken["exception"]
    assert (raised["exc_type"], raised["exc_value"]) == ("ValueError", "'wizard' is not a valid Role")
    assert raised["frames"]
    assert not any(frame.get("locals") for frame in raised["frames"])
    assert someone.secret not in run.written_log()


async def test_a_lost_connection_to_the_database_is_reported_and_opened_again(
    run: Run, over_http: Client, its_world: World
) -> None:
    someone = await its_world.person()
    assert (await over_http("{ viewer { id } }", someone.secret)).status == 200
    others = "select pg_terminate_backend(pid) from pg_stat_activity"
    await execute(its_world, f"{others} where datname = current_database() and pid <> pg_backend_pid()")
    answer = await over_http("{ viewer { id } }", someone.secret)
    assert answer.status in {200, 503}
    assert answer.codes in ([], ["UNAVAILABLE"])
    assert (await over_http("{ viewer { id } }", someone.secret)).data == {"viewer": {"id": someone.id}}
    assert someone.secret not in run.written_log()


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_large_body_over_a_socket_is_refused(run: Run, over_http: Client, chunked: bool) -> None:
    size = 20_000_000

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(size // 100_000):
            yield b" " * 100_000

    body = chunks() if chunked else b" " * size
    headers = {"content-type": "application/json"}
    response = await over_http.http.post("/graphql", content=body, headers=headers)
    assert response.status_code == 413
    assert response.json()["errors"][0]["extensions"] == {"code": "PAYLOAD_TOO_LARGE"}
    assert run.healthy


async def test_a_client_that_disconnects_is_not_logged_as_an_error(run: Run, over_http: Client) -> None:
    host, port = run.address.removeprefix("http://").split(":")
    head = "POST /graphql HTTP/1.1\r\nhost: usher\r\nx-request-id: hung-up\r\n"
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(f"{head}content-type: application/json\r\ncontent-length: 100\r\n\r\n{{".encode())
    assert (await over_http("{ __typename }")).status == 200
    lines = [json.loads(line) for line in run.written_log().splitlines()]
    assert [line["level"] for line in lines if line.get("request_id") == "hung-up"] in ([], ["info"])


async def test_a_malformed_form_is_one_line_in_the_log(run: Run, over_http: Client) -> None:
    before = len(run.written_log().splitlines())
    headers = {"content-type": "multipart/form-data; boundary=x", "usher-require-preflight": "1"}
    body = b"--x\r\nsecret header\r\n--x--\r\n"
    response = await over_http.http.post("/graphql", content=body, headers=headers)
    assert response.json()["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}
    (line,) = run.written_log().splitlines()[before:]
    assert json.loads(line)["request_id"] == response.headers["x-request-id"]


async def test_the_answer_does_not_name_the_server(over_http: Client) -> None:
    assert "server" not in (await over_http("{ __typename }")).headers


async def test_a_failing_query_is_logged_once_with_its_sqlstate_and_fails_later_queries(
    run: Run, over_http: Client, its_world: World
) -> None:
    team = await its_world.team()
    someone = await its_world.member(team)
    await its_world.give_seat(team, await its_world.pool(team, seats=1), someone.id)
    query = (
        "{ viewer { seats { nodes { usage { hours } sources { kind } } } } teams { nodes { members { totalCount } } } }"
    )
    assert (await over_http(query, someone.secret)).codes == []
    await execute(its_world, "alter table seat_usage rename to mislaid")
    try:
        answer = await over_http(query, someone.secret)
    finally:
        await execute(its_world, "alter table mislaid rename to seat_usage")
    assert set(answer.codes) == {"INTERNAL"}
    states = [line.get("sqlstate") for line in logged(run, answer) if line["event"] == "database_error"]
    assert set(states) == {"42P01"}
    assert (await over_http(query, someone.secret)).codes == []
