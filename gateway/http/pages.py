"""What the pages behind the links in mails have in common: the style, and headers that let nothing else run."""

import base64
import hashlib

STYLE = "body { font: 16px/1.5 system-ui; max-width: 24rem; margin: 4rem auto } label { display: block } "
STYLE += "input, button { font: inherit; width: 100%; margin-bottom: 1rem; box-sizing: border-box } "
STYLE += "[hidden] { display: none }"


def headers(script: str, style: str) -> dict[str, str]:
    """Return the headers of a page with only this script and this style, which may send requests to Usher only."""
    return {
        "content-security-policy": (
            f"default-src 'none'; connect-src 'self'; script-src 'sha256-{_hash(script)}'; "
            f"style-src 'sha256-{_hash(style)}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
    }


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
