"""A faulty form is refused with a clear message before anything runs."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.conftest import Client
from tests.gateway.conftest import Company
from tests.gateway.http.test_uploads import PREFLIGHT, TEXT, WEIGH, send
from tests.support.uploads import upload_client

pytestmark = pytest.mark.usefixtures("unchanged")

NULLS = {"query": WEIGH, "variables": {"i": {"file": None, "others": [None, None]}, "other": "text"}}
MAP = "`map` must be an object from the names of the files to lists of places such as `variables.file`."
FILE = b'--x\r\nContent-Disposition: form-data; name="0"; filename="a.csv"\r\n\r\nAda\r\n'
END = b"--x--\r\n"


@pytest.fixture(scope="module")
async def http(postgres: str, client: Client) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a gateway that accepts files."""
    assert client
    async with upload_client(postgres) as opened:
        yield opened


MAPS: dict[str, tuple[Any, str]] = {
    "a list": ([], MAP),
    "null": (None, MAP),
    "a text": ("variables.i.file", MAP),
    "a text for the places": ({"0": "variables.i.file"}, MAP),
    "no places": ({"0": []}, MAP),
    "a number for a place": ({"0": [7]}, MAP),
    "the place of the query": ({"0": ["query"]}, MAP),
    "the place of all variables": ({"0": ["variables"]}, MAP),
    "a place in a batch": ({"0": ["0.variables.i.file"]}, MAP),
    "no file": ({}, "`map` names no place for the file `0`."),
    "another file": (
        {"0": ["variables.i.file"], "1": ["variables.i.others.0"]},
        "`map` names the file `1`, but the form has no such file.",
    ),
    "an unknown variable": ({"0": ["variables.j.file"]}, "`map`: there is no `variables.j.file` in `operations`."),
    "an unknown field": ({"0": ["variables.i.files"]}, "`map`: there is no `variables.i.files` in `operations`."),
    "a place below null": ({"0": ["variables.i.file.a"]}, "`map`: there is no `variables.i.file.a` in `operations`."),
    "a place below a text": ({"0": ["variables.other.0"]}, "`map`: there is no `variables.other.0` in `operations`."),
    "a place behind a list": (
        {"0": ["variables.i.others.2"]},
        "`map`: there is no `variables.i.others.2` in `operations`.",
    ),
    "a place before a list": (
        {"0": ["variables.i.others.-1"]},
        "`map`: there is no `variables.i.others.-1` in `operations`.",
    ),
    "no number for a list": (
        {"0": ["variables.i.others.²"]},
        "`map`: there is no `variables.i.others.²` in `operations`.",
    ),
    "an empty step": ({"0": ["variables."]}, "`map`: there is no `variables.` in `operations`."),
    "a place that is taken": (
        {"0": ["variables.other"]},
        "`map`: the place `variables.other` must hold null, and can take only one file.",
    ),
    "a place twice": (
        {"0": ["variables.i.file", "variables.i.file"]},
        "`map`: the place `variables.i.file` must hold null, and can take only one file.",
    ),
    "eleven places": ({"0": ["variables.i.file"] * 11}, "`map` has over 10 places for files."),
}


@pytest.mark.parametrize("case", MAPS)
async def test_a_bad_map_is_bad_user_input(http: httpx.AsyncClient, ours: Company, case: str) -> None:
    map_, message = MAPS[case]
    answer = await send(http, NULLS, map_, ours.coordinator.secret, **{"0": TEXT})
    assert answer.status == 400
    assert answer.content == {"errors": [{"message": message, "extensions": {"code": "BAD_USER_INPUT"}}]}


async def test_two_files_for_one_place_are_bad_user_input(http: httpx.AsyncClient, ours: Company) -> None:
    places = {"0": ["variables.i.file"], "1": ["variables.i.file"]}
    answer = await send(http, NULLS, places, ours.coordinator.secret, **{"0": TEXT, "1": TEXT})
    assert (answer.status, answer.codes) == (400, ["BAD_USER_INPUT"])


def field(name: str, content: bytes) -> bytes:
    """Return a part that is not a file."""
    return b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), content)


OPERATIONS = field("operations", json.dumps(NULLS).encode())
PLACES = field("map", b'{"0": ["variables.i.file"]}')
FORMS: dict[str, bytes] = {
    "empty": b"",
    "no form": b"{}",
    "no parts": END,
    "another boundary": (OPERATIONS + PLACES + FILE + END).replace(b"--x", b"--y"),
    "no operations": PLACES + FILE + END,
    "no map": OPERATIONS + FILE + END,
    "operations twice": OPERATIONS + OPERATIONS + FILE + END,
    "a third field": OPERATIONS + PLACES + field("0", b"Ada") + END,
    "a file twice": OPERATIONS + PLACES + FILE + FILE + END,
    "a file for operations": OPERATIONS.replace(b'ns"', b'ns"; filename="a"') + PLACES + FILE + END,
    "a part without a name": OPERATIONS + PLACES + b"--x\r\n\r\nAda\r\n" + END,
    "a header that never ends": b"--x\r\n" + b"a" * 10_000,
    "a hundred headers": b"--x\r\n" + b"a: b\r\n" * 100 + b"\r\n" + END,
    "cut off in a file": OPERATIONS + PLACES + FILE[:-4],
    "cut off behind a file": OPERATIONS + PLACES + FILE,
    "malformed operations": field("operations", b"{query: x}") + PLACES + FILE + END,
    "a batch": field("operations", b"[" + json.dumps(NULLS).encode() + b"]") + PLACES + FILE + END,
    "operations in Latin-1": field("operations", b'{"query": "{ __typename } # \xe9"}') + field("map", b"{}") + END,
    "NUL in operations": field("operations", rb'{"query": "{ __typename } # \u0000"}') + field("map", b"{}") + END,
    "NUL in the map": OPERATIONS + field("map", rb'{"\u0000": []}') + FILE + END,
    "malformed map": OPERATIONS + field("map", b"{") + FILE + END,
    "NUL in a file's name": OPERATIONS + PLACES + FILE.replace(b"a.csv", b"a\0.csv") + END,
    "a file's long name": OPERATIONS + PLACES + FILE.replace(b"a.csv", b"a" * 256) + END,
    "eleven files": OPERATIONS + PLACES + b"".join(FILE.replace(b'"0"', b'"%d"' % n) for n in range(11)) + END,
    "a thousand files": OPERATIONS + PLACES + b"".join(FILE.replace(b'"0"', b'"%d"' % n) for n in range(1000)) + END,
}


async def refusal(http: httpx.AsyncClient, body: bytes, secret: str, boundary: str = "; boundary=x") -> tuple[int, str]:
    """Return the status and the code of the answer to a form. Check that it shows no internals of the gateway."""
    headers = {**PREFLIGHT, "authorization": f"Bearer {secret}", "content-type": f"multipart/form-data{boundary}"}
    response = await http.post("/graphql", content=body, headers=headers)
    assert "Traceback" not in response.text
    assert len(response.text) < 2_000
    (error,) = response.json()["errors"]
    return response.status_code, error["extensions"]["code"]


@pytest.mark.parametrize("case", FORMS)
async def test_a_bad_form_is_bad_user_input(http: httpx.AsyncClient, ours: Company, case: str) -> None:
    assert await refusal(http, FORMS[case], ours.coordinator.secret) == (400, "BAD_USER_INPUT")


@pytest.mark.parametrize(
    "boundary",
    [
        "",
        "; boundary",
        "; boundary=",
        '; boundary=""',
        f"; boundary={'x' * 71}",
        '; boundary="x\\"y"',
        '; boundary="x ; charset=utf-8',
    ],
)
async def test_a_bad_boundary_is_bad_user_input(http: httpx.AsyncClient, ours: Company, boundary: str) -> None:
    body = OPERATIONS + PLACES + FILE + END
    assert await refusal(http, body, ours.coordinator.secret, boundary) == (400, "BAD_USER_INPUT")


async def test_another_encoding_is_refused(http: httpx.AsyncClient, ours: Company) -> None:
    body, boundary = OPERATIONS + PLACES + FILE + END, "; charset=latin-1; boundary=x"
    assert await refusal(http, body, ours.coordinator.secret, boundary) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("boundary", ['; boundary="x"', "; charset=utf-8; boundary=x", "; boundary=x; charset=UTF-8"])
async def test_a_good_boundary_is_accepted(http: httpx.AsyncClient, ours: Company, boundary: str) -> None:
    headers = {**PREFLIGHT, "content-type": f"Multipart/Form-Data{boundary}"}
    headers["authorization"] = f"Bearer {ours.coordinator.secret}"
    response = await http.post("/graphql", content=OPERATIONS + PLACES + FILE + END, headers=headers)
    assert response.json()["errors"][0]["message"].startswith("Variable '$i' has invalid value at .others[0]")


TOKEN = 'teamId: 1, name: "a", scopes: []'
TYPES = {
    "an id": "query($v: ID!) { team(id: $v) { id } }",
    "a number": "query($v: Int!) { products(first: $v) { totalCount } }",
    "a text": "query($v: String!) { products(after: $v) { totalCount } }",
    "a moment": f"mutation($v: DateTime!) {{ createPartnerToken(input: {{{TOKEN}, expiresAt: $v}}) {{ secret }} }}",
    "a day": "query($v: Date!) { viewer { seats { nodes { usage(since: $v) { hours } } } } }",
    "a list": "mutation($v: [ID!]!) { removeMembers(input: {teamId: 1, userIds: $v}) { errors { code } } }",
    "an enum": "mutation($v: SessionDelivery!) { signIn(input: {PERSON, delivery: $v}) { token } }".replace(
        "PERSON", 'email: "a@b.example", password: "a password"'
    ),
    "an input": "mutation($v: SignOutInput!) { signOut(input: $v) { signedOut } }",
    "a switch": "mutation($v: Boolean!) { signOut(input: {dryRun: $v}) { signedOut } }",
}


@pytest.mark.parametrize("case", TYPES)
async def test_a_file_is_accepted_by_no_other_type(client: Client, ours: Company, case: str) -> None:
    operations = {"query": TYPES[case], "variables": {"v": None}}
    answer = await send(client.http, operations, {"0": ["variables.v"]}, ours.coordinator.secret, **{"0": TEXT})
    assert answer.status == 400
    assert set(answer.codes) <= {"GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT"}
    assert "Ada" not in json.dumps(answer.content)


@pytest.mark.parametrize("value", ["a,b", 7, True, {"name": "a", "content": "b"}, [None], {}])
async def test_no_other_value_is_accepted_as_a_file(http: httpx.AsyncClient, ours: Company, value: object) -> None:
    headers = {"authorization": f"Bearer {ours.coordinator.secret}"}
    body = {"query": WEIGH, "variables": {"i": {"file": value}}}
    response = await http.post("/graphql", json=body, headers=headers)
    assert response.status_code == 400
    assert {error["extensions"]["code"] for error in response.json()["errors"]} == {"GRAPHQL_VALIDATION_FAILED"}


async def test_a_file_cannot_be_written_into_a_document(http: httpx.AsyncClient, ours: Company) -> None:
    headers = {"authorization": f"Bearer {ours.coordinator.secret}"}
    body = {"query": 'mutation { weigh(input: {file: "a,b"}) { files } }'}
    response = await http.post("/graphql", json=body, headers=headers)
    assert (response.status_code, "Send a file as a part" in response.text) == (400, True)
