"""The HTTP client of the command line with real servers: proxies, certificates, and answers of other servers."""

import io
import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import trustme

from gateway.cli.client import TOKEN, Client, token
from gateway.cli.failures import CommandFailed
from tests.support.command_line import usher
from tests.support.process import free_port

pytestmark = pytest.mark.slow

SECRET = "usher_session_of_tests"
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
ANSWER = '{"data": {"teams": []}}'


@dataclass
class Server:
    """A server that sends the same answer to each POST, and records the requests."""

    url: str = ""
    status: int = 200
    answer: str = ANSWER
    paths: list[str] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Run such a server, over HTTPS if there is a TLS context."""
    record = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            record.paths.append(self.path)
            record.tokens.append(self.headers["authorization"])
            record.bodies.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(record.status)
            self.end_headers()
            self.wfile.write(record.answer.encode())

        def log_message(self, *_: object) -> None:
            """Write no access log: standard error is for errors only."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        record.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, daemon=True).start()
        yield record
        server.shutdown()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove all proxies from the environment. A test can set one."""
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def server() -> Iterator[Server]:
    """A server over HTTP."""
    with serving() as opened:
        yield opened


def result_of(url: str) -> object:
    """Return the client's result for the answer of this address."""
    with Client(url, SECRET) as client:
        return client.ask("{ teams }", {})


def test_an_operation_is_sent_to_graphql_below_the_address_with_the_token(server: Server) -> None:
    assert result_of(f"{server.url}/usher/") == {"teams": []}
    assert (server.paths, server.tokens) == (["/usher/graphql"], [f"Bearer {SECRET}"])


@pytest.mark.parametrize("content", [b"", b"a,b\r\n", b"\0\xff--\r\n" * 50_000], ids=len)
def test_a_file_is_sent_unchanged_and_in_small_parts(server: Server, content: bytes) -> None:
    read: list[int] = []

    class Tracked(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            chunk = super().read(size)
            read.append(len(chunk))
            return chunk

    with Client(server.url, SECRET) as client:
        assert client.upload("mutation", {"input": {"file": None}}, Tracked(content)) == {"teams": []}
    assert content in server.bodies[0]
    assert sum(read) == len(content)
    assert max(read) <= 65_536


def test_the_proxy_of_the_environment_is_used(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", server.url)
    assert result_of("http://usher.invalid") == {"teams": []}
    assert server.paths == ["http://usher.invalid/graphql"]


def test_a_proxy_may_be_named_without_its_scheme(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", server.url.removeprefix("http://"))
    assert result_of("http://usher.invalid") == {"teams": []}


@pytest.mark.parametrize(
    "given",
    [
        {"http_proxy": "http://proxy.invalid", "no_proxy": "127.0.0.1"},
        {"https_proxy": "http://proxy.invalid"},
        {"all_proxy": "socks5://proxy.invalid"},
    ],
    ids=["excepted host", "other scheme", "SOCKS"],
)
def test_a_proxy_for_other_addresses_is_not_used(
    server: Server, monkeypatch: pytest.MonkeyPatch, given: dict[str, str]
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert result_of(server.url) == {"teams": []}
    assert server.paths == ["/graphql"]


@pytest.mark.parametrize(
    "proxy", ["socks5://proxy.invalid", "gopher://me:hidden@proxy.invalid", "http://x:hidden", "http://me:hid\x01den@x"]
)
def test_a_proxy_that_cannot_be_used_is_explained_in_a_sentence(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("http_proxy", proxy)
    with pytest.raises(CommandFailed, match="The proxy that the environment names cannot be used") as raised:
        result_of("http://usher.invalid")
    assert "hid" not in str(raised.value)


def test_a_certificate_is_checked_against_what_the_system_trusts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    trusted = tmp_path / "trusted.pem"
    authority.cert_pem.write_to_path(str(trusted))
    with serving(context) as server:
        with pytest.raises(CommandFailed, match=r"cannot be reached: .*CERTIFICATE_VERIFY_FAILED"):
            result_of(server.url)
        assert server.tokens == []
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        assert result_of(server.url) == {"teams": []}


@pytest.mark.parametrize(
    ("status", "answer", "message"),
    [
        (200, "<html>", "does not answer in JSON. Is it Usher?"),
        (200, "[1]", "answered 200 OK. Is it Usher?"),
        (502, "<html>", "answered 502 Bad Gateway. Is it Usher?"),
        (404, '{"detail": "Not Found"}', "answered 404 Not Found. Is it Usher?"),
        (302, "", "answered 302 Found. Is it Usher?"),
        (401, '{"errors": [{"message": "Sign in."}, {"message": "Sign in."}, {"message": "Go."}]}', "Sign in.; Go."),
    ],
)
def test_any_other_answer_is_explained_in_a_sentence(server: Server, status: int, answer: str, message: str) -> None:
    server.status, server.answer = status, answer
    with pytest.raises(CommandFailed) as raised:
        result_of(server.url)
    assert str(raised.value) in {message, f"{server.url} {message}"}


@pytest.mark.parametrize("url", ["ftp://x", "usher.company.example", "http://", "http://x:port", ""])
def test_a_bad_address_is_explained_in_a_sentence(url: str) -> None:
    with pytest.raises(CommandFailed, match="--url must be an address"):
        result_of(url)


@pytest.mark.parametrize("user", ["me:hidden@", "hidden@", ":hidden@"])
def test_an_address_with_a_user_or_a_password_is_refused_and_not_shown(server: Server, user: str) -> None:
    with pytest.raises(CommandFailed, match="--url must be an address without") as raised:
        result_of(server.url.replace("http://", f"http://{user}"))
    assert "hidden" not in str(raised.value)
    assert server.tokens == []


def test_control_characters_of_a_server_do_not_reach_the_terminal(server: Server) -> None:
    server.answer = json.dumps({"errors": [{"message": "Sign in\x1b[2J\x9b1A\r\nnow, Zoë."}]})
    with pytest.raises(CommandFailed) as raised:
        result_of(server.url)
    assert str(raised.value) == "Sign in\ufffd[2J\ufffd1A\ufffd\ufffdnow, Zoë."


async def test_control_characters_of_a_report_do_not_reach_the_terminal(server: Server, tmp_path: Path) -> None:
    problem = {"line": 2, "column": "\x1b[2J", "reason": "X\x9b", "message": "Go\x1b.", "isInformation": False}
    report = {"rows": 1, "imported": 0, "skipped": 0, "rejected": 1, "seats": 0, "problems": [problem]}
    report |= {"changes": [], "errors": [{"message": "No\x1b."}]}
    server.answer = json.dumps({"data": {"importMembers": report}})
    (tmp_path / "people.csv").write_text("First name,Last name,Email\n")
    arguments = (tmp_path / "people.csv", "--team", "team_1", "--url", server.url)
    shown = await usher("import", *arguments, USHER_TOKEN=SECRET)
    assert shown.exit_code == 1
    assert "Go\ufffd." in shown.stdout
    assert not any(letter in shown.stdout for letter in "\x1b\x9b")


def test_an_unreachable_server_is_explained_in_a_sentence() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(CommandFailed, match=rf"^{url} cannot be reached: .*[^.]\.$"):
        result_of(url)


def test_white_space_around_the_token_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN, f" {SECRET}\r\n")
    assert token("a scope") == SECRET


@pytest.mark.parametrize("secret", ["secret\r\nX-Header: y", "secret\x01", "secrét"])
def test_a_token_that_no_header_can_carry_is_refused_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setenv(TOKEN, secret)
    with pytest.raises(CommandFailed) as raised:
        token("a scope")
    assert "secr" not in str(raised.value)
