"""CORS: the pages of other origins that may call the gateway."""

from collections.abc import Sequence

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.types import Receive, Scope, Send

from gateway.http.credentials import PERSON, PREFLIGHT_HEADERS
from gateway.http.request import METHODS


class CrossOrigin(CORSMiddleware):
    """Handles requests from pages of other origins. A request without an Origin header is passed on unchanged."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Skip requests without an Origin header. GraphQL answers are not stored, so they need no Vary header."""
        if any(name == b"origin" for name, _ in scope.get("headers", ())):
            await super().__call__(scope, receive, send)
        else:
            await self.app(scope, receive, send)


HEADERS = ("authorization", "content-type", "content-encoding", "x-request-id", PERSON, *PREFLIGHT_HEADERS)


def cross_origin(origins: Sequence[str], headers: Sequence[str]) -> Middleware:
    """Return the middleware that lets pages of these origins call the gateway with their cookies.

    `headers` are further headers that these pages may send.
    """
    return Middleware(
        CrossOrigin,
        allow_origins=origins,
        allow_credentials=True,
        allow_methods=METHODS.split(", "),
        allow_headers=[*HEADERS, *headers],
        expose_headers=["x-request-id"],
    )
