"""What the pages have in common: safe headers, and for the gateway's own pages a style and a policy."""

import base64
import hashlib
import html

import orjson
from starlette.responses import PlainTextResponse, Response

from db.demo.company import SIGN_INS

SAFE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
"""The headers of every page and of every file of a page."""
OF_FILES = SAFE | {"content-security-policy": "default-src 'none'; frame-ancestors 'none'"}
"""The headers of every file of a page: opened alone, it may load nothing."""
NOT_STORED = OF_FILES | {"cache-control": "no-store"}
"""The headers of what is there in place of a file or a page. Nothing may keep it: another process may have the file."""
STYLE = "body { font: 16px/1.5 system-ui; max-width: 24rem; margin: 4rem auto }"


def filled(text: str, values: dict[str, str]) -> str:
    """Return a text with a value in place of each name between two at-signs."""
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


def sign_ins() -> str:
    """Return the attribute with which a page offers the sign-ins of the demo company."""
    people = orjson.dumps([{"role": one.role, "email": one.email, "password": one.password} for one in SIGN_INS])
    return f' data-sign-ins="{html.escape(people.decode())}"'


def no_file() -> Response:
    """Return the answer to the address of a file that is not there, or not yet: an update may be on its way."""
    return PlainTextResponse("There is no such file.\n", 404, NOT_STORED)


def headers(style: str) -> dict[str, str]:
    """Return the headers of a page with only this style, without scripts."""
    hashed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return SAFE | {
        "content-security-policy": (
            f"default-src 'none'; style-src 'sha256-{hashed}'; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'"
        ),
        "cache-control": "no-store",
    }
