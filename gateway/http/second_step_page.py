"""The page for the second step of a sign-in at a provider, if the account has a second factor.

The challenge is in the fragment of the address, which only the script can read.
"""

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from domain.openid_connect import is_local
from gateway.http.pages import PAGE, STYLE, filled, headers

PATH = "/sign-in/second-step"
SCRIPT = """
const form = document.forms[0], output = document.querySelector("output");
const challenge = location.hash.slice(1), returnTo = new URLSearchParams(location.search).get("returnTo") ?? "/";
const query = `mutation ($input: CompleteSignInInput!) {
  completeSignIn(input: $input) { user { email } errors { message } }
}`;
async function send(code) {
  const step = /^[0-9 ]{6,7}$/.test(code) ? {code: code.replaceAll(" ", "")} : {recoveryCode: code};
  const answer = await fetch("../graphql", {
    method: "POST",
    headers: {"Content-Type": "application/json", "Usher-Require-Preflight": "1"},
    body: JSON.stringify({query, variables: {input: {challenge, ...step}}}),
  });
  const {data, errors} = await answer.json();
  return data?.completeSignIn ?? {errors};
}
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  form.elements.go.disabled = true;
  const failed = {errors: [{message: "Usher does not answer. Try again."}]};
  const {user, errors} = await send(form.elements.code.value.trim()).catch(() => failed);
  form.elements.go.disabled = false;
  if (user) location.replace(returnTo);
  else output.textContent = errors.map((one) => one.message).join(" ");
});
"""
FIELD = '<label>Code from your authenticator app, or a recovery code <input name="code" autocomplete="one-time-code"'
TEXTS = {"TITLE": "Sign in", "FIELD": f"{FIELD} required></label>", "NEXT": "", "STYLE": STYLE, "SCRIPT": SCRIPT}
CONTENT, HEADERS = filled(PAGE, TEXTS), headers(SCRIPT, STYLE)


def page(request: Request) -> Response:
    """Return the page; 400 if its parameter `returnTo` leads to another site."""
    if not is_local(request.query_params.get("returnTo", "/")) or len(request.query_params.getlist("returnTo")) > 1:
        return PlainTextResponse("The link names a page that is not of this server.\n", 400)
    return HTMLResponse(CONTENT, headers=HEADERS)
