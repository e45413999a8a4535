"""The HTTP client for an OpenID provider. Every answer is bounded in size and in time."""

import asyncio
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson

# Authlib warns that it will move to a successor of httpx, which is not in use here. It shows the warning whatever the
# filters are, so the warning is recorded and dropped.
with warnings.catch_warnings(record=True):
    from authlib.integrations.httpx_client import AsyncOAuth2Client, OAuthError

__all__ = ["AsyncOAuth2Client", "OAuthError", "ProviderUnavailable", "calling", "fetch_json"]

REQUEST_SECONDS = 5.0
MAX_BYTES = 262_144


class ProviderUnavailable(Exception):
    """The provider does not answer, or not as OpenID Connect says. The message says why, without any value of it."""


class _Bounded(httpx.AsyncByteStream):
    """The body of an answer, up to a size."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the parts of the body. Raises ProviderUnavailable if it is too large."""
        size = 0
        async for part in self._stream:
            size += len(part)
            if size > MAX_BYTES:
                raise ProviderUnavailable("an answer is too large")
            yield part

    async def aclose(self) -> None:
        """Close the connection, or give it back."""
        await self._stream.aclose()


async def _bound(response: httpx.Response) -> None:
    """Bound the body of an answer before it is read. A compressed one could become any size, and was not asked for."""
    if response.headers.get("content-encoding", "identity") != "identity":
        raise ProviderUnavailable("an answer is compressed")
    response.stream = _Bounded(response.stream)


@asynccontextmanager
async def calling(**options: Any) -> AsyncIterator[AsyncOAuth2Client]:
    """Yield a client for one request to a provider. Raises ProviderUnavailable if that fails or takes too long."""
    client = AsyncOAuth2Client(
        headers={"accept-encoding": "identity"},
        timeout=REQUEST_SECONDS,
        follow_redirects=False,
        event_hooks={"response": [_bound]},
        **options,
    )
    try:
        async with asyncio.timeout(REQUEST_SECONDS), client:
            yield client
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        # The cause stays out of the message: it may quote an address with a secret.
        raise ProviderUnavailable(type(error).__name__) from None


async def fetch_json(client: AsyncOAuth2Client, url: str, access_token: str | None = None) -> dict[str, Any]:
    """Return the JSON object at an address of the provider. Raises ProviderUnavailable, HTTPError, ValueError."""
    headers = {"accept": "application/json"}
    if access_token is not None:
        headers["authorization"] = f"Bearer {access_token}"
    response = await client.request("GET", url, headers=headers, withhold_token=True)
    if response.status_code != httpx.codes.OK:
        raise ProviderUnavailable(f"status {response.status_code}")
    content = orjson.loads(response.content)
    if not isinstance(content, dict):
        raise ProviderUnavailable("an answer is no object")
    return content
