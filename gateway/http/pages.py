"""What the pages have in common: safe headers, and for the pages behind the links in mails the style and a policy."""

import base64
import hashlib

SAFE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
"""The headers of every page and of every file of a page."""
STYLE = "body { font: 16px/1.5 system-ui; max-width: 24rem; margin: 4rem auto } label { display: block } "
STYLE += "input, button { font: inherit; width: 100%; margin-bottom: 1rem; box-sizing: border-box } "
STYLE += "[hidden] { display: none }"

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Usher: @TITLE@</title>
<style>@STYLE@</style>
<h1>@TITLE@</h1>
<form>
@FIELD@
<button name="go">@TITLE@</button>
</form>
<output role="status"></output>
@NEXT@
<noscript>This page needs JavaScript.</noscript>
<script>@SCRIPT@</script>
</html>
"""
"""The page behind a link in a mail, with one field and one button."""
ASK = """
async function ask(query, variables, address = "graphql") {
  const answer = await fetch(address, {
    method: "POST",
    headers: {"Content-Type": "application/json", "Usher-Require-Preflight": "1"},
    body: JSON.stringify({query, variables}),
  });
  return answer.json();
}
const unreachable = () => ({errors: [{message: "Usher does not answer. Try again."}]});
"""
"""What the script of a page begins with: `ask` sends a document. Its address is relative to that of the page."""


def next_step(*, graphiql: bool) -> str:
    """Return the paragraph that a page shows at its end: with `graphiql`, where the person can go on."""
    step = '<a href="graphql">Go on to GraphiQL</a>' if graphiql else "You can close this page."
    return f'<p id="next" hidden>{step}</p>'


def filled(text: str, values: dict[str, str]) -> str:
    """Return a text with a value in place of each name between two at-signs."""
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


def headers(script: str, style: str) -> dict[str, str]:
    """Return the headers of a page with only this script and this style, which may send requests to Usher only."""
    return SAFE | {
        "content-security-policy": (
            f"default-src 'none'; connect-src 'self'; script-src 'sha256-{_hash(script)}'; "
            f"style-src 'sha256-{_hash(style)}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        "cache-control": "no-store",
    }


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
