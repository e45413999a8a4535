"""Files are sent with an operation in a form, as in the GraphQL multipart request specification."""

import hashlib
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.conftest import Answer, Client
from tests.gateway.conftest import Company
from tests.support.uploads import file_line, upload_client

LIMIT = 1_048_576
PREFLIGHT = {"usher-require-preflight": "1"}
WEIGH = "mutation($i: WeighInput!) { weigh(input: $i) { files } }"
TEXT = ("people.csv", b"Ada,Byron", "text/csv")
SHOWN = "people.csv text/csv 9 " + hashlib.sha256(b"Ada,Byron").hexdigest()


@pytest.fixture(scope="module")
async def http(postgres: str, client: Client) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a gateway that accepts files."""
    assert client
    async with upload_client(postgres) as opened:
        yield opened


async def send(
    http: httpx.AsyncClient, operations: Any, map_: Any, secret: str | None = None, **files: tuple[str, bytes, str]
) -> Answer:
    """Send a form with the header that it needs."""
    parts: list[Any] = [("operations", (None, json.dumps(operations))), ("map", (None, json.dumps(map_)))]
    headers = PREFLIGHT if secret is None else {**PREFLIGHT, "authorization": f"Bearer {secret}"}
    response = await http.post("/graphql", files=parts + list(files.items()), headers=headers)
    return Answer(response.status_code, response.json(), response.headers)


def weigh(**input: Any) -> dict[str, Any]:
    """Return an operation that weighs the files in this input."""
    return {"query": WEIGH, "variables": {"i": input}}


class TestTaken:
    """Forms that are accepted."""

    async def test_a_file(self, http: httpx.AsyncClient, ours: Company) -> None:
        answer = await send(http, weigh(file=None), {"0": ["variables.i.file"]}, ours.coordinator.secret, **{"0": TEXT})
        assert answer.data == {"weigh": {"files": [SHOWN]}}
        assert set(answer.content["extensions"]["cost"]) == {"estimate", "used", "limit"}

    async def test_files_in_a_list(self, http: httpx.AsyncClient, ours: Company) -> None:
        files = {f"f{n}": (f"{n}.bin", bytes([n]) * n, "application/x") for n in range(3)}
        places = {f"f{n}": [f"variables.i.others.{2 - n}"] for n in range(3)}
        answer = await send(http, weigh(others=[None] * 3), places, ours.coordinator.secret, **files)
        assert answer.data == {
            "weigh": {"files": [file_line(f"{n}.bin", "application/x", bytes([n]) * n) for n in (2, 1, 0)]}
        }

    async def test_one_file_in_two_places(self, http: httpx.AsyncClient, ours: Company) -> None:
        places = {"a": ["variables.i.file", "variables.i.others.0"]}
        answer = await send(http, weigh(file=None, others=[None]), places, ours.coordinator.secret, a=TEXT)
        assert answer.data == {"weigh": {"files": [SHOWN] * 2}}

    async def test_a_file_as_a_whole_variable(self, http: httpx.AsyncClient, ours: Company) -> None:
        query = "mutation($f: Upload!) { weigh(input: {file: $f}) { files } }"
        operations = {"query": query, "variables": {"f": None}}
        answer = await send(http, operations, {"a": ["variables.f"]}, ours.coordinator.secret, a=TEXT)
        assert answer.data == {"weigh": {"files": [SHOWN]}}

    @pytest.mark.parametrize("content", [b"", b"\0\xff\r\n", b"\r\n--", bytes(range(256)) * 1000], ids=len)
    async def test_any_bytes(self, http: httpx.AsyncClient, ours: Company, content: bytes) -> None:
        file = ("ñ 北.bin", content, "application/x")
        answer = await send(http, weigh(file=None), {"0": ["variables.i.file"]}, ours.coordinator.secret, **{"0": file})
        assert answer.data == {"weigh": {"files": [file_line(*file[:1], file[2], content)]}}

    async def test_no_file_at_all(self, client: Client, ours: Company) -> None:
        query = {"query": "query A { __typename } query B { viewer { id } }", "operationName": "B"}
        answer = await send(client.http, query, {}, ours.coordinator.secret)
        assert answer.data == {"viewer": {"id": ours.coordinator.id}}

    async def test_a_document_by_its_hash(self, http: httpx.AsyncClient, ours: Company) -> None:
        persisted = {"persistedQuery": {"version": 1, "sha256Hash": hashlib.sha256(WEIGH.encode()).hexdigest()}}
        both = {**weigh(file=None), "extensions": persisted}
        by_hash = {"variables": {"i": {"file": None}}, "extensions": persisted}
        for operations in (both, by_hash):
            answer = await send(http, operations, {"0": ["variables.i.file"]}, ours.coordinator.secret, **{"0": TEXT})
            assert answer.data == {"weigh": {"files": [SHOWN]}}

    async def test_a_cookie(self, http: httpx.AsyncClient, ours: Company) -> None:
        parts: list[Any] = [
            ("operations", (None, json.dumps({"query": "{ viewer { id } }"}))),
            ("map", (None, "{}")),
        ]
        headers = {**PREFLIGHT, "cookie": f"usher_session={ours.coordinator.secret}"}
        response = await http.post("/graphql", files=parts, headers=headers)
        assert response.json()["data"] == {"viewer": {"id": ours.coordinator.id}}


class TestRepeats:
    """The file is part of the request that an idempotency key identifies."""

    async def ask(self, http: httpx.AsyncClient, company: Company, content: bytes) -> Answer:
        operations = weigh(file=None, idempotencyKey="weigh")
        file = ("people.csv", content, "text/csv")
        return await send(http, operations, {"0": ["variables.i.file"]}, company.user.secret, **{"0": file})

    async def test_the_same_file_is_a_repeat_and_another_file_is_refused(
        self, http: httpx.AsyncClient, ours: Company
    ) -> None:
        first, second, other = [await self.ask(http, ours, content) for content in (b"a", b"a", b"b")]
        assert first.data == second.data == {"weigh": {"files": [file_line("people.csv", "text/csv", b"a")]}}
        assert other.codes == ["IDEMPOTENCY_KEY_REUSED"]


@pytest.mark.usefixtures("unchanged")
class TestWithoutTheHeader:
    """A page of another origin can make a browser send a form, but not the header. The form is not even read."""

    @pytest.mark.parametrize("credential", ["nobody", "a cookie", "a token"])
    async def test_a_form_is_refused(self, client: Client, ours: Company, credential: str) -> None:
        secret = ours.coordinator.secret
        cookie, token = {"cookie": f"usher_session={secret}"}, {"authorization": f"Bearer {secret}"}
        headers = {"nobody": {}, "a cookie": cookie, "a token": token}[credential]
        form = {"operations": (None, json.dumps({"query": "mutation { signOut(input: {}) { signedOut } }"}))}
        response = await client.http.post("/graphql", files={**form, "map": (None, "{}")}, headers=headers)
        assert response.status_code == 403
        assert response.json()["errors"][0]["extensions"] == {"code": "PREFLIGHT_REQUIRED"}
        assert "set-cookie" not in response.headers

    async def test_its_body_is_not_read(self, client: Client) -> None:
        read = []

        async def body() -> AsyncIterator[bytes]:
            for n in range(3):
                read.append(n)
                yield b"--x\r\n"

        headers = {"content-type": "multipart/form-data; boundary=x"}
        assert (await client.http.post("/graphql", content=body(), headers=headers)).status_code == 403
        assert read == []


@pytest.mark.parametrize("size", [LIMIT, LIMIT + 1])
async def test_a_form_may_have_as_many_bytes_as_any_body(http: httpx.AsyncClient, ours: Company, size: int) -> None:
    parts: Any = {"operations": (None, json.dumps(weigh(file=None))), "map": (None, '{"f": ["variables.i.file"]}')}
    headers = {**PREFLIGHT, "authorization": f"Bearer {ours.coordinator.secret}"}
    empty = http.build_request("POST", "/graphql", files={**parts, "f": ("f", b"")})
    content = b"x" * (size - int(empty.headers["content-length"]))
    response = await http.post("/graphql", files={**parts, "f": ("f", content)}, headers=headers)
    assert int(response.request.headers["content-length"]) == size
    assert response.status_code == (200 if size == LIMIT else 413)


@pytest.mark.parametrize("start", [b"", b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'])
async def test_an_endless_form_is_refused_when_it_is_over_the_limit(client: Client, start: bytes) -> None:
    sent = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        yield start
        while True:
            sent += 65_536
            yield b"\n" * 65_536

    headers = {**PREFLIGHT, "content-type": "multipart/form-data; boundary=x"}
    response = await client.http.post("/graphql", content=body(), headers=headers)
    assert (response.status_code, response.json()["errors"][0]["extensions"]) == (413, {"code": "PAYLOAD_TOO_LARGE"})
    assert sent <= LIMIT + 65_536
