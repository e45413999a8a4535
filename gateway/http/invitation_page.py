"""The page that the link in an invitation opens, unless a company uses its own application instead.

The token is in the fragment of the address (after the #), so only the script can read it.
"""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from gateway.http.pages import STYLE, headers

ACCEPT = """
mutation Accept($input: AcceptInvitationInput!) {
  acceptInvitation(input: $input) { member { team { name } } errors { code message } }
}
"""
SIGN_IN = """
mutation SignIn($input: SignInInput!) { signIn(input: $input) { user { id } errors { code message } } }
"""

SCRIPT = """
const token = location.hash.slice(1);
const form = document.forms[0], field = form.elements, output = document.querySelector("output");
async function send(name, query, input) {
  const answer = await fetch("graphql", {
    method: "POST",
    headers: {"Content-Type": "application/json", "Usher-Require-Preflight": "1"},
    body: JSON.stringify({query, variables: {input: {...input, delivery: "COOKIE"}}}),
  });
  const {data, errors} = await answer.json();
  return data?.[name] ?? {errors};
}
async function accept() {
  const given = {firstName: field.first.value || null, lastName: field.last.value || null};
  const known = !field.email.hidden;
  if (known) {
    const signed = await send("signIn", `@SIGN_IN@`, {email: field.email.value, password: field.password.value});
    if (signed.errors.length) return signed;
  }
  return send("acceptInvitation", `@ACCEPT@`, {token, ...given, password: known ? null : field.password.value || null});
}
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  field.go.disabled = true;
  const {member, errors} = await accept().catch(() => ({errors: [{message: "Usher does not answer. Try again."}]}));
  field.go.disabled = false;
  output.textContent = member ? `You are in the team ${member.team.name}.` : errors.map((one) => one.message).join(" ");
  form.hidden = Boolean(member);
  if (member) history.replaceState(null, "", location.pathname);
  if (errors.some((one) => one.code === "SIGN_IN_FIRST")) {
    field.email.hidden = field.email.parentElement.hidden = false;
    field.first.parentElement.hidden = field.last.parentElement.hidden = true;
  }
});
if (!token) { form.hidden = true; output.textContent = "The link is not complete. Open the whole link in the mail."; }
""".replace("@ACCEPT@", ACCEPT).replace("@SIGN_IN@", SIGN_IN)

PAGE = f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Usher: accept an invitation</title>
<style>{STYLE}</style>
<h1>Accept your invitation</h1>
<form>
<label>First name, if the invitation has it wrong <input name="first" autocomplete="given-name"></label>
<label>Last name, if the invitation has it wrong <input name="last" autocomplete="family-name"></label>
<label hidden>E-mail address <input name="email" type="email" autocomplete="username" hidden></label>
<label>Password, not needed if you are signed in <input name="password" type="password"></label>
<button name="go">Accept</button>
</form>
<output role="status"></output>
<script>{SCRIPT}</script>
</html>
"""


HEADERS = headers(SCRIPT, STYLE)


def endpoint(_: Request) -> Response:
    """Return the page."""
    return HTMLResponse(PAGE, headers=HEADERS)
