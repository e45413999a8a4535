"""What a client accepts: the media type of an answer, and whether the answer may be compressed (RFC 9110, 12.5)."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from starlette.requests import Request

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
HTML = "text/html"
MAX_CHARACTERS = 1_000
"""How much of a header is read. It is many times what clients send, and takes less than a millisecond."""

# A weight is a number from 0 to 1, with at most three decimals.
WEIGHT = re.compile(r"0(?:\.\d{0,3})?|1(?:\.0{0,3})?")


class MediaType(NamedTuple):
    """The media type of an answer, and whether the client named it, and did not only allow it with a wildcard."""

    name: str
    is_named: bool


def accept(request: Request) -> str:
    """Return the beginning of the Accept header of a request, "" without one.

    A list may come in several headers (RFC 9110, 5.3).
    """
    return ",".join(request.headers.getlist("accept"))[:MAX_CHARACTERS]


def accept_encoding(request: Request) -> str:
    """Return the Accept-Encoding header of a request in the same way."""
    return ",".join(request.headers.getlist("accept-encoding"))[:MAX_CHARACTERS]


@lru_cache(maxsize=128)
def media_type(accept: str) -> MediaType | None:
    """Return which of the two media types of GraphQL an Accept header prefers; None if it allows neither.

    Without the header, or if no part of it can be read, it is `application/json`, which every client understands.
    """
    given = _weights(accept)
    if not given:
        return MediaType(JSON, is_named=False)
    preferred = max((JSON, GRAPHQL), key=lambda name: _preference(name, given))
    return MediaType(preferred, preferred in given) if _weight(preferred, given) > 0 else None


def prefers_page(accept: str) -> bool:
    """Return whether an Accept header asks for a page rather than for JSON, as that of a browser does."""
    given = _weights(accept)
    wanted = given.get(HTML, 0.0)
    return wanted > max(given.get(JSON, 0.0), given.get(GRAPHQL, 0.0)) and wanted >= given.get("*/*", 0.0)


def accepts_gzip(accept_encoding: str) -> bool:
    """Return whether an Accept-Encoding header allows gzip."""
    return accepts("gzip", accept_encoding)


def accepts(coding: str, accept_encoding: str) -> bool:
    """Return whether an Accept-Encoding header allows this coding. An old name of it begins with `x-`."""
    given = _weights(accept_encoding)
    return next((given[name] for name in (coding, f"x-{coding}", "*") if name in given), 0.0) > 0


def is_utf8(parameters: Iterable[str]) -> bool:
    """Return whether the parameters of a media type, such as `charset=utf-8`, name no other character set."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip().strip('"').lower() not in {"utf-8", "utf8"}:
            return False
    return True


def _preference(name: str, given: dict[str, float]) -> tuple[float, bool, bool]:
    """Order the media types: by weight, then those that are named. At last, GraphQL's own if both are named."""
    is_named = name in given
    return _weight(name, given), is_named, (name == GRAPHQL) == is_named


def _weight(name: str, given: dict[str, float]) -> float:
    """Return the weight of a media type. The most specific range of the header counts."""
    return next((given[one] for one in (name, "application/*", "*/*") if one in given), 0.0)


def _weights(header: str) -> dict[str, float]:
    """Return the weight of each name in a header. A part without a valid weight, or in another character set, is left
    out.
    """
    found: dict[str, float] = {}
    for part in header.split(","):
        name, *parameters = (word.strip().lower() for word in part.split(";"))
        weight = next((word[2:].strip() for word in parameters if word.startswith("q=")), "1")
        if name and WEIGHT.fullmatch(weight) and is_utf8(parameters):
            found[name] = max(float(weight), found.get(name, 0.0))
    return found
