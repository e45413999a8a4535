"""A GraphQL request out of an HTTP request; whatever is wrong with it is said before anything runs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request

from domain.credentials import Credential, parse
from domain.problems import BadInput, Problem, Unauthenticated
from resolvers.context import BAD_TOKEN, PREFLIGHT

COOKIE = "usher_session"
MAX_ITEMS = 10_000
# PostgreSQL's text has no NUL. In JSON, and in a GraphQL document within it, one can only be written as an escape.
NUL = re.compile(rb"\\u(?:0000|\{0+\})")


class TooLarge(Problem):
    """The body is over the limit."""

    code = "PAYLOAD_TOO_LARGE"


class WrongMediaType(Problem):
    """The body is not declared as JSON."""

    code = "UNSUPPORTED_MEDIA_TYPE"


class MethodNotAllowed(Problem):
    """A GET that would change something."""

    code = "METHOD_NOT_ALLOWED"


class PreflightRequired(Problem):
    """A cookie without the header that no other site can send."""

    code = "PREFLIGHT_REQUIRED"


@dataclass(frozen=True, slots=True)
class Operation:
    """What is asked: a document by text, by hash or by both, which of its operations, and its variables.

    `reads`: it came by GET, and may change nothing.
    """

    query: str | None
    hash: str | None
    name: str | None
    variables: dict[str, Any]
    reads: bool = False


async def operation(request: Request, limit: int) -> Operation:
    """The operation in a request's body. Raises WrongMediaType, TooLarge or BadInput."""
    media_type, _, parameters = request.headers.get("content-type", "").partition(";")
    if media_type.strip().lower() != "application/json" or not _is_utf8(parameters):
        raise WrongMediaType("Send the body as `Content-Type: application/json`, in UTF-8.")
    body = await _body(request, limit)
    if NUL.search(body):
        raise BadInput("The request holds a NUL character (\\u0000), which no text here may have.")
    content = _json(body, "The body")
    if not isinstance(content, dict):
        raise BadInput("The body must be one JSON object with `query`; batches are not taken.")
    return _checked(content)


def read(request: Request) -> Operation:
    """The operation in the address of a GET. Raises BadInput."""
    given = request.query_params
    content: dict[str, Any] = {name: given[name] for name in ("query", "operationName", "documentId") if name in given}
    for name in ("variables", "extensions"):
        if name in given:
            content[name] = _json(given[name], f"`{name}`")
    text = "".join(given.values())
    if "\0" in text or NUL.search(text.encode(errors="surrogatepass")):
        raise BadInput("The request holds a NUL character, which no text here may have.")
    return replace(_checked(content), reads=True)


def credential(request: Request) -> Credential | None:
    """What the request proves its actor with: a bearer token, else the browser's cookie; None without either.

    Raises Unauthenticated for what cannot be a token, PreflightRequired for a cookie alone: another site's form can
    make a browser send the cookie, but not the header.
    """
    header = request.headers.get("authorization")
    secret = request.cookies.get(COOKIE)
    if header is not None:
        scheme, _, secret = header.partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated("Use `Authorization: Bearer …` with a session token or a partner token.")
    elif secret is None:
        return None
    elif not preflighted(request):
        raise PreflightRequired(f"A request with a cookie needs the header `{PREFLIGHT}: 1`.")
    found = parse(secret.strip())
    if found is None:
        raise Unauthenticated(BAD_TOKEN)
    return found


def preflighted(request: Request) -> bool:
    """Whether the request has the header that a browser only lets another origin send after asking us."""
    return PREFLIGHT in request.headers


async def _body(request: Request, limit: int) -> bytes:
    chunks, size = [], 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                raise TooLarge(f"The body is over {limit} bytes; send less at a time.")
            chunks.append(chunk)
    except ClientDisconnect:
        raise BadInput("The body ended early.") from None
    return b"".join(chunks)


def _json(text: bytes | str, what: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadInput(f"{what} is not JSON: {error.msg} (line {error.lineno}, column {error.colno}).") from None


def _is_utf8(parameters: str) -> bool:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip().strip('"').lower() not in {"utf-8", "utf8"}:
            return False
    return True


def _checked(content: Mapping[str, Any]) -> Operation:
    query, name, variables = content.get("query"), content.get("operationName"), content.get("variables")
    hash_ = _hash(content)
    if not (query is None and hash_) and (not isinstance(query, str) or not query.strip()):
        raise BadInput("`query` must be a text with a GraphQL document.")
    if name is not None and not isinstance(name, str):
        raise BadInput("`operationName` must be a text or null.")
    if variables is not None and not isinstance(variables, dict):
        raise BadInput("`variables` must be an object or null.")
    for value in (variables or {}).values():
        _short(value)
    return Operation(query, hash_, name or None, variables or {})


def _short(value: object) -> None:
    """Coercing takes time for each item of a list, also of one that is refused afterwards."""
    if isinstance(value, list):
        if len(value) > MAX_ITEMS:
            raise BadInput(f"A list in the variables has over {MAX_ITEMS} items; send less at a time.")
    elif isinstance(value, dict):
        for below in value.values():
            _short(below)


def _hash(content: Mapping[str, Any]) -> str | None:
    """The SHA-256 by which a document is asked for: `documentId`, or Apollo's automatic persisted queries."""
    document_id, extensions = content.get("documentId"), content.get("extensions")
    if document_id is not None:
        if not isinstance(document_id, str):
            raise BadInput("`documentId` must be a text.")
        return document_id.removeprefix("sha256:")
    if extensions is not None and not isinstance(extensions, dict):
        raise BadInput("`extensions` must be an object or null.")
    persisted = (extensions or {}).get("persistedQuery")
    if persisted is None:
        return None
    if not isinstance(persisted, dict) or not isinstance(persisted.get("sha256Hash"), str):
        raise BadInput("`extensions.persistedQuery` must be an object with `version` 1 and `sha256Hash`.")
    return str(persisted["sha256Hash"])
