"""The HTTP response of a GraphQL request: status, JSON, and the session's cookie."""

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from domain.problems import Problem, Unauthenticated
from gateway.http.request import COOKIE
from gateway.runtime import errors
from resolvers.access.session_delivery import LIFETIME

STATUS = {
    "UNAUTHENTICATED": 401,
    "PREFLIGHT_REQUIRED": 403,
    "METHOD_NOT_ALLOWED": 405,
    "PAYLOAD_TOO_LARGE": 413,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "UNAVAILABLE": 503,
}


def json(content: dict[str, Any], status: int) -> Response:
    """A response with this content."""
    return Response(orjson.dumps(content), status, media_type="application/json")


def refused(request: Request, problem: Problem) -> Response:
    """The response to a request that was not carried out, by the problem's code: 400 if it has no status of its own."""
    response = json(errors.body(problem), STATUS.get(str(problem.extensions["code"]), 400))
    if isinstance(problem, Unauthenticated):
        response.headers["www-authenticate"] = "Bearer"
        if COOKIE in request.cookies and "authorization" not in request.headers:
            # A script cannot remove the cookie; left in place, it would refuse every further sign-in.
            set_cookie(request, response, "")
    return response


def broken(cause: Exception, request_id: str) -> Response:
    """The response when the gateway itself failed; logged and masked."""
    content = errors.broken(cause, request_id)
    return json(content, STATUS.get(content["errors"][0]["extensions"]["code"], 500))


def set_cookie(request: Request, response: Response, token: str) -> None:
    """Leave a session token with the browser, where no script reads it; an empty one removes the cookie."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(LIFETIME.total_seconds()) if token else 0,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
