"""The console: the site that people use, at every address that is not one of the gateway itself.

`make console` builds it from `web` into the folder `console_bundle`. The console's own router shows the screen of an
address, so the gateway answers each address of a screen with the same page. It knows the addresses from the build.
"""

import html
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from gateway.http.manifest import read_manifest
from gateway.http.negotiation import accept, accept_encoding, accepts, prefers_page
from gateway.http.pages import NOT_STORED, OF_FILES, SAFE, STYLE, filled, headers, no_file, sign_ins

BUNDLE = Path(__file__).parent / "console_bundle"
ASSET = "/assets/{name}"
PAGE = "index.html"
MISSING = "The console is missing: `make console` builds it, and needs a registry of npm once."
OFF = (
    "The console, to which this link leads, is switched off: the operator can set USHER_PUBLIC_URL to the address of "
    "the application that people use instead."
)
SENTENCE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Usher</title>
<style>@STYLE@</style>
<p>@SENTENCE@</p>
</html>
"""

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
# The compressions that the build made, the better one first, by the ending of the file.
COMPRESSED = (("br", ".br"), ("gzip", ".gz"))

# Scripts and styles come from files only, and no script can turn a text into markup or code. The frame is GraphiQL,
# which has a policy of its own.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
PAGE_HEADERS = SAFE | {"content-security-policy": PAGE_POLICY, "cache-control": "no-cache"}
# The names of all files have a hash of the content, so a browser may keep them for a year.
ASSET_HEADERS = OF_FILES | {
    "cache-control": "public, max-age=31536000, immutable",
    "vary": "accept-encoding",
}
ROOT_ELEMENT = '<div id="console"'
PARAMETER = re.compile(r":(\w+)")


def is_built() -> bool:
    """Return whether the console was built."""
    return (BUNDLE / PAGE).exists()


def documents() -> Mapping[str, str]:
    """Return the documents that the console sends, by their hashes; none if it was not built. Raises BadManifest."""
    return read_manifest(BUNDLE / "documents.json") if is_built() else {}


def page(*, graphiql: bool, demo: bool) -> str:
    """Return the page of all screens. With `demo`, the sign-in offers those of the demo company."""
    attributes = " data-explorer" if graphiql else ""
    if demo:
        attributes += sign_ins()
    content = (BUNDLE / PAGE).read_text(encoding="utf-8")
    return content.replace(ROOT_ELEMENT, ROOT_ELEMENT + attributes)


def routes(page: str) -> list[Route]:
    """Return the routes of the screens, with their page, and of their files."""

    def screen(_: Request) -> Response:
        return HTMLResponse(page, headers=PAGE_HEADERS)

    screens = orjson.loads((BUNDLE / "routes.json").read_bytes())
    paths = [PARAMETER.sub(r"{\1}", one["path"]) for one in screens]
    return [*(Route(path, screen) for path in paths), Route(ASSET, asset)]


def instead(sentence: str) -> Callable[[Request], Response]:
    """Return what answers in place of a screen that is not there: this sentence, as a page or as text.

    A link in a mail stays good until its screen is there.
    """
    page = filled(SENTENCE, {"STYLE": STYLE, "SENTENCE": html.escape(sentence)})

    def answer(request: Request) -> Response:
        if prefers_page(accept(request)):
            return HTMLResponse(page, 503, headers(STYLE) | {"vary": "accept"})
        return PlainTextResponse(f"{sentence}\n", 503, NOT_STORED | {"vary": "accept"})

    return answer


async def asset(request: Request) -> Response:
    """Return a file of the console, compressed as the client allows it; 404 if there is no such file."""
    name = request.path_params["name"]
    of_file = dict(ASSET_HEADERS)
    ending = ""
    for coding, of_coding in COMPRESSED:
        if accepts(coding, accept_encoding(request)):
            of_file["content-encoding"], ending = coding, of_coding
            break
    content = await run_in_threadpool(_read, name, ending)
    if content is None:
        return no_file()
    return Response(content, headers=of_file, media_type=TYPES[Path(name).suffix])


def _read(name: str, ending: str) -> bytes | None:
    """Read a file of the build. None if there is none with this name, also if the console was built again meanwhile."""
    folder = BUNDLE / "assets"
    if Path(name).suffix not in TYPES or name not in {path.name for path in folder.iterdir()}:
        return None
    return _content(folder / f"{name}{ending}")


@cache
def _content(path: Path) -> bytes:
    return path.read_bytes()
