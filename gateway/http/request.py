"""Reads a GraphQL request from an HTTP request, and checks all of it before anything runs."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from domain.credentials import Credential
from domain.problems import BadInput, Unauthenticated
from gateway.http import bodies, negotiation
from gateway.http.credentials import is_preflighted, presented
from gateway.http.limits import SIGNED_IN, OperationTooLarge
from gateway.http.manifest import normal_hash
from gateway.http.refusals import MethodNotAllowed, NotAcceptable

METHODS = "GET, HEAD, POST"
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


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """The content of a GraphQL request.

    `query` is the text of the document, `hash` its SHA-256 in hex; one of them may be None. `operation_name` selects
    one of its operations. `variables` contain the files of a form at the places that its map names. `credential` is
    None if the request names no actor, `other_sessions` are those of further cookies, and `refusal` is the error if
    what the request presents cannot be a credential. `preflighted`: the request has a header that a browser sends to
    another origin only after a preflight request. `reads_only`: the request is a GET or HEAD, and may change nothing.
    `is_large`: the actor must be known before the variables are coerced.
    """

    query: str | None
    hash: str | None
    operation_name: str | None
    variables: dict[str, Any]
    credential: Credential | None
    other_sessions: tuple[Credential, ...]
    refusal: Unauthenticated | None
    preflighted: bool
    reads_only: bool
    is_large: bool

    @property
    def credentials(self) -> tuple[Credential, ...]:
        """All that the request presents, in its order."""
        return () if self.credential is None else (self.credential, *self.other_sessions)


async def read(request: Request, limit: int) -> GraphQLRequest:
    """Read a GET, HEAD or POST and check all of it. The body may have at most `limit` bytes.

    Raises MethodNotAllowed, NotAcceptable, WrongMediaType, WrongCoding, TooLarge and BadInput; PreflightRequired for a
    form or a cookie that another site could have sent; and for a large request without a credential, OperationTooLarge
    or Unauthenticated.
    """
    if request.method not in {"POST", "GET", "HEAD"}:
        raise MethodNotAllowed("Send GraphQL by POST or GET.", METHODS)
    if negotiation.media_type(negotiation.accept(request)) is None:
        raise NotAcceptable(f"The answer is `{negotiation.GRAPHQL}` or `{negotiation.JSON}`: accept one of them.")
    preflighted, reads_only = is_preflighted(request), request.method != "POST"
    content = _parameters(request) if reads_only else await bodies.read(request, limit, preflighted=preflighted)
    is_large = _check_values(content)
    query, hash_, operation_name, variables = _checked_parameters(content)
    found = presented(request, preflighted=preflighted)
    if is_large and found.credential is None:
        raise found.refusal or OperationTooLarge(
            f"The request has over {MAX_UNKNOWN_VALUES} values, or over {MAX_UNKNOWN_CHARACTERS} characters in them. "
            "Only people who have signed in may send more."
        )
    actor = (found.credential, found.others, found.refusal)
    return GraphQLRequest(query, hash_, operation_name, variables, *actor, preflighted, reads_only, is_large)


def _parameters(request: Request) -> dict[str, Any]:
    given = request.query_params
    content: dict[str, Any] = {name: given[name] for name in ("query", "operationName", "documentId") if name in given}
    for name in ("variables", "extensions"):
        if given.get(name, "").strip():
            content[name] = bodies.json(given[name], f"`{name}`")
    return content


def _checked_parameters(content: Mapping[str, Any]) -> tuple[str | None, str | None, str | None, dict[str, Any]]:
    """Return the text of the document, its hash, the name of the operation, and the variables.

    An empty text counts as absent, because many clients send one instead.
    """
    query, name, variables = (_given(content, key) for key in ("query", "operationName", "variables"))
    hash_ = _hash(content)
    if not (query is None and hash_) and (not isinstance(query, str) or not query.strip()):
        raise BadInput("`query` must be a text with a GraphQL document.")
    if query is not None and len(query) <= SIGNED_IN.characters and NUL_ESCAPE.search(query):
        raise BadInput(NUL_REFUSED)
    if name is not None and not isinstance(name, str):
        raise BadInput("`operationName` must be a text or null.")
    if variables is not None and not isinstance(variables, dict):
        raise BadInput("`variables` must be an object or null.")
    return query, hash_, name, variables or {}


def _given(content: Mapping[str, Any], name: str) -> Any:
    value = content.get(name)
    return None if value == "" else value


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
                if "\0" in value:
                    raise BadInput(NUL_REFUSED)
                characters += len(value)
            elif isinstance(value, dict | list):
                below += _inside(value)
        if not below:
            return values > MAX_UNKNOWN_VALUES or characters > MAX_UNKNOWN_CHARACTERS
        level = below
    raise BadInput(f"The request is nested over {MAX_DEPTH} levels deep.")


def _inside(value: dict[str, Any] | list[Any]) -> Collection[Any]:
    """Return the values that this value contains. Raises BadInput if it is over a limit."""
    if isinstance(value, list):
        if len(value) > MAX_ITEMS:
            raise BadInput(f"A list in the request has over {MAX_ITEMS} items. Send fewer at a time.")
        return value
    if len(value) > MAX_KEYS:
        raise BadInput(f"An object in the request has over {MAX_KEYS} keys. Send fewer at a time.")
    return [*value, *value.values()]


def _length(query: object) -> int:
    return len(query) if isinstance(query, str) else 0


def _hash(content: Mapping[str, Any]) -> str | None:
    """Return the SHA-256 of the wanted document: `documentId`, or the hash of Apollo's automatic persisted queries."""
    document_id, extensions = _given(content, "documentId"), _given(content, "extensions")
    if document_id is not None:
        if not isinstance(document_id, str):
            raise BadInput("`documentId` must be a text.")
        return normal_hash(document_id)
    if extensions is not None and not isinstance(extensions, dict):
        raise BadInput("`extensions` must be an object or null.")
    persisted = (extensions or {}).get("persistedQuery")
    if persisted is None:
        return None
    if not isinstance(persisted, dict) or not isinstance(persisted.get("sha256Hash"), str):
        raise BadInput("`extensions.persistedQuery` must be an object with `version` 1 and `sha256Hash`.")
    if persisted.get("version", 1) != 1:
        raise BadInput("`extensions.persistedQuery` has a version that is not supported. Send version 1.")
    return normal_hash(persisted["sha256Hash"])
