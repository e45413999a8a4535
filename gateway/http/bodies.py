"""Reads the body of a request: its coding and its size, the media type, and the JSON in it."""

import zlib
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request

from domain.problems import BadInput
from gateway.http import uploads
from gateway.http.negotiation import is_utf8
from gateway.http.refusals import CODINGS, PreflightRequired, TooLarge, WrongCoding, WrongMediaType
from resolvers.core.context import PREFLIGHT

BOM = "\ufeff"
BOM_BYTES = BOM.encode()
# RFC 9110, 8.4.1.3: x-gzip is the same as gzip.
GZIP = frozenset({"gzip", "x-gzip"})
# Tells zlib to expect the header and the checksum of gzip.
GZIP_WINDOW = 16 + zlib.MAX_WBITS


async def read(request: Request, limit: int, *, preflighted: bool) -> dict[str, Any]:
    """Return the JSON object in the body of a POST, with the files of a form at their places.

    Raises WrongMediaType, WrongCoding, PreflightRequired, TooLarge and BadInput.
    """
    content_type = request.headers.get("content-type", "")
    media_type, *parameters = content_type.split(";")
    media_type = media_type.strip().lower()
    if media_type not in {"application/json", "multipart/form-data"} or not is_utf8(parameters):
        message = "Send the body as `Content-Type: application/json`, or with files as `multipart/form-data`, in UTF-8."
        raise WrongMediaType(message)
    if media_type == "application/json":
        return _json_object(b"".join([chunk async for chunk in _chunks(request, limit)]), "The body")
    if not preflighted:
        raise PreflightRequired(f"A multipart request needs the header `{PREFLIGHT}: 1`.")
    async with aclosing(_chunks(request, limit)) as chunks:
        form = await uploads.form(content_type, chunks, limit)
    content = _json_object(form.operations, "`operations`")
    uploads.place(content, json(form.map, "`map`"), form.files)
    return content


def json(text: bytes | str, what: str) -> Any:
    """Return the JSON in a text, which may begin with a byte order mark. Raises BadInput; `what` names the text."""
    content = text.removeprefix(BOM) if isinstance(text, str) else text.removeprefix(BOM_BYTES)
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise BadInput(f"{what} is not JSON: {error.msg} (line {error.lineno}, column {error.colno}).") from None


def _json_object(text: bytes, what: str) -> dict[str, Any]:
    content = json(text, what)
    if not isinstance(content, dict):
        raise BadInput(f"{what} must be one JSON object with `query`; batches are not supported.")
    return content


def _chunks(request: Request, limit: int) -> AsyncGenerator[bytes, None]:
    """Return the parts of the body, unpacked. Raises WrongCoding."""
    given = request.headers.getlist("content-encoding")
    codings = [coding for header in given for one in header.split(",") if (coding := one.strip().lower())]
    if not codings or codings == ["identity"]:
        return _received(request, limit)
    # A body that is packed twice is not taken: nobody sends one, except to make it unpack to much more.
    if len(codings) > 1 or codings[0] not in GZIP:
        raise WrongCoding(f"The body has a content coding that is not supported. Send it as it is, or as {CODINGS}.")
    return unpacked(_received(request, limit), limit)


async def _received(request: Request, limit: int) -> AsyncGenerator[bytes, None]:
    size = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                raise _too_large(limit)
            yield chunk
    except ClientDisconnect:
        raise BadInput("The body ended early.") from None


async def unpacked(packed: AsyncGenerator[bytes, None], limit: int) -> AsyncGenerator[bytes, None]:
    """Unpack gzip data while it arrives. No more than the limit is unpacked, whatever the data would become."""
    gzip, size = zlib.decompressobj(GZIP_WINDOW), 0
    async with aclosing(packed) as chunks:
        async for chunk in chunks:
            try:
                part = gzip.decompress(chunk, limit - size + 1)
            except zlib.error:
                raise BadInput("The body is not gzip data, as its Content-Encoding says.") from None
            size += len(part)
            if size > limit:
                raise _too_large(limit)
            if gzip.unused_data:
                raise BadInput("The body has more bytes after the end of its gzip data.")
            yield part
    if not gzip.eof:
        raise BadInput("The gzip data of the body ended early.")


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The body is over {limit} bytes. Send less at a time.")
