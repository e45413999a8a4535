"""The HTTP response to a GraphQL request: the status, the JSON, and the cookie of the session."""

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
    """Return a JSON response with this content."""
    return Response(orjson.dumps(content), status, media_type="application/json")


def refused(request: Request, problem: Problem) -> Response:
    """Return the response to a request that was not executed. Its status follows from the problem's code, else 400."""
    response = json(errors.body(problem), STATUS.get(str(problem.extensions["code"]), 400))
    if isinstance(problem, Unauthenticated):
        response.headers["www-authenticate"] = "Bearer"
        if COOKIE in request.cookies and "authorization" not in request.headers:
            # A script cannot remove the cookie. If it stayed, every further sign-in would be refused.
            set_cookie(request, response, "")
    return response


def internal_error(cause: Exception, request_id: str) -> Response:
    """Return the response when the gateway itself failed. The cause is logged and masked."""
    content = errors.internal_error(cause, request_id)
    return json(content, STATUS.get(content["errors"][0]["extensions"]["code"], 500))


def set_cookie(request: Request, response: Response, token: str) -> None:
    """Store a session token in a cookie that scripts cannot read. An empty token removes the cookie."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(LIFETIME.total_seconds()) if token else 0,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
