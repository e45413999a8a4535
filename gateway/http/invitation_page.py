"""The page that the link in an invitation opens, unless a company uses its own application instead.

The token is in the fragment of the address (after the #), so only the script can read it. The script first sends the
acceptance as a dry run, without a password: its errors say whether the link is good, and what the person has to enter.
"""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from domain.text import PASSWORD_LENGTHS
from gateway.http.pages import ASK, STYLE, filled, headers, next_step

ACCEPT = """
mutation Accept($input: AcceptInvitationInput!) {
  acceptInvitation(input: $input) { member { team { name } } errors { code message } }
}
"""
SIGN_IN = """
mutation SignIn($input: SignInInput!) { signIn(input: $input) { user { id } errors { code message } } }
"""

SCRIPT = (
    ASK
    + """
const form = document.forms[0], field = form.elements, output = document.querySelector("output");
const next = document.getElementById("next"), rule = document.getElementById("rule");
const OVER = ["INVITATION_INVALID", "INVITATION_EXPIRED", "INVITATION_ACCEPTED"];
const SIGN_IN = ["SIGN_IN_FIRST", "EMAIL_DIFFERS"];
let token = "", known = false;
async function send(name, query, input) {
  const {data, errors} = await ask(query, {input: {...input, delivery: "COOKIE"}});
  return data?.[name] ?? {errors};
}
const accept = (input) => send("acceptInvitation", `@ACCEPT@`, {token, ...input});
const say = (errors) => { output.textContent = errors.map((one) => one.message).join(" "); };
const has = (errors, codes) => errors.some((one) => codes.includes(one.code));
function arrange(errors) {
  known ||= has(errors, SIGN_IN);
  form.hidden = has(errors, OVER);
  field.email.parentElement.hidden = field.email.disabled = !known;
  field.first.parentElement.hidden = field.last.parentElement.hidden = rule.hidden = known;
  field.password.parentElement.hidden = false;
  field.password.autocomplete = known ? "current-password" : "new-password";
}
async function open() {
  const opened = token = location.hash.slice(1);
  known = false;
  form.hidden = next.hidden = true;
  if (!opened) return say([{message: "The link is not complete. Open the whole link in the mail."}]);
  say([]);
  const {errors} = await accept({dryRun: true}).catch(unreachable);
  if (opened !== token) return;
  arrange(errors);
  // A new account needs a password, which the person has not entered yet. The form says so.
  say(errors.filter((one) => one.code !== "PASSWORD_INVALID"));
  // A person who is signed in with the address that was invited only has to agree.
  for (const name of ["first", "last", "password"]) if (!errors.length) field[name].parentElement.hidden = true;
}
async function submit() {
  const password = field.password.value || null;
  if (!known) return accept({firstName: field.first.value || null, lastName: field.last.value || null, password});
  const signed = await send("signIn", `@SIGN_IN@`, {email: field.email.value, password: password ?? ""});
  return signed.user ? accept({}) : signed;
}
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  field.go.disabled = true;
  const {member, errors} = await submit().catch(unreachable);
  field.go.disabled = false;
  arrange(errors);
  say(member ? [{message: `You are in the team ${member.team.name}.`}] : errors);
  if (!member) return;
  form.hidden = true;
  next.hidden = false;
  history.replaceState(null, "", location.pathname);
});
addEventListener("hashchange", open);
open();
"""
)

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Usher: accept an invitation</title>
<style>@STYLE@</style>
<h1>Accept your invitation</h1>
<form hidden>
<label>First name, if the invitation has it wrong <input name="first" autocomplete="given-name"></label>
<label>Last name, if the invitation has it wrong <input name="last" autocomplete="family-name"></label>
<label hidden>E-mail address <input name="email" type="email" autocomplete="username" disabled required></label>
<label>Password<span id="rule"> for your new account, @MIN@ to @MAX@ characters</span>
<input name="password" type="password"></label>
<button name="go">Accept</button>
</form>
<output role="status"></output>
@NEXT@
<noscript>This page needs JavaScript.</noscript>
<script>@SCRIPT@</script>
</html>
"""


def endpoint(*, graphiql: bool) -> Callable[[Request], Response]:
    """Return the endpoint of the page. With `graphiql`, the page leads on to GraphiQL."""
    script = filled(SCRIPT, {"ACCEPT": ACCEPT, "SIGN_IN": SIGN_IN})
    numbers = {"MIN": str(PASSWORD_LENGTHS[0]), "MAX": str(PASSWORD_LENGTHS[-1])}
    page = filled(PAGE, {**numbers, "STYLE": STYLE, "NEXT": next_step(graphiql=graphiql), "SCRIPT": script})
    of_page = headers(script, STYLE)
    return lambda _: HTMLResponse(page, headers=of_page)
