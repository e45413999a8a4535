"""The pages behind the links to verify an e-mail address, to set a new password, and to undo a change of the address.

Programs that scan mails open every link. So opening a page changes nothing: the token is in the fragment of the
address, which only the script can read, and the script sends it when the person has entered a password.
"""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from domain.text import PASSWORD_LENGTHS
from gateway.http.pages import ASK, PAGE, STYLE, filled, headers, next_step

SCRIPT = (
    ASK
    + """
const form = document.forms[0], output = document.querySelector("output"), next = document.getElementById("next");
let token = "";
const fields = "user { email } challenge errors { message }";
const query = `mutation ($input: @INPUT@!) { @MUTATION@(input: $input) { ${fields} } }`;
async function send() {
  const input = {token, password: form.elements.password.value, delivery: "COOKIE"};
  const {data, errors} = await ask(query, {input});
  return data?.@MUTATION@ ?? {errors};
}
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  form.elements.go.disabled = true;
  const {user, challenge, errors} = await send().catch(unreachable);
  form.elements.go.disabled = false;
  output.textContent = user ? `You are signed in as ${user.email}.`
    : challenge ? "That is done. Sign in with the password now, and then with your second factor."
    : errors.map((one) => one.message).join(" ");
  form.hidden = Boolean(user || challenge);
  next.hidden = !user;
  if (form.hidden) history.replaceState(null, "", location.pathname);
});
function open() {
  token = location.hash.slice(1);
  form.hidden = !token;
  next.hidden = true;
  output.textContent = token ? "" : "The link is not complete. Open the whole link.";
}
addEventListener("hashchange", open);
open();
"""
)

NEW_PASSWORD = f"New password, {PASSWORD_LENGTHS[0]} to {PASSWORD_LENGTHS[-1]} characters"
FIELD = '<label>@LABEL@ <input name="password" type="password" autocomplete="@AUTOCOMPLETE@" required></label>'


def _endpoint(
    mutation: str, title: str, label: str, autocomplete: str, *, graphiql: bool
) -> Callable[[Request], Response]:
    """Return the endpoint of a page that asks for a password, and sends it with the token in this mutation."""
    script = filled(SCRIPT, {"INPUT": f"{mutation[0].upper()}{mutation[1:]}Input", "MUTATION": mutation})
    field = filled(FIELD, {"LABEL": label, "AUTOCOMPLETE": autocomplete})
    texts = {"TITLE": title, "FIELD": field, "NEXT": next_step(graphiql=graphiql)}
    page, of_page = filled(PAGE, {**texts, "STYLE": STYLE, "SCRIPT": script}), headers(script, STYLE)
    return lambda _: HTMLResponse(page, headers=of_page)


def verify(*, graphiql: bool) -> Callable[[Request], Response]:
    """Return the endpoint that verifies an e-mail address. With `graphiql`, its page leads on to GraphiQL."""
    title, label = "Verify your e-mail address", "Password that you chose"
    return _endpoint("verifyEmail", title, label, "current-password", graphiql=graphiql)


def reset(*, graphiql: bool) -> Callable[[Request], Response]:
    """Return the endpoint that sets a new password. With `graphiql`, its page leads on to GraphiQL."""
    return _endpoint("resetPassword", "Set a new password", NEW_PASSWORD, "new-password", graphiql=graphiql)


def undo(*, graphiql: bool) -> Callable[[Request], Response]:
    """Return the endpoint that undoes a change of the address. With `graphiql`, its page leads on to GraphiQL."""
    title = "Keep the old e-mail address and set a new password"
    return _endpoint("undoEmailChange", title, NEW_PASSWORD, "new-password", graphiql=graphiql)
