"""The page for the second step of a sign-in at a provider, if the account has a second factor.

The challenge is in the fragment of the address, which only the script can read.
"""

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from domain.openid_connect import is_local
from gateway.http.pages import ASK, PAGE, STYLE, filled, headers

PATH = "/sign-in/second-step"
SCRIPT = (
    ASK
    + """
const form = document.forms[0], output = document.querySelector("output"), passkey = document.getElementById("passkey");
const challenge = location.hash.slice(1), returnTo = new URLSearchParams(location.search).get("returnTo") ?? "/";
const options = "query ($challenge: String) { passkeyOptions(challenge: $challenge) }";
const ADDRESS = "../graphql";
const complete = `mutation ($input: CompleteSignInInput!) {
  completeSignIn(input: $input) { user { email } errors { message } }
}`;
async function send(step) {
  const {data, errors} = await ask(complete, {input: {challenge, ...step}}, ADDRESS);
  return data?.completeSignIn ?? {errors};
}
function sendCode() {
  const code = form.elements.code.value.trim();
  return send(/^[0-9 ]{6,7}$/.test(code) ? {code: code.replaceAll(" ", "")} : {recoveryCode: code});
}
async function sendPasskey() {
  const {data, errors} = await ask(options, {challenge}, ADDRESS);
  if (!data) return {errors};
  const known = data.passkeyOptions.allowCredentials?.length;
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(data.passkeyOptions);
  const used = known && await navigator.credentials.get({publicKey}).catch(() => null);
  if (used) return send({passkey: used.toJSON()});
  return {errors: [{message: known ? "No passkey was used." : "Your account has no passkey."}]};
}
async function go(step) {
  form.elements.go.disabled = passkey.disabled = true;
  const {user, errors} = await step().catch(unreachable);
  form.elements.go.disabled = passkey.disabled = false;
  if (user) location.replace(returnTo);
  else output.textContent = errors.map((one) => one.message).join(" ");
}
form.addEventListener("submit", (event) => {
  event.preventDefault();
  go(sendCode);
});
passkey.addEventListener("click", () => go(sendPasskey));
passkey.hidden = !window.PublicKeyCredential?.parseRequestOptionsFromJSON;
"""
)
FIELD = '<label>Code from your authenticator app, or a recovery code <input name="code" autocomplete="one-time-code"'
PASSKEY = '<button id="passkey" hidden>Use a passkey</button>'
TEXTS = {"TITLE": "Sign in", "FIELD": f"{FIELD} required></label>", "NEXT": PASSKEY, "STYLE": STYLE, "SCRIPT": SCRIPT}
CONTENT, HEADERS = filled(PAGE, TEXTS), headers(SCRIPT, STYLE)


def page(request: Request) -> Response:
    """Return the page; 400 if its parameter `returnTo` leads to another site."""
    if not is_local(request.query_params.get("returnTo", "/")) or len(request.query_params.getlist("returnTo")) > 1:
        return PlainTextResponse("The link names a page that is not of this server.\n", 400)
    return HTMLResponse(CONTENT, headers=HEADERS)
