"""The pages to ask for a link to set a new password, and to confirm a new e-mail address.

Opening a page changes nothing, as with the pages of `password_pages`. The page that confirms an address first sends the
token alone, which is enough for a person who is signed in. For others it then shows the field for the password.
"""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from gateway.http.pages import ASK, PAGE, STYLE, filled, headers, next_step

SCRIPT = (
    ASK
    + """
const form = document.forms[0], entry = form.elements.entry, output = document.querySelector("output");
const next = document.getElementById("next"), opensByLink = @OPENS_BY_LINK@;
let token = "";
const query = `mutation ($input: @INPUT@!) { @MUTATION@(input: $input) { email errors { code message } } }`;
async function send() {
  const input = opensByLink ? {token, password: entry.value || null} : {email: entry.value};
  const {data, errors} = await ask(query, {input});
  return data?.@MUTATION@ ?? {errors};
}
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  form.elements.go.disabled = true;
  const {email, errors} = await send().catch(unreachable);
  form.elements.go.disabled = false;
  if (errors.some((one) => one.code === "PASSWORD_NEEDED")) {
    entry.parentElement.hidden = false;
    entry.required = true;
  }
  output.textContent = email ? `@DONE@` : errors.map((one) => one.message).join(" ");
  form.hidden = Boolean(email);
  next.hidden = !email;
  if (email) history.replaceState(null, "", location.pathname);
});
function open() {
  token = location.hash.slice(1);
  form.hidden = opensByLink && !token;
  next.hidden = true;
  output.textContent = form.hidden ? "The link is not complete. Open the whole link in the mail." : "";
}
addEventListener("hashchange", open);
open();
"""
)

ADDRESS_FIELD = '<label>E-mail address <input name="entry" type="email" autocomplete="username" required></label>'
HIDDEN_FIELD = '<label hidden>Password <input name="entry" type="password" autocomplete="current-password"></label>'


def _endpoint(mutation: str, texts: dict[str, str], *, graphiql: bool) -> Callable[[Request], Response]:
    """Return the endpoint of a page that sends this mutation and then shows the address in its answer."""
    script = filled(SCRIPT, {"INPUT": f"{mutation[0].upper()}{mutation[1:]}Input", "MUTATION": mutation, **texts})
    page = filled(PAGE, {**texts, "NEXT": next_step(graphiql=graphiql), "STYLE": STYLE, "SCRIPT": script})
    of_page = headers(script, STYLE)
    return lambda _: HTMLResponse(page, headers=of_page)


def forgot() -> Callable[[Request], Response]:
    """Return the endpoint that asks for a link to set a new password. The person goes on with the link."""
    done = "A mail was sent to ${email}. It says what you can do."
    texts = {"TITLE": "Ask for a new password", "FIELD": ADDRESS_FIELD, "OPENS_BY_LINK": "false", "DONE": done}
    return _endpoint("requestPasswordReset", texts, graphiql=False)


def confirm(*, graphiql: bool) -> Callable[[Request], Response]:
    """Return the endpoint that confirms a new e-mail address. With `graphiql`, its page leads on to GraphiQL."""
    done = "The e-mail address of your account is now ${email}."
    texts = {"TITLE": "Confirm your new e-mail address", "FIELD": HIDDEN_FIELD, "OPENS_BY_LINK": "true", "DONE": done}
    return _endpoint("confirmEmail", texts, graphiql=graphiql)
