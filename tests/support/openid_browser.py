"""A browser that signs in by OpenID Connect, at any provider."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from http.cookies import SimpleCookie
from urllib.parse import parse_qs, urlsplit

import httpx

from gateway.app import application
from gateway.runtime.provider_settings import BEGIN, CALLBACK
from gateway.runtime.settings import Settings
from tests.conftest import PlacedTransport
from tests.support.issuer import CLIENT_ID, CLIENT_SECRET

ORIGIN = "http://usher.test"
CALLBACK_URL = ORIGIN + CALLBACK


@dataclass
class Browser:
    """A browser with its cookies of Usher, by name. A cookie that Usher removes is removed."""

    http: httpx.AsyncClient
    cookies: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, **parameters: str) -> httpx.Response:
        """Open an address of Usher."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        response = await self.http.get(path, params=parameters or None, headers={"cookie": cookies} if cookies else {})
        self.keep(response.headers)
        return response

    def keep(self, headers: httpx.Headers) -> None:
        """Keep the cookies that an answer sets."""
        for line in headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
                if morsel["max-age"] == "0":
                    del self.cookies[name]

    async def begin(self, path: str = BEGIN, **parameters: str) -> str:
        """Begin a sign-in. Returns the address at the provider to which the browser is sent."""
        response = await self.get(path, **parameters)
        assert response.status_code == 303, response.text
        return str(response.headers["location"])

    async def come_back(self, address: str) -> httpx.Response:
        """Open the address to which the provider sends the browser."""
        assert address.startswith(CALLBACK_URL)
        return await self.get(address.removeprefix(ORIGIN))

    @property
    def session(self) -> str | None:
        """The token of the session that the browser has; None without one."""
        return self.cookies.get("usher_session")


async def through_provider(address: str, person: dict[str, object]) -> str:
    """Sign in at the real provider as a person. Returns the address to which it sends the browser back."""
    async with httpx.AsyncClient(headers={"x-person": json.dumps(person)}) as http:
        while not address.startswith(CALLBACK_URL):
            response = await http.get(address)
            assert response.status_code == 303, response.text
            address = str(response.url.join(response.headers["location"]))
    return address


def parameters(address: str) -> dict[str, str]:
    """The parameters of an address; each of them is there once."""
    return {name: value for name, [value] in parse_qs(urlsplit(address).query).items()}


def settings(database_url: str, issuer: str, **more: object) -> Settings:
    """Settings with this provider."""
    known = {"oidc_issuer": issuer, "oidc_client_id": CLIENT_ID, "oidc_client_secret": CLIENT_SECRET}
    return Settings.model_validate({"database_url": database_url, "public_url": ORIGIN, **known, **more})


@asynccontextmanager
async def usher(chosen: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a gateway in this process. It keeps no cookies."""
    app, no_cookies = application(chosen), CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    opened = httpx.AsyncClient(transport=PlacedTransport(app), base_url=ORIGIN, cookies=no_cookies)
    async with app.router.lifespan_context(app), opened as http:
        yield http
