"""The HTTP response to a GraphQL request: the status, the JSON, and the cookies of the session and of the device."""

import gzip
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from domain.credentials import CredentialKind
from domain.devices import LIFETIME as DEVICE_LIFETIME
from domain.openid_connect import LIFETIME_SECONDS
from domain.problems import Problem, Unauthenticated
from gateway.http.credentials import cookie_values, device_cookie_name, flow_cookie_name, session_cookie_name
from gateway.http.documents import UnknownDocument, UntrustedDocument
from gateway.http.negotiation import JSON, MediaType, accept, accept_encoding, accepts_gzip, media_type
from gateway.http.refusals import RefusedRequest
from gateway.runtime import errors
from resolvers.access.session_delivery import LIFETIME

STATUS = {"UNAUTHENTICATED": 401, "PERSON_DIFFERS": 409, "UNAVAILABLE": 503}

MIN_COMPRESSED = 1_024
"""A smaller answer is not compressed: it fits into one packet in any case."""
LEVEL = 1
"""The level of gzip. For JSON, the usual level 6 takes many times as long, and saves a tenth more."""
IN_THREAD = 131_072
"""A larger answer is compressed in a thread, because that takes about a millisecond or longer."""
SECRETS = tuple(kind.value.encode() for kind in CredentialKind)


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
    return json({"errors": errors}, _status_of_document(request))


def set_media_type(request: Request, response: Response) -> None:
    """Set the media type of a GraphQL response: the one that the client prefers, or else `application/json`."""
    wanted = media_type(accept(request))
    if wanted is not None and wanted.name != JSON:
        response.headers["content-type"] = wanted.name


async def compress(request: Request, response: Response) -> None:
    """Compress a response that is not small, if the client asks for it.

    A response with a token is left as it is: the size of a compressed text tells something about what is in it.
    """
    if len(response.body) < MIN_COMPRESSED or not accepts_gzip(accept_encoding(request)):
        return
    content = bytes(response.body)
    packed = _packed(content) if len(content) < IN_THREAD else await run_in_threadpool(_packed, content)
    if packed is not None:
        response.body = packed
        response.headers["content-encoding"] = "gzip"
        response.headers["content-length"] = str(len(packed))


def _packed(content: bytes) -> bytes | None:
    """Return the content compressed; None if there is a token in it."""
    if any(secret in content for secret in SECRETS):
        return None
    return gzip.compress(content, LEVEL, mtime=0)


def refused(request: Request, problem: Problem) -> Response:
    """Return the response to a request that was not executed. Its status follows from the problem, else it is 400."""
    response = json(errors.body(problem), _status(request, problem))
    if isinstance(problem, RefusedRequest):
        response.headers.update(problem.headers)
    elif isinstance(problem, Unauthenticated):
        response.headers["www-authenticate"] = "Bearer"
        if cookie_values(request, session_cookie_name(request)) and "authorization" not in request.headers:
            # No value of the cookie is valid, and a script cannot remove it.
            set_cookie(request, response, "")
    return response


def _status(request: Request, problem: Problem) -> int:
    if isinstance(problem, RefusedRequest):
        return problem.status
    if isinstance(problem, UnknownDocument | UntrustedDocument):
        return _status_of_document(request)
    return STATUS.get(str(problem.extensions["code"]), 400)


def _status_of_document(request: Request) -> int:
    """Return the status of the response to a well-formed request whose document cannot be executed."""
    return 200 if media_type(accept(request)) == MediaType(JSON, is_named=True) else 400


def internal_error(cause: Exception, request_id: str) -> Response:
    """Return the response when the gateway itself failed. The cause is logged and masked."""
    content = errors.internal_error(cause, request_id)
    return json(content, STATUS.get(content["errors"][0]["extensions"]["code"], 500))


def set_cookie(request: Request, response: Response, token: str) -> None:
    """Store a session token in a cookie that scripts cannot read. An empty token removes the cookie."""
    response.set_cookie(
        session_cookie_name(request),
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


def set_flow_cookie(request: Request, response: Response, cookie: str) -> None:
    """Bind a sign-in at an OpenID provider to this browser. An empty text removes the cookie.

    The provider sends the person back from another site, and with SameSite=Strict the browser would not send the cookie
    then.
    """
    response.set_cookie(
        flow_cookie_name(request),
        cookie,
        max_age=LIFETIME_SECONDS if cookie else 0,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
