"""A GraphQL request out of an HTTP request; if anything is wrong with it, that is said before anything runs."""

import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request

from domain.credentials import Credential, parse
from domain.problems import BadInput, Problem, Unauthenticated
from gateway.http import uploads
from resolvers.core.context import BAD_TOKEN, PREFLIGHT

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
class GraphQLRequest:
    """What an HTTP request asks for, and what it proves.

    The document is given by its text (`query`), by its SHA-256 in hex (`hash`), or by both; `operation_name` selects
    one of its operations. `variables` hold the files of a form where its map puts them. `credential` is None if the
    request names no actor. `preflighted`: it has the header that a browser sends to another origin only after asking
    that origin. `reads`: it came by GET, and may change nothing.
    """

    query: str | None
    hash: str | None
    operation_name: str | None
    variables: dict[str, Any]
    credential: Credential | None
    preflighted: bool
    reads: bool


async def read(request: Request, limit: int) -> GraphQLRequest:
    """Read a GET or a POST, whose body may have `limit` bytes, and check all of it.

    Raises WrongMediaType, TooLarge, BadInput, and then, for its credential, Unauthenticated; PreflightRequired for a
    form or a cookie that another site could send.
    """
    preflighted = PREFLIGHT in request.headers
    reads = request.method == "GET"
    content = _parameters(request) if reads else await _body(request, limit, preflighted=preflighted)
    query, hash_, operation_name, variables = _checked(content)
    credential = _credential(request, preflighted=preflighted)
    return GraphQLRequest(query, hash_, operation_name, variables, credential, preflighted, reads)


def _parameters(request: Request) -> dict[str, Any]:
    given = request.query_params
    content: dict[str, Any] = {name: given[name] for name in ("query", "operationName", "documentId") if name in given}
    for name in ("variables", "extensions"):
        if name in given:
            content[name] = _json(given[name], f"`{name}`")
    text = "".join(given.values())
    if "\0" in text or NUL.search(text.encode(errors="surrogatepass")):
        raise BadInput("The request holds a NUL character, which no text here may have.")
    return content


async def _body(request: Request, limit: int, *, preflighted: bool) -> dict[str, Any]:
    content_type = request.headers.get("content-type", "")
    media_type, _, parameters = content_type.partition(";")
    media_type = media_type.strip().lower()
    if media_type not in {"application/json", "multipart/form-data"} or not _is_utf8(parameters):
        message = "Send the body as `Content-Type: application/json`, or with files as `multipart/form-data`, in UTF-8."
        raise WrongMediaType(message)
    if media_type == "application/json":
        return _object(b"".join([chunk async for chunk in _chunks(request, limit)]), "The body")
    if not preflighted:
        raise PreflightRequired(f"A multipart request needs the header `{PREFLIGHT}: 1`.")
    async with aclosing(_chunks(request, limit)) as chunks:
        form = await uploads.form(content_type, chunks, limit)
    content = _object(form.operations, "`operations`")
    uploads.place(content, _content(form.map, "`map`"), form.files)
    return content


def _credential(request: Request, *, preflighted: bool) -> Credential | None:
    """What the request proves its actor with: a bearer token, else the browser's cookie; None without either.

    A cookie alone needs the preflight header: another site's form can make a browser send the cookie, but not the
    header.
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
                raise TooLarge(f"The body is over {limit} bytes; send less at a time.")
            yield chunk
    except ClientDisconnect:
        raise BadInput("The body ended early.") from None


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


def _checked(content: Mapping[str, Any]) -> tuple[str | None, str | None, str | None, dict[str, Any]]:
    """The text of the document, its hash, the name of the operation, and the variables."""
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
    return query, hash_, name or None, variables or {}


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
