"""GraphiQL, shown to a person who opens the endpoint in a browser.

The page and its files are in the folder `graphiql_bundle`, which `make console` builds from `web/graphiql`. They need
no other server. The console shows the page in a frame.
"""

import gzip
from functools import cache
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from gateway.http.negotiation import accept_encoding, accepts_gzip
from gateway.http.pages import OF_FILES, SAFE, no_file, sign_ins
from gateway.runtime.settings import Settings

BUNDLE = Path(__file__).parent / "graphiql_bundle"
ASSET = "/graphiql/{name}"
"""The address of a file of the page. The page is at the endpoint's own address."""

# By the ending of a file, because the types that Python knows depend on the machine.
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".ttf": "font/ttf",
    ".txt": "text/plain; charset=utf-8",
}
# The editor sets styles in attributes, so style-src needs 'unsafe-inline'. Scripts come from files only.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; style-src 'self' 'unsafe-inline'; "
    "font-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
PAGE_HEADERS = SAFE | {"content-security-policy": PAGE_POLICY, "cache-control": "no-cache", "vary": "accept"}
# A worker of the editor obeys the policy of its own file: it may load nothing. The names of all files but the licences
# have a hash of the content, so a browser may keep them for a year.
ASSET_HEADERS = OF_FILES | {
    "cache-control": "public, max-age=31536000, immutable",
    "vary": "accept-encoding",
}
LICENSES = "licenses.txt"


ROOT_ELEMENT = b'<div id="graphiql"'


def is_built() -> bool:
    """Return whether the page was built."""
    return (BUNDLE / "index.html").exists()


def is_shown(chosen: Settings) -> bool:
    """Return whether a browser gets the page: it was built, and is not switched off."""
    return chosen.graphiql and is_built()


def page(*, demo: bool) -> Response:
    """Return the page. Its script puts the query of the address into the editor, and does not run it.

    With `demo`, the page has a tab for each sign-in of the demo company.
    """
    return HTMLResponse(_page(demo=demo), headers=PAGE_HEADERS)


async def asset(request: Request) -> Response:
    """Return a file of the page, compressed if the client allows it; 404 if there is no such file."""
    name = request.path_params["name"]
    if name not in _names():
        return no_file()
    headers = dict(ASSET_HEADERS)
    if name == LICENSES:
        headers["cache-control"] = "no-cache"
    if accepts_gzip(accept_encoding(request)):
        headers["content-encoding"] = "gzip"
        content = await run_in_threadpool(_compressed, name)
    else:
        content = await run_in_threadpool(_read, name)
    return Response(content, headers=headers, media_type=TYPES[Path(name).suffix])


@cache
def _page(*, demo: bool) -> bytes:
    content = _read("index.html")
    if not demo:
        return content
    return content.replace(ROOT_ELEMENT, ROOT_ELEMENT + sign_ins().encode())


@cache
def _names() -> frozenset[str]:
    return frozenset(path.name for path in BUNDLE.iterdir() if path.suffix in TYPES)


def _read(name: str) -> bytes:
    return (BUNDLE / name).read_bytes()


@cache
def _compressed(name: str) -> bytes:
    return gzip.compress(_read(name), mtime=0)
