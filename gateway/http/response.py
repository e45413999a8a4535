"""The HTTP response to a GraphQL request: the status, the JSON, and the cookies of the session and of the device."""

import re
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from domain.devices import LIFETIME as DEVICE_LIFETIME
from domain.problems import Problem, Unauthenticated
from gateway.http.request import COOKIE, device_cookie_name
from gateway.runtime import errors
from resolvers.access.session_delivery import LIFETIME

# A weight in an Accept header: from 0 to 1, with at most three decimals.
QUALITY = re.compile(r"0(?:\.\d{0,3})?|1(?:\.0{0,3})?")
STATUS = {
    "UNAUTHENTICATED": 401,
    "PREFLIGHT_REQUIRED": 403,
    "METHOD_NOT_ALLOWED": 405,
    "PAYLOAD_TOO_LARGE": 413,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "UNAVAILABLE": 503,
}


JSON = "application/json"
GRAPHQL = "application/graphql-response+json"


class AnswerRefused(Problem):
    """The answer would be over the limit."""

    code = "ANSWER_TOO_LARGE"


def too_large(limit: int) -> Problem:
    """Return the problem of an answer with more bytes than the limit."""
    return AnswerRefused(
        f"The answer has over {limit} bytes. Select fewer fields, ask for smaller pages, or use fewer aliases. If the "
        "operation is a mutation without `dryRun`, its change was made; repeat it with the same `idempotencyKey`.",
        {"limit": limit},
    )


def json(content: dict[str, Any], status: int) -> Response:
    """Return a JSON response with this content."""
    return Response(orjson.dumps(content), status, media_type=JSON)


def not_executed(request: Request, errors: list[dict[str, Any]]) -> Response:
    """Return the response to a request whose document or variables have errors.

    Its status is 400; but 200 if the client names `application/json` as the type it wants. With that type a client
    cannot know that a 400 comes from Usher and not from a proxy, so "GraphQL over HTTP" asks for 200.
    """
    return json({"errors": errors}, 200 if _wanted_type(request) == JSON else 400)


def set_media_type(request: Request, response: Response) -> None:
    """Set the media type of a GraphQL response: the one that the client wants, or else `application/json`."""
    response.headers["content-type"] = _wanted_type(request) or JSON


def _wanted_type(request: Request) -> str | None:
    """Return which of the two media types of GraphQL the Accept header prefers; None if it names neither."""
    qualities: dict[str, float] = {}
    for part in request.headers.get("accept", "").split(","):
        name, *parameters = (word.strip().lower() for word in part.split(";"))
        quality = next((word[2:] for word in parameters if word.startswith("q=")), "1")
        if name in {JSON, GRAPHQL} and QUALITY.fullmatch(quality):
            qualities[name] = float(quality)
    wanted = max(qualities, key=lambda name: (qualities[name], name == GRAPHQL), default=None)
    return wanted if wanted is not None and qualities[wanted] > 0 else None


def method_not_allowed() -> Response:
    """Return the response to a GET without parameters if no page is shown."""
    return PlainTextResponse("Send GraphQL by POST.\n", 405, {"allow": "POST"})


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


def set_device_cookie(request: Request, response: Response, cookie: str) -> None:
    """Mark the device with a cookie that scripts cannot read."""
    response.set_cookie(
        device_cookie_name(request),
        cookie,
        max_age=int(DEVICE_LIFETIME.total_seconds()),
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
