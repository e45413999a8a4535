"""Files sent with an operation, as in the GraphQL multipart request specification.

A form has the fields `operations` (the JSON of a request, with null in the place of each file) and `map` (the places
of each file). The files follow: https://github.com/jaydenseric/graphql-multipart-request-spec
"""

import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from domain.problems import BadInput
from domain.uploads import Upload

MAX_FILES = 10
MAX_NAME = 255
FIELDS = ("operations", "map")
# RFC 2046, 5.1.1. No character of a boundary can end the quotes around it.
BOUNDARY = re.compile(rb"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")
INDEX = re.compile(r"[0-9]{1,5}")
MAP_RULE = "`map` must be an object from the names of the files to lists of places such as `variables.file`."


@dataclass(frozen=True, slots=True)
class Form:
    """The parts of a multipart request: two JSON texts, and the files by the names of their parts."""

    operations: bytes
    map: bytes
    files: Mapping[str, Upload]


async def form(content_type: str, body: AsyncGenerator[bytes, None], limit: int) -> Form:
    """Parse a multipart body of at most `limit` bytes while it arrives. Raises BadInput."""
    boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
    if not BOUNDARY.fullmatch(boundary):
        raise BadInput("A multipart request needs a `boundary` in its Content-Type, of 1 to 70 characters (RFC 2046).")
    # Latin-1 keeps every byte, so that the JSON parser can report bad UTF-8. This parser would guess.
    headers = Headers({"content-type": f'multipart/form-data; boundary="{boundary.decode()}"; charset=latin-1'})
    try:
        async with aclosing(_complete(body, b"--%s--" % boundary)) as chunks:
            parser = MultiPartParser(headers, chunks, max_files=MAX_FILES, max_fields=2, max_part_size=limit)
            parts = await parser.parse()
    except MultiPartException as error:
        raise BadInput(f"The form cannot be read: {error.message}") from None
    try:
        return await _form(parts)
    finally:
        await parts.close()


def place(operations: dict[str, Any], map_: object, files: Mapping[str, Upload]) -> None:
    """Put each file into the places that `map` names. Raises BadInput unless each place is its own and holds null."""
    if not isinstance(map_, dict) or not all(isinstance(paths, list) and paths for paths in map_.values()):
        raise BadInput(MAP_RULE)
    if sum(map(len, map_.values())) > MAX_FILES:
        raise BadInput(f"`map` has over {MAX_FILES} places for files.")
    for name in files.keys() - map_.keys():
        raise BadInput(f"`map` names no place for the file `{name[:MAX_NAME]}`.")
    for name, paths in map_.items():
        if name not in files:
            raise BadInput(f"`map` names the file `{name[:MAX_NAME]}`, but the form has no such file.")
        for path in paths:
            _put(operations, path, files[name])


async def _complete(body: AsyncGenerator[bytes, None], end: bytes) -> AsyncGenerator[bytes, None]:
    """Yield the body. Raises BadInput if it does not contain `end`: the parser would leave the last file open."""
    received, ended = b"", False
    async for chunk in body:
        received += chunk
        ended = ended or end in received
        received = received[-len(end) :]
        yield chunk
    if not ended:
        raise BadInput("The form ended early: the boundary that closes it is missing.")


async def _form(parts: FormData) -> Form:
    fields: dict[str, bytes] = {}
    files: dict[str, Upload] = {}
    for raw, part in parts.multi_items():
        name = _utf8(raw)
        if name in fields or name in files:
            raise BadInput(f"The form has two parts named `{name[:MAX_NAME]}`.")
        if isinstance(part, UploadFile):
            files[name] = await _upload(part)
        else:
            fields[name] = part.encode("latin-1")
    if fields.keys() != set(FIELDS):
        raise BadInput("The form must have the fields `operations` and `map`. All other parts must be files.")
    return Form(fields["operations"], fields["map"], files)


async def _upload(part: UploadFile) -> Upload:
    name = _utf8(part.filename or "")
    if len(name) > MAX_NAME or "\0" in name:
        raise BadInput(f"The name of a file may have at most {MAX_NAME} characters, and no NUL.")
    return Upload(name, part.content_type or "", await part.read())


def _utf8(raw: str) -> str:
    return raw.encode("latin-1").decode(errors="replace")


def _put(operations: dict[str, Any], path: object, file: Upload) -> None:
    if not isinstance(path, str) or not path.startswith("variables."):
        raise BadInput(MAP_RULE)
    *steps, last = path.split(".")
    holder: Any = operations
    for step in steps:
        holder = holder[_key(holder, step, path)]
    key = _key(holder, last, path)
    if holder[key] is not None:
        raise BadInput(f"`map`: the place `{path[:MAX_NAME]}` must hold null, and can take only one file.")
    holder[key] = file


def _key(holder: object, step: str, path: str) -> str | int:
    """Return a step of a path as a key into its holder. Raises BadInput if the step leads nowhere."""
    if isinstance(holder, dict) and step in holder:
        return step
    if isinstance(holder, list) and INDEX.fullmatch(step) and int(step) < len(holder):
        return int(step)
    raise BadInput(f"`map`: there is no `{path[:MAX_NAME]}` in `operations`.")
