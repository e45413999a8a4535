"""The HTTP client of the command line, against real servers: proxies, certificates, and answers of other servers."""

import io
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
from gateway.cli.failures import Unusable
from tests.support.process import free_port

SECRET = "usher_session_of_tests"
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
ANSWER = '{"data": {"teams": []}}'


@dataclass
class Server:
    """A server that gives each POST the same answer, and notes what came."""

    url: str = ""
    status: int = 200
    answer: str = ANSWER
    paths: list[str] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Such a server, over HTTPS if there is a context for it."""
    noted = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            noted.paths.append(self.path)
            noted.tokens.append(self.headers["authorization"])
            noted.bodies.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(noted.status)
            self.end_headers()
            self.wfile.write(noted.answer.encode())

        def log_message(self, *_: object) -> None:
            """Standard error is for what goes wrong."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        noted.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, daemon=True).start()
        yield noted
        server.shutdown()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of these tests names no proxy, unless a test does."""
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def server() -> Iterator[Server]:
    """A server over HTTP."""
    with serving() as opened:
        yield opened


def ask(url: str) -> object:
    """What the client makes of the answer of this address."""
    with Client(url, SECRET) as client:
        return client.ask("{ teams }", {})


def test_an_operation_goes_below_the_address_with_the_token(server: Server) -> None:
    assert ask(f"{server.url}/usher/") == {"teams": []}
    assert (server.paths, server.tokens) == (["/usher/graphql"], [f"Bearer {SECRET}"])


@pytest.mark.parametrize("content", [b"", b"a,b\r\n", b"\0\xff--\r\n" * 50_000], ids=len)
def test_a_file_is_sent_as_it_is_and_its_progress_is_told(server: Server, content: bytes) -> None:
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
    assert ask("http://usher.invalid") == {"teams": []}
    assert server.paths == ["http://usher.invalid/graphql"]


def test_a_proxy_may_be_named_without_its_scheme(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", server.url.removeprefix("http://"))
    assert ask("http://usher.invalid") == {"teams": []}


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
    assert ask(server.url) == {"teams": []}
    assert server.paths == ["/graphql"]


@pytest.mark.parametrize("proxy", ["socks5://proxy.invalid", "gopher://me:hidden@proxy.invalid", "http://x:port"])
def test_a_proxy_that_cannot_be_used_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("http_proxy", proxy)
    with pytest.raises(Unusable, match="The proxy that the environment names cannot be used") as told:
        ask("http://usher.invalid")
    assert "hidden" not in str(told.value)


def test_a_certificate_is_checked_against_what_the_system_trusts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    trusted = tmp_path / "trusted.pem"
    authority.cert_pem.write_to_path(str(trusted))
    with serving(context) as server:
        with pytest.raises(Unusable, match=r"cannot be reached: .*CERTIFICATE_VERIFY_FAILED"):
            ask(server.url)
        assert server.tokens == []
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        assert ask(server.url) == {"teams": []}


@pytest.mark.parametrize(
    ("status", "answer", "said"),
    [
        (200, "<html>", "does not answer in JSON: is it Usher?"),
        (200, "[1]", "answered 200 OK: is it Usher?"),
        (502, "<html>", "answered 502 Bad Gateway: is it Usher?"),
        (404, '{"detail": "Not Found"}', "answered 404 Not Found: is it Usher?"),
        (302, "", "answered 302 Found: is it Usher?"),
        (401, '{"errors": [{"message": "Sign in."}, {"message": "Sign in."}, {"message": "Go."}]}', "Sign in.; Go."),
    ],
)
def test_any_other_answer_is_told_in_a_sentence(server: Server, status: int, answer: str, said: str) -> None:
    server.status, server.answer = status, answer
    with pytest.raises(Unusable) as told:
        ask(server.url)
    assert str(told.value) in {said, f"{server.url} {said}"}


@pytest.mark.parametrize("url", ["ftp://x", "usher.company.example", "http://", "http://x:port", ""])
def test_a_bad_address_is_told_in_a_sentence(url: str) -> None:
    with pytest.raises(Unusable, match="--url must be an address"):
        ask(url)


def test_a_server_that_is_away_is_told_in_a_sentence() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(Unusable, match=rf"^{url} cannot be reached: .*[^.]\.$"):
        ask(url)


def test_white_space_around_the_token_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN, f" {SECRET}\r\n")
    assert token("a scope") == SECRET


@pytest.mark.parametrize("secret", ["secret\r\nX-Header: y", "secret\x01", "secrét"])
def test_a_token_that_no_header_can_carry_is_refused_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setenv(TOKEN, secret)
    with pytest.raises(Unusable) as told:
        token("a scope")
    assert "secr" not in str(told.value)
