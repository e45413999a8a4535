"""A client with one persistent connection, the same for every contender: for checks, and for timing single requests."""

import time
from http.client import HTTPConnection
from typing import Any, Self

import orjson

TIMEOUT = 120


class Unexpected(Exception):
    """A contender did not answer with data. The message contains its answer."""


class Client:
    """Sends operations to the contender on a port, as the holder of a session token."""

    def __init__(self, port: int, token: str) -> None:
        self._http = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
        self._headers = headers(token)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def post(self, body: bytes) -> bytes:
        """Return the body of the answer. Raises Unexpected if the status is not 200."""
        self._http.request("POST", "/graphql", body, self._headers)
        response = self._http.getresponse()
        answer = response.read()
        if response.status != 200:  # noqa: PLR2004 - HTTP's own number
            raise Unexpected(f"{response.status}: {answer[:500].decode(errors='replace')}")
        return answer

    def data(self, body: bytes) -> Any:
        """Return the data of the answer. Raises Unexpected if there are errors."""
        content = orjson.loads(self.post(body))
        if content.get("errors"):
            raise Unexpected(str(content["errors"])[:500])
        return content["data"]

    def timed(self, body: bytes) -> tuple[float, Any]:
        """Return how many seconds the answer took, and its data. Raises Unexpected if there are errors."""
        started = time.perf_counter()
        answer = self.post(body)
        took = time.perf_counter() - started
        content = orjson.loads(answer)
        if content.get("errors"):
            raise Unexpected(str(content["errors"])[:500])
        return took, content["data"]


def headers(token: str) -> dict[str, str]:
    """Return the headers of every request."""
    return {"content-type": "application/json", "authorization": f"Bearer {token}"}
