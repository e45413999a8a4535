"""A GraphQL request out of an HTTP request; whatever is wrong with it is said before anything runs."""

import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request

from domain.credentials import Credential, parse
from domain.problems import BadInput, Problem, Unauthenticated
from gateway import uploads
from resolvers.context import BAD_TOKEN, PREFLIGHT

COOKIE = "usher_session"
MAX_ITEMS = 10_000
# PostgreSQL's text has no NUL. In JSON, and in a GraphQL document within it, one can only be written as an escape.
NUL = re.compile(rb"\\u(?:0000|\{0+\})")


class TooLarge(Problem):
    """The body is over the limit."""

    code = "PAYLOAD_TOO_LARGE"


class WrongMediaType(Problem):
    """The body is declared neither as JSON nor as a form with files."""

    code = "UNSUPPORTED_MEDIA_TYPE"


class MethodNotAllowed(Problem):
    """A GET that would change something."""

    code = "METHOD_NOT_ALLOWED"


class PreflightRequired(Problem):
    """A cookie, or a form, without the header that no other site can send."""

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
    """The operation in a request's body, with its files.

    Raises WrongMediaType, TooLarge, BadInput, and PreflightRequired for a form that another site could send.
    """
    media_type, _, parameters = request.headers.get("content-type", "").partition(";")
    media_type = media_type.strip().lower()
    if media_type not in {"application/json", "multipart/form-data"} or not _is_utf8(parameters):
        message = "Send the body as `Content-Type: application/json`, or with files as `multipart/form-data`, in UTF-8."
        raise WrongMediaType(message)
    if media_type == "multipart/form-data":
        return _checked(await _with_files(request, limit))
    return _checked(_object(b"".join([chunk async for chunk in _chunks(request, limit)]), "The body"))


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


async def _chunks(request: Request, limit: int) -> AsyncGenerator[bytes, None]:
    size = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                raise TooLarge(f"The body is over {limit} bytes; send less at a time.")
            yield chunk
    except ClientDisconnect:
        raise BadInput("The body ended early.") from None


async def _with_files(request: Request, limit: int) -> dict[str, Any]:
    if not preflighted(request):
        raise PreflightRequired(f"A multipart request needs the header `{PREFLIGHT}: 1`.")
    async with aclosing(_chunks(request, limit)) as chunks:
        form = await uploads.form(request.headers["content-type"], chunks, limit)
    content = _object(form.operations, "`operations`")
    uploads.place(content, _content(form.map, "`map`"), form.files)
    return content


def _object(text: bytes, what: str) -> dict[str, Any]:
    content = _content(text, what)
    if not isinstance(content, dict):
        raise BadInput(f"{what} must be one JSON object with `query`; batches are not taken.")
    return content


def _content(text: bytes, what: str) -> Any:
    if NUL.search(text):
        raise BadInput("The request holds a NUL character (\\u0000), which no text here may have.")
    return _json(text, what)


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
