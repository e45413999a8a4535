"""Reads a GraphQL request from an HTTP request, and checks all of it before anything runs."""

import re
from collections.abc import AsyncGenerator, Collection, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request

from domain.credentials import Credential, parse
from domain.problems import BadInput, Problem, Unauthenticated
from gateway.http import uploads
from gateway.http.limits import SIGNED_IN, OperationTooLarge
from resolvers.core.context import BAD_TOKEN, PREFLIGHT

COOKIE = "usher_session"
DEVICE_COOKIE = "usher_device"
MAX_ITEMS = 10_000
MAX_KEYS = 200
MAX_DEPTH = 50
MAX_VALUES = 100_000
# What a request may hold before its sender is known. Coercion takes about 5 µs for each value, and a message about a
# wrong value reads a text from end to end. The document has limits of its own.
MAX_UNKNOWN_VALUES = 2_000
MAX_UNKNOWN_CHARACTERS = 65_536
# PostgreSQL cannot store a NUL. In a GraphQL document it is either the character or this escape, after whole pairs of
# backslashes. Both are searched in the decoded text, because JSON has many ways to write them.
NUL_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*\\u(?:0000|\{0+\})")
NUL_REFUSED = "The request contains a NUL character (\\u0000), which is not allowed."


class TooLarge(Problem):
    """The body is over the limit."""

    code = "PAYLOAD_TOO_LARGE"


class WrongMediaType(Problem):
    """The media type of the body is neither JSON nor a form with files."""

    code = "UNSUPPORTED_MEDIA_TYPE"


class MethodNotAllowed(Problem):
    """A GET asks for a mutation."""

    code = "METHOD_NOT_ALLOWED"


class PreflightRequired(Problem):
    """The request has a cookie or a form, but not the header that another site cannot send."""

    code = "PREFLIGHT_REQUIRED"


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """The content of a GraphQL request.

    `query` is the text of the document, `hash` its SHA-256 in hex; one of them may be None. `operation_name` selects
    one of its operations. `variables` contain the files of a form at the places that its map names. `credential` is
    None if the request names no actor. `preflighted`: the request has the header that a browser sends to another origin
    only after a preflight request. `is_get`: the request is a GET, and may change nothing. `is_large`: the actor must
    be known before the variables are coerced.
    """

    query: str | None
    hash: str | None
    operation_name: str | None
    variables: dict[str, Any]
    credential: Credential | None
    preflighted: bool
    is_get: bool
    is_large: bool


async def read(request: Request, limit: int) -> GraphQLRequest:
    """Read a GET or a POST and check all of it. The body may have at most `limit` bytes.

    Raises WrongMediaType, TooLarge and BadInput; then Unauthenticated for its credential, and OperationTooLarge for a
    large request without one. Raises PreflightRequired for a form or a cookie that another site could have sent.
    """
    preflighted = PREFLIGHT in request.headers
    is_get = request.method == "GET"
    content = _parameters(request) if is_get else await _body(request, limit, preflighted=preflighted)
    is_large = _check_values(content)
    query, hash_, operation_name, variables = _checked_parameters(content)
    credential = _credential(request, preflighted=preflighted)
    if is_large and credential is None:
        raise OperationTooLarge(
            f"The request has over {MAX_UNKNOWN_VALUES} values, or over {MAX_UNKNOWN_CHARACTERS} characters in them. "
            "Only people who have signed in may send more."
        )
    return GraphQLRequest(query, hash_, operation_name, variables, credential, preflighted, is_get, is_large)


def device_cookie_name(request: Request) -> str:
    """Return the name of the cookie that marks a device. Over HTTPS no other host of the domain can set it."""
    return f"__Host-{DEVICE_COOKIE}" if request.url.scheme == "https" else DEVICE_COOKIE


def device_cookie(request: Request) -> str:
    """Return the cookie that marks a device, or "" if there is none."""
    # The scheme is in a URL that Starlette makes of the whole request, which takes longer than to see that programs
    # send no cookie at all.
    return request.cookies.get(device_cookie_name(request), "") if "cookie" in request.headers else ""


def _parameters(request: Request) -> dict[str, Any]:
    given = request.query_params
    content: dict[str, Any] = {name: given[name] for name in ("query", "operationName", "documentId") if name in given}
    for name in ("variables", "extensions"):
        if name in given:
            content[name] = _json(given[name], f"`{name}`")
    return content


async def _body(request: Request, limit: int, *, preflighted: bool) -> dict[str, Any]:
    content_type = request.headers.get("content-type", "")
    media_type, _, parameters = content_type.partition(";")
    media_type = media_type.strip().lower()
    if media_type not in {"application/json", "multipart/form-data"} or not _is_utf8(parameters):
        message = "Send the body as `Content-Type: application/json`, or with files as `multipart/form-data`, in UTF-8."
        raise WrongMediaType(message)
    if media_type == "application/json":
        return _json_object(b"".join([chunk async for chunk in _chunks(request, limit)]), "The body")
    if not preflighted:
        raise PreflightRequired(f"A multipart request needs the header `{PREFLIGHT}: 1`.")
    async with aclosing(_chunks(request, limit)) as chunks:
        form = await uploads.form(content_type, chunks, limit)
    content = _json_object(form.operations, "`operations`")
    uploads.place(content, _json(form.map, "`map`"), form.files)
    return content


def _credential(request: Request, *, preflighted: bool) -> Credential | None:
    """Return the bearer token of the request, else the cookie of the browser, else None.

    A cookie without a token needs the preflight header: a form of another site can make a browser send the cookie,
    but not the header.
    """
    header = request.headers.get("authorization")
    if header is not None:
        scheme, _, secret = header.partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated("Use `Authorization: Bearer …` with a session token or a partner token.")
    else:
        cookie = request.cookies.get(COOKIE)
        if cookie is None:
            return None
        if not preflighted:
            raise PreflightRequired(f"A request with a cookie needs the header `{PREFLIGHT}: 1`.")
        secret = cookie
    found = parse(secret.strip())
    if found is None:
        raise Unauthenticated(BAD_TOKEN)
    return found


async def _chunks(request: Request, limit: int) -> AsyncGenerator[bytes, None]:
    size = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                raise TooLarge(f"The body is over {limit} bytes. Send less at a time.")
            yield chunk
    except ClientDisconnect:
        raise BadInput("The body ended early.") from None


def _json_object(text: bytes, what: str) -> dict[str, Any]:
    content = _json(text, what)
    if not isinstance(content, dict):
        raise BadInput(f"{what} must be one JSON object with `query`; batches are not supported.")
    return content


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


def _checked_parameters(content: Mapping[str, Any]) -> tuple[str | None, str | None, str | None, dict[str, Any]]:
    """Return the text of the document, its hash, the name of the operation, and the variables."""
    query, name, variables = content.get("query"), content.get("operationName"), content.get("variables")
    hash_ = _hash(content)
    if not (query is None and hash_) and (not isinstance(query, str) or not query.strip()):
        raise BadInput("`query` must be a text with a GraphQL document.")
    if query is not None and len(query) <= SIGNED_IN.characters and NUL_ESCAPE.search(query):
        raise BadInput(NUL_REFUSED)
    if name is not None and not isinstance(name, str):
        raise BadInput("`operationName` must be a text or null.")
    if variables is not None and not isinstance(variables, dict):
        raise BadInput("`variables` must be an object or null.")
    return query, hash_, name or None, variables or {}


def _check_values(content: Mapping[str, Any]) -> bool:
    """Refuse NUL characters in any text, long lists, wide objects, many values, and deep nesting.

    Returns whether the request is larger than one whose sender is not known may be. Coercion takes time for each item
    of a list, even if the list is refused afterwards, and each message about an object walks through all its keys. This
    function goes level by level, because calls inside calls would end at Python's own limit.
    """
    level: list[Any] = [content]
    values, characters = 0, -_length(content.get("query"))
    for _ in range(MAX_DEPTH):
        values += len(level)
        if values > MAX_VALUES:
            raise BadInput(f"The request has over {MAX_VALUES} values. Send fewer at a time.")
        below: list[Any] = []
        for value in level:
            if isinstance(value, str):
                characters += len(value)
            below += _inside(value)
        if not below:
            return values > MAX_UNKNOWN_VALUES or characters > MAX_UNKNOWN_CHARACTERS
        level = below
    raise BadInput(f"The request is nested over {MAX_DEPTH} levels deep.")


def _inside(value: object) -> Collection[Any]:
    """Return the values that this value contains. Raises BadInput if it is over a limit, or has a NUL."""
    if isinstance(value, str) and "\0" in value:
        raise BadInput(NUL_REFUSED)
    if isinstance(value, list):
        if len(value) > MAX_ITEMS:
            raise BadInput(f"A list in the request has over {MAX_ITEMS} items. Send fewer at a time.")
        return value
    if isinstance(value, dict):
        if len(value) > MAX_KEYS:
            raise BadInput(f"An object in the request has over {MAX_KEYS} keys. Send fewer at a time.")
        return [*value, *value.values()]
    return ()


def _length(query: object) -> int:
    return len(query) if isinstance(query, str) else 0


def _hash(content: Mapping[str, Any]) -> str | None:
    """Return the SHA-256 of the wanted document: `documentId`, or the hash of Apollo's automatic persisted queries."""
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
