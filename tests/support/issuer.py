"""An OpenID provider that can be made to err, on a real socket. What it says and how it signs can be changed."""

import asyncio
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, Key

CLIENT_ID, CLIENT_SECRET = "usher", "a secret of tests, which is long enough"
Answer = tuple[int, dict[str, str], bytes]


def new_key(kid: str) -> ECKey:
    """A new key that signs."""
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": "ES256"})


def unsigned(claims: dict[str, Any]) -> str:
    """A token without a signature."""
    parts = (json.dumps(part).encode() for part in ({"alg": "none"}, claims))
    return ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."


@dataclass
class Issuer:
    """The provider. `claims` go into the next ID token, and `nonce` is the one of the sign-in.

    `sign` makes the token of claims. `published` are the keys that everybody can read. `metadata` and `userinfo`
    replace values of these answers. `answers` are complete answers by path, and `delay` are seconds before each answer.
    `asked` are the paths of the requests in their order, and `sent` the bodies of the token requests.
    """

    address: str = ""
    nonce: str = ""
    key: Key = field(default_factory=lambda: new_key("first"))
    published: list[Key] = field(default_factory=list)
    claims: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    sign: Callable[[dict[str, Any]], str] | None = None
    delay: float = 0
    asked: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)

    def all_claims(self) -> dict[str, Any]:
        """The claims of the next ID token. A claim that was set to None is left out."""
        now = int(time.time())
        usual = {"iss": self.address, "aud": CLIENT_ID, "sub": "ada", "iat": now, "exp": now + 60, "nonce": self.nonce}
        return {name: value for name, value in (usual | self.claims).items() if value is not None}

    def token(self) -> str:
        """The next ID token."""
        if self.sign is not None:
            return self.sign(self.all_claims())
        return jwt.encode({"alg": "ES256", "kid": self.key.kid}, self.all_claims(), self.key)

    def answer(self, path: str) -> Answer:
        """The answer to a request."""
        if path in self.answers:
            return self.answers[path]
        contents: dict[str, Callable[[], dict[str, Any]]] = {
            "/.well-known/openid-configuration": self._metadata,
            "/keys": lambda: {"keys": [key.as_dict(private=False) for key in self.published or [self.key]]},
            "/token": lambda: {"access_token": "access", "token_type": "Bearer", "id_token": self.token()},
            "/userinfo": lambda: {"sub": self.all_claims().get("sub")} | self.userinfo,
        }
        if path not in contents:
            return 404, {}, b""
        return 200, {"content-type": "application/json"}, json.dumps(contents[path]()).encode()

    def _metadata(self) -> dict[str, Any]:
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        endpoints = {name: f"{self.address}/{path}" for name, path in names.items()}
        return {"issuer": self.address, **endpoints, "userinfo_endpoint": f"{self.address}/userinfo"} | self.metadata

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        path = head.split(" ")[1]
        lengths = [line.split(":")[1] for line in head.lower().splitlines() if line.startswith("content-length:")]
        body = await reader.readexactly(int(lengths[0])) if lengths else b""
        self.asked.append(path)
        if path == "/token":
            self.sent.append(f"{head}{body.decode()}")
        await asyncio.sleep(self.delay)
        status, headers, content = self.answer(path)
        fields = {**headers, "content-length": str(len(content)), "connection": "close"}
        lines = [f"HTTP/1.1 {status} -", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
        writer.write("\r\n".join(lines).encode() + content)
        writer.close()


@asynccontextmanager
async def serving(issuer: Issuer) -> AsyncIterator[Issuer]:
    """Serve a provider on a port of its own."""
    async with await asyncio.start_server(issuer.serve, "127.0.0.1", 0) as server:
        issuer.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield issuer
