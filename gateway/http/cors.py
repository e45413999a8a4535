"""CORS: the pages of other origins that may call the gateway."""

from collections.abc import Sequence

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.types import Receive, Scope, Send

from resolvers.core.context import PREFLIGHT


class CrossOrigin(CORSMiddleware):
    """Handles requests from pages of other origins. A request without an Origin header is passed on unchanged."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Skip requests without an Origin header. GraphQL answers are not stored, so they need no Vary header."""
        if any(name == b"origin" for name, _ in scope.get("headers", ())):
            await super().__call__(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def cross_origin(allowed: Sequence[str]) -> Middleware:
    """Return the middleware that lets pages of the allowed origins call the gateway with their cookies."""
    return Middleware(
        CrossOrigin,
        allow_origins=allowed,
        allow_credentials=True,
        allow_methods=["POST"],
        allow_headers=["authorization", "content-type", PREFLIGHT, "x-request-id"],
    )
